import { maskSensitiveFields } from '../stripe/sensitive-fields.ts';
import type { Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';
import { connectionSource, eventMessage } from '../http/cloud-event.ts';
import { accountOf, eventTimeMs, subjectOf, type StripeEvent } from './event.ts';
import { changeKeyOf, familyOf, sharedType } from './family.ts';
import type { EventAttributes } from '../event-inbox/event-message.ts';
import type { Refetched } from './refetch.ts';

/**
 * The attributes that this file builds. `eventMessage` adds the CloudEvents attributes, and a replay adds `replayed`.
 */
type OwnAttributes = Omit<
  EventAttributes,
  'content-type' | 'replayed' | `ce-${'specversion' | 'id' | 'source' | 'type' | 'time' | 'subject'}`
>;
type AttributeValues = { readonly [K in keyof Required<OwnAttributes>]: OwnAttributes[K] | undefined };

/**
 * Builds the message of an event. Throws NOT_AN_EVENT if the event cannot be encoded, for example because it is nested
 * too deep. This reason shows that the event is the cause, not the connector.
 */
export function buildMessage(connector: Connector, refetched: Refetched): ReturnType<typeof eventMessage> {
  try {
    return messageOf(connector, refetched);
  } catch (cause) {
    throw new ConnectorError('INVALID_ARGUMENT', 'the event cannot be encoded as a message', {
      reason: 'NOT_AN_EVENT',
      cause,
    });
  }
}

function messageOf(
  { settings, clock, deps }: Connector,
  { event, read, stateMs }: Refetched,
): ReturnType<typeof eventMessage> {
  const { id, kind } = subjectOf(event);
  const account = accountOf(event) ?? settings.accountId;
  const type = sharedType(event.type);
  const family = familyOf(event);
  const changekey = changeKeyOf(event, settings.accountId);
  // Attributes for subscription filters. Those with the prefix `ce-` are also extension attributes of the CloudEvent.
  const attributes: AttributeValues = {
    type,
    originalType: event.type,
    family,
    changekey,
    'ce-family': family,
    'ce-changekey': changekey,
    resource: type.split('.').slice(0, -1).join('.'),
    livemode: flag(event.livemode ?? false),
    apiVersion: event.api_version ?? '',
    apiVersionMatches: flag(hasConnectionVersion(event, deps.apiVersion)),
    reread: read,
    stateTime: new Date(stateMs).toISOString(),
    account,
    objectId: id,
  };
  return eventMessage({
    id: event.id,
    source: account === undefined ? connectionSource(settings.name) : `//stripe.com/accounts/${account}`,
    type: `com.stripe.${type}`,
    subject: id === undefined || kind === undefined ? id : `${kind}/${id}`,
    timeMs: eventTimeMs(event, clock.epochMs()),
    data: maskSensitiveFields(event),
    attributes,
    orderingKey: id ?? event.id,
  });
}

/**
 * Returns whether an event has the connection's API version. True for an event that names no version, as events of API
 * v2.
 */
export function hasConnectionVersion(event: StripeEvent, apiVersion: string): boolean {
  return event.object !== 'event' || (event.api_version ?? apiVersion) === apiVersion;
}

function flag(value: boolean): 'true' | 'false' {
  return value ? 'true' : 'false';
}
