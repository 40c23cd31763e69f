import { maskSensitiveFields } from '../stripe/sensitive-fields.ts';
import type { Connector } from '../operations/connector.ts';
import { ConnectorError } from '../errors.ts';
import { connectionSource, eventMessage } from '../http/cloud-event.ts';
import { accountOf, subjectOf, type StripeEvent } from './event.ts';
import { changeKeyOf, familyOf, sharedType } from './family.ts';

/** Whether the message has the object's current state; `gone` if the object was deleted. */
export type RefetchResult = 'no' | 'yes' | 'gone' | 'not offered';

/**
 * Builds the message of an event. An event that cannot be encoded (nested too deep) is at fault itself, not the
 * connector.
 */
export function buildMessage(
  connector: Connector,
  event: StripeEvent,
  read: RefetchResult,
): ReturnType<typeof eventMessage> {
  try {
    return messageOf(connector, event, read);
  } catch (cause) {
    throw new ConnectorError('INVALID_ARGUMENT', 'the event cannot be encoded as a message', {
      reason: 'NOT_AN_EVENT',
      cause,
    });
  }
}

/** The last time that RFC 3339, and so a CloudEvent, can express: 9999-12-31T23:59:59.999Z. */
const MAX_TIME_MS = 253_402_300_799_999;

/** Returns when the event was created, or now if it does not say so. */
function eventTimeMs({ created }: StripeEvent, nowMs: number): number {
  const ms = typeof created === 'number' ? created * 1000 : Date.parse(created);
  return ms >= 0 && ms <= MAX_TIME_MS ? ms : nowMs;
}

function messageOf(
  { settings, clock, deps }: Connector,
  event: StripeEvent,
  read: RefetchResult,
): ReturnType<typeof eventMessage> {
  const { id, kind } = subjectOf(event);
  const account = accountOf(event) ?? settings.accountId;
  const type = sharedType(event.type);
  // Attributes for subscription filters; those with ce- are also extensions of the CloudEvent.
  const stream = { family: familyOf(event), changekey: changeKeyOf(event, settings.accountId) };
  return eventMessage({
    id: event.id,
    source: account === undefined ? connectionSource(settings.name) : `//stripe.com/accounts/${account}`,
    type: `com.stripe.${type}`,
    ...(id === undefined ? {} : { subject: kind === undefined ? id : `${kind}/${id}` }),
    timeMs: eventTimeMs(event, clock.epochMs()),
    data: maskSensitiveFields(event),
    attributes: {
      type,
      originalType: event.type,
      ...stream,
      'ce-family': stream.family,
      'ce-changekey': stream.changekey,
      resource: type.split('.').slice(0, -1).join('.'),
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

/** Events of API v2 carry no object and therefore no version of one. */
export function isOurVersion(event: StripeEvent, apiVersion: string): boolean {
  return event.object !== 'event' || (event.api_version ?? apiVersion) === apiVersion;
}
