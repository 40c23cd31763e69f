import * as z from 'zod/mini';
import { EVENT_TYPE } from '../config/event-type.ts';
import { isAccount } from '../operations/request/ids.ts';
import { ConnectorError } from '../errors.ts';
import { lazy } from '../memoize.ts';
import { isObject } from '../is-object.ts';
import { MAX_RFC3339_MS } from '../ports/time-units.ts';

/** Pattern of the id of an event of API v1 or v2. The id also names the Firestore document of the event. */
export const EVENT_ID = /^evt_[A-Za-z0-9_]{1,200}$/;

/**
 * An event of API v1 or v2. Events of v2 may carry any data, so only the fields that the connector uses are checked.
 * https://docs.stripe.com/api/events/object, https://docs.stripe.com/api/v2/core/events/object
 */
const schema = lazy(() =>
  z.looseObject({
    id: z.string().check(z.regex(EVENT_ID)),
    object: z.enum(['event', 'v2.core.event']),
    type: z.string().check(z.regex(EVENT_TYPE)),
    created: z.union([z.number(), z.string()]),
    livemode: z.nullish(z.boolean()),
    api_version: z.nullish(z.string()),
    account: z.nullish(z.string()),
    context: z.nullish(z.string()),
    data: z.optional(z.unknown()),
    related_object: z.nullish(z.looseObject({ id: z.string(), type: z.string(), url: z.nullish(z.string()) })),
    /** The request that caused the event: `request` in API v1, `reason.request` in API v2. */
    request: z.optional(z.unknown()),
    reason: z.optional(z.unknown()),
    /** In a thin event, the id of the snapshot event of the same change. */
    snapshot_event: z.nullish(z.string()),
  }),
);

/** Marks an event that names the connection's own account. As a symbol, the mark is not a part of the event's JSON. */
const OF_OWN_ACCOUNT = Symbol('of the own account');

export type StripeEvent = z.output<ReturnType<typeof schema>> & { readonly [OF_OWN_ACCOUNT]?: true };

/** Parses a Stripe event. Throws INVALID_ARGUMENT with reason NOT_AN_EVENT. */
export function parseEvent(body: unknown): StripeEvent {
  const parsed = schema().safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'body').join(', ');
  throw new ConnectorError('INVALID_ARGUMENT', `the body is not a Stripe event; these fields are invalid: ${fields}`, {
    reason: 'NOT_AN_EVENT',
  });
}

/** Returns the object inside a snapshot event, or undefined. */
export function objectIn({ object: family, data }: StripeEvent): Readonly<Record<string, unknown>> | undefined {
  return family === 'event' && isObject(data) && isObject(data['object']) ? data['object'] : undefined;
}

/** Returns id and type of the event's object. */
export function subjectOf(event: StripeEvent): {
  readonly id: string | undefined;
  readonly kind: string | undefined;
} {
  const object = objectIn(event);
  const [id, kind] =
    object === undefined ? [event.related_object?.id, event.related_object?.type] : [object['id'], object['object']];
  return { id: isNonEmptyText(id) ? id : undefined, kind: isNonEmptyText(kind) ? kind : undefined };
}

/**
 * Returns the account of an event: `account`, or the account at the end of `context` (`acct_1`, `org_1/acct_1`). Null
 * for a context without an account, such as an organization. Undefined for an event of the connection's own account,
 * which names no account or is marked by `markOwnAccount`.
 * https://docs.stripe.com/changelog/basil/2025-04-30/additional-context-organization-events
 */
export function accountOf({ account, context, [OF_OWN_ACCOUNT]: isOwn }: StripeEvent): string | null | undefined {
  if (isOwn === true) return undefined;
  if (isNonEmptyText(account)) return account;
  if (!isNonEmptyText(context)) return undefined;
  const last = context.split('/').at(-1) ?? '';
  return isAccount(last) ? last : null;
}

/** Returns a copy of an event that is marked as an event of the connection's own account. */
export function markOwnAccount(event: StripeEvent): StripeEvent {
  return { ...event, [OF_OWN_ACCOUNT]: true };
}

/** Adds the account to an event from the event list of that account, unless the event names an account itself. */
export function listedFor(event: StripeEvent, account: string | undefined): StripeEvent {
  return account === undefined || accountOf(event) !== undefined ? event : { ...event, account };
}

function isNonEmptyText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Returns when the event was created, in milliseconds since 1970, or `nowMs` if `created` is invalid. */
export function eventTimeMs({ created }: StripeEvent, nowMs: number): number {
  const ms = typeof created === 'number' ? created * 1000 : Date.parse(created);
  return ms >= 0 && ms <= MAX_RFC3339_MS ? ms : nowMs;
}
