import { isThinType } from '../../config/event-type.ts';
import { subscriptionsOf } from '../../config/subscriptions.ts';
import { connectionSource, eventId, eventMessage } from '../../http/cloud-event.ts';
import type { Connector } from '../../operations/connector.ts';
import { cursorPosition } from './cursor-lease.ts';
import type { ListName, Period } from './event-list.ts';

/** Reports in the log, and to the subscribers of the events, that Stripe no longer lists the events of a period. */
export async function reportGap(
  connector: Connector,
  list: ListName,
  account: string | undefined,
  gap: Period,
): Promise<void> {
  connector.log.write('ERROR', "event gap: older than Stripe's 30-day retention", { ...gap, account, list });
  await publishGap(connector, list, account, { reason: 'retention', ...gap });
}

/** Returns whether `event_types` selects events that this list has. */
export function selectsEventsOf({ settings, deps }: Connector, list: ListName): boolean {
  const { snapshot, thin } = subscriptionsOf(settings, deps.catalog);
  // The list of API v1 has the snapshot event of each thin event (`v1.`), but no event about an object of API v2.
  return list === 'v2' ? thin.length > 0 : snapshot.length > 0 || thin.some(isThinType);
}

/** `retention`: Stripe no longer lists the events. `permission`: the key may not read the list. */
type Gap = Period & { readonly reason: 'retention' | 'permission' };

/** Publishes the message that reports a gap, if the connection has a topic. */
async function publishGap(
  { publisher, settings, clock }: Connector,
  list: ListName,
  account: string | undefined,
  gap: Gap,
): Promise<void> {
  if (settings.eventsTopic === undefined) return;
  await publisher.publish(
    settings.eventsTopic,
    eventMessage({
      id: eventId(settings.name, 'gap', list, account ?? '', String(gap.fromS)),
      source: connectionSource(settings.name),
      type: 'stripe-connector.events.gap.v1',
      timeMs: clock.epochMs(),
      data: { account: account ?? null, list, ...gap },
      attributes: { type: 'stripe-connector.events.gap.v1' },
    }),
  );
}

/**
 * Reports that the key may not read the list of API v2, and returns the period whose events are missing. The cursor
 * does not move, so the events are published once the key may read the list. Returns undefined if the settings select
 * no events of this list.
 */
export async function reportUnreadable(connector: Connector, account: string | undefined): Promise<Period | undefined> {
  const { clock, log } = connector;
  if (!selectsEventsOf(connector, 'v2')) {
    log.write('INFO', "the key may not read API v2's events, and event_types selects none of them", { account });
    return undefined;
  }
  const fromS = await cursorPosition(connector, 'v2', account);
  const gap = { fromS, toS: Math.floor(clock.epochMs() / 1000) };
  log.write('ERROR', "event gap: the key may not read API v2's events; give it the permission within 30 days", {
    ...gap,
    account,
  });
  await publishGap(connector, 'v2', account, { reason: 'permission', ...gap });
  return gap;
}
