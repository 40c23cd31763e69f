import { connectionSource, eventId, eventMessage } from '../../http/cloud-event.ts';
import type { Connector } from '../../operations/connector.ts';
import { subscriptionsOf } from '../../config/subscriptions.ts';
import { cursorPosition } from './cursor-lease.ts';
import type { ListName, Period } from './event-list.ts';

/** Why events cannot be read: Stripe lists them no longer, or the key may not read the list. */
export type GapReason = 'retention' | 'permission';

const GAP_TEXTS: Readonly<Record<GapReason, string>> = {
  retention: "event gap: older than Stripe's 30-day retention",
  permission: "event gap: the key may not read API v2's events; give it the permission within 30 days",
};

/** Reports events that cannot be read, in the log and to the subscribers of the events. */
export async function reportGap(
  { log, publisher, settings, clock }: Connector,
  list: ListName,
  account: string | undefined,
  gap: Period,
  reason: GapReason = 'retention',
): Promise<void> {
  log.write('ERROR', GAP_TEXTS[reason], { ...gap, account, list });
  if (settings.eventsTopic === undefined) return;
  await publisher.publish(
    settings.eventsTopic,
    eventMessage({
      id: eventId(settings.name, 'gap', list, account ?? '', String(gap.fromS)),
      source: connectionSource(settings.name),
      type: 'stripe-connector.events.gap.v1',
      timeMs: clock.epochMs(),
      data: { account: account ?? null, list, reason, ...gap },
      attributes: { type: 'stripe-connector.events.gap.v1' },
    }),
  );
}

/**
 * Reports that the key may not read the list of API v2, if the settings select events that only this list has. The
 * cursor stays, so the events are published once the key may read it. Returns the period.
 */
export async function reportUnreadable(connector: Connector, account: string | undefined): Promise<Period | undefined> {
  const { settings, deps, clock, log } = connector;
  if (subscriptionsOf(settings, deps.catalog).thin.length === 0) {
    log.write('INFO', "the key may not read API v2's events, and event_types selects none of them", { account });
    return undefined;
  }
  const fromS = await cursorPosition(connector, 'v2', account);
  const gap = { fromS, toS: Math.floor(clock.epochMs() / 1000) };
  await reportGap(connector, 'v2', account, gap, 'permission');
  return gap;
}
