import type { Context } from '../../context.ts';
import { bad, Refusal } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { makeDiscounts } from '../discounts.ts';
import { finalize } from '../invoices/finalize.ts';
import { charge, payingMethod } from '../invoices/pay.ts';
import { after } from '../periods.ts';
import { isRecurring, priceIn } from '../prices.ts';
import { taxRates } from '../tax-rates.ts';
import { hash } from '../values.ts';
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
  soldAt,
  soldIn,
} from './items.ts';
import { chargeRest, creditUnused } from './proration.ts';
import { later } from '../../ledger/due.ts';

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
  checkChanges(context, subscription, changes);
  const waiting = new Set(context.account.all('invoiceitem').map(({ id }) => id));
  const changed = changes.map((change) => changeItem(context, subscription, change, behavior, at));
  const items = subscriptionItems(context, subscription);
  checkSubscriptionItems(items.map((item) => ({ price: priceOf(item), quantity: 1, params: {} })));
  const isNewCycle =
    JSON.stringify(intervalsOf(context, subscription)) !== interval ||
    hash(params['billing_cycle_anchor'])['type'] === 'now';
  if (isNewCycle && subscription['status'] !== 'trialing') startCycle(context, subscription, params, waiting);
  else if (behavior === 'always_invoice') invoiceNow(context, subscription, params, false);
  embedItems(context, subscription);
  return changed;
}

/** Rejects what the items must not be, before any of them changes. */
function checkChanges(context: Context, subscription: Stored, changes: readonly ItemChanges[]): void {
  const named = ({ price: id }: Record<string, unknown>): Stored[] => {
    const price = typeof id === 'string' ? context.account.get('price', id) : undefined;
    return price === undefined || !isRecurring(price) ? [] : [price];
  };
  const kept = subscriptionItems(context, subscription).flatMap((item) => {
    const params = changes.find((change) => change.item?.id === item.id)?.params ?? {};
    return params['deleted'] === true ? [] : [named(params)[0] ?? priceOf(item)];
  });
  const added = changes.filter(({ item }) => item === undefined);
  if (kept.length + added.length === 0)
    throw bad('A subscription must have at least one active item.', { param: 'items' });
  const prices = [...kept, ...added.flatMap(({ params }) => named(params))];
  checkSubscriptionItems(prices.map((price) => ({ price, quantity: 1, params: {} })));
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
  const price = named === undefined ? priceOf(item) : soldAt(named, params, param).price;
  checkQuantity(price, params['quantity'], param);
  const quantity = Number(params['quantity'] ?? item['quantity'] ?? 1);
  const isOther = price.id !== priceOf(item).id || quantity !== Number(item['quantity'] ?? 1);
  if (isOther && prorates) creditUnused(context, subscription, item, at);
  setPrice(item, price, quantity);
  if (isOther && prorates) chargeRest(context, subscription, item, at);
  if (params['tax_rates'] !== undefined)
    item['tax_rates'] = taxRates(context, params['tax_rates'], 'tax_rates', item['tax_rates']);
  if (params['discounts'] !== undefined)
    item['discounts'] = makeDiscounts(context, params['discounts'], {
      customer: String(subscription['customer']),
      subscription_item: item.id,
    });
  if (params['metadata'] !== undefined) item['metadata'] = { ...hash(item['metadata']), ...hash(params['metadata']) };
  return item;
}

/**
 * Another interval, or the end of a trial, begins a new cycle now, which is billed at once. Of the invoice items only
 * those that are `waiting` since before the change are billed; all of them if it is absent.
 * https://docs.stripe.com/billing/subscriptions/change-price
 */
export function startCycle(
  context: Context,
  subscription: Stored,
  params: Context['params'],
  waiting?: ReadonlySet<string>,
): void {
  subscription['billing_cycle_anchor'] = context.now;
  for (const item of subscriptionItems(context, subscription)) {
    // The new price is billed for a whole period: its part of the old one is not.
    for (const one of context.account.all('invoiceitem')) {
      const details = hash(hash(one['parent'])['subscription_details']);
      if (
        one['invoice'] === null &&
        details['subscription_item'] === item.id &&
        Number(one['amount']) > 0 &&
        waiting?.has(one.id) === false
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
