import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Priority } from './priority.ts';

/** A caller, and what it waits for. */
export interface Request<C> {
  readonly caller: C;
  readonly maxWaitMs: number;
  /** Milliseconds that the caller waits for a response of the store. */
  readonly patienceMs?: number | undefined;
  readonly priority?: Priority | undefined;
  readonly endpoint?: Endpoint | undefined;
}
