import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Priority } from './priority.ts';

/** A caller, and what it waits for. */
export interface Request<C> {
  readonly caller: C;
  readonly maxWaitMs: number;
  /**
   * Milliseconds that the caller waits while the store does not respond: at most `PATIENCE_MS`, which is also the default.
   * The caller waits for `maxWaitMs` if that is longer.
   */
  readonly patienceMs?: number | undefined;
  readonly priority?: Priority | undefined;
  readonly endpoint?: Endpoint | undefined;
}
