import { objectInParam, makeObject, type Context } from '../../context.ts';
import { scheduleTask } from '../../ledger/due.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { checkDiscountCurrency, checkMinimumAmount, makeDiscounts } from '../discounts.ts';
import { checkSubscriptionDays } from '../invoices/due-dates.ts';
import { priceAmount } from '../price-amounts.ts';
import { isMetered } from '../prices.ts';
import { taxRates } from '../tax-rates.ts';
import { sumOf } from '../totals.ts';
import { hashOrEmpty, hashesOf, stringsOf } from '../values.ts';
import { anchorOf, trialEndOf } from './anchors.ts';
import { scheduleCancellation } from './cancel.ts';
import { billFirstPeriod, deleteSubscription, type FirstPayment } from './first-invoice.ts';
import {
  checkSubscriptionItems,
  earliestPeriodEnd,
  embedItems,
  makeSubscriptionItem,
  readSoldPrice,
  startPeriods,
  subscriptionItems,
  type SoldPrice,
} from './items.ts';
import { DAY } from '../../seconds.ts';

/** Parameters of POST /v1/subscriptions that the subscription stores in another form, or not at all. */
const UNSTORED_PARAMS = [
  'add_invoice_items',
  'backdate_start_date',
  'billing_cycle_anchor',
  'cancel_at',
  'default_tax_rates',
  'discounts',
  'items',
  'off_session',
  'payment_behavior',
  'proration_behavior',
  'trial_end',
  'trial_from_plan',
  'trial_period_days',
];

/** POST /v1/subscriptions. https://docs.stripe.com/api/subscriptions/create */
export function createSubscription(requestContext: Context): StoredObject {
  const customer = objectInParam(requestContext, 'customer', 'customer');
  if (customer === undefined)
    throw badRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  const context = atClockTime(requestContext, customer);
  const entries = hashesOf(context.params['items']);
  if (entries.length === 0)
    throw badRequest('Missing required param: items.', { code: 'parameter_missing', param: 'items' });
  const sold = entries.map((entry, index) => readSoldPrice(context, entry, `items[${index}]`));
  return makeSubscription(context, customer, sold, context.params);
}

/**
 * Creates a subscription and its first invoice. `sold` has the price of each item. `payment` says when the invoice is
 * paid. If the billing throws an error, deletes the subscription and the invoice.
 */
export function makeSubscription(
  context: Context,
  customer: StoredObject | undefined,
  sold: readonly SoldPrice[],
  params: Context['params'] = {},
  payment: FirstPayment = params['collection_method'] === 'send_invoice' ? 'later' : 'now',
): StoredObject {
  checkSubscriptionDays(params['collection_method'] ?? 'charge_automatically', params['days_until_due']);
  if (params['payment_behavior'] === 'pending_if_incomplete')
    throw badRequest('`payment_behavior=pending_if_incomplete` can only be used when updating a subscription.', {
      param: 'payment_behavior',
    });
  checkSubscriptionItems(sold);
  const subscription = storeSubscription(context, customer, sold, params, payment);
  setFirstDiscounts(context, subscription, sold, params['discounts']);
  addFirstItems(context, subscription, sold);
  if (params['cancel_at_period_end'] === true)
    scheduleCancellation(context, subscription, earliestPeriodEnd(context, subscription), true);
  try {
    billFirstPeriod(context, customer, subscription, params, payment);
  } catch (error) {
    deleteSubscription(context, subscription);
    throw error;
  }
  scheduleFutureChanges(context, subscription);
  return subscription;
}

