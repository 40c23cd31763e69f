import type { CallContext } from '../stripe/call-context.ts';
import type { Connector } from '../operations/connector.ts';
import { listAll, listAllV2 } from '../stripe/paginate.ts';

/** A period in Unix seconds; `toS` does not belong to it. */
export interface Period {
  readonly fromS: number;
  readonly toS: number;
}

/** The lists of events: snapshot events, and the thin events of API v2 about objects of either API. */
export const LISTS = ['v1', 'v2'] as const;
export type ListName = (typeof LISTS)[number];

/**
 * Returns the events of an account in a period, oldest first. Stripe lists both kinds for 30 days.
 * https://docs.stripe.com/api/events/list, https://docs.stripe.com/api/v2/core/events/list
 */
export async function eventsOf(
  { deps, clock }: Connector,
  name: ListName,
  account: string | undefined,
  { fromS, toS }: Period,
  untilMs: number,
): Promise<unknown[]> {
  const call: CallContext = { name: 'Event.List', clock, deadlineAt: untilMs, outputFormat: 'native' };
  const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();
  const list =
    name === 'v1'
      ? listAll(deps.stripe, { path: '/v1/events', params: { created: { gte: fromS, lt: toS } }, account }, call)
      : listAllV2(
          deps.stripe,
          { path: '/v2/core/events', params: { created: { gte: iso(fromS), lt: iso(toS) } }, account },
          call,
        );
  const events: unknown[] = [];
  for await (const value of list) events.push(value);
  return events.reverse();
}
