/**
 * The result for a caller: a permit or a rejection. Times are milliseconds. A permit that is not used until `untilMs` of
 * the monotonic clock is lost. `pace` is 1, or less while Stripe slows the connection: 1/2, 1/4, 1/8.
 */
export type Turn =
  | { readonly granted: true; readonly waitedMs: number; readonly untilMs: number; readonly pace: number }
  | RefusedTurn;

export interface RefusedTurn {
  readonly granted: false;
  readonly retryAfterMs: number;
  readonly pace: number;
}

/** A caller with its turn, or with the error of the store. */
export type Settled<C> = { readonly caller: C } & ({ readonly turn: Turn } | { readonly unanswered: unknown });

/** Rejects a caller whose wait would be `waitMs`. */
export function refusal<C>(caller: C, waitMs: number, pace: number): Settled<C> {
  return { caller, turn: refusedTurn(waitMs, pace) };
}

export function refusedTurn(waitMs: number, pace: number): RefusedTurn {
  return { granted: false, retryAfterMs: Math.max(1, Math.ceil(waitMs)), pace };
}
