/** Durations in seconds, the unit of Stripe's times. */
export const HOUR = 3_600;
export const DAY = 24 * HOUR;
