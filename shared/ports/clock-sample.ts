/**
 * Called for each response of the store that carries the server's time. `askedMs` and `cameMs` are the monotonic times
 * of request and response in milliseconds, `saidUs` is the server's time in microseconds. It saves the rate limiter a
 * request of its own.
 */
export type OnServerTime = (askedMs: number, cameMs: number, saidUs: number) => void;
