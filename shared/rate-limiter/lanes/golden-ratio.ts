/** The fractional part of the golden ratio. Its successive multiples, modulo 1, are evenly spread over [0, 1). */
export const GOLDEN = 0.618_033_988_749_895;
