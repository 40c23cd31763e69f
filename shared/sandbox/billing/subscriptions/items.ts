import { make, type Context } from '../../context.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { makeDiscounts } from '../discounts.ts';
import { after, endAfter, type Interval } from '../periods.ts';
import { isMetered, isRecurring, requirePrice } from '../prices.ts';
import { taxRates } from '../tax-rates.ts';
import { hash, listOf, storedList } from '../values.ts';

/** At most this many. https://docs.stripe.com/api/subscriptions/create#create_subscription-items */
const MAX_SUBSCRIPTION_ITEMS = 20;

export interface Sold {
  readonly price: Stored;
  readonly quantity: number;
  /** The other parameters of the item. */
  readonly params: Record<string, unknown>;
}

/** Reads an entry of `items`: one recurring price. */
export function soldIn(context: Context, entry: Record<string, unknown>, param: string): Sold {
  return soldAt(requirePrice(context, entry, param), entry, param);
}

/** The same of a price that is known. It may be inactive: an inline price is, and a stored one may be archived since. */
export function soldAt(price: Stored, entry: Record<string, unknown>, param: string): Sold {
  if (!isRecurring(price))
    throw bad(
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
      { param: `${param}[price]` },
    );
  checkQuantity(price, entry['quantity'], param);
  return { price, quantity: Number(entry['quantity'] ?? 1), params: entry };
}

export function checkQuantity(price: Stored, quantity: unknown, param: string): void {
  if (quantity === undefined) return;
  const at = param === '' ? 'quantity' : `${param}[quantity]`;
  if (isMetered(price)) throw bad('Quantity should not be specified where usage_type is metered.', { param: at });
  if (Number(quantity) < 0)
    throw bad('This value must be greater than or equal to 0.', { code: 'parameter_invalid_integer', param: at });
}

/** One currency, each price once, 20 items at most. */
export function checkSubscriptionItems(items: readonly Sold[]): void {
  if (items.length > MAX_SUBSCRIPTION_ITEMS)
    throw bad(`A subscription can have at most ${MAX_SUBSCRIPTION_ITEMS} items.`, { param: 'items' });
  if (new Set(items.map(({ price }) => price['currency'])).size > 1)
    throw bad('All prices on a subscription must have the same currency.', { param: 'items' });
  const ids = items.map(({ price }) => price.id);
  if (new Set(ids).size < ids.length)
    throw bad('Cannot add multiple subscription items with the same price.', { param: 'items' });
}

export function intervalOf(price: Stored): Interval {
  const { interval, interval_count: count } = hash(price['recurring']);
  return { interval: (interval ?? 'month') as Interval['interval'], count: Math.max(1, Number(count ?? 1)) };
}

/** Starts a period of some items now; it ends where the subscription's billing cycle says. */
export function startPeriods(context: Context, subscription: Stored, items: readonly Stored[]): void {
  const anchor = Number(subscription['billing_cycle_anchor']);
  for (const item of items) {
    item['current_period_start'] = context.now;
    item['current_period_end'] = endAfter(anchor, intervalOf(priceOf(item)), context.now);
  }
}

/** A new item, in a period that begins now. */
export function makeSubscriptionItem(
  context: Context,
  subscription: Stored,
  { price, quantity, params }: Sold,
): Stored {
  const item = make(context, 'SubscriptionItem', { metadata: params['metadata'] ?? {} });
  const first = subscriptionItems(context, subscription)[0];
  Object.assign(item, {
    created: context.now,
    current_period_end: first?.['current_period_end'] ?? after(context.now, intervalOf(price)),
    current_period_start: first === undefined ? context.now : first['current_period_start'],
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

export function setPrice(item: Stored, price: Stored, quantity: number): void {
  item['price'] = structuredClone(price);
  item['plan'] = planOf(price);
  if (isMetered(price)) delete item['quantity'];
  else item['quantity'] = quantity;
}

/** The older view of a price. https://docs.stripe.com/api/plans/object */
function planOf(price: Stored): object {
  const { interval, interval_count, usage_type, meter, trial_period_days } = hash(price['recurring']);
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

/** The items, oldest first. */
export function subscriptionItems({ account }: Context, subscription: Stored): Stored[] {
  return account.all('subscription_item').filter((item) => item['subscription'] === subscription.id);
}

/** Embeds the items as they are now. */
export function embedItems(context: Context, subscription: Stored): void {
  const url = `/v1/subscription_items?subscription=${subscription.id}`;
  subscription['items'] = listOf(subscriptionItems(context, subscription), url);
}

export function priceOf(item: Stored): Stored {
  return item['price'] as Stored;
}

export function itemTaxRates(item: Stored, subscription: Stored): Stored[] {
  const own = storedList(item['tax_rates']);
  return own.length > 0 ? own : storedList(subscription['default_tax_rates']);
}
