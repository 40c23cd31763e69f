import * as z from 'zod';
import { EVENT_TYPE } from '../config/event-type.ts';
import { isAccount } from '../operations/request/ids.ts';
import { ConnectorError } from '../errors.ts';
import { lazy } from '../memoize.ts';

/**
 * An event of API v1, or of API v2, which may carry data of any shape. Only what the connector works with is looked at.
 * https://docs.stripe.com/api/events/object, https://docs.stripe.com/api/v2/core/events/object
 */
const schema = lazy(() =>
  z.looseObject({
    id: z.string().regex(/^evt_[A-Za-z0-9_]{1,200}$/),
    object: z.enum(['event', 'v2.core.event']),
    type: z.string().regex(EVENT_TYPE),
    created: z.union([z.number(), z.string()]),
    livemode: z.boolean().nullish(),
    api_version: z.string().nullish(),
    account: z.string().nullish(),
    context: z.string().nullish(),
    data: z.unknown().optional(),
    related_object: z.looseObject({ id: z.string(), type: z.string() }).nullish(),
  }),
);

export type StripeEvent = z.output<ReturnType<typeof schema>>;

export function parseEvent(body: unknown): StripeEvent {
  const parsed = schema().safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'body').join(', ');
  throw new ConnectorError('INVALID_ARGUMENT', `it is no event of Stripe's: look at ${fields}`, {
    reason: 'NOT_AN_EVENT',
  });
}

/** `invoice.paid` by `*`, by `invoice.*` or by itself. */
export function isOfTypes(type: string, wanted: readonly string[]): boolean {
  return wanted.some(
    (name) => name === '*' || name === type || (name.endsWith('.*') && type.startsWith(name.slice(0, -1))),
  );
}

/** The object that a snapshot event carries; undefined where there is none. */
export function objectIn({ object: family, data }: StripeEvent): Readonly<Record<string, unknown>> | undefined {
  return family === 'event' && isRecord(data) && isRecord(data['object']) ? data['object'] : undefined;
}

/** The object that an event is about. */
export function subjectOf(event: StripeEvent): { readonly id?: string; readonly kind?: string } {
  const object = objectIn(event);
  const [id, kind] =
    object === undefined ? [event.related_object?.id, event.related_object?.type] : [object['id'], object['object']];
  return { ...(isText(id) ? { id } : {}), ...(isText(kind) ? { kind } : {}) };
}

/**
 * The account that an event comes from: `account`, else the account that `context` ends with (`acct_1`, `org_1/acct_1`).
 * Null for a context without an account, such as an organization alone; undefined for the connection's own.
 * https://docs.stripe.com/changelog/basil/2025-04-30/additional-context-organization-events
 */
export function accountOf({ account, context }: StripeEvent): string | null | undefined {
  if (isText(account)) return account;
  if (!isText(context)) return undefined;
  const last = context.split('/').at(-1) ?? '';
  return isAccount(last) ? last : null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
