import { definedFields } from '../../defined-fields.ts';
import { isRecurring } from '../billing/prices.ts';
import { priceOf } from '../billing/subscriptions/items.ts';
import { hashOrEmpty } from '../billing/values.ts';
import { makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { checkRequestedItems, storeItems, lineItemsOf, readItems } from './line-items.ts';
import { shippingOf } from './session-data.ts';

/** The default of `after_completion`: after the payment, the customer sees a page of Stripe. */
const DEFAULT_COMPLETION = { hosted_confirmation: { custom_message: null }, type: 'hosted_confirmation' };

/** POST /v1/payment_links. https://docs.stripe.com/api/payment-link/create */
function createLink(context: Context): StoredObject {
  const { line_items: _items, shipping_options: _shipping, ...params } = context.params;
  const items = readItems(context);
  const mode = items.some(({ price }) => isRecurring(price)) ? 'subscription' : 'payment';
  checkRequestedItems(mode, items);
  checkCompletion(params['after_completion']);
  if (params['subscription_data'] !== undefined && mode !== 'subscription')
    throw badRequest('You can only pass `subscription_data` when your `line_items` contain a recurring price.', {
      param: 'subscription_data',
    });
  const link = makeObject(context, 'PaymentLink', params);
  const limit = hashOrEmpty(hashOrEmpty(params['restrictions'])['completed_sessions'])['limit'];
  Object.assign(link, {
    after_completion: params['after_completion'] ?? DEFAULT_COMPLETION,
    allow_promotion_codes: params['allow_promotion_codes'] === true,
    automatic_tax: { enabled: false, liability: null, ...hashOrEmpty(params['automatic_tax']) },
    currency: items[0]?.price['currency'],
    customer_creation: params['customer_creation'] ?? (mode === 'payment' ? 'if_required' : 'always'),
    restrictions: limit === undefined ? null : { completed_sessions: { count: 0, limit } },
    shipping_options: shippingOf(context).options,
    submit_type: params['submit_type'] ?? 'auto',
    url: linkUrl(context, link),
  });
  storeItems(context, 'payment_link', link, items);
  return link;
}

function linkUrl({ account, origin }: Context, link: StoredObject): string {
  return `${origin}/_sandbox/pay/${link.id}${account.id === '' ? '' : `?account=${account.id}`}`;
}

/**
 * POST /v1/payment_links/{id}. The sandbox does not change the line items.
 * https://docs.stripe.com/api/payment-link/update
 */
function updateLink({ params }: Context, link: StoredObject): void {
  checkCompletion(params['after_completion']);
  const limit = hashOrEmpty(hashOrEmpty(params['restrictions'])['completed_sessions'])['limit'];
  if (limit !== undefined) {
    const count = Number(hashOrEmpty(hashOrEmpty(link['restrictions'])['completed_sessions'])['count'] ?? 0);
    link['restrictions'] = { completed_sessions: { count, limit } };
    delete params['restrictions'];
  }
  // The store would otherwise merge the new hash into the current one, which may be of another type.
  if (params['after_completion'] !== undefined) link['after_completion'] = null;
}

/** Rejects an `after_completion` that redirects the customer but has no URL. */
function checkCompletion(completion: unknown): void {
  const { type, redirect } = hashOrEmpty(completion);
  if (type === 'redirect' && hashOrEmpty(redirect)['url'] === undefined)
    throw badRequest('Missing required param: after_completion[redirect][url].', {
      code: 'parameter_missing',
      param: 'after_completion[redirect][url]',
    });
}

/** Returns the parameters of the sessions that a link creates. */
export function sessionParams(context: Context, link: StoredObject): Context['params'] {
  const { redirect, type } = hashOrEmpty(link['after_completion']);
  const lines = lineItemsOf(context.account, 'payment_link', link);
  const mode = lines.some((line) => isRecurring(priceOf(line))) ? 'subscription' : 'payment';
  const paramsOf = (...names: readonly string[]): Context['params'] =>
    definedFields(Object.fromEntries(names.map((name) => [name, link[name] ?? undefined])));
  return definedFields({
    mode,
    success_url: type === 'redirect' ? hashOrEmpty(redirect)['url'] : `${context.origin}/_sandbox/paid/${link.id}`,
    line_items: lines.map((line) =>
      definedFields({
        price: priceOf(line).id,
        quantity: line['quantity'] ?? undefined,
      }),
    ),
    metadata: structuredClone(link['metadata']),
    allow_promotion_codes: link['allow_promotion_codes'] === true ? true : undefined,
    ...(mode === 'payment'
      ? paramsOf('payment_intent_data', 'invoice_creation', 'customer_creation')
      : { ...subscriptionParams(link), ...paramsOf('payment_method_collection') }),
    ...paramsOf('custom_fields'),
    shipping_options: (link['shipping_options'] as Record<string, unknown>[]).map(({ shipping_rate: rate }) => ({
      shipping_rate: rate,
    })),
  });
}

/**
 * Returns the parameter `subscription_data` of the sessions that a link creates, without fields that have no value in
 * the link.
 */
function subscriptionParams(link: StoredObject): Context['params'] {
  const linkData = hashOrEmpty(link['subscription_data']);
  const names = ['description', 'metadata', 'trial_period_days', 'trial_settings'];
  const entries = names.map((name): [string, unknown] => [name, linkData[name]]);
  const data = Object.fromEntries(entries.filter(([, value]) => value !== null && value !== undefined));
  return Object.keys(data).length === 0 ? {} : { subscription_data: data };
}

/** Counts a completed session of a link, and deactivates the link when it reaches its limit. https://docs.stripe.com/payment-links/customize#limit-the-number-of-payments */
export function countCompletion({ account }: Context, session: StoredObject): void {
  const link = account.get('payment_link', String(session['payment_link']));
  const { count, limit } = hashOrEmpty(hashOrEmpty(link?.['restrictions'])['completed_sessions']);
  if (link === undefined || typeof limit !== 'number') return;
  link['restrictions'] = { completed_sessions: { count: Number(count) + 1, limit } };
  if (Number(count) + 1 >= limit) link['active'] = false;
}

export const paymentLinks: Required<Pick<Feature, 'entities' | 'includes'>> = {
  entities: { PaymentLink: { create: createLink, beforeUpdate: updateLink } },
  includes: { 'payment_link.line_items': (link, account) => lineItemsOf(account, 'payment_link', link) },
};
