/** Number of microseconds in a millisecond, a second and a day. Stores count time in microseconds. */
export const MS_US = 1_000;
export const SECOND_US = 1_000_000;
export const DAY_US = 86_400_000_000;

/**
 * 9999-12-31T23:59:59.999Z in milliseconds, the last time that RFC 3339 can express. A CloudEvent cannot have a later
 * time.
 */
export const MAX_RFC3339_MS = 253_402_300_799_999;
