import type { EventOutcome, InboxEntry } from '../event-inbox/store.ts';
import { settingsInvalid, toConnectorError } from '../errors.ts';
import { memoizeByRef } from '../memoize.ts';
import type { Connector } from '../operations/connector.ts';
import { arrivalOf, statusIn } from './arrival.ts';
import { accountOf, type StripeEvent } from './event.ts';
import { matchesEventTypes } from './family.ts';
import { stripSensitiveFields } from '../stripe/sensitive-fields.ts';
import { buildMessage } from './message.ts';
import { withOwnAccount } from './own-account.ts';
import { refetch, type Refetched } from './refetch.ts';

/** The result of an event: its outcome, or `duplicate` if it was published before. */
export type DeliveryStatus = Exclude<EventOutcome, 'failed'> | 'duplicate';

/** What brings an event: a delivery of Stripe, or a read of Stripe's list of events. */
export type Via = 'webhook' | 'reconcile';

/** Time for the read of the object. Stripe waits for the response to its webhook meanwhile. */
const MAX_READ_MS: Readonly<Record<Via, number>> = { webhook: 10_000, reconcile: 30_000 };
/** The events that an instance handles at the moment, by id. */
const handledBy = memoizeByRef((_: Connector) => new Map<string, Promise<DeliveryStatus>>());
/** A read of the object that took longer than this may have been overtaken by another instance with the same event. */
const RECHECK_MS = 250;

/**
 * Publishes an event unless it was published before, publishing is paused, or the settings do not select it. Its entry
 * in the inbox is written after publishing, not before: after a failure in between it is published again under the same
 * id. A failed event has an entry too, and the error is thrown so that Stripe delivers the event again.
 */
export async function publishEvent(
  connector: Connector,
  received: StripeEvent,
  via: Via = 'webhook',
): Promise<DeliveryStatus> {
  const { settings } = connector;
  const event = await withOwnAccount(connector, received);
  const ignored = ignoredAs(connector, event);
  if (ignored !== undefined) {
    // A listed event that the settings do not select did not arrive: it would cost a write in each run.
    if (via === 'webhook') await record(connector, { ...arrivalOf(connector, event, via), outcome: ignored });
    return ignored;
  }
  if (settings.eventsTopic === undefined)
    throw settingsInvalid("events_topic is required to publish Stripe's events; set it to a Pub/Sub topic");
  // Deliveries of one event that arrive together are one publication.
  const handled = handledBy(connector);
  const other = handled.get(event.id);
  if (other !== undefined) return other.then((status) => (status === 'published' ? 'duplicate' : status));
  const handling = publishSelected(connector, settings.eventsTopic, event, via).finally(() => handled.delete(event.id));
  handled.set(event.id, handling);
  return handling;
}

async function publishSelected(
  connector: Connector,
  topic: string,
  event: StripeEvent,
  via: Via,
): Promise<DeliveryStatus> {
  const { inbox, clock } = connector;
  const readMs = clock.monotonicMs();
  // If the entry cannot be read, publishing twice is better than losing the event.
  const { entry, state } = await inbox.read(event.id).catch(() => ({ entry: undefined, state: undefined }));
  if (entry !== undefined && entry.publishedMs > 0) return 'duplicate';
  const arrival = arrivalOf(connector, event, via, entry);
  if (state?.paused === true) {
    // Reconciliation publishes it after the pause: a snapshot from Stripe's list, a thin event from its entry, as some
    // keys may not read the list of API v2. Without the entry Stripe delivers the event again.
    const body = arrival.body ?? heldBody(event, via);
    await inbox.write({ ...arrival, outcome: 'held', ...(body === undefined ? {} : { body }) });
    return 'held';
  }
  try {
    const refetched = await refetch(connector, event, MAX_READ_MS[via]);
    if (clock.monotonicMs() - readMs > RECHECK_MS && (await isPublished(connector, event))) return 'duplicate';
    await send(connector, topic, arrival, refetched);
    return 'published';
  } catch (cause) {
    // The entry of another instance that published it stays.
    if (await isPublished(connector, event)) return 'duplicate';
    const { details } = toConnectorError(cause);
    // Stripe does not deliver an event again that was held.
    const outcome = arrival.body === undefined ? 'failed' : 'held';
    await record(connector, { ...arrival, outcome, reason: details.reason });
    throw cause;
  }
}

/** The event that an entry keeps while publishing is paused; undefined if Stripe's list of API v1 has it. */
function heldBody(event: StripeEvent, via: Via): string | undefined {
  return via === 'webhook' && event.object !== 'event' ? JSON.stringify(stripSensitiveFields(event)) : undefined;
}

async function isPublished({ inbox }: Connector, { id }: StripeEvent): Promise<boolean> {
  const { entry } = await inbox.read(id).catch(() => ({ entry: undefined }));
  return entry !== undefined && entry.publishedMs > 0;
}

/** Publishes an event that was selected and read, and records it. `extra` are further attributes. */
export async function send(
  connector: Connector,
  topic: string,
  arrival: InboxEntry,
  refetched: Refetched,
  extra: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { publisher, clock, log } = connector;
  const message = buildMessage(connector, refetched);
  await publisher.publish(topic, { ...message, attributes: { ...message.attributes, ...extra } });
  const { body: _, ...entry } = arrival;
  const published: InboxEntry = {
    ...entry,
    outcome: 'published',
    publishedMs: clock.epochMs(),
    status: statusIn(refetched.event),
  };
  await connector.inbox.write(published).catch((cause: unknown) => {
    log.write('WARNING', 'event published but not marked, may be published again', {
      event: arrival.id,
      cause: cause instanceof Error ? cause.message : String(cause),
    });
  });
}

/** The list of the inbox may miss an entry; the event itself is not lost, so its handling goes on. */
async function record({ inbox, log }: Connector, entry: InboxEntry): Promise<void> {
  await inbox.write(entry).catch((cause: unknown) => {
    log.write('INFO', 'event not listed in the inbox', { event: entry.id, cause: String(cause) });
  });
}

/** Returns why the settings do not select an event; undefined if they do. */
export function ignoredAs(connector: Connector, event: StripeEvent): 'ignored_account' | 'ignored_type' | undefined {
  if (!isOfOurAccount(connector, event)) return 'ignored_account';
  return matchesEventTypes(event.type, connector.settings.eventTypes) ? undefined : 'ignored_type';
}

/** Returns whether an event is of the connection's account or of one of `allowed_accounts`. */
export function isOfOurAccount({ settings }: Connector, event: StripeEvent): boolean {
  const account = accountOf(event);
  if (account === undefined) return true;
  return account !== null && (account === settings.accountId || settings.allowedAccounts.includes(account));
}
