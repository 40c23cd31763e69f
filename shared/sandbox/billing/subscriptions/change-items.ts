import type { Context } from '../../context.ts';
import { badRequest, StripeApiError } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { makeDiscounts } from '../discounts.ts';
import { finalizeDraft } from '../invoices/finalize.ts';
import { chargeInvoice, methodToPay } from '../invoices/pay.ts';
import { addIntervals } from '../periods.ts';
import { isRecurring, priceOfEntry } from '../prices.ts';
import { taxRates } from '../tax-rates.ts';
import { currentStatus, hashOrEmpty } from '../values.ts';
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
import { chargeRemaining, creditUnused } from './proration.ts';
import { scheduleTask } from '../../ledger/due.ts';

/** The change of one item. If `item` is absent, a new item is added. */
export interface ItemChange {
  readonly item?: StoredObject | undefined;
  readonly params: Record<string, unknown>;
  /**
   * Name of the parameter that contains `params`, such as `items[0]`, for errors. Empty if `params` are the parameters
   * of the request.
   */
  readonly param: string;
}

/** Changes, adds and deletes items in the middle of a period. Returns the item of each change. https://docs.stripe.com/billing/subscriptions/prorations */
export function changeItems(
  context: Context,
  subscription: StoredObject,
  changes: readonly ItemChange[],
  params: Context['params'],
): StoredObject[] {
  const behavior = params['proration_behavior'] ?? 'create_prorations';
  const prorationTime = prorationDate(context, subscription, params['proration_date']);
  const intervalsBefore = intervalsText(context, subscription);
  checkChanges(context, subscription, changes);
  const itemIdsBefore = new Set(context.account.all('invoiceitem').map(({ id }) => id));
  const changedItems = changes.map((change) => changeItem(context, subscription, change, behavior, prorationTime));
  const items = subscriptionItems(context, subscription);
  checkSubscriptionItems(items.map((item) => ({ price: priceOf(item), quantity: 1, params: {} })));
  const isNewCycle =
    intervalsText(context, subscription) !== intervalsBefore ||
    hashOrEmpty(params['billing_cycle_anchor'])['type'] === 'now';
  if (isNewCycle && subscription['status'] !== 'trialing') startCycle(context, subscription, params, itemIdsBefore);
  else if (behavior === 'always_invoice') billNow(context, subscription, params, false);
  embedItems(context, subscription);
  return changedItems;
}

/** Checks, before any change is made, the items that the subscription will have after all changes. */
function checkChanges(context: Context, subscription: StoredObject, changes: readonly ItemChange[]): void {
  const recurringPrice = ({ price: id }: Record<string, unknown>): StoredObject | undefined => {
    const price = typeof id === 'string' ? context.account.get('price', id) : undefined;
    return price !== undefined && isRecurring(price) ? price : undefined;
  };
  const pricesOfItems = subscriptionItems(context, subscription).flatMap((item) => {
    const params = changes.find((change) => change.item?.id === item.id)?.params ?? {};
    return params['deleted'] === true ? [] : [recurringPrice(params) ?? priceOf(item)];
  });
  const additions = changes.filter(({ item }) => item === undefined);
  if (pricesOfItems.length + additions.length === 0)
    throw badRequest('A subscription must have at least one active item.', { param: 'items' });
  const addedPrices = additions.map(({ params }) => recurringPrice(params));
  const prices = [...pricesOfItems, ...addedPrices].filter((price) => price !== undefined);
  checkSubscriptionItems(prices.map((price) => ({ price, quantity: 1, params: {} })));
}

/** Returns the billing intervals of a subscription's items as a text, to find out later whether they have changed. */
function intervalsText(context: Context, subscription: StoredObject): string {
  const intervals = subscriptionItems(context, subscription).map((item) => JSON.stringify(intervalOf(priceOf(item))));
  return [...new Set(intervals)].join();
}

