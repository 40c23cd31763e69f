import { definedFields } from '../../../defined-fields.ts';
import type { Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { addIntervals, type Interval } from '../periods.ts';
import { isMetered, requirePrice } from '../prices.ts';
import { intervalOf, readSoldPrice, subscriptionItems, priceOf } from '../subscriptions/items.ts';
import { taxRates } from '../tax-rates.ts';
import { hashOrEmpty, hashesOf, storedObjectsOf, stringsOf } from '../values.ts';

/** Maximum number of phases of a schedule. https://docs.stripe.com/billing/subscriptions/subscription-schedules#phases */
const MAX_PHASES = 10;

/** A phase of a stored schedule. Times are Unix seconds. https://docs.stripe.com/api/subscription_schedules/object */
export interface Phase extends Record<string, unknown> {
  readonly start_date: number;
  end_date: number;
  readonly items: readonly Record<string, unknown>[];
  readonly proration_behavior: unknown;
}

/** Fields of a phase that are null if the request does not set them. */
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

export function phasesOf(schedule: StoredObject): Phase[] {
  return hashesOf(schedule['phases']) as Phase[];
}

/**
 * Reads a `phases` parameter. The first phase begins at `start`, and each other phase begins where the previous one
 * ends.
 * https://docs.stripe.com/api/subscription_schedules/create#create_subscription_schedule-phases
 */
export function readPhases(context: Context, value: unknown, start: number): Phase[] {
  const entries = hashesOf(value);
  if (entries.length > MAX_PHASES)
    throw badRequest(`A subscription schedule can have at most ${MAX_PHASES} phases.`, { param: 'phases' });
  let nextStart = start;
  return entries.map((entry, index) => {
    const phase = readPhase(context, entry, nextStart, `phases[${index}]`);
    nextStart = phase.end_date;
    return phase;
  });
}

/** Reads an entry of `phases`. The phase must begin at `expectedStart`. */
function readPhase(context: Context, entry: Record<string, unknown>, expectedStart: number, param: string): Phase {
  const start = entry['start_date'] === 'now' ? context.now : Number(entry['start_date'] ?? expectedStart);
  if (start !== expectedStart)
    throw badRequest(
      'The phase start dates and end dates must be contiguous: a phase begins where the previous one ends.',
      { param: `${param}[start_date]` },
    );
  const items = hashesOf(entry['items']).map((item, index) =>
    readPhaseItem(context, item, `${param}[items][${index}]`),
  );
  if (items.length === 0)
    throw badRequest(`Missing required param: ${param}[items].`, {
      code: 'parameter_missing',
      param: `${param}[items]`,
    });
  const firstPrice = context.account.get('price', String(items[0]?.['price']));
  const { items: _items, duration: _duration, end_date: _end, start_date: _start, trial, ...rest } = entry;
  const end = phaseEnd(context, entry, start, firstPrice, param);
  return {
    ...EMPTY_PHASE,
    proration_behavior: 'create_prorations',
    ...rest,
    add_invoice_items: hashesOf(entry['add_invoice_items']).map((item, index) => ({
      ...item,
      price: requirePrice(context, item, `${param}[add_invoice_items][${index}]`).id,
    })),
    currency: firstPrice?.['currency'] ?? 'usd',
    default_tax_rates: taxRates(context, entry['default_tax_rates'], `${param}[default_tax_rates]`),
    discounts: hashesOf(entry['discounts']).map(discountHash),
    end_date: end,
    items,
    metadata: hashOrEmpty(entry['metadata']),
    start_date: start,
    trial_end: trial === true ? end : (entry['trial_end'] ?? null),
  };
}

/** Reads an entry of the parameter `items` of a phase. */
function readPhaseItem(context: Context, item: Record<string, unknown>, param: string): Record<string, unknown> {
  const { price, quantity } = readSoldPrice(context, item, param);
  return definedFields({
    billing_thresholds: null,
    discounts: hashesOf(item['discounts']).map(discountHash),
    metadata: hashOrEmpty(item['metadata']),
    plan: price.id,
    price: price.id,
    quantity: isMetered(price) ? undefined : quantity,
    tax_rates: taxRates(context, item['tax_rates'], `${param}[tax_rates]`),
  });
}

/** Returns a discount of a phase with all fields: those that the request does not set are null. */
function discountHash(discount: Record<string, unknown>): Record<string, unknown> {
  return { coupon: null, discount: null, promotion_code: null, ...discount };
}

/**
 * Returns the end of a phase in Unix seconds. A phase without `end_date` and `duration` lasts one interval of its first
 * price.
 */
function phaseEnd(
  context: Context,
  entry: Record<string, unknown>,
  start: number,
  price: StoredObject | undefined,
  param: string,
): number {
  const { duration, end_date: date } = entry;
  if (duration !== undefined && date !== undefined)
    throw badRequest('You may only specify one of these parameters: duration, end_date.', {
      param: `${param}[end_date]`,
    });
  const endDate = date === 'now' ? context.now : date;
  const end = typeof endDate === 'number' ? endDate : addIntervals(start, phaseLength(duration, price));
  if (end <= start)
    throw badRequest('The phase end date must be after its start date.', { param: `${param}[end_date]` });
  return end;
}

/** Returns the requested duration of a phase, or else one interval of its price. */
function phaseLength(duration: unknown, price: StoredObject | undefined): Interval {
  if (duration === undefined && price !== undefined) return intervalOf(price);
  const { interval, interval_count: count } = hashOrEmpty(duration);
  return { interval: interval as Interval['interval'], count: Number(count ?? 1) };
}

/**
 * Returns a phase with the items and settings of a subscription, which begins and ends with the subscription's current
 * period.
 */
export function phaseOfSubscription(context: Context, subscription: StoredObject): Phase {
  const items = subscriptionItems(context, subscription);
  return {
    ...EMPTY_PHASE,
    proration_behavior: 'create_prorations',
    add_invoice_items: [],
    collection_method: subscription['collection_method'],
    currency: subscription['currency'],
    default_payment_method: subscription['default_payment_method'] ?? null,
    default_tax_rates: storedObjectsOf(subscription['default_tax_rates']),
    discounts: stringsOf(subscription['discounts']).map((discount) => discountHash({ discount })),
    end_date: Math.min(...items.map((item) => Number(item['current_period_end']))),
    items: items.map((item) =>
      definedFields({
        billing_thresholds: null,
        discounts: stringsOf(item['discounts']).map((discount) => discountHash({ discount })),
        metadata: hashOrEmpty(item['metadata']),
        plan: priceOf(item).id,
        price: priceOf(item).id,
        quantity: item['quantity'],
        tax_rates: storedObjectsOf(item['tax_rates']),
      }),
    ),
    metadata: {},
    start_date: Math.min(...items.map((item) => Number(item['current_period_start']))),
    trial_end: subscription['trial_end'] ?? null,
  };
}
