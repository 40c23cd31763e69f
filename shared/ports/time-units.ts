/** Microseconds of larger units of time. Times are in microseconds where the clock of a store decides. */
export const MS_US = 1_000;
export const SECOND_US = 1_000_000;
export const DAY_US = 86_400_000_000;

/** The last time that RFC 3339, and so a CloudEvent, can express, in milliseconds: 9999-12-31T23:59:59.999Z. */
export const MAX_RFC3339_MS = 253_402_300_799_999;
