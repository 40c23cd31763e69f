import { inParam, make, type Context } from '../../context.ts';
import { later } from '../../ledger/due.ts';
import { bad, Refusal } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { checkCurrencyOf, makeDiscounts } from '../discounts.ts';
import { checkSubscriptionDays } from '../invoices/due-dates.ts';
import { finalize } from '../invoices/finalize.ts';
import { makeInvoiceItem as makePendingItem } from '../invoices/items.ts';
import { charge, payingMethod } from '../invoices/pay.ts';
import { endAfter } from '../periods.ts';
import { taxRates } from '../tax-rates.ts';
import { hash, hashes, strings } from '../values.ts';
import { anchorOf, trialEndOf } from './anchors.ts';
import { billSubscription, useDiscounts } from './invoices.ts';
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

/** An unpaid first invoice ends the subscription. https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
const FIRST_PAYMENT = 23 * 3_600;

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
    cancel_at: typeof params['cancel_at'] === 'number' ? params['cancel_at'] : null,
    collection_method: method,
    created: context.now,
    currency: sold[0]?.price['currency'] ?? 'usd',
    customer: customer?.id ?? null,
    days_until_due: params['days_until_due'] ?? null,
    default_tax_rates: taxRates(context, params['default_tax_rates'], 'default_tax_rates'),
    start_date: params['backdate_start_date'] ?? context.now,
    status: trialEnd !== null ? 'trialing' : method === 'send_invoice' ? 'active' : 'incomplete',
    test_clock: customer?.['test_clock'] ?? null,
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : context.now,
  });
  subscription['discounts'] = makeDiscounts(context, params['discounts'], {
    customer: customer?.id ?? null,
    subscription: subscription.id,
  });
  checkCurrencyOf(context, strings(subscription['discounts']), subscription['currency']);
  for (const one of sold) makeSubscriptionItem(context, subscription, one);
  for (const item of subscriptionItems(context, subscription)) {
    item['current_period_start'] = context.now;
    item['current_period_end'] = trialEnd ?? endAfter(anchor, intervalOf(priceOf(item)), context.now);
  }
  embedItems(context, subscription);
  if (params['cancel_at_period_end'] === true)
    Object.assign(subscription, { cancel_at: firstEnd(context, subscription), canceled_at: context.now });
  try {
    firstInvoice(context, customer, subscription, params);
  } catch (error) {
    undo(context, subscription);
    throw error;
  }
  schedule(context, subscription);
  return subscription;
}

function firstEnd(context: Context, subscription: Stored): number {
  return Math.min(...subscriptionItems(context, subscription).map((item) => Number(item['current_period_end'])));
}

/** When something happens to it by itself. */
export function schedule(context: Context, subscription: Stored): void {
  later(context, firstEnd(context, subscription), 'subscription.cycle', subscription);
  const { cancel_at: end, trial_end: trial } = subscription;
  if (typeof end === 'number') later(context, end, 'subscription.cancel', subscription);
  // https://docs.stripe.com/api/events/types#event_types-customer.subscription.trial_will_end
  if (typeof trial === 'number')
    later(context, Math.max(context.now, trial - 3 * DAY), 'subscription.trial_will_end', subscription);
}

function firstInvoice(
  context: Context,
  customer: Stored | undefined,
  subscription: Stored,
  params: Context['params'],
): void {
  for (const entry of hashes(params['add_invoice_items']))
    makePendingItem(context, customer, { ...entry, subscription: subscription.id });
  const [item] = subscriptionItems(context, subscription);
  const invoice = billSubscription(context, subscription, {
    reason: 'subscription_create',
    ahead: true,
    pending: true,
    share: item === undefined ? 1 : shareOf(subscription, item, params['proration_behavior']),
  });
  useDiscounts(context, subscription, invoice);
  if (subscription['collection_method'] === 'send_invoice') {
    later(context, context.now + 3_600, 'invoice.finalize', invoice);
    return;
  }
  const behavior = params['payment_behavior'] ?? 'allow_incomplete';
  if (Number(invoice['amount_due']) > 0 && behavior !== 'default_incomplete') requireMethod(context, invoice);
  // A subscription that may not stay incomplete is there with its payment, or not at all.
  const endStep = (): void => {
    if (behavior !== 'error_if_incomplete') context.account.changes.endStep();
  };
  endStep();
  finalize(context, invoice);
  endStep();
  if (invoice['status'] !== 'paid') collectFirst(context, subscription, invoice, params);
}

function requireMethod(context: Context, invoice: Stored): void {
  if (payingMethod(context, invoice) !== undefined) return;
  throw bad(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing' },
  );
}

/** A period cut short by a later anchor is billed in part. https://docs.stripe.com/billing/subscriptions/billing-cycle */
function shareOf(subscription: Stored, item: Stored, behavior: unknown): number {
  const [start, end] = [Number(item['current_period_start']), Number(item['current_period_end'])];
  if (subscription['status'] === 'trialing' || Number(subscription['billing_cycle_anchor']) <= start) return 1;
  if (behavior === 'none') return 0;
  const whole = endAfter(end, intervalOf(priceOf(item)), end) - end;
  return Math.min(1, (end - start) / whole);
}

/** https://docs.stripe.com/api/subscriptions/create#create_subscription-payment_behavior */
function collectFirst(context: Context, subscription: Stored, invoice: Stored, params: Context['params']): void {
  const behavior = params['payment_behavior'] ?? 'allow_incomplete';
  const method = payingMethod(context, invoice);
  subscription['status'] = 'incomplete';
  if (behavior !== 'default_incomplete' && method !== undefined) {
    try {
      charge(context, invoice, method, params['off_session'] === true);
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 402 || behavior === 'error_if_incomplete') throw error;
    }
    if (hash(subscription)['status'] === 'incomplete' && behavior === 'error_if_incomplete')
      throw new Refusal(402, {
        type: 'card_error',
        code: 'subscription_payment_intent_requires_action',
        message: 'Payment for this subscription requires additional user action before it can be completed.',
      });
  }
  if (hash(subscription)['status'] === 'incomplete')
    later(context, context.now + FIRST_PAYMENT, 'subscription.expire', subscription);
}

/** A subscription whose creation failed was never there. */
function undo({ account }: Context, subscription: Stored): void {
  const invoice = account.get('invoice', String(subscription['latest_invoice']));
  for (const payment of account.all('invoice_payment'))
    if (payment['invoice'] === invoice?.id) {
      account.remove('payment_intent', String(hash(payment['payment'])['payment_intent']));
      account.remove('invoice_payment', payment.id);
    }
  for (const item of account.all('subscription_item'))
    if (item['subscription'] === subscription.id) account.remove('subscription_item', item.id);
  if (invoice !== undefined) account.remove('invoice', invoice.id);
  account.remove('subscription', subscription.id);
}
