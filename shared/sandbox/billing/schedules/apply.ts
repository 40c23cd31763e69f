import { definedFields } from '../../../defined-fields.ts';
import type { Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { makeDiscounts } from '../discounts.ts';
import { makeInvoiceItem } from '../invoices/items.ts';
import { changeItems, type ItemChange } from '../subscriptions/change-items.ts';
import { makeSubscription } from '../subscriptions/create.ts';
import {
  embedItems,
  intervalOf,
  makeSubscriptionItem,
  priceOf,
  setPrice,
  soldPriceOf,
  readSoldPrice,
  subscriptionItems,
  type SoldPrice,
} from '../subscriptions/items.ts';
import { hashOrEmpty, hashesOf, storedObjectsOf } from '../values.ts';
import type { Phase } from './phases.ts';

/** Returns the prices of a phase, with their quantities and the parameters of their subscription items. */
function soldItemsOf(context: Context, phase: Phase): SoldPrice[] {
  return phase.items.map((item, index) => {
    const { price, quantity, discounts, metadata, tax_rates: rates } = item;
    const entry = definedFields({
      price,
      quantity,
      discounts: discountParams(discounts),
      metadata,
      tax_rates: storedObjectsOf(rates).map(({ id }) => id),
    });
    const param = `items[${index}]`;
    // A price that became inactive after the schedule was created stays valid for the schedule.
    const storedPrice = context.account.get('price', String(price));
    return storedPrice === undefined ? readSoldPrice(context, entry, param) : soldPriceOf(storedPrice, entry, param);
  });
}

/** Returns the discounts of a phase as a `discounts` parameter, without fields that are null. */
function discountParams(discounts: unknown): Record<string, unknown>[] {
  return hashesOf(discounts).map((discount) =>
    Object.fromEntries(Object.entries(discount).filter(([, value]) => value !== null)),
  );
}

/** Returns the one-time items of a phase. The first invoice of the phase bills them. */
function oneTimeItems(phase: Phase): Record<string, unknown>[] {
  return hashesOf(phase['add_invoice_items']).map(({ price, quantity, discounts, tax_rates: rates }) =>
    definedFields({
      price,
      quantity: quantity ?? 1,
      discounts: discountParams(discounts),
      tax_rates: rates === undefined || rates === null ? undefined : rates,
    }),
  );
}

/** Returns the settings of a phase. If the phase does not have a setting, the schedule's default applies. */
function phaseSettings(schedule: StoredObject, phase: Phase): Record<string, unknown> {
  const defaults = hashOrEmpty(schedule['default_settings']);
  const setting = (name: string): unknown => phase[name] ?? defaults[name] ?? undefined;
  const method = setting('collection_method') ?? 'charge_automatically';
  const daysUntilDue =
    hashOrEmpty(phase['invoice_settings'])['days_until_due'] ??
    hashOrEmpty(defaults['invoice_settings'])['days_until_due'];
  const paymentMethod = setting('default_payment_method');
  const description = setting('description');
  return definedFields({
    collection_method: method,
    days_until_due: method === 'send_invoice' ? Number(daysUntilDue ?? 30) : undefined,
    default_payment_method: paymentMethod,
    description,
  });
}

/** Creates the subscription of a schedule. The first invoice remains a draft for an hour. */
export function startSubscription(context: Context, schedule: StoredObject, phase: Phase): StoredObject {
  const customer = context.account.get('customer', String(schedule['customer']));
  if (customer === undefined)
    throw badRequest(`No such customer: '${String(schedule['customer'])}'`, { param: 'customer' });
  const trialEnd = phase['trial_end'];
  const subscription = makeSubscription(
    context,
    customer,
    soldItemsOf(context, phase),
    definedFields({
      ...phaseSettings(schedule, phase),
      add_invoice_items: oneTimeItems(phase),
      default_tax_rates: storedObjectsOf(phase['default_tax_rates']).map(({ id }) => id),
      discounts: discountParams(phase['discounts']),
      metadata: phase['metadata'],
      proration_behavior: phase.proration_behavior,
      trial_end: typeof trialEnd === 'number' && trialEnd > context.now ? trialEnd : undefined,
    }),
    'later',
  );
  return Object.assign(subscription, { schedule: schedule.id, start_date: phase.start_date });
}

/**
 * Gives a subscription the items and settings of a phase. At the end of a period, the next period begins with the new
 * items. In the middle of a period, the change is prorated. https://docs.stripe.com/billing/subscriptions/subscription-schedules
 */
export function applyPhase(context: Context, schedule: StoredObject, subscription: StoredObject, phase: Phase): void {
  const owner = { customer: String(subscription['customer']), subscription: subscription.id };
  Object.assign(subscription, phaseSettings(schedule, phase), {
    default_tax_rates: storedObjectsOf(phase['default_tax_rates']),
    discounts: makeDiscounts(context, discountParams(phase['discounts']), owner),
    metadata: { ...hashOrEmpty(subscription['metadata']), ...hashOrEmpty(phase['metadata']) },
  });
  const customer = context.account.get('customer', owner.customer);
  for (const item of oneTimeItems(phase))
    makeInvoiceItem(context, customer, { ...item, subscription: subscription.id });
  const sold = soldItemsOf(context, phase);
  const items = subscriptionItems(context, subscription);
  const isPeriodOver = items.every((item) => Number(item['current_period_end']) <= context.now);
  if (isPeriodOver) return replaceItems(context, subscription, sold);
  const anchor = phase['billing_cycle_anchor'] === 'phase_start' ? { billing_cycle_anchor: { type: 'now' } } : {};
  const params = { proration_behavior: phase.proration_behavior, ...anchor };
  changeItems(context, subscription, itemChangesFor(items, sold), params);
}

/**
 * Returns the changes after which a subscription has exactly one item for each sold price: changed, new and deleted
 * items.
 */
function itemChangesFor(items: readonly StoredObject[], sold: readonly SoldPrice[]): ItemChange[] {
  const pairs = pairItems(items, sold);
  const pairedItems = pairs.map(({ item }) => item);
  return [
    ...pairs.map(({ item, entry }) => ({
      params: itemParamsOf(entry),
      param: '',
      item,
    })),
    ...items
      .filter((item) => !pairedItems.includes(item))
      .map((item) => ({ item, params: { deleted: true }, param: '' })),
  ];
}

/** Returns the parameters of the subscription item for a sold price. */
function itemParamsOf({ params, price, quantity }: SoldPrice): Record<string, unknown> {
  return definedFields({
    ...params,
    price: price.id,
    quantity: params['quantity'] === undefined ? undefined : quantity,
  });
}

/**
 * Pairs each sold price with the item that already has this price, or else with an item whose price is no longer sold.
 * If no such item is left, the sold price has no item.
 */
function pairItems(
  items: readonly StoredObject[],
  sold: readonly SoldPrice[],
): { entry: SoldPrice; item: StoredObject | undefined }[] {
  const itemWithPrice = (entry: SoldPrice): StoredObject | undefined =>
    items.find((item) => priceOf(item).id === entry.price.id);
  const itemsOfOtherPrices = items.filter((item) => !sold.some((entry) => itemWithPrice(entry) === item));
  return sold.map((entry) => ({ entry, item: itemWithPrice(entry) ?? itemsOfOtherPrices.shift() }));
}

/** Replaces the items of a subscription at the end of a period. The next period bills the new items. */
function replaceItems(context: Context, subscription: StoredObject, sold: readonly SoldPrice[]): void {
  const items = subscriptionItems(context, subscription);
  const intervals = (prices: readonly StoredObject[]): string => JSON.stringify(prices.map(intervalOf));
  const changesInterval = intervals(items.map(priceOf)) !== intervals(sold.map(({ price }) => price));
  const pairs = pairItems(items, sold);
  for (const { entry, item } of pairs) {
    const currentItem = item ?? makeSubscriptionItem(context, subscription, entry);
    setPrice(currentItem, entry.price, entry.quantity);
    currentItem['current_period_end'] = context.now;
  }
  for (const item of items)
    if (!pairs.some((pair) => pair.item === item)) context.account.remove('subscription_item', item.id);
  if (changesInterval || subscription['status'] === 'trialing') subscription['billing_cycle_anchor'] = context.now;
  embedItems(context, subscription);
}
