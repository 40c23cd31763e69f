import type { Context } from '../../context.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { makeDiscounts } from '../discounts.ts';
import { makeInvoiceItem } from '../invoices/items.ts';
import { changeItems, type ItemChanges } from '../subscriptions/change-items.ts';
import { makeSubscription } from '../subscriptions/create.ts';
import {
  embedItems,
  intervalOf,
  makeSubscriptionItem,
  priceOf,
  setPrice,
  soldAt,
  soldIn,
  subscriptionItems,
  type Sold,
} from '../subscriptions/items.ts';
import { hash, hashes, storedList } from '../values.ts';
import type { Phase } from './phases.ts';

/** Returns the items of a phase as parameters of subscription items. */
function soldOf(context: Context, phase: Phase): Sold[] {
  return phase.items.map((item, index) => {
    const { price, quantity, discounts, metadata, tax_rates: rates } = item;
    const entry = {
      price,
      ...(quantity === undefined ? {} : { quantity }),
      discounts: givenDiscounts(discounts),
      metadata,
      tax_rates: storedList(rates).map(({ id }) => id),
    };
    const param = `items[${index}]`;
    const stored = context.account.get('price', String(price));
    return stored === undefined ? soldIn(context, entry, param) : soldAt(stored, entry, param);
  });
}

/** Discounts of a phase as a `discounts` parameter: without the names that are null. */
function givenDiscounts(discounts: unknown): Record<string, unknown>[] {
  return hashes(discounts).map((discount) =>
    Object.fromEntries(Object.entries(discount).filter(([, value]) => value !== null)),
  );
}

/** Returns the one-time items of a phase, which are on its first invoice. */
function onceItems(phase: Phase): Record<string, unknown>[] {
  return hashes(phase['add_invoice_items']).map(({ price, quantity, discounts, tax_rates: rates }) => ({
    price,
    quantity: quantity ?? 1,
    discounts: givenDiscounts(discounts),
    ...(rates === undefined || rates === null ? {} : { tax_rates: rates }),
  }));
}

/** A setting of the phase, or else the default of its schedule. */
function phaseSettings(schedule: Stored, phase: Phase): Record<string, unknown> {
  const defaults = hash(schedule['default_settings']);
  const of = (name: string): unknown => phase[name] ?? defaults[name] ?? undefined;
  const method = of('collection_method') ?? 'charge_automatically';
  const days =
    hash(phase['invoice_settings'])['days_until_due'] ?? hash(defaults['invoice_settings'])['days_until_due'];
  const card = of('default_payment_method');
  const description = of('description');
  return {
    collection_method: method,
    ...(method === 'send_invoice' ? { days_until_due: Number(days ?? 30) } : {}),
    ...(card === undefined ? {} : { default_payment_method: card }),
    ...(description === undefined ? {} : { description }),
  };
}

/** The first phase makes the subscription. Its invoice is a draft for an hour. */
export function startSubscription(context: Context, schedule: Stored, phase: Phase): Stored {
  const customer = context.account.get('customer', String(schedule['customer']));
  if (customer === undefined) throw bad(`No such customer: '${String(schedule['customer'])}'`, { param: 'customer' });
  const trialEnd = phase['trial_end'];
  const subscription = makeSubscription(
    context,
    customer,
    soldOf(context, phase),
    {
      ...phaseSettings(schedule, phase),
      add_invoice_items: onceItems(phase),
      default_tax_rates: storedList(phase['default_tax_rates']).map(({ id }) => id),
      discounts: givenDiscounts(phase['discounts']),
      metadata: phase['metadata'],
      proration_behavior: phase.proration_behavior,
      ...(typeof trialEnd === 'number' && trialEnd > context.now ? { trial_end: trialEnd } : {}),
    },
    'later',
  );
  return Object.assign(subscription, { schedule: schedule.id, start_date: phase.start_date });
}

/**
 * Changes the subscription to what a phase says. At the end of a period the next one begins with the new items;
 * in the middle of one the change is prorated. https://docs.stripe.com/billing/subscriptions/subscription-schedules
 */
export function applyPhase(context: Context, schedule: Stored, subscription: Stored, phase: Phase): void {
  const owner = { customer: String(subscription['customer']), subscription: subscription.id };
  Object.assign(subscription, phaseSettings(schedule, phase), {
    default_tax_rates: storedList(phase['default_tax_rates']),
    discounts: makeDiscounts(context, givenDiscounts(phase['discounts']), owner),
    metadata: { ...hash(subscription['metadata']), ...hash(phase['metadata']) },
  });
  const customer = context.account.get('customer', owner.customer);
  for (const item of onceItems(phase)) makeInvoiceItem(context, customer, { ...item, subscription: subscription.id });
  const sold = soldOf(context, phase);
  const items = subscriptionItems(context, subscription);
  if (items.every((item) => Number(item['current_period_end']) <= context.now)) renewWith(context, subscription, sold);
  else {
    const changes = changesTo(items, sold);
    const anchor = phase['billing_cycle_anchor'] === 'phase_start' ? { billing_cycle_anchor: { type: 'now' } } : {};
    changeItems(context, subscription, changes, { proration_behavior: phase.proration_behavior, ...anchor });
  }
}

/** Items with the same price go on; the others are changed one for one, deleted or added. */
function changesTo(items: readonly Stored[], sold: readonly Sold[]): ItemChanges[] {
  const pairs = pairItems(items, sold);
  const kept = pairs.map(({ item }) => item);
  return [
    ...pairs.map(({ item, entry }) => ({
      params: paramsOf(entry),
      param: '',
      ...(item === undefined ? {} : { item }),
    })),
    ...items.filter((item) => !kept.includes(item)).map((item) => ({ item, params: { deleted: true }, param: '' })),
  ];
}

function paramsOf({ params, price, quantity }: Sold): Record<string, unknown> {
  return { ...params, price: price.id, ...(params['quantity'] === undefined ? {} : { quantity }) };
}

function pairItems(items: readonly Stored[], sold: readonly Sold[]): { entry: Sold; item: Stored | undefined }[] {
  const same = (entry: Sold): Stored | undefined => items.find((item) => priceOf(item).id === entry.price.id);
  const free = items.filter((item) => !sold.some((entry) => same(entry) === item));
  return sold.map((entry) => ({ entry, item: same(entry) ?? free.shift() }));
}

/** The period is over: the items are replaced, and the cycle that begins bills them. */
function renewWith(context: Context, subscription: Stored, sold: readonly Sold[]): void {
  const items = subscriptionItems(context, subscription);
  const intervals = (prices: readonly Stored[]): string => JSON.stringify(prices.map(intervalOf));
  const isOther = intervals(items.map(priceOf)) !== intervals(sold.map(({ price }) => price));
  const pairs = pairItems(items, sold);
  for (const { entry, item } of pairs) {
    const renewed = item ?? makeSubscriptionItem(context, subscription, entry);
    setPrice(renewed, entry.price, entry.quantity);
    renewed['current_period_end'] = context.now;
  }
  for (const item of items)
    if (!pairs.some((pair) => pair.item === item)) context.account.remove('subscription_item', item.id);
  if (isOther || subscription['status'] === 'trialing') subscription['billing_cycle_anchor'] = context.now;
  embedItems(context, subscription);
}
