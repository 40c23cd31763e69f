import type { CallContext } from '../../stripe/call-context.ts';
import type { Connector } from '../../operations/connector.ts';
import { listAll, listAllV2 } from '../../stripe/paginate.ts';

/** A period in Unix seconds, from `fromS` to before `toS`. */
export interface Period {
  readonly fromS: number;
  readonly toS: number;
}

/** Stripe's lists of events: `v1` has the snapshot events, and `v2` has the thin events about objects of both APIs. */
export const LISTS = ['v1', 'v2'] as const;
export type ListName = (typeof LISTS)[number];

/** Limits of one read: when it must end, in monotonic milliseconds, and the maximum number of events in memory. */
export interface ReadLimits {
  readonly untilMs: number;
  readonly maxEvents: number;
}

/** Maximum time of a request that is in progress when the run's time is up. */
const LAST_REQUEST_MS = 30_000;

/**
 * Yields the events of an account in a period, newest first. Stripe lists events of both APIs for 30 days.
 * https://docs.stripe.com/api/events/list, https://docs.stripe.com/api/v2/core/events/list
 */
export function listedEvents(
  { deps, clock }: Connector,
  name: ListName,
  account: string | undefined,
  { fromS, toS }: Period,
  untilMs: number,
): AsyncGenerator {
  const call: CallContext = {
    name: 'Event.List',
    clock,
    deadlineAt: untilMs + LAST_REQUEST_MS,
    maxWaitMs: LAST_REQUEST_MS,
    outputFormat: 'native',
    // Waits in the class `bulk`, behind the calls of users.
    part: true,
  };
  const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
  if (name === 'v1')
    return listAll(deps.stripe, { path: '/v1/events', params: { created: { gte: fromS, lt: toS } }, account }, call);
  const created = { gte: iso(fromS), lt: iso(toS) };
  return listAllV2(deps.stripe, { path: '/v2/core/events', params: { created }, account }, call);
}

/**
 * Returns the events of an account in a period, oldest first; `too many` if there are more than `maxEvents`, `time up`
 * if they could not be read in time.
 */
export async function eventsOf(
  connector: Connector,
  name: ListName,
  account: string | undefined,
  period: Period,
  { untilMs, maxEvents }: ReadLimits,
): Promise<unknown[] | 'too many' | 'time up'> {
  const events: unknown[] = [];
  for await (const event of listedEvents(connector, name, account, period, untilMs)) {
    events.push(event);
    if (events.length > maxEvents) return 'too many';
    if (connector.clock.monotonicMs() >= untilMs) return 'time up';
  }
  return events.reverse();
}
