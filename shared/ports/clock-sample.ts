/**
 * Told of an answer of the store that carries its time: when it was asked and when it came, milliseconds of the monotonic
 * clock, and what time it said, microseconds. What one part of an instance hears another need not ask for.
 */
export type OnServerTime = (askedMs: number, cameMs: number, saidUs: number) => void;
