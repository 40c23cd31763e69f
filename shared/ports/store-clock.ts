/**
 * One instance's estimate of the time of the shared store's server. Leases and expiry times are stored as times of this
 * server, so the wall clocks of the instances need not agree.
 */
export interface StoreClock {
  /**
   * Returns the store's time in microseconds since 1970. Before the first response, returns the machine's wall clock.
   */
  nowUs(): number;
  /** Returns monotonic milliseconds. Call it when a request is sent, and pass the result to `observe`. */
  monotonicMs(): number;
  /**
   * Corrects the estimate with a response that has just arrived. `sentMs` is when the request was sent, in monotonic
   * milliseconds. `storeUs` is the store's time in the response.
   */
  observe(sentMs: number, storeUs: number): void;
}
