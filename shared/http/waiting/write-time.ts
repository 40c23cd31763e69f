import type { CallContext } from '../../stripe/call-context.ts';

/** How far the clocks of Stripe, of an instance and of the store may differ. */
const MAX_CLOCK_SKEW_MS = 100;
/**
 * Stripe's `created` of a snapshot event is in whole seconds, and so is the `Date` header that Stripe's clock is known by.
 * https://docs.stripe.com/api/events/object, https://www.rfc-editor.org/rfc/rfc9110#name-date
 */
const STRIPE_TIME_RESOLUTION_MS = 1000;

/** Which events a wait takes, by their times in milliseconds since 1970: `created` by Stripe's clock. */
export interface WriteTime {
  /** Events that Stripe created earlier are older than the write. */
  readonly createdMs: number;
  /** Events that arrived earlier are older than the write. */
  readonly receivedMs: number;
  /** Events that Stripe created at this time or later are not older than the write. */
  readonly certainMs: number;
  /** From this time of the monotonic clock on, the object has the state after every event that was created before `certainMs`. */
  readonly confirmAtMs: number;
}

/** Returns the time of a write. A repeated call wrote in its first attempt, perhaps long ago; else `startedMs` is earliest. */
export function writeTime({ written, clock }: CallContext, startedMs: number): WriteTime {
  const sentMs = written?.repeatedMs ?? written?.sentMs ?? startedMs;
  const receivedMs = sentMs - MAX_CLOCK_SKEW_MS;
  // A repeated call knows the time of the store, which is a server's as Stripe's is.
  const aheadMs = written?.repeatedMs === undefined ? written?.stripeAheadMs : undefined;
  const stripeMs = receivedMs + (aheadMs ?? 0);
  const latestMs = sentMs + MAX_CLOCK_SKEW_MS + (aheadMs === undefined ? 0 : aheadMs + STRIPE_TIME_RESOLUTION_MS);
  const resolutionMs = (aheadMs === undefined ? 1 : 2) * STRIPE_TIME_RESOLUTION_MS;
  const untilConfirmedMs = sentMs + MAX_CLOCK_SKEW_MS + resolutionMs - clock.epochMs();
  return {
    createdMs: Math.floor(stripeMs / STRIPE_TIME_RESOLUTION_MS) * STRIPE_TIME_RESOLUTION_MS,
    receivedMs,
    certainMs: latestMs,
    confirmAtMs: clock.monotonicMs() + untilConfirmedMs,
  };
}
