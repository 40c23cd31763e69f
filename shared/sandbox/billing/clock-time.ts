import type { Context } from '../context.ts';
import { clockOf } from '../ledger/due.ts';
import type { StoredObject } from '../store.ts';

/** Returns the context with the time of an object's test clock. If the object has none, returns the context unchanged. https://docs.stripe.com/billing/testing/test-clocks */
export function atClockTime(context: Context, object: StoredObject | undefined): Context {
  const clock = object === undefined ? undefined : clockOf(context, object);
  return clock === undefined ? context : { ...context, now: Number(clock['frozen_time']) };
}
