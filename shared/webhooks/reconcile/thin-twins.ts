import { isConnectorError } from '../../errors.ts';
import type { Connector } from '../../operations/connector.ts';
import { EVENT_ID, listedFor, parseEvent, type StripeEvent } from '../event.ts';
import { changeKeyOf, familyOf } from '../family.ts';
import { withOwnAccount } from '../own-account.ts';
import { listedEvents, type Period } from './event-list.ts';

/** How far the times of the two events of one change may differ. The times of API v1 are in whole seconds. */
const TWIN_MARGIN_S = 5;

/** Returns the ids of the thin events that report the same change as a snapshot event. */
export type ThinTwins = (snapshot: StripeEvent) => readonly string[];

/** Returns the id of the snapshot event that reports the same change as a thin event, if the thin event names it. */
export function snapshotTwinOf(event: StripeEvent): string | undefined {
  const { snapshot_event: twin } = event;
  return familyOf(event) === 'thin' && typeof twin === 'string' && EVENT_ID.test(twin) ? twin : undefined;
}

/**
 * Lists the thin events of a period, and returns a function that finds the thin events of a snapshot event. Returns
 * undefined if the key may not read the list of API v2.
 */
export async function thinTwins(
  connector: Connector,
  account: string | undefined,
  { fromS, toS }: Period,
  untilMs: number,
): Promise<ThinTwins | undefined> {
  const twins = new Map<string, string[]>();
  const own = connector.settings.accountId;
  const period = { fromS: fromS - TWIN_MARGIN_S, toS: toS + TWIN_MARGIN_S };
  try {
    for await (const listed of listedEvents(connector, 'v2', account, period, untilMs)) {
      const thin = thinEventIn(listed, account);
      if (thin === undefined) continue;
      const event = await withOwnAccount(connector, thin);
      const key = snapshotTwinOf(event) ?? changeKeyOf(event, own);
      twins.set(key, [...(twins.get(key) ?? []), event.id]);
    }
  } catch (cause) {
    if (isConnectorError(cause) && (cause.status === 'PERMISSION_DENIED' || cause.status === 'NOT_FOUND'))
      return undefined;
    throw cause;
  }
  return (snapshot) => [...(twins.get(snapshot.id) ?? []), ...(twins.get(changeKeyOf(snapshot, own)) ?? [])];
}

/** Returns a listed event if it is thin. An invalid event is ignored here, and logged when its list is reconciled. */
function thinEventIn(listed: unknown, account: string | undefined): StripeEvent | undefined {
  try {
    const event = listedFor(parseEvent(listed), account);
    return familyOf(event) === 'thin' ? event : undefined;
  } catch {
    return undefined;
  }
}
