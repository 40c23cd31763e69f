import type { Connector } from '../operations/connector.ts';
import { settingsInvalid } from '../errors.ts';
import { eventRecordId, isPublished, markPublished } from '../idempotency/event-dedup.ts';
import { accountOf, type StripeEvent } from './event.ts';
import { isOfTypes } from './family.ts';
import { buildMessage } from './message.ts';
import { refetch } from './refetch.ts';

/** The result of an event: published, published before, or of an account or type that the settings do not select. */
export type DeliveryStatus = 'published' | 'duplicate' | 'ignored_account' | 'ignored_type';

/**
 * Publishes an event unless it was published before or the settings do not select it. It is marked after publishing,
 * not before: after a failure in between it is published again under the same id.
 */
export async function publishEvent(connector: Connector, event: StripeEvent): Promise<DeliveryStatus> {
  const { settings, deps, publisher, log } = connector;
  if (!isOurs(connector, accountOf(event))) return 'ignored_account';
  if (!isOfTypes(event.type, settings.eventTypes)) return 'ignored_type';
  if (settings.eventsTopic === undefined)
    throw settingsInvalid("events_topic is required to publish Stripe's events; set it to a Pub/Sub topic");
  const id = eventRecordId(event.id);
  // If the mark cannot be read, publishing twice is better than losing the event.
  const seen = await deps.operations.update(id, isPublished).catch(() => false);
  if (seen) return 'duplicate';
  const refetched = await refetch(connector, event);
  await publisher.publish(settings.eventsTopic, buildMessage(connector, refetched));
  await deps.operations.update(id, markPublished).catch((cause: unknown) => {
    log.write('WARNING', 'event published but not marked, may be published again', {
      event: event.id,
      cause: cause instanceof Error ? cause.message : String(cause),
    });
  });
  return 'published';
}

function isOurs({ settings }: Connector, account: string | null | undefined): boolean {
  return (
    account === undefined ||
    (account !== null && (account === settings.accountId || settings.allowedAccounts.includes(account)))
  );
}