/** Returns the moment from which changes are prorated: `proration_date`, or now. */
function prorationDate(context: Context, subscription: StoredObject, date: unknown): number {
  if (typeof date !== 'number') return context.now;
  const [item] = subscriptionItems(context, subscription);
  if (date < Number(item?.['current_period_start']) || date > Number(item?.['current_period_end']))
    throw badRequest('Cannot specify a proration date outside of the current period.', { param: 'proration_date' });
  return date;
}

/** Changes, adds or deletes one item, and creates its prorations. Returns the item. */
function changeItem(
  context: Context,
  subscription: StoredObject,
  { item, params, param }: ItemChange,
  behavior: unknown,
  prorationTime: number,
): StoredObject {
  const prorates = behavior !== 'none';
  if (item === undefined) {
    const newItem = makeSubscriptionItem(context, subscription, readSoldPrice(context, params, param));
    if (prorates) chargeRemaining(context, subscription, newItem, prorationTime);
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
  if (isChanged && prorates) chargeRemaining(context, subscription, item, prorationTime);
  setItemFields(context, subscription, item, params);
  return item;
}

/** Sets the fields of an item other than its price and quantity: tax rates, discounts and metadata. */
function setItemFields(
  context: Context,
  subscription: StoredObject,
  item: StoredObject,
  params: Record<string, unknown>,
): void {
  if (params['tax_rates'] !== undefined)
    item['tax_rates'] = taxRates(context, params['tax_rates'], 'tax_rates', item['tax_rates']);
  if (params['discounts'] !== undefined)
    item['discounts'] = makeDiscounts(context, params['discounts'], {
      customer: String(subscription['customer']),
      subscription_item: item.id,
    });
  if (params['metadata'] !== undefined)
    item['metadata'] = { ...hashOrEmpty(item['metadata']), ...hashOrEmpty(params['metadata']) };
}

/**
 * Begins a new billing cycle now and bills it immediately. The invoice bills a whole period, so prorated charges of the
 * change that began the cycle must not be billed too. If `itemIdsBefore` is given, the function deletes these charges:
 * the pending ones whose ids are not in `itemIdsBefore`. https://docs.stripe.com/billing/subscriptions/change-price
 */
export function startCycle(
  context: Context,
  subscription: StoredObject,
  params: Context['params'],
  itemIdsBefore?: ReadonlySet<string>,
): void {
  subscription['billing_cycle_anchor'] = context.now;
  for (const item of subscriptionItems(context, subscription)) {
    if (itemIdsBefore !== undefined) deleteNewCharges(context, item, itemIdsBefore);
    item['current_period_start'] = context.now;
    item['current_period_end'] = addIntervals(context.now, intervalOf(priceOf(item)));
    scheduleTask(context, Number(item['current_period_end']), 'subscription.cycle', subscription);
  }
  billNow(context, subscription, params, true);
}

/** Deletes the pending charges for a subscription item that were created after `itemIdsBefore` was collected. */
function deleteNewCharges({ account }: Context, item: StoredObject, itemIdsBefore: ReadonlySet<string>): void {
  for (const invoiceItem of account.all('invoiceitem')) {
    const details = hashOrEmpty(hashOrEmpty(invoiceItem['parent'])['subscription_details']);
    const isPendingCharge = invoiceItem['invoice'] === null && Number(invoiceItem['amount']) > 0;
    if (isPendingCharge && details['subscription_item'] === item.id && !itemIdsBefore.has(invoiceItem.id))
      account.remove('invoiceitem', invoiceItem.id);
  }
}

/**
 * Creates an invoice of the subscription, finalizes it, and charges it unless the collection method is `send_invoice`.
 * If the charge does not pay the invoice, the subscription becomes past due. With
 * `payment_behavior=error_if_incomplete`, a declined charge throws instead.
 */
function billNow(
  context: Context,
  subscription: StoredObject,
  params: Context['params'],
  billsCurrentPeriod: boolean,
): void {
  const invoice = billSubscription(context, subscription, {
    reason: 'subscription_update',
    billsCurrentPeriod,
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
  if (currentStatus(invoice) !== 'paid') subscription['status'] = 'past_due';
}
