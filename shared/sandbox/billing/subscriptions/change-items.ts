import type { Context } from '../../context.ts';
import { badRequest, StripeApiError } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { makeDiscounts } from '../discounts.ts';
import { finalizeDraft } from '../invoices/finalize.ts';
import { chargeInvoice, methodToPay } from '../invoices/pay.ts';
import { addIntervals } from '../periods.ts';
import { isRecurring, priceOfEntry } from '../prices.ts';
import { taxRates } from '../tax-rates.ts';
import { hashOrEmpty } from '../values.ts';
import { billSubscription, removeUsedDiscounts } from './invoices.ts';
import {
  checkSubscriptionItems,
  checkQuantity,
  embedItems,
  intervalOf,
  subscriptionItems,
  makeSubscriptionItem,
  priceOf,
  setPrice,
  soldPriceOf,
  readSoldPrice,
} from './items.ts';
import { chargeRest, creditUnused } from './proration.ts';
import { scheduleTask } from '../../ledger/due.ts';

/** The change of one item. Without `item` it adds a new one. */
export interface ItemChanges {
  readonly item?: StoredObject;
  readonly params: Record<string, unknown>;
  readonly param: string;
}

/** Changes items in the middle of a period. https://docs.stripe.com/billing/subscriptions/prorations */
export function changeItems(
  context: Context,
  subscription: StoredObject,
  changes: readonly ItemChanges[],
  params: Context['params'],
): StoredObject[] {
  const behavior = params['proration_behavior'] ?? 'create_prorations';
  const prorationTime = prorationDate(context, subscription, params['proration_date']);
  const interval = JSON.stringify(intervalsOf(context, subscription));
  checkChanges(context, subscription, changes);
  const pendingBefore = new Set(context.account.all('invoiceitem').map(({ id }) => id));
  const changed = changes.map((change) => changeItem(context, subscription, change, behavior, prorationTime));
  const items = subscriptionItems(context, subscription);
  checkSubscriptionItems(items.map((item) => ({ price: priceOf(item), quantity: 1, params: {} })));
  const isNewCycle =
    JSON.stringify(intervalsOf(context, subscription)) !== interval ||
    hashOrEmpty(params['billing_cycle_anchor'])['type'] === 'now';
  if (isNewCycle && subscription['status'] !== 'trialing') startCycle(context, subscription, params, pendingBefore);
  else if (behavior === 'always_invoice') invoiceNow(context, subscription, params, false);
  embedItems(context, subscription);
  return changed;
}

/** Checks the items after all changes, before the first one is made. */
function checkChanges(context: Context, subscription: StoredObject, changes: readonly ItemChanges[]): void {
  const recurringPrices = ({ price: id }: Record<string, unknown>): StoredObject[] => {
    const price = typeof id === 'string' ? context.account.get('price', id) : undefined;
    return price === undefined || !isRecurring(price) ? [] : [price];
  };
  const keptPrices = subscriptionItems(context, subscription).flatMap((item) => {
    const params = changes.find((change) => change.item?.id === item.id)?.params ?? {};
    return params['deleted'] === true ? [] : [recurringPrices(params)[0] ?? priceOf(item)];
  });
  const added = changes.filter(({ item }) => item === undefined);
  if (keptPrices.length + added.length === 0)
    throw badRequest('A subscription must have at least one active item.', { param: 'items' });
  const prices = [...keptPrices, ...added.flatMap(({ params }) => recurringPrices(params))];
  checkSubscriptionItems(prices.map((price) => ({ price, quantity: 1, params: {} })));
}

function intervalsOf(context: Context, subscription: StoredObject): unknown[] {
  return [
    ...new Set(subscriptionItems(context, subscription).map((item) => JSON.stringify(intervalOf(priceOf(item))))),
  ];
}

function prorationDate(context: Context, subscription: StoredObject, date: unknown): number {
  if (typeof date !== 'number') return context.now;
  const [item] = subscriptionItems(context, subscription);
  if (date < Number(item?.['current_period_start']) || date > Number(item?.['current_period_end']))
    throw badRequest('Cannot specify a proration date outside of the current period.', { param: 'proration_date' });
  return date;
}

