import { inParam, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad } from '../refusal.ts';
import { emptyList, isPlain, type Stored } from '../store.ts';
import { addLine, finalizeInvoice, makeInvoice } from './invoices.ts';
import { makePaid } from './settle.ts';

/** Subscriptions, as far as quotes and simple automations need them. https://docs.stripe.com/billing/subscriptions/overview */

interface Sold {
  readonly price: Stored;
  readonly quantity: number;
}

/** POST /v1/subscriptions */
export function createSubscription(context: Context): Stored {
  const customer = inParam(context, 'customer', 'customer');
  if (customer === undefined)
    throw bad('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  const wanted = Array.isArray(context.params['items']) ? context.params['items'].filter(isPlain) : [];
  if (wanted.length === 0) throw bad('Missing required param: items.', { code: 'parameter_missing', param: 'items' });
  const sold = wanted.map((item, index) => {
    const price = context.account.get('price', String(item['price']));
    if (price === undefined)
      throw bad(`No such price: '${String(item['price'])}'`, {
        code: 'resource_missing',
        param: `items[${index}][price]`,
      });
    return { price, quantity: Number(item['quantity'] ?? 1) };
  });
  const { items: _items, ...rest } = context.params;
  return makeSubscription(context, customer, sold, rest);
}

/** A draft with a line of each price. */
export function invoiceOf(context: Context, customer: Stored | undefined, sold: readonly Sold[]): Stored {
  const invoice = makeInvoice(context, customer, {});
  for (const { price, quantity } of sold) {
    const item = make(context, 'InvoiceItem');
    Object.assign(item, {
      amount: Number(price['unit_amount'] ?? 0) * quantity,
      currency: price['currency'],
      customer: customer?.id,
      quantity,
    });
    addLine(context, invoice, item);
  }
  return invoice;
}

/** An active subscription with its first invoice, paid. */
export function makeSubscription(
  context: Context,
  customer: Stored | undefined,
  sold: readonly Sold[],
  params: Context['params'] = {},
): Stored {
  const subscription = make(context, 'Subscription', params);
  const list = { ...emptyList(), url: `/v1/subscription_items?subscription=${subscription.id}` };
  list.data = sold.map(({ price, quantity }) => {
    const item = make(context, 'SubscriptionItem');
    return Object.assign(item, { price, quantity, subscription: subscription.id });
  });
  list.total_count = list.data.length;
  const invoice = invoiceOf(context, customer, sold);
  invoice['billing_reason'] = 'subscription_create';
  makePaid(context, finalizeInvoice({ ...context, params: {} }, invoice.id));
  return Object.assign(subscription, {
    collection_method: params['collection_method'] ?? 'charge_automatically',
    currency: sold[0]?.price['currency'] ?? 'usd',
    customer: customer?.id ?? null,
    items: list,
    latest_invoice: invoice.id,
    start_date: context.now,
    billing_cycle_anchor: context.now,
    status: 'active',
  });
}

/** DELETE /v1/subscriptions/{id} */
export function cancelSubscription(context: Context, subscription: Stored): Stored {
  if (subscription['status'] === 'canceled')
    throw bad(`No such subscription: '${subscription.id}'`, { code: 'resource_missing', param: 'id' });
  return Object.assign(subscription, { status: 'canceled', canceled_at: context.now, ended_at: context.now });
}

export const subscriptions: Feature = {
  entities: { Subscription: { create: createSubscription, end: cancelSubscription } },
};
