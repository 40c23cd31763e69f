import type { Context } from '../../context.ts';
import { scheduleTask } from '../../ledger/due.ts';
import { badRequest, StripeApiError } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { linesOf } from '../invoices/draft.ts';
import { finalizeDraft } from '../invoices/finalize.ts';
import { makeInvoiceItem } from '../invoices/items.ts';
import { chargeInvoice, methodToPay } from '../invoices/pay.ts';
import { nextPeriodEnd } from '../periods.ts';
import { HOUR } from '../../seconds.ts';
import { currentStatus, hashOrEmpty, hashesOf } from '../values.ts';
import { billSubscription, removeUsedDiscounts } from './invoices.ts';
import { intervalOf, priceOf, subscriptionItems } from './items.ts';

/** Seconds after which a subscription expires if its first invoice is not paid. https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
const FIRST_PAYMENT_SECONDS = 23 * HOUR;

/** When the first invoice is finalized and paid: `now`, or `later`, which is an hour after the draft was created. */
export type FirstPayment = 'now' | 'later';

/** Creates the invoice of the first period, and pays it now or schedules its finalization. */
export function billFirstPeriod(
  context: Context,
  customer: StoredObject | undefined,
  subscription: StoredObject,
  params: Context['params'],
  payment: FirstPayment,
): void {
  for (const entry of hashesOf(params['add_invoice_items']))
    makeInvoiceItem(context, customer, { ...entry, subscription: subscription.id });
  const [item] = subscriptionItems(context, subscription);
  const invoice = billSubscription(context, subscription, {
    reason: 'subscription_create',
    billsCurrentPeriod: true,
    includesPendingItems: true,
    periodShare: item === undefined ? 1 : firstPeriodShare(subscription, item, params['proration_behavior']),
  });
  if (linesOf(invoice).length === 0) return removeFirstInvoice(context, subscription, invoice);
  removeUsedDiscounts(context, subscription, invoice);
  if (payment === 'later') {
    scheduleTask(context, context.now + HOUR, 'invoice.finalize', invoice);
    return;
  }
  const behavior = params['payment_behavior'] ?? 'allow_incomplete';
  if (Number(invoice['amount_due']) > 0 && behavior !== 'default_incomplete') requireMethod(context, invoice);
  // With `error_if_incomplete`, a failed payment deletes the subscription, so the steps before the payment must not
  // emit events.
  const endStep = (): void => {
    if (behavior !== 'error_if_incomplete') context.account.changes.endStep();
  };
  endStep();
  finalizeDraft(context, invoice);
  endStep();
  if (invoice['status'] !== 'paid') collectFirstPayment(context, subscription, invoice, params);
}

/**
 * Removes a first invoice without lines. Such an invoice has no lines if all prices are metered, because usage is
 * billed later.
 */
function removeFirstInvoice({ account }: Context, subscription: StoredObject, invoice: StoredObject): void {
  account.remove('invoice', invoice.id);
  Object.assign(subscription, {
    latest_invoice: null,
    status: subscription['trial_end'] === null ? 'active' : 'trialing',
  });
}

/** Throws if there is no payment method for the first invoice. */
function requireMethod(context: Context, invoice: StoredObject): void {
  if (methodToPay(context, invoice) !== undefined) return;
  throw badRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing' },
  );
}

/**
 * Returns the share of a whole period that the first invoice bills: 1, or less if the billing cycle anchor shortens the
 * first period, which is then free (0) with `proration_behavior=none`.
 * https://docs.stripe.com/billing/subscriptions/billing-cycle
 */
function firstPeriodShare(subscription: StoredObject, item: StoredObject, behavior: unknown): number {
  const [start, end] = [Number(item['current_period_start']), Number(item['current_period_end'])];
  if (subscription['status'] === 'trialing' || Number(subscription['billing_cycle_anchor']) <= start) return 1;
  if (behavior === 'none') return 0;
  const wholePeriodSeconds = nextPeriodEnd(end, intervalOf(priceOf(item)), end) - end;
  return Math.min(1, (end - start) / wholePeriodSeconds);
}

/** Charges the first invoice if `payment_behavior` allows it. An unpaid subscription expires after 23 hours. https://docs.stripe.com/api/subscriptions/create#create_subscription-payment_behavior */
function collectFirstPayment(
  context: Context,
  subscription: StoredObject,
  invoice: StoredObject,
  params: Context['params'],
): void {
  const behavior = params['payment_behavior'] ?? 'allow_incomplete';
  const method = methodToPay(context, invoice);
  subscription['status'] = 'incomplete';
  if (behavior !== 'default_incomplete' && method !== undefined) {
    try {
      chargeInvoice(context, invoice, method, params['off_session'] === true);
    } catch (error) {
      if (!(error instanceof StripeApiError) || error.status !== 402 || behavior === 'error_if_incomplete') throw error;
    }
    if (currentStatus(subscription) === 'incomplete' && behavior === 'error_if_incomplete')
      throw new StripeApiError(402, {
        type: 'card_error',
        code: 'subscription_payment_intent_requires_action',
        message: 'Payment for this subscription requires additional user action before it can be completed.',
      });
  }
  if (currentStatus(subscription) === 'incomplete')
    scheduleTask(context, context.now + FIRST_PAYMENT_SECONDS, 'subscription.expire', subscription);
}

/**
 * Deletes a subscription whose creation failed. Also deletes its items, its invoice and the payments of the invoice.
 */
export function deleteSubscription({ account }: Context, subscription: StoredObject): void {
  const invoice = account.get('invoice', String(subscription['latest_invoice']));
  for (const payment of account.all('invoice_payment'))
    if (payment['invoice'] === invoice?.id) {
      account.remove('payment_intent', String(hashOrEmpty(payment['payment'])['payment_intent']));
      account.remove('invoice_payment', payment.id);
    }
  for (const item of account.all('subscription_item'))
    if (item['subscription'] === subscription.id) account.remove('subscription_item', item.id);
  if (invoice !== undefined) account.remove('invoice', invoice.id);
  account.remove('subscription', subscription.id);
}
