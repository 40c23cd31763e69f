import { inParam, type Context } from '../../context.ts';
import { bad, Refusal } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { makeDiscounts } from '../discounts.ts';
import { finalize } from '../invoices/finalize.ts';
import { charge, payingMethod } from '../invoices/pay.ts';
import { after } from '../periods.ts';
import { priceIn } from '../prices.ts';
import { taxRates } from '../tax-rates.ts';
import { consume, hash } from '../values.ts';
import { billSubscription, useDiscounts } from './invoices.ts';
import {
  checkSubscriptionItems,
  checkQuantity,
  embedItems,
  intervalOf,
  subscriptionItems,
  makeSubscriptionItem,
  priceOf,
  setPrice,
  soldIn,
} from './items.ts';
import { chargeRest, creditUnused } from './proration.ts';
import { later } from '../../ledger/due.ts';
import { ENDED } from './cancel.ts';

/** One entry of `items`: without an item it adds one. */
export interface ItemChanges {
  readonly item?: Stored;
  readonly params: Record<string, unknown>;
  readonly param: string;
}

/** Changes items in the middle of a period. https://docs.stripe.com/billing/subscriptions/prorations */
export function changeItems(
  context: Context,
  subscription: Stored,
  changes: readonly ItemChanges[],
  params: Context['params'],
): Stored[] {
  const behavior = params['proration_behavior'] ?? 'create_prorations';
  const at = prorationDate(context, subscription, params['proration_date']);
  const interval = JSON.stringify(intervalsOf(context, subscription));
  const changed = changes.map((change) => changeItem(context, subscription, change, behavior, at));
  const items = subscriptionItems(context, subscription);
  if (items.length === 0) throw bad('A subscription must have at least one active item.', { param: 'items' });
  checkSubscriptionItems(items.map((item) => ({ price: priceOf(item), quantity: 1, params: {} })));
  const isNewCycle =
    JSON.stringify(intervalsOf(context, subscription)) !== interval ||
    hash(params['billing_cycle_anchor'])['type'] === 'now';
  if (isNewCycle && subscription['status'] !== 'trialing') startCycle(context, subscription, params);
  else if (behavior === 'always_invoice') invoiceNow(context, subscription, params, false);
  embedItems(context, subscription);
  return changed;
}

function intervalsOf(context: Context, subscription: Stored): unknown[] {
  return [
    ...new Set(subscriptionItems(context, subscription).map((item) => JSON.stringify(intervalOf(priceOf(item))))),
  ];
}

function prorationDate(context: Context, subscription: Stored, date: unknown): number {
  if (typeof date !== 'number') return context.now;
  const [item] = subscriptionItems(context, subscription);
  if (date < Number(item?.['current_period_start']) || date > Number(item?.['current_period_end']))
    throw bad('Cannot specify a proration date outside of the current period.', { param: 'proration_date' });
  return date;
}

function changeItem(
  context: Context,
  subscription: Stored,
  { item, params, param }: ItemChanges,
  behavior: unknown,
  at: number,
): Stored {
  const prorates = behavior !== 'none';
  if (item === undefined) {
    const made = makeSubscriptionItem(context, subscription, soldIn(context, params, param));
    if (prorates) chargeRest(context, subscription, made, at);
    return made;
  }
  if (params['deleted'] === true) {
    if (prorates) creditUnused(context, subscription, item, at);
    context.account.remove('subscription_item', item.id);
    return item;
  }
  const named = priceIn(context, params, param);
  const price = named === undefined ? priceOf(item) : soldIn(context, { ...params, price: named.id }, param).price;
  checkQuantity(price, params['quantity'], param);
  const quantity = Number(params['quantity'] ?? item['quantity'] ?? 1);
  const isOther = price.id !== priceOf(item).id || quantity !== Number(item['quantity'] ?? 1);
  if (isOther && prorates) creditUnused(context, subscription, item, at);
  setPrice(item, price, quantity);
  if (isOther && prorates) chargeRest(context, subscription, item, at);
  if (params['tax_rates'] !== undefined) item['tax_rates'] = taxRates(context, params['tax_rates'], 'tax_rates');
  if (params['discounts'] !== undefined)
    item['discounts'] = makeDiscounts(context, params['discounts'], {
      customer: String(subscription['customer']),
      subscription_item: item.id,
    });
  if (params['metadata'] !== undefined) item['metadata'] = { ...hash(item['metadata']), ...hash(params['metadata']) };
  return item;
}

