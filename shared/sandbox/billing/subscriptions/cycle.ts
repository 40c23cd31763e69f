import type { Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { scheduleTask } from '../../ledger/due.ts';
import type { StoredObject } from '../../store.ts';
import { markVoid } from '../invoices/actions.ts';
import { advanceSchedule } from '../schedules/advance.ts';
import { scheduleOf } from '../schedules/schedules.ts';
import { finalizeDraft } from '../invoices/finalize.ts';
import { methodToPay, tryToCharge } from '../invoices/pay.ts';
import { setDelinquent, subscriptionOf } from '../invoices/settle.ts';
import { billingSettings } from '../settings.ts';
import { currentStatus, hashOrEmpty } from '../values.ts';
import { billFinalInvoice, endSubscription, ENDED_STATUSES } from './cancel.ts';
import { billSubscription, removeUsedDiscounts } from './invoices.ts';
import { embedItems, subscriptionItems, startPeriods } from './items.ts';
import { DAY, HOUR } from '../../seconds.ts';

/**
 * Runs at the end of a period or a trial. Starts and bills the next period, unless the subscription has ended, is
 * incomplete or paused, or does not become active after its trial. If the subscription's `cancel_at` has been reached,
 * ends the subscription instead. https://docs.stripe.com/billing/subscriptions/billing-cycle
 */
function startNextPeriod(context: Context, subscription: StoredObject): void {
  const schedule = scheduleOf(context, subscription);
  if (schedule !== undefined) advanceSchedule(context, schedule);
  const status = subscription['status'];
  if (ENDED_STATUSES.includes(status) || status === 'incomplete') return;
  const itemsToRenew = subscriptionItems(context, subscription).filter(
    (item) => Number(item['current_period_end']) <= context.now,
  );
  if (itemsToRenew.length === 0) return scheduleNextCycle(context, subscription);
  const { cancel_at: cancelAt } = subscription;
  if (typeof cancelAt === 'number' && cancelAt <= context.now) return cancelDueSubscription(context, subscription);
  if (status === 'paused') return;
  if (status === 'trialing' && !endTrial(context, subscription)) return;
  const usage = { start: Number(itemsToRenew[0]?.['current_period_start']), end: context.now };
  startPeriods(context, subscription, itemsToRenew);
  embedItems(context, subscription);
  const invoice = billSubscription(context, subscription, {
    reason: 'subscription_cycle',
    usage,
    billsCurrentPeriod: true,
    items: itemsToRenew,
    includesPendingItems: true,
  });
  removeUsedDiscounts(context, subscription, invoice);
  scheduleFinalization(context, subscription, invoice);
  scheduleNextCycle(context, subscription);
}

/**
 * Schedules the finalization of the draft of a renewal, unless the subscription is unpaid or keeps its invoices as
 * drafts.
 */
function scheduleFinalization(context: Context, subscription: StoredObject, invoice: StoredObject): void {
  // Stripe collects nothing from an unpaid subscription. https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
  const staysDraft =
    subscription['status'] === 'unpaid' ||
    hashOrEmpty(subscription['pause_collection'])['behavior'] === 'keep_as_draft';
  const isChargedAutomatically = subscription['collection_method'] === 'charge_automatically';
  const finalizesAt = context.now + HOUR;
  if (staysDraft) invoice['auto_advance'] = false;
  else scheduleTask(context, finalizesAt, 'invoice.finalize', invoice);
  invoice['automatically_finalizes_at'] = staysDraft ? null : finalizesAt;
  invoice['next_payment_attempt'] = !staysDraft && isChargedAutomatically ? finalizesAt : null;
}

/** Schedules the start of the next period at the earliest end of a current period. */
function scheduleNextCycle(context: Context, subscription: StoredObject): void {
  const ends = subscriptionItems(context, subscription).map((item) => Number(item['current_period_end']));
  if (ends.length > 0) scheduleTask(context, Math.min(...ends), 'subscription.cycle', subscription);
}

/** Sets the status after the trial. Returns whether the subscription is active. https://docs.stripe.com/billing/subscriptions/trials#create-free-trials-without-payment */
export function endTrial(context: Context, subscription: StoredObject): boolean {
  const behavior = hashOrEmpty(hashOrEmpty(subscription['trial_settings'])['end_behavior'])['missing_payment_method'];
  const latest = context.account.get('invoice', String(subscription['latest_invoice']));
  const method = latest === undefined ? undefined : methodToPay(context, latest);
  if (method === undefined && behavior === 'cancel') {
    endSubscription(context, subscription, { reason: null });
    return false;
  }
  subscription['status'] = method === undefined && behavior === 'pause' ? 'paused' : 'active';
  return subscription['status'] === 'active';
}

/**
 * Ends a subscription whose `cancel_at` has been reached. Unless the subscription is in its trial, first bills the
 * usage and the pending items that are not billed yet.
 */
function cancelDueSubscription(context: Context, subscription: StoredObject): void {
  if (ENDED_STATUSES.includes(subscription['status'])) return;
  if (subscription['status'] !== 'trialing') billFinalInvoice(context, subscription);
  endSubscription(context, subscription, hashOrEmpty(subscription['cancellation_details']));
}

/**
 * Finalizes a draft an hour after its creation. Then collects its payment. If the subscription pauses the collection,
 * voids the invoice or marks it as uncollectible instead.
 * https://docs.stripe.com/billing/invoices/subscription#draft-invoices
 */
function finalizeAfterHour(context: Context, invoice: StoredObject): void {
  if (invoice['status'] !== 'draft' || invoice['auto_advance'] !== true) return;
  finalizeDraft(context, invoice);
  const pauseBehavior = hashOrEmpty(subscriptionOf(context, invoice)?.['pause_collection'])['behavior'];
  if (currentStatus(invoice) !== 'open') return;
  context.account.changes.endStep();
  if (pauseBehavior === 'void') markVoid(context, invoice);
  else if (pauseBehavior === 'mark_uncollectible')
    Object.assign(invoice, { auto_advance: false, status: 'uncollectible' });
  else collectPayment(context, invoice);
}

/**
 * Charges an open invoice, unless its collection method is `send_invoice`. `billingSettings` has the number of days
 * between attempts, and what happens to the subscription after the last failed attempt.
 */
function collectPayment(context: Context, invoice: StoredObject): void {
  if (invoice['status'] !== 'open' || invoice['collection_method'] === 'send_invoice') return;
  if (tryToCharge(context, invoice, true)) return;
  setDelinquent(context, invoice, true);
  const subscription = subscriptionOf(context, invoice);
  const { retryDays, afterRetries } = billingSettings(context.account);
  const daysToRetry = retryDays[Number(invoice['attempt_count']) - 1];
  const nextAttempt = daysToRetry === undefined ? null : context.now + daysToRetry * DAY;
  invoice['next_payment_attempt'] = nextAttempt;
  if (nextAttempt !== null) scheduleTask(context, nextAttempt, 'invoice.collect', invoice);
  if (subscription === undefined || ENDED_STATUSES.includes(subscription['status'])) return;
  if (nextAttempt !== null || afterRetries === 'past_due') subscription['status'] = 'past_due';
  else if (afterRetries === 'unpaid') subscription['status'] = 'unpaid';
  else endSubscription(context, subscription, { reason: 'payment_failed' });
}

/** Announces that an open invoice is overdue. The customer becomes delinquent, and an active subscription becomes past due. https://docs.stripe.com/billing/collection-method */
function markOverdue(context: Context, invoice: StoredObject): void {
  if (invoice['status'] !== 'open') return;
  context.account.changes.announce('invoice.overdue', invoice);
  setDelinquent(context, invoice, true);
  const subscription = subscriptionOf(context, invoice);
  if (subscription?.['status'] === 'active') subscription['status'] = 'past_due';
}

/** Expires a subscription whose first payment did not succeed within 23 hours. https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
function expireIncomplete(context: Context, subscription: StoredObject): void {
  if (subscription['status'] !== 'incomplete') return;
  const invoice = context.account.get('invoice', String(subscription['latest_invoice']));
  if (invoice?.['status'] === 'open') markVoid(context, invoice);
  Object.assign(subscription, { ended_at: context.now, status: 'incomplete_expired' });
}

/** The handlers of the scheduled tasks of subscriptions and their invoices. */
export const subscriptionTasks: NonNullable<Feature['scheduled']> = {
  'invoice.collect': collectPayment,
  'invoice.finalize': finalizeAfterHour,
  'invoice.overdue': markOverdue,
  'subscription.cancel': (context, subscription) => {
    if (Number(subscription['cancel_at']) <= context.now && subscription['cancel_at'] !== null)
      cancelDueSubscription(context, subscription);
  },
  'subscription.cycle': startNextPeriod,
  'subscription.expire': expireIncomplete,
  'subscription.resume_collection': (context, subscription) => {
    const resumesAt = hashOrEmpty(subscription['pause_collection'])['resumes_at'];
    if (typeof resumesAt === 'number' && resumesAt <= context.now) subscription['pause_collection'] = null;
  },
  'subscription.trial_will_end': (context, subscription) => {
    if (subscription['status'] === 'trialing')
      context.account.changes.announce('customer.subscription.trial_will_end', subscription);
  },
};