/** Stores a new subscription without items and discounts. */
function storeSubscription(
  context: Context,
  customer: StoredObject | undefined,
  sold: readonly SoldPrice[],
  params: Context['params'],
  payment: FirstPayment,
): StoredObject {
  const trialEnd = trialEndOf(context, params, sold);
  const anchor = anchorOf(context, params, trialEnd);
  const storedParams = Object.fromEntries(Object.entries(params).filter(([name]) => !UNSTORED_PARAMS.includes(name)));
  const subscription = makeObject(context, 'Subscription', storedParams);
  return Object.assign(subscription, {
    billing_cycle_anchor: anchor,
    billing_mode: billingMode(params['billing_mode']),
    cancel_at: typeof params['cancel_at'] === 'number' ? params['cancel_at'] : null,
    collection_method: params['collection_method'] ?? 'charge_automatically',
    created: context.now,
    currency: sold[0]?.price['currency'] ?? 'usd',
    customer: customer?.id ?? null,
    days_until_due: params['days_until_due'] ?? null,
    default_tax_rates: taxRates(context, params['default_tax_rates'], 'default_tax_rates'),
    start_date: params['backdate_start_date'] ?? context.now,
    status: firstStatus(trialEnd, payment),
    test_clock: customer?.['test_clock'] ?? null,
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : context.now,
  });
}

/** Returns the status of a subscription before its first invoice is paid. */
function firstStatus(trialEnd: number | null, payment: FirstPayment): string {
  if (trialEnd !== null) return 'trialing';
  return payment === 'later' ? 'active' : 'incomplete';
}

/** Creates the discounts of a new subscription, and checks their currency and minimum amounts. */
function setFirstDiscounts(
  context: Context,
  subscription: StoredObject,
  sold: readonly SoldPrice[],
  discounts: unknown,
): void {
  const owner = { customer: subscription['customer'] as string | null, subscription: subscription.id };
  subscription['discounts'] = makeDiscounts(context, discounts, owner);
  checkDiscountCurrency(context, stringsOf(subscription['discounts']), subscription['currency']);
  checkMinimumAmounts(context, subscription, sold);
}

/**
 * Creates the items of a new subscription. Their first period ends with the trial, or else at the time that the billing
 * cycle anchor determines.
 */
function addFirstItems(context: Context, subscription: StoredObject, sold: readonly SoldPrice[]): void {
  for (const soldPrice of sold) makeSubscriptionItem(context, subscription, soldPrice);
  const items = subscriptionItems(context, subscription);
  startPeriods(context, subscription, items);
  const trialEnd = subscription['trial_end'];
  if (typeof trialEnd === 'number') for (const item of items) item['current_period_end'] = trialEnd;
  embedItems(context, subscription);
}

/** Checks the minimum amounts of a new subscription's promotion codes. A metered price counts as zero. */
function checkMinimumAmounts({ account }: Context, subscription: StoredObject, sold: readonly SoldPrice[]): void {
  const subtotal = sumOf(sold.map(({ price, quantity }) => (isMetered(price) ? 0 : priceAmount(price, quantity))));
  for (const discountId of stringsOf(subscription['discounts'])) {
    const code = account.get('promotion_code', String(account.get('discount', discountId)?.['promotion_code']));
    checkMinimumAmount(code, subtotal, subscription['currency'], 'discounts[0][promotion_code]');
  }
}

/** Returns the billing mode. The default is flexible. https://docs.stripe.com/changelog/clover/2025-09-30/billing-mode-default-flexible */
function billingMode(input: unknown): object {
  const { type = 'flexible', flexible } = hashOrEmpty(input);
  return { flexible: type === 'flexible' ? { proration_discounts: 'included', ...hashOrEmpty(flexible) } : null, type };
}

/**
 * Schedules the renewal of a subscription, its cancellation at a requested time, and the announcement that its trial
 * ends.
 */
export function scheduleFutureChanges(context: Context, subscription: StoredObject): void {
  scheduleTask(context, earliestPeriodEnd(context, subscription), 'subscription.cycle', subscription);
  const { cancel_at: end, cancel_at_period_end: atPeriodEnd, trial_end: trial } = subscription;
  if (typeof end === 'number' && atPeriodEnd !== true) scheduleTask(context, end, 'subscription.cancel', subscription);
  // https://docs.stripe.com/api/events/types#event_types-customer.subscription.trial_will_end
  if (typeof trial === 'number')
    scheduleTask(context, Math.max(context.now, trial - 3 * DAY), 'subscription.trial_will_end', subscription);
}