/** Another interval begins a new cycle now, which is billed at once. https://docs.stripe.com/billing/subscriptions/change-price */
function startCycle(context: Context, subscription: Stored, params: Context['params']): void {
  subscription['billing_cycle_anchor'] = context.now;
  for (const item of subscriptionItems(context, subscription)) {
    // The new price is billed for a whole period: its part of the old one is not.
    for (const one of context.account.all('invoiceitem')) {
      const details = hash(hash(one['parent'])['subscription_details']);
      if (
        one['invoice'] === null &&
        details['subscription_item'] === item.id &&
        Number(one['amount']) > 0 &&
        one['date'] === context.now
      )
        context.account.remove('invoiceitem', one.id);
    }
    item['current_period_start'] = context.now;
    item['current_period_end'] = after(context.now, intervalOf(priceOf(item)));
    later(context, Number(item['current_period_end']), 'subscription.cycle', subscription);
  }
  invoiceNow(context, subscription, params, true);
}

function invoiceNow(context: Context, subscription: Stored, params: Context['params'], ahead: boolean): void {
  const invoice = billSubscription(context, subscription, { reason: 'subscription_update', ahead, pending: true });
  useDiscounts(context, subscription, invoice);
  finalize(context, invoice);
  context.account.changes.endStep();
  if (invoice['status'] === 'paid' || subscription['collection_method'] === 'send_invoice') return;
  const method = payingMethod(context, invoice);
  try {
    if (method !== undefined) charge(context, invoice, method, params['off_session'] === true);
  } catch (error) {
    if (!(error instanceof Refusal) || params['payment_behavior'] === 'error_if_incomplete') throw error;
  }
  if (hash(invoice)['status'] !== 'paid') subscription['status'] = 'past_due';
}

function subscriptionIn(context: Context, item: Stored): Stored {
  const subscription = context.account.get('subscription', String(item['subscription']));
  if (subscription === undefined || ENDED.includes(subscription['status']))
    throw bad('The subscription of this item is canceled: it cannot be changed.', { param: 'subscription' });
  return subscription;
}

/** POST /v1/subscription_items. https://docs.stripe.com/api/subscription_items/create */
export function createItem(given: Context): Stored {
  const subscription = inParam(given, 'subscription', 'subscription');
  if (subscription === undefined)
    throw bad('Missing required param: subscription.', { code: 'parameter_missing', param: 'subscription' });
  subscriptionIn(given, { id: '', object: '', subscription: subscription.id });
  const [made] = changeItems(
    atClockTime(given, subscription),
    subscription,
    [{ params: given.params, param: '' }],
    given.params,
  );
  return made as Stored;
}

/** POST /v1/subscription_items/{id}. https://docs.stripe.com/api/subscription_items/update */
export function updateItem(given: Context, item: Stored): void {
  const subscription = subscriptionIn(given, item);
  changeItems(
    atClockTime(given, subscription),
    subscription,
    [{ item, params: given.params, param: '' }],
    given.params,
  );
  consume(given.params, Object.keys(given.params));
}

/** DELETE /v1/subscription_items/{id}: not the last one. https://docs.stripe.com/api/subscription_items/delete */
export function removeItem(given: Context, item: Stored): Stored {
  const subscription = subscriptionIn(given, item);
  if (subscriptionItems(given, subscription).length === 1)
    throw bad('A subscription must have at least one active item: cancel the subscription instead.', { param: 'id' });
  changeItems(
    atClockTime(given, subscription),
    subscription,
    [{ item, params: { deleted: true }, param: '' }],
    given.params,
  );
  return { id: item.id, object: item.object, deleted: true };
}
