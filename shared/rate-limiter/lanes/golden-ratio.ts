/** Successive multiples of it, modulo 1, are evenly spread over [0, 1): the fractional part of the golden ratio. */
export const GOLDEN = 0.618_033_988_749_895;
