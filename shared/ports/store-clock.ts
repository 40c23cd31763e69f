/**
 * The time of the shared store's server, as one instance estimates it.
 *
 * Leases and expiry times are stored in this time, so the wall clocks of the instances need not agree.
 */
export interface StoreClock {
  /** Returns the store's time in microseconds since 1970. Before the first response it is this machine's wall clock. */
  nowUs(): number;
  /** Returns monotonic milliseconds, to note when a request is sent. */
  monotonicMs(): number;
  /**
   * Corrects the estimate with a response that has just arrived. `sentMs` is when the request was sent, in monotonic
   * milliseconds. `storeUs` is the store's time in the response.
   */
  observe(sentMs: number, storeUs: number): void;
}
