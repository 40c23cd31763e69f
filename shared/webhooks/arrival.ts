import { definedFields } from '../defined-fields.ts';
import type { InboxEntry } from '../event-inbox/store.ts';
import { isObject } from '../is-object.ts';
import type { Connector } from '../operations/connector.ts';
import { accountOf, eventTimeMs, subjectOf, type StripeEvent } from './event.ts';
import { changeKeyOf, familyOf, sharedType } from './family.ts';

/**
 * Maximum characters of a text in an entry. Firestore indexes at most 1,500 bytes, and a character has at most 3.
 * https://cloud.google.com/firestore/quotas
 */
const MAX_ENTRY_TEXT = 500;

/**
 * Returns the inbox entry of an event that arrives now. Its outcome is `failed` until the event is handled.
 * `earlierEntry` is the entry of an earlier attempt.
 */
export function arrivalOf(
  { settings, clock }: Connector,
  event: StripeEvent,
  via: InboxEntry['via'],
  earlierEntry?: InboxEntry,
): InboxEntry {
  const nowMs = clock.epochMs();
  const { id = '', kind = '' } = subjectOf(event);
  const account = accountOf(event);
  return definedFields({
    id: event.id,
    type: sharedType(event.type),
    originalType: event.type,
    family: familyOf(event),
    // An event of an organization has no account, so the entry contains the event's context instead.
    account: account === null ? (event.context ?? '') : (account ?? settings.accountId ?? ''),
    objectType: kind.slice(0, MAX_ENTRY_TEXT),
    objectId: id.slice(0, MAX_ENTRY_TEXT),
    status: statusIn(event),
    changekey: changeKeyOf(event, settings.accountId),
    createdMs: eventTimeMs(event, nowMs),
    receivedMs: earlierEntry?.receivedMs ?? nowMs,
    publishedMs: 0,
    outcome: 'failed',
    reason: '',
    attempts: (earlierEntry?.attempts ?? 0) + 1,
    via,
    body: earlierEntry?.body,
  });
}

/** Returns the `status` of the event's object, or an empty text. */
export function statusIn(event: StripeEvent): string {
  const { data } = event;
  const object = isObject(data) ? data['object'] : undefined;
  const status = isObject(object) ? object['status'] : undefined;
  return typeof status === 'string' ? status.slice(0, MAX_ENTRY_TEXT) : '';
}
