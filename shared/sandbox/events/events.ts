import { enumeration } from '../../catalog/types.ts';
import { make, type Context } from '../context.ts';
import type { Stored } from '../store.ts';
import type { ChangeStep, ObjectChange } from './change-log.ts';
import { eventTypes, previousAttributes, rank } from './types.ts';

/** What a write had for an effect: who requested it, and its result. */
export interface WriteEffect {
  readonly method: string;
  readonly path: string;
  readonly requestId: string;
  readonly idempotencyKey?: string;
  readonly answer: unknown;
}

/** The request that caused events; null for what time alone brings. */
export interface EventCause {
  readonly requestId: string;
  readonly idempotencyKey?: string;
}

/** A snapshot event, and the thin event of API v2 for the same change, if Stripe has one. */
export interface Made {
  readonly event: Stored | undefined;
  readonly thin: Stored | undefined;
}

interface Happened {
  readonly type: string;
  readonly object: Stored;
  readonly previous?: Record<string, unknown>;
}

/**
 * Stripe's events of everything that changed in an account since the last call, kept for its lists of events.
 * https://docs.stripe.com/api/events/object, https://docs.stripe.com/api/v2/core/events/object
 */
export function makeEvents(
  context: Context,
  cause: EventCause | null,
  apiVersion: string,
  accountId: string,
): readonly Made[] {
  const happened = context.account.changes.take().flatMap(ofStep);
  const made = happened.map((change) => {
    const event = snapshot(context, change, cause, apiVersion, accountId);
    return { event, thin: thin(context, change, cause, accountId, event) };
  });
  // The events themselves are no change.
  context.account.changes.forget();
  return made.filter(({ event, thin: other }) => event !== undefined || other !== undefined);
}

/** The events of one step, in the order in which Stripe usually sends them. */
function ofStep({ changes, announcements }: ChangeStep): Happened[] {
  const happened = [
    ...changes.filter(({ kind }) => isPublic(kind)).flatMap(ofChange),
    ...announcements.map(({ type, object }) => ({ type, object: object as Stored })),
  ];
  return happened
    .map((change, index) => ({ change, index }))
    .sort((a, b) => rank(a.change.type) - rank(b.change.type) || a.index - b.index)
    .map(({ change }) => change);
}

/** Returns whether a change of this kind of object has events. Events have none, and of files only those that Stripe creates. */
function isPublic(kind: string): boolean {
  return kind !== 'event' && kind !== 'v2.core.event' && kind !== 'file';
}

function ofChange(change: ObjectChange): Happened[] {
  const { before, after } = change;
  const object = after?.['deleted'] === true ? before : (after ?? before);
  if (object === undefined) return [];
  const types = eventTypes(after?.['deleted'] === true ? { ...change, after: undefined } : change);
  return types.map((type) => ({
    type,
    object,
    ...(before !== undefined && after !== undefined && type.endsWith('.updated')
      ? { previous: previousAttributes(before, after) }
      : {}),
  }));
}

function snapshot(
  context: Context,
  { type, object, previous }: Happened,
  cause: EventCause | null,
  apiVersion: string,
  accountId: string,
): Stored | undefined {
  if (!knows(context, 'Event', type)) return undefined;
  const event = make(context, 'Event', {
    api_version: apiVersion,
    data: { object, ...(previous === undefined ? {} : { previous_attributes: previous }) },
    pending_webhooks: 0,
    type,
    ...(accountId === '' ? {} : { account: accountId, context: accountId }),
  });
  event['request'] = { id: cause?.requestId ?? null, idempotency_key: cause?.idempotencyKey ?? null };
  if (accountId === '') {
    delete event['account'];
    delete event['context'];
  }
  return event;
}

/** Thin events name the object and leave its state out. https://docs.stripe.com/event-destinations#thin-events */
function thin(
  context: Context,
  { type, object }: Happened,
  cause: EventCause | null,
  accountId: string,
  snapshotEvent: Stored | undefined,
): Stored | undefined {
  const name = type.startsWith('v2.') ? type : `v1.${type}`;
  if (!knows(context, 'V2.Core.Event', name)) return undefined;
  const event = make(context, 'V2.Core.Event', { type: name });
  return Object.assign(event, {
    related_object: { id: object.id, type: object.object, url: urlOf(context, object) },
    context: accountId === '' ? null : accountId,
    reason:
      cause === null
        ? null
        : { type: 'request', request: { id: cause.requestId, idempotency_key: cause.idempotencyKey ?? '' } },
    ...(snapshotEvent === undefined ? {} : { snapshot_event: snapshotEvent.id }),
  });
}

/** Returns the path that reads an object. */
function urlOf(context: Context, object: Stored): string {
  const path = context.pathOf(object.object) ?? `/v1/${object.object.replaceAll('.', '/')}s/{id}`;
  return path.replace('{id}', encodeURIComponent(object.id));
}

/** Returns whether Stripe has an event of this type, in API v1 (`Event`) or in API v2 (`V2.Core.Event`). */
function knows(context: Context, entity: 'Event' | 'V2.Core.Event', type: string): boolean {
  return enumeration(context.entity(entity).fields['type']?.type)?.includes(type) === true;
}
