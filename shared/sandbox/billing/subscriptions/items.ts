import { makeObject, type Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { makeDiscounts } from '../discounts.ts';
import { addIntervals, nextPeriodEnd, type Interval } from '../periods.ts';
import { isMetered, isRecurring, requirePrice } from '../prices.ts';
import { taxRates } from '../tax-rates.ts';
import { hashOrEmpty, embeddedListOf, storedObjectsOf } from '../values.ts';

/** Maximum number of items of a subscription. https://docs.stripe.com/api/subscriptions/create#create_subscription-items */
const MAX_SUBSCRIPTION_ITEMS = 20;

/** A price and a quantity for a subscription. Each sold price becomes a subscription item. */
export interface SoldPrice {
  readonly price: StoredObject;
  readonly quantity: number;
  /** The entry of the request, which can have more parameters of the item, such as `tax_rates`. */
  readonly params: Record<string, unknown>;
}

/** Reads an entry of `items`, which must have a recurring price. */
export function readSoldPrice(context: Context, entry: Record<string, unknown>, param: string): SoldPrice {
  return soldPriceOf(requirePrice(context, entry, param), entry, param);
}

/** Like `readSoldPrice`, for a price that the caller has already looked up. The price can be inactive. */
export function soldPriceOf(price: StoredObject, entry: Record<string, unknown>, param: string): SoldPrice {
  if (!isRecurring(price))
    throw badRequest(
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
      { param: `${param}[price]` },
    );
  checkQuantity(price, entry['quantity'], param);
  return { price, quantity: Number(entry['quantity'] ?? 1), params: entry };
}

/** Rejects a negative quantity, and any quantity of a metered price. */
export function checkQuantity(price: StoredObject, quantity: unknown, param: string): void {
  if (quantity === undefined) return;
  const quantityParam = param === '' ? 'quantity' : `${param}[quantity]`;
  if (isMetered(price))
    throw badRequest('Quantity should not be specified where usage_type is metered.', {
      param: quantityParam,
    });
  if (Number(quantity) < 0)
    throw badRequest('This value must be greater than or equal to 0.', {
      code: 'parameter_invalid_integer',
      param: quantityParam,
    });
}

/** Checks that there are at most 20 items, and that they have one currency and different prices. */
export function checkSubscriptionItems(items: readonly SoldPrice[]): void {
  if (items.length > MAX_SUBSCRIPTION_ITEMS)
    throw badRequest(`A subscription can have at most ${MAX_SUBSCRIPTION_ITEMS} items.`, { param: 'items' });
  if (new Set(items.map(({ price }) => price['currency'])).size > 1)
    throw badRequest('All prices on a subscription must have the same currency.', { param: 'items' });
  const ids = items.map(({ price }) => price.id);
  if (new Set(ids).size < ids.length)
    throw badRequest('Cannot add multiple subscription items with the same price.', { param: 'items' });
}

/** Returns the billing interval of a recurring price. */
export function intervalOf(price: StoredObject): Interval {
  const { interval, interval_count: count } = hashOrEmpty(price['recurring']);
  return { interval: (interval ?? 'month') as Interval['interval'], count: Math.max(1, Number(count ?? 1)) };
}

/** Starts a period of the items now. The billing cycle anchor of the subscription determines when the period ends. */
export function startPeriods(context: Context, subscription: StoredObject, items: readonly StoredObject[]): void {
  const anchor = Number(subscription['billing_cycle_anchor']);
  for (const item of items) {
    item['current_period_start'] = context.now;
    item['current_period_end'] = nextPeriodEnd(anchor, intervalOf(priceOf(item)), context.now);
  }
}

/** Creates an item with the same period as the existing items. If there are none, its period begins now. */
export function makeSubscriptionItem(
  context: Context,
  subscription: StoredObject,
  { price, quantity, params }: SoldPrice,
): StoredObject {
  const item = makeObject(context, 'SubscriptionItem', { metadata: params['metadata'] ?? {} });
  const firstItem = subscriptionItems(context, subscription)[0];
  Object.assign(item, {
    created: context.now,
    current_period_end: firstItem?.['current_period_end'] ?? addIntervals(context.now, intervalOf(price)),
    current_period_start: firstItem === undefined ? context.now : firstItem['current_period_start'],
    subscription: subscription.id,
    tax_rates: taxRates(context, params['tax_rates'], 'tax_rates'),
  });
  setPrice(item, price, quantity);
  item['discounts'] = makeDiscounts(context, params['discounts'], {
    customer: String(subscription['customer']),
    subscription_item: item.id,
  });
  return item;
}

/** Sets the price of an item, and its quantity if the price is not metered. */
export function setPrice(item: StoredObject, price: StoredObject, quantity: number): void {
  item['price'] = structuredClone(price);
  item['plan'] = planOf(price);
  if (isMetered(price)) delete item['quantity'];
  else item['quantity'] = quantity;
}

/** Returns the plan object of a price. Plans are the predecessors of prices. https://docs.stripe.com/api/plans/object */
function planOf(price: StoredObject): object {
  const { interval, interval_count, usage_type, meter, trial_period_days } = hashOrEmpty(price['recurring']);
  return {
    id: price.id,
    object: 'plan',
    active: price['active'],
    amount: price['unit_amount'] ?? null,
    amount_decimal: price['unit_amount_decimal'] ?? null,
    billing_scheme: price['billing_scheme'],
    created: price['created'],
    currency: price['currency'],
    interval,
    interval_count: interval_count ?? 1,
    livemode: false,
    metadata: structuredClone(price['metadata'] ?? {}),
    meter: meter ?? null,
    nickname: price['nickname'] ?? null,
    product: price['product'],
    tiers_mode: price['tiers_mode'] ?? null,
    transform_usage: price['transform_quantity'] ?? null,
    trial_period_days: trial_period_days ?? null,
    usage_type: usage_type ?? 'licensed',
  };
}

/** Returns the items of a subscription, oldest first. */
export function subscriptionItems({ account }: Context, subscription: StoredObject): StoredObject[] {
  return account.all('subscription_item').filter((item) => item['subscription'] === subscription.id);
}

/** Returns the earliest end of the items' current periods. */
export function earliestPeriodEnd(context: Context, subscription: StoredObject): number {
  return Math.min(...subscriptionItems(context, subscription).map((item) => Number(item['current_period_end'])));
}

/** Sets the field `items` of a subscription to the list of its stored items. */
export function embedItems(context: Context, subscription: StoredObject): void {
  const url = `/v1/subscription_items?subscription=${subscription.id}`;
  subscription['items'] = embeddedListOf(subscriptionItems(context, subscription), url);
}

export function priceOf(item: StoredObject): StoredObject {
  return item['price'] as StoredObject;
}

/** Returns the tax rates of an item. An item without rates has the default rates of the subscription. */
export function itemTaxRates(item: StoredObject, subscription: StoredObject): StoredObject[] {
  const itemRates = storedObjectsOf(item['tax_rates']);
  return itemRates.length > 0 ? itemRates : storedObjectsOf(subscription['default_tax_rates']);
}
