import { connectionSource, eventId, eventMessage } from '../../http/cloud-event.ts';
import type { Connector } from '../../operations/connector.ts';
import type { ListName, Period } from './event-list.ts';

/** Reports events that Stripe does not list any more, in the log and to the subscribers of the events. */
export async function reportGap(
  { log, publisher, settings, clock }: Connector,
  list: ListName,
  account: string | undefined,
  gap: Period,
): Promise<void> {
  log.write('ERROR', "event gap: older than Stripe's 30-day retention", { ...gap, account, list });
  if (settings.eventsTopic === undefined) return;
  await publisher.publish(
    settings.eventsTopic,
    eventMessage({
      id: eventId(settings.name, 'gap', list, account ?? '', String(gap.fromS)),
      source: connectionSource(settings.name),
      type: 'stripe-connector.events.gap.v1',
      timeMs: clock.epochMs(),
      data: { account: account ?? null, ...gap },
      attributes: { type: 'stripe-connector.events.gap.v1' },
    }),
  );
}
