import * as z from 'zod';
import { ConnectorError } from '../../errors.ts';
import { lazily } from '../../lazily.ts';

/** An event of API v1, or the thin one of API v2. https://docs.stripe.com/api/events/object, https://docs.stripe.com/event-destinations */
const schema = lazily(() =>
  z.looseObject({
    id: z.string().regex(/^evt_[A-Za-z0-9_]{1,200}$/),
    object: z.enum(['event', 'v2.core.event']),
    type: z.string().regex(/^[a-z][\w.]{1,200}(\[[\w.]+\][\w.]*)?$/),
    created: z.union([z.number(), z.string()]),
    livemode: z.boolean().optional(),
    api_version: z.string().nullish(),
    account: z.string().nullish(),
    context: z.string().nullish(),
    data: z
      .looseObject({ object: z.looseObject({ id: z.string().optional(), object: z.string().optional() }) })
      .optional(),
    related_object: z.looseObject({ id: z.string(), type: z.string() }).nullish(),
  }),
);

export type StripeEvent = z.output<ReturnType<typeof schema>>;

export function parseEvent(body: unknown): StripeEvent {
  const parsed = schema().safeParse(body);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join('.') || 'body').join(', ');
  throw new ConnectorError('INVALID_ARGUMENT', `the body is signed, but is no event of Stripe's: look at ${fields}`, {
    reason: 'NOT_AN_EVENT',
  });
}

/** `invoice.paid` by `*`, by `invoice.*` or by itself. */
export function isOfTypes(type: string, wanted: readonly string[]): boolean {
  return wanted.some((one) => one === '*' || one === type || (one.endsWith('.*') && type.startsWith(one.slice(0, -1))));
}

/** The object that an event is about. */
export function subjectOf(event: StripeEvent): { readonly id?: string; readonly kind?: string } {
  const { id, object } = event.data?.object ?? { id: event.related_object?.id, object: event.related_object?.type };
  return { ...(id === undefined ? {} : { id }), ...(object === undefined ? {} : { kind: object }) };
}
