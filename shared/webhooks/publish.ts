import type { CallContext } from '../stripe/call-context.ts';
import { maskSensitiveFields } from '../stripe/sensitive-fields.ts';
import type { Connector } from '../operations/connector.ts';
import { retrieve } from '../operations/retrieve.ts';
import { ConnectorError, isConnectorError, settingsInvalid } from '../errors.ts';
import { eventRecordId, isPublished, markPublished } from '../idempotency/event-dedup.ts';
import { connectionSource, eventMessage } from '../http/cloud-event.ts';
import { accountOf, isOfTypes, objectIn, subjectOf, type StripeEvent } from './event.ts';

/** What became of an event: published, published before, of an account or a type that nobody asked for. */
export type DeliveryStatus = 'published' | 'duplicate' | 'ignored_account' | 'ignored_type';

/** Milliseconds in which an object is read anew: Stripe waits for the answer meanwhile. */
const REREAD_MS = 10_000;

/**
 * Publishes an event, unless it was published before or nobody asked for it. It is marked after it is published, not
 * before: what fails in between is published again, under the same id.
 */
export async function publishEvent(connector: Connector, event: StripeEvent): Promise<DeliveryStatus> {
  const { settings, deps, publisher, log } = connector;
  if (!isOurs(connector, accountOf(event))) return 'ignored_account';
  if (!isOfTypes(event.type, settings.eventTypes)) return 'ignored_type';
  if (settings.eventsTopic === undefined)
    throw settingsInvalid("events_topic is required: Stripe's events have nowhere to go");
  const id = eventRecordId(event.id);
  // Without the mark an event is published rather than lost.
  const seen = await deps.operations.update(id, isPublished).catch(() => false);
  if (seen) return 'duplicate';
  const { event: told, read } = await reread(connector, event);
  await publisher.publish(settings.eventsTopic, made(connector, told, read));
  await deps.operations.update(id, markPublished).catch((cause: unknown) => {
    log.write('WARNING', 'an event is published, but could not be marked: it may be published again', {
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

type Read = 'no' | 'yes' | 'gone' | 'not offered';

/** The event with the object as it is now, where the deployment asks for that. */
async function reread(connector: Connector, event: StripeEvent): Promise<{ event: StripeEvent; read: Read }> {
  const { settings, deps, clock } = connector;
  const { id, kind } = subjectOf(event);
  if (!settings.eventsRefetch) return { event, read: 'no' };
  if (id === undefined || kind === undefined || objectIn(event) === undefined) return { event, read: 'not offered' };
  const account = accountOf(event) ?? settings.accountId;
  const call: CallContext = {
    name: `${event.type} (read anew)`,
    clock,
    deadlineAt: clock.monotonicMs() + REREAD_MS,
    outputFormat: 'native',
    ...(account === undefined ? {} : { account }),
  };
  const object = await retrieve(deps, kind, id, call).catch(notReadable);
  if (typeof object === 'string') return { event, read: object };
  return { event: { ...event, data: { ...(event.data as object), object: { ...object } } }, read: 'yes' };
}

/** What cannot be asked for by this id is published as the event has it; what may pass stops the event instead. */
function notReadable(cause: unknown): 'not offered' {
  if (isConnectorError(cause) && (cause.status === 'INVALID_ARGUMENT' || cause.status === 'NOT_FOUND'))
    return 'not offered';
  throw cause;
}

/** The message of an event; one that none can be made of (nested too deep) is odd by itself, and not a failure of ours. */
function made(connector: Connector, event: StripeEvent, read: Read): ReturnType<typeof eventMessage> {
  try {
    return messageOf(connector, event, read);
  } catch (cause) {
    throw new ConnectorError('INVALID_ARGUMENT', 'no message can be made of the event', {
      reason: 'NOT_AN_EVENT',
      cause,
    });
  }
}

/** Milliseconds of the last moment that RFC 3339 can write, as `time` of a CloudEvent is: 9999-12-31T23:59:59.999Z. */
const LAST_MOMENT_MS = 253_402_300_799_999;

/** When an event was made; now where it does not say so. */
function timeOf({ created }: StripeEvent, nowMs: number): number {
  const ms = typeof created === 'number' ? created * 1000 : Date.parse(created);
  return ms >= 0 && ms <= LAST_MOMENT_MS ? ms : nowMs;
}

function messageOf(
  { settings, clock, deps }: Connector,
  event: StripeEvent,
  read: Read,
): ReturnType<typeof eventMessage> {
  const { id, kind } = subjectOf(event);
  const account = accountOf(event) ?? settings.accountId;
  return eventMessage({
    id: event.id,
    source: account === undefined ? connectionSource(settings.name) : `//stripe.com/accounts/${account}`,
    type: `com.stripe.${event.type}`,
    ...(id === undefined ? {} : { subject: kind === undefined ? id : `${kind}/${id}` }),
    timeMs: timeOf(event, clock.epochMs()),
    data: maskSensitiveFields(event),
    attributes: {
      type: event.type,
      resource: event.type.split('.').slice(0, -1).join('.'),
      livemode: String(event.livemode ?? false),
      apiVersion: event.api_version ?? '',
      apiVersionMatches: String(isOurVersion(event, deps.apiVersion)),
      reread: read,
      ...(account === undefined ? {} : { account }),
      ...(id === undefined ? {} : { objectId: id }),
    },
    orderingKey: id ?? event.id,
  });
}

/** Events of API v2 carry no object, and so no version of one. */
export function isOurVersion(event: StripeEvent, apiVersion: string): boolean {
  return event.object !== 'event' || (event.api_version ?? apiVersion) === apiVersion;
}
