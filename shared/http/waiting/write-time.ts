import type { CallContext } from '../../stripe/call-context.ts';

/** How far the clocks of Stripe, of an instance and of the store may differ. */
const MAX_CLOCK_SKEW_MS = 100;
/**
 * Stripe's times are in whole seconds: `created` of a snapshot event, and the `Date` header, which shows Stripe's
 * clock. https://docs.stripe.com/api/events/object, https://www.rfc-editor.org/rfc/rfc9110#name-date
 */
const STRIPE_TIME_RESOLUTION_MS = 1000;

/**
 * The times that decide whether an event is older or newer than a write, in milliseconds since 1970. Stripe's clock
 * sets the time `created` of an event.
 */
export interface WriteTime {
  /** Events that Stripe created earlier are older than the write. */
  readonly createdMs: number;
  /** Events that arrived earlier are older than the write. */
  readonly receivedMs: number;
  /** Events that Stripe created at this time or later are newer than the write. */
  readonly certainMs: number;
}

/**
 * Returns the times of a write. If the call repeats an earlier call, the times are derived from the time of the earlier
 * call, because that call made the write. `startedMs` is used if no other time is known.
 */
export function writeTime({ written }: Pick<CallContext, 'written'>, startedMs: number): WriteTime {
  const sentMs = written?.repeatedMs ?? written?.sentMs ?? startedMs;
  const receivedMs = sentMs - MAX_CLOCK_SKEW_MS;
  // `repeatedMs` is a time of the store. It needs no correction, because the store's clock is synchronized as Stripe's
  // clock is.
  const aheadMs = written?.repeatedMs === undefined ? written?.stripeAheadMs : undefined;
  const stripeMs = receivedMs + (aheadMs ?? 0);
  const latestMs = sentMs + MAX_CLOCK_SKEW_MS + (aheadMs === undefined ? 0 : aheadMs + STRIPE_TIME_RESOLUTION_MS);
  return {
    createdMs: Math.floor(stripeMs / STRIPE_TIME_RESOLUTION_MS) * STRIPE_TIME_RESOLUTION_MS,
    receivedMs,
    certainMs: latestMs,
  };
}
