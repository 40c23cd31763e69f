import type { CallContext } from '../stripe/call-context.ts';
import type { Connector } from '../operations/connector.ts';
import { retrieve } from '../operations/retrieve.ts';
import { isConnectorError, settingsInvalid } from '../errors.ts';
import { eventRecordId, isPublished, markPublished } from '../idempotency/event-dedup.ts';
import { accountOf, objectIn, subjectOf, type StripeEvent } from './event.ts';
import { isOfTypes } from './family.ts';
import { buildMessage, type RefetchResult } from './message.ts';

/** The result of an event: published, published before, or of an account or type that the settings do not select. */
export type DeliveryStatus = 'published' | 'duplicate' | 'ignored_account' | 'ignored_type';

/** Deadline of the read of the current object: Stripe waits for the response meanwhile. */
const REFETCH_MS = 10_000;

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
  const { event: current, read } = await refetch(connector, event);
  await publisher.publish(settings.eventsTopic, buildMessage(connector, current, read));
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

/** Returns the event with the current object if the settings ask for it. */
async function refetch(connector: Connector, event: StripeEvent): Promise<{ event: StripeEvent; read: RefetchResult }> {
  const { settings, deps, clock } = connector;
  const { id, kind } = subjectOf(event);
  if (!settings.eventsRefetch) return { event, read: 'no' };
  if (id === undefined || kind === undefined || objectIn(event) === undefined) return { event, read: 'not offered' };
  const account = accountOf(event) ?? settings.accountId;
  const call: CallContext = {
    name: `${event.type} (refetch)`,
    clock,
    deadlineAt: clock.monotonicMs() + REFETCH_MS,
    outputFormat: 'native',
    ...(account === undefined ? {} : { account }),
  };
  const object = await retrieve(deps, kind, id, call).catch(publishAsIs);
  if (typeof object === 'string') return { event, read: object };
  return { event: { ...event, data: { ...(event.data as object), object: { ...object } } }, read: 'yes' };
}

/** An object that cannot be read by this id is published as in the event. A transient error stops the event instead. */
function publishAsIs(cause: unknown): 'not offered' {
  if (isConnectorError(cause) && (cause.status === 'INVALID_ARGUMENT' || cause.status === 'NOT_FOUND'))
    return 'not offered';
  throw cause;
}
