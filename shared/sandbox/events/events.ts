import { enumeration } from '../../catalog/types.ts';
import { definedFields } from '../../defined-fields.ts';
import { makeObject, type Context } from '../context.ts';
import type { StoredObject } from '../store.ts';
import type { ChangeStep, ObjectChange } from './change-log.ts';
import { eventTypes, previousAttributes, eventOrder } from './types.ts';

/** A write that succeeded: the request and its response. */
export interface WriteEffect {
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
  readonly idempotencyKey?: string | undefined;
  readonly response: unknown;
}

/** The API request that caused events. Scheduled tasks and the sandbox's pages cause events without such a request. */
export interface EventCause {
  readonly requestId: string;
  readonly idempotencyKey?: string | undefined;
}

/**
 * The snapshot event of API v1 and the thin event of API v2 for one change. For some types, Stripe has only one of the
 * two.
 */
export interface EventPair {
  readonly event: StoredObject | undefined;
  readonly thin: StoredObject | undefined;
}

interface EventDraft {
  readonly type: string;
  readonly object: StoredObject;
  /** The previous values of the fields that an update changed. */
  readonly previous?: Record<string, unknown> | undefined;
}

/**
 * Creates and stores the events of all changes that the account of `context` has had since the last call.
 * https://docs.stripe.com/api/events/object, https://docs.stripe.com/api/v2/core/events/object
 */
export function makeEvents(
  context: Context,
  cause: EventCause | null,
  apiVersion: string,
  accountId: string,
): readonly EventPair[] {
  const drafts = context.account.changes.take().flatMap(draftsOfStep);
  const pairs = drafts.map((draft) => {
    const event = makeSnapshotEvent(context, draft, cause, apiVersion, accountId);
    return { event, thin: makeThinEvent(context, draft, cause, accountId, event) };
  });
  // The new event objects are changes too, but Stripe has no events about events.
  context.account.changes.forget();
  return pairs.filter(({ event, thin }) => event !== undefined || thin !== undefined);
}

/** Returns the events of one step, in the order in which Stripe usually sends them. */
function draftsOfStep({ changes, announcements }: ChangeStep): EventDraft[] {
  const drafts = [
    ...changes.filter(({ kind }) => emitsEvents(kind)).flatMap(draftsOfChange),
    ...announcements.map(({ type, object }) => ({ type, object: object as StoredObject })),
  ];
  return drafts.sort((a, b) => eventOrder(a.type) - eventOrder(b.type));
}

/** Returns whether changes of this kind of object emit events. Event objects and uploaded files emit none. */
function emitsEvents(kind: string): boolean {
  return kind !== 'event' && kind !== 'v2.core.event' && kind !== 'file';
}

/** Returns the events of a change, one for each of its event types. */
function draftsOfChange({ kind, before, after: stored }: ObjectChange): EventDraft[] {
  // A deleted customer, for example, stays in the store with `deleted: true`.
  const after = stored?.['deleted'] === true ? undefined : stored;
  const object = after ?? before;
  if (object === undefined) return [];
  return eventTypes({ kind, before, after }).map((type) => {
    const isUpdate = before !== undefined && after !== undefined && type.endsWith('.updated');
    return { type, object, previous: isUpdate ? previousAttributes(before, after) : undefined };
  });
}

/** Creates a snapshot event. Returns undefined if API v1 has no event of this type. */
function makeSnapshotEvent(
  context: Context,
  { type, object, previous }: EventDraft,
  cause: EventCause | null,
  apiVersion: string,
  accountId: string,
): StoredObject | undefined {
  if (!hasEventType(context, 'Event', type)) return undefined;
  const event = makeObject(context, 'Event', {
    api_version: apiVersion,
    data: previous === undefined ? { object } : { object, previous_attributes: previous },
    pending_webhooks: 0,
    type,
    account: accountId,
    context: accountId,
  });
  event['request'] = { id: cause?.requestId ?? null, idempotency_key: cause?.idempotencyKey ?? null };
  // Events of the platform do not name an account.
  if (accountId === '') {
    delete event['account'];
    delete event['context'];
  }
  return event;
}

/** Creates a thin event, which contains the id of the object instead of the object. Returns undefined if API v2 has no event of this type. https://docs.stripe.com/event-destinations#thin-events */
function makeThinEvent(
  context: Context,
  { type, object }: EventDraft,
  cause: EventCause | null,
  accountId: string,
  snapshotEvent: StoredObject | undefined,
): StoredObject | undefined {
  const name = type.startsWith('v2.') ? type : `v1.${type}`;
  if (!hasEventType(context, 'V2.Core.Event', name)) return undefined;
  const event = makeObject(context, 'V2.Core.Event', { type: name });
  const request = cause === null ? undefined : { id: cause.requestId, idempotency_key: cause.idempotencyKey ?? '' };
  return Object.assign(
    event,
    definedFields({
      related_object: { id: object.id, type: object.object, url: urlOf(context, object) },
      context: accountId === '' ? null : accountId,
      reason: request === undefined ? null : { type: 'request', request },
      snapshot_event: snapshotEvent?.id,
    }),
  );
}

/** Returns the path that reads an object. */
function urlOf(context: Context, object: StoredObject): string {
  const path = context.pathOf(object.object) ?? `/v1/${object.object.replaceAll('.', '/')}s/{id}`;
  return path.replace('{id}', encodeURIComponent(object.id));
}

/** Returns whether Stripe has an event of this type, in API v1 (`Event`) or in API v2 (`V2.Core.Event`). */
function hasEventType(context: Context, entity: 'Event' | 'V2.Core.Event', type: string): boolean {
  return enumeration(context.entity(entity).fields['type']?.type)?.includes(type) === true;
}
