/** Microseconds of larger units of time. Times are in microseconds where the clock of a store decides. */
export const MS_US = 1_000;
export const SECOND_US = 1_000_000;
export const DAY_US = 86_400_000_000;
