import type { EventOutcome, InboxEntry } from '../event-inbox/store.ts';
import { settingsInvalid, toConnectorError } from '../errors.ts';
import { memoizeByRef } from '../memoize.ts';
import type { Connector } from '../operations/connector.ts';
import { arrivalOf, statusIn } from './arrival.ts';
import type { StripeEvent } from './event.ts';
import { stripSensitiveFields } from '../stripe/sensitive-fields.ts';
import { buildMessage } from './message.ts';
import { withOwnAccount } from './own-account.ts';
import { refetch, type Refetched } from './refetch.ts';
import { ignoredAs } from './selection.ts';

/** The result of an event: its outcome, or `duplicate` if it was published before. */
export type DeliveryStatus = Exclude<EventOutcome, 'failed'> | 'duplicate';

/**
 * How an event arrives: Stripe delivers it to the webhook, or a reconciliation reads it from Stripe's list of events.
 */
export type Via = 'webhook' | 'reconcile';

/** Maximum time of a read of the object. For a webhook it is short, because Stripe waits for the response. */
const MAX_READ_MS: Readonly<Record<Via, number>> = { webhook: 10_000, reconcile: 30_000 };
/** The events that an instance handles at the moment, by id. */
const eventsInProgress = memoizeByRef((_: Connector) => new Map<string, Promise<DeliveryStatus>>());
/** If the read of the object takes longer, the inbox is read again: another instance may have published the event meanwhile. */
const RECHECK_MS = 250;

/**
 * Publishes an event unless it was published before, publishing is paused, or the settings do not select it.
 *
 * The inbox entry is written after publishing. If the instance fails in between, the event is published again under the
 * same id, and not lost. A failed event has an entry too, and the error is thrown, so that Stripe delivers the event again.
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
    // An ignored event from Stripe's list gets no entry, because each reconciliation would write the entry again.
    if (via === 'webhook') await record(connector, { ...arrivalOf(connector, event, via), outcome: ignored });
    return ignored;
  }
  if (settings.eventsTopic === undefined)
    throw settingsInvalid("events_topic is required to publish Stripe's events; set it to a Pub/Sub topic");
  // Parallel deliveries of one event share one publication.
  const handled = eventsInProgress(connector);
  const other = handled.get(event.id);
  if (other !== undefined) return other.then((status) => (status === 'published' ? 'duplicate' : status));
  const handling = publishSelected(connector, settings.eventsTopic, event, via).finally(() => handled.delete(event.id));
  handled.set(event.id, handling);
  return handling;
}

/** Publishes an event that the settings select, unless it was published before or publishing is paused. */
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
    // After the pause, reconciliation publishes a snapshot event from Stripe's list and a thin event from its entry,
    // because some keys may not read the list of API v2. If this write fails, Stripe delivers the event again. An event
    // that a reconciliation read needs no entry, because the next reconciliation reads the event again.
    if (via === 'webhook') await inbox.write({ ...arrival, outcome: 'held', body: arrival.body ?? heldBody(event) });
    return 'held';
  }
  try {
    const refetched = await refetch(connector, event, MAX_READ_MS[via]);
    if (clock.monotonicMs() - readMs > RECHECK_MS && (await isPublished(connector, event))) return 'duplicate';
    await publishRefetched(connector, topic, arrival, refetched);
    return 'published';
  } catch (cause) {
    // Another instance may have published the event. If so, the entry of that instance must not be replaced.
    if (await isPublished(connector, event)) return 'duplicate';
    const { details } = toConnectorError(cause);
    // Stripe does not redeliver a held event, so the event stays held for the next reconciliation. If the error is
    // permanent, the event becomes failed.
    const staysHeld = entry?.outcome === 'held' && !isPermanentError(cause);
    const [outcome, body] = staysHeld ? (['held', arrival.body] as const) : (['failed', undefined] as const);
    await record(connector, { ...arrival, outcome, reason: details.reason, body });
    throw cause;
  }
}

/**
 * The type of the event by which Stripe reports that an account has disconnected from the platform. Stripe no longer
 * lists the events of such an account. https://docs.stripe.com/connect/webhooks
 */
const DISCONNECTED = 'account.application.deauthorized';

/**
 * Returns the JSON of a held event for its inbox entry. Undefined for a snapshot event that Stripe's list of API v1
 * still contains.
 */
function heldBody(event: StripeEvent): string | undefined {
  return event.object === 'event' && event.type !== DISCONNECTED
    ? undefined
    : JSON.stringify(stripSensitiveFields(event));
}

/**
 * Returns whether publishing an event failed permanently: the event cannot be parsed, or Pub/Sub rejects its message.
 */
export function isPermanentError(cause: unknown): boolean {
  const { reason } = toConnectorError(cause).details;
  return reason === 'NOT_AN_EVENT' || reason === 'MESSAGE_REFUSED';
}

/** Returns whether the inbox shows that an event was published. False if the inbox cannot be read. */
async function isPublished({ inbox }: Connector, { id }: StripeEvent): Promise<boolean> {
  const { entry } = await inbox.read(id).catch(() => ({ entry: undefined }));
  return entry !== undefined && entry.publishedMs > 0;
}

/** Publishes the message of an event, and writes its inbox entry as published. `extra` are further attributes. */
export async function publishRefetched(
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

/** Writes an entry. A failure is only logged: the inbox then has no entry of the event, but the event is not lost. */
async function record({ inbox, log }: Connector, entry: InboxEntry): Promise<void> {
  await inbox.write(entry).catch((cause: unknown) => {
    log.write('INFO', 'event not listed in the inbox', { event: entry.id, cause: String(cause) });
  });
}
