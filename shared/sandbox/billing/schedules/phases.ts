import type { Context } from '../../context.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { after, type Interval } from '../periods.ts';
import { requirePrice } from '../prices.ts';
import { intervalOf, soldIn, subscriptionItems, priceOf } from '../subscriptions/items.ts';
import { taxRates } from '../tax-rates.ts';
import { hash, hashes, storedList, strings } from '../values.ts';

/** Phases of one schedule at most. https://docs.stripe.com/billing/subscriptions/subscription-schedules#phases */
const MAX_PHASES = 10;

/** A phase as the schedule holds it; times are Unix seconds. https://docs.stripe.com/api/subscription_schedules/object */
export interface Phase extends Record<string, unknown> {
  readonly start_date: number;
  end_date: number;
  readonly items: readonly Record<string, unknown>[];
  readonly proration_behavior: unknown;
}

const EMPTY_PHASE = {
  application_fee_percent: null,
  billing_cycle_anchor: null,
  billing_thresholds: null,
  collection_method: null,
  default_payment_method: null,
  description: null,
  invoice_settings: null,
  on_behalf_of: null,
  transfer_data: null,
};

export function phasesOf(schedule: Stored): Phase[] {
  return hashes(schedule['phases']) as Phase[];
}

/**
 * The phases of a `phases` parameter, each beginning where the one before it ends; the first begins at `start`.
 * https://docs.stripe.com/api/subscription_schedules/create#create_subscription_schedule-phases
 */
export function readPhases(context: Context, given: unknown, start: number): Phase[] {
  const entries = hashes(given);
  if (entries.length > MAX_PHASES)
    throw bad(`A subscription schedule can have at most ${MAX_PHASES} phases.`, { param: 'phases' });
  let begins = start;
  return entries.map((entry, index) => {
    const phase = readPhase(context, entry, begins, `phases[${index}]`);
    begins = phase.end_date;
    return phase;
  });
}

function readPhase(context: Context, entry: Record<string, unknown>, given: number, param: string): Phase {
  const start = entry['start_date'] === 'now' ? context.now : Number(entry['start_date'] ?? given);
  if (start !== given)
    throw bad('The phase start dates and end dates must be contiguous: a phase begins where the previous one ends.', {
      param: `${param}[start_date]`,
    });
  const items = hashes(entry['items']).map((item, index) => readItem(context, item, `${param}[items][${index}]`));
  if (items.length === 0)
    throw bad(`Missing required param: ${param}[items].`, { code: 'parameter_missing', param: `${param}[items]` });
  const first = context.account.get('price', String(items[0]?.['price']));
  const { items: _items, duration: _duration, end_date: _end, start_date: _start, trial, ...rest } = entry;
  const end = phaseEnd(context, entry, start, first, param);
  return {
    ...EMPTY_PHASE,
    proration_behavior: 'create_prorations',
    ...rest,
    add_invoice_items: hashes(entry['add_invoice_items']).map((item, index) => ({
      ...item,
      price: requirePrice(context, item, `${param}[add_invoice_items][${index}]`).id,
    })),
    currency: first?.['currency'] ?? 'usd',
    default_tax_rates: taxRates(context, entry['default_tax_rates'], `${param}[default_tax_rates]`),
    discounts: hashes(entry['discounts']).map(discountHash),
    end_date: end,
    items,
    metadata: hash(entry['metadata']),
    start_date: start,
    trial_end: trial === true ? end : (entry['trial_end'] ?? null),
  };
}

function readItem(context: Context, item: Record<string, unknown>, param: string): Record<string, unknown> {
  const { price, quantity } = soldIn(context, item, param);
  const isMetered = hash(price['recurring'])['usage_type'] === 'metered';
  return {
    billing_thresholds: null,
    discounts: hashes(item['discounts']).map(discountHash),
    metadata: hash(item['metadata']),
    plan: price.id,
    price: price.id,
    ...(isMetered ? {} : { quantity }),
    tax_rates: taxRates(context, item['tax_rates'], `${param}[tax_rates]`),
  };
}

function discountHash(given: Record<string, unknown>): Record<string, unknown> {
  return { coupon: null, discount: null, promotion_code: null, ...given };
}

/** A phase has an end or a length; without either it lasts one interval of its first price. */
function phaseEnd(
  context: Context,
  entry: Record<string, unknown>,
  start: number,
  price: Stored | undefined,
  param: string,
): number {
  const { duration, end_date: date } = entry;
  if (duration !== undefined && date !== undefined)
    throw bad('You may only specify one of these parameters: duration, end_date.', { param: `${param}[end_date]` });
  const end = date === 'now' ? context.now : typeof date === 'number' ? date : after(start, lengthOf(duration, price));
  if (end <= start) throw bad('The phase end date must be after its start date.', { param: `${param}[end_date]` });
  return end;
}

function lengthOf(duration: unknown, price: Stored | undefined): Interval {
  if (duration === undefined && price !== undefined) return intervalOf(price);
  const { interval, interval_count: count } = hash(duration);
  return { interval: interval as Interval['interval'], count: Number(count ?? 1) };
}

/** Returns the current state of a subscription as the only phase of its schedule. */
export function phaseOfSubscription(context: Context, subscription: Stored): Phase {
  const items = subscriptionItems(context, subscription);
  return {
    ...EMPTY_PHASE,
    proration_behavior: 'create_prorations',
    add_invoice_items: [],
    collection_method: subscription['collection_method'],
    currency: subscription['currency'],
    default_payment_method: subscription['default_payment_method'] ?? null,
    default_tax_rates: storedList(subscription['default_tax_rates']),
    discounts: strings(subscription['discounts']).map((discount) => discountHash({ discount })),
    end_date: Math.min(...items.map((item) => Number(item['current_period_end']))),
    items: items.map((item) => ({
      billing_thresholds: null,
      discounts: strings(item['discounts']).map((discount) => discountHash({ discount })),
      metadata: hash(item['metadata']),
      plan: priceOf(item).id,
      price: priceOf(item).id,
      ...(item['quantity'] === undefined ? {} : { quantity: item['quantity'] }),
      tax_rates: storedList(item['tax_rates']),
    })),
    metadata: {},
    start_date: Math.min(...items.map((item) => Number(item['current_period_start']))),
    trial_end: subscription['trial_end'] ?? null,
  };
}