function changeItem(
  context: Context,
  subscription: StoredObject,
  { item, params, param }: ItemChanges,
  behavior: unknown,
  prorationTime: number,
): StoredObject {
  const prorates = behavior !== 'none';
  if (item === undefined) {
    const newItem = makeSubscriptionItem(context, subscription, readSoldPrice(context, params, param));
    if (prorates) chargeRest(context, subscription, newItem, prorationTime);
    return newItem;
  }
  if (params['deleted'] === true) {
    if (prorates) creditUnused(context, subscription, item, prorationTime);
    context.account.remove('subscription_item', item.id);
    return item;
  }
  const requestedPrice = priceOfEntry(context, params, param);
  const price = requestedPrice === undefined ? priceOf(item) : soldPriceOf(requestedPrice, params, param).price;
  checkQuantity(price, params['quantity'], param);
  const quantity = Number(params['quantity'] ?? item['quantity'] ?? 1);
  const isChanged = price.id !== priceOf(item).id || quantity !== Number(item['quantity'] ?? 1);
  if (isChanged && prorates) creditUnused(context, subscription, item, prorationTime);
  setPrice(item, price, quantity);
  if (isChanged && prorates) chargeRest(context, subscription, item, prorationTime);
  if (params['tax_rates'] !== undefined)
    item['tax_rates'] = taxRates(context, params['tax_rates'], 'tax_rates', item['tax_rates']);
  if (params['discounts'] !== undefined)
    item['discounts'] = makeDiscounts(context, params['discounts'], {
      customer: String(subscription['customer']),
      subscription_item: item.id,
    });
  if (params['metadata'] !== undefined)
    item['metadata'] = { ...hashOrEmpty(item['metadata']), ...hashOrEmpty(params['metadata']) };
  return item;
}

/**
 * Begins a new billing cycle now and bills it immediately, because the interval changed or the trial ended.
 * `pendingBefore` are the invoice items from before the change. New charges of these items are dropped.
 * https://docs.stripe.com/billing/subscriptions/change-price
 */
export function startCycle(
  context: Context,
  subscription: StoredObject,
  params: Context['params'],
  pendingBefore?: ReadonlySet<string>,
): void {
  subscription['billing_cycle_anchor'] = context.now;
  for (const item of subscriptionItems(context, subscription)) {
    // The invoice bills a whole period of the new price, so its prorated charge is dropped.
    for (const invoiceItem of context.account.all('invoiceitem')) {
      const details = hashOrEmpty(hashOrEmpty(invoiceItem['parent'])['subscription_details']);
      if (
        invoiceItem['invoice'] === null &&
        details['subscription_item'] === item.id &&
        Number(invoiceItem['amount']) > 0 &&
        pendingBefore?.has(invoiceItem.id) === false
      )
        context.account.remove('invoiceitem', invoiceItem.id);
    }
    item['current_period_start'] = context.now;
    item['current_period_end'] = addIntervals(context.now, intervalOf(priceOf(item)));
    scheduleTask(context, Number(item['current_period_end']), 'subscription.cycle', subscription);
  }
  invoiceNow(context, subscription, params, true);
}

function invoiceNow(
  context: Context,
  subscription: StoredObject,
  params: Context['params'],
  billsAhead: boolean,
): void {
  const invoice = billSubscription(context, subscription, {
    reason: 'subscription_update',
    billsAhead,
    includesPendingItems: true,
  });
  removeUsedDiscounts(context, subscription, invoice);
  finalizeDraft(context, invoice);
  context.account.changes.endStep();
  if (invoice['status'] === 'paid' || subscription['collection_method'] === 'send_invoice') return;
  const method = methodToPay(context, invoice);
  try {
    if (method !== undefined) chargeInvoice(context, invoice, method, params['off_session'] === true);
  } catch (error) {
    if (!(error instanceof StripeApiError) || params['payment_behavior'] === 'error_if_incomplete') throw error;
  }
  if (hashOrEmpty(invoice)['status'] !== 'paid') subscription['status'] = 'past_due';
}
