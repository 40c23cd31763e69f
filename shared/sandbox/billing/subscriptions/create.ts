import { inParam, make, type Context } from '../../context.ts';
import { later } from '../../ledger/due.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { checkCurrencyOf, checkMinimum, makeDiscounts } from '../discounts.ts';
import { checkSubscriptionDays } from '../invoices/due-dates.ts';
import { endAfter } from '../periods.ts';
import { priceAmount } from '../price-amounts.ts';
import { isMetered } from '../prices.ts';
import { taxRates } from '../tax-rates.ts';
import { sumOf } from '../totals.ts';
import { hash, hashes, strings } from '../values.ts';
import { anchorOf, trialEndOf } from './anchors.ts';
import { setEnd } from './cancel.ts';
import { firstInvoice, undo, type FirstPayment } from './first-invoice.ts';
import {
  checkSubscriptionItems,
  embedItems,
  intervalOf,
  subscriptionItems,
  makeSubscriptionItem,
  priceOf,
  soldIn,
  type Sold,
} from './items.ts';
import { DAY } from '../../seconds.ts';

/** Parameters that are read here, and not stored as they are. */
const READ = [
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
export function createSubscription(given: Context): Stored {
  const customer = inParam(given, 'customer', 'customer');
  if (customer === undefined)
    throw bad('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  const context = atClockTime(given, customer);
  const entries = hashes(context.params['items']);
  if (entries.length === 0) throw bad('Missing required param: items.', { code: 'parameter_missing', param: 'items' });
  const sold = entries.map((entry, index) => soldIn(context, entry, `items[${index}]`));
  return makeSubscription(context, customer, sold, context.params);
}

/** A subscription with its first invoice. */
export function makeSubscription(
  context: Context,
  customer: Stored | undefined,
  sold: readonly Sold[],
  params: Context['params'] = {},
  payment: FirstPayment = params['collection_method'] === 'send_invoice' ? 'later' : 'now',
): Stored {
  const method = params['collection_method'] ?? 'charge_automatically';
  checkSubscriptionDays(method, params['days_until_due']);
  if (params['payment_behavior'] === 'pending_if_incomplete')
    throw bad('`payment_behavior=pending_if_incomplete` can only be used when updating a subscription.', {
      param: 'payment_behavior',
    });
  checkSubscriptionItems(sold);
  const trialEnd = trialEndOf(context, params, sold);
  const anchor = anchorOf(context, params, trialEnd);
  const rest = Object.fromEntries(Object.entries(params).filter(([name]) => !READ.includes(name)));
  const subscription = make(context, 'Subscription', rest);
  Object.assign(subscription, {
    billing_cycle_anchor: anchor,
    billing_mode: billingMode(params['billing_mode']),
    cancel_at: typeof params['cancel_at'] === 'number' ? params['cancel_at'] : null,
    collection_method: method,
    created: context.now,
    currency: sold[0]?.price['currency'] ?? 'usd',
    customer: customer?.id ?? null,
    days_until_due: params['days_until_due'] ?? null,
    default_tax_rates: taxRates(context, params['default_tax_rates'], 'default_tax_rates'),
    start_date: params['backdate_start_date'] ?? context.now,
    status: trialEnd !== null ? 'trialing' : payment === 'later' ? 'active' : 'incomplete',
    test_clock: customer?.['test_clock'] ?? null,
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : context.now,
  });
  subscription['discounts'] = makeDiscounts(context, params['discounts'], {
    customer: customer?.id ?? null,
    subscription: subscription.id,
  });
  checkCurrencyOf(context, strings(subscription['discounts']), subscription['currency']);
  const subtotal = sumOf(sold.map(({ price, quantity }) => (isMetered(price) ? 0 : priceAmount(price, quantity))));
  for (const id of strings(subscription['discounts'])) {
    const code = context.account.get('promotion_code', String(context.account.get('discount', id)?.['promotion_code']));
    checkMinimum(code, subtotal, subscription['currency'], 'discounts[0][promotion_code]');
  }
  for (const one of sold) makeSubscriptionItem(context, subscription, one);
  for (const item of subscriptionItems(context, subscription)) {
    item['current_period_start'] = context.now;
    item['current_period_end'] = trialEnd ?? endAfter(anchor, intervalOf(priceOf(item)), context.now);
  }
  embedItems(context, subscription);
  if (params['cancel_at_period_end'] === true) setEnd(context, subscription, firstEnd(context, subscription), true);
  try {
    firstInvoice(context, customer, subscription, params, payment);
  } catch (error) {
    undo(context, subscription);
    throw error;
  }
  schedule(context, subscription);
  return subscription;
}

/** Flexible unless classic is asked for. https://docs.stripe.com/changelog/clover/2025-09-30/billing-mode-default-flexible */
function billingMode(given: unknown): object {
  const { type = 'flexible', flexible } = hash(given);
  return { flexible: type === 'flexible' ? { proration_discounts: 'included', ...hash(flexible) } : null, type };
}

function firstEnd(context: Context, subscription: Stored): number {
  return Math.min(...subscriptionItems(context, subscription).map((item) => Number(item['current_period_end'])));
}

/** When something happens to it by itself. */
export function schedule(context: Context, subscription: Stored): void {
  later(context, firstEnd(context, subscription), 'subscription.cycle', subscription);
  const { cancel_at: end, cancel_at_period_end: atPeriodEnd, trial_end: trial } = subscription;
  if (typeof end === 'number' && atPeriodEnd !== true) later(context, end, 'subscription.cancel', subscription);
  // https://docs.stripe.com/api/events/types#event_types-customer.subscription.trial_will_end
  if (typeof trial === 'number')
    later(context, Math.max(context.now, trial - 3 * DAY), 'subscription.trial_will_end', subscription);
}
