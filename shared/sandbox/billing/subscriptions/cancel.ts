import type { Context } from '../../context.ts';
import { scheduleTask } from '../../ledger/due.ts';
import { noSuchObject } from '../../api-error.ts';
import { HOUR } from '../../seconds.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { linesOf } from '../invoices/draft.ts';
import { hashOrEmpty } from '../values.ts';
import { billSubscription } from './invoices.ts';
import { subscriptionItems } from './items.ts';
import { creditUnused } from './proration.ts';

/** Statuses of a subscription that has ended. */
export const ENDED_STATUSES: readonly unknown[] = ['canceled', 'incomplete_expired'];

/** DELETE /v1/subscriptions/{id} cancels immediately. https://docs.stripe.com/api/subscriptions/cancel */
export function cancelSubscription(requestContext: Context, subscription: StoredObject): StoredObject {
  if (ENDED_STATUSES.includes(subscription['status'])) throw noSuchObject('subscription', subscription.id, 'id');
  const context = atClockTime(requestContext, subscription);
  const { invoice_now: invoiceNow, prorate, cancellation_details: details } = context.params;
  if (prorate === true)
    for (const item of subscriptionItems(context, subscription)) creditUnused(context, subscription, item, context.now);
  if (invoiceNow === true) billFinalInvoice(context, subscription);
  return endSubscription(context, subscription, {
    comment: null,
    feedback: null,
    ...hashOrEmpty(details),
    reason: 'cancellation_requested',
  });
}

/**
 * Creates the last invoice of a subscription that ends: for the usage in the current period, and for the pending
 * invoice items. If there is nothing to bill, creates no invoice.
 */
export function billFinalInvoice(context: Context, subscription: StoredObject): void {
  const latestBefore = subscription['latest_invoice'];
  const [item] = subscriptionItems(context, subscription);
  const invoice = billSubscription(context, subscription, {
    reason: 'subscription_cycle',
    usage: { start: Number(item?.['current_period_start']), end: context.now },
    billsCurrentPeriod: false,
    includesPendingItems: true,
  });
  if (linesOf(invoice).every((line) => Number(line['amount']) === 0)) {
    context.account.remove('invoice', invoice.id);
    subscription['latest_invoice'] = latestBefore;
  } else scheduleTask(context, context.now + HOUR, 'invoice.finalize', invoice);
}

/** Ends a subscription and its schedule now. `details` are its `cancellation_details`. */
export function endSubscription(
  context: Context,
  subscription: StoredObject,
  details: Record<string, unknown>,
): StoredObject {
  endSchedule(context, subscription, details['reason'] === 'payment_failed');
  // The invoices of the subscription do not change. https://docs.stripe.com/api/subscriptions/cancel
  return Object.assign(subscription, {
    cancel_at_period_end: subscription['cancel_at_period_end'] === true,
    canceled_at: subscription['canceled_at'] ?? context.now,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, ...details },
    ended_at: context.now,
    status: 'canceled',
  });
}

/**
 * Cancels the schedule of a subscription that ends, if the schedule is active. If a failed payment ends the
 * subscription, also announces `subscription_schedule.aborted`.
 * https://docs.stripe.com/api/events/types#event_types-subscription_schedule.aborted
 */
function endSchedule({ account, now }: Context, subscription: StoredObject, paymentFailed: boolean): void {
  const schedule = account.get('subscription_schedule', String(subscription['schedule']));
  if (schedule?.['status'] !== 'active') return;
  Object.assign(schedule, { canceled_at: now, current_phase: null, status: 'canceled' });
  if (paymentFailed) account.changes.announce('subscription_schedule.aborted', schedule);
}

/** Schedules the cancellation of a subscription. https://docs.stripe.com/billing/subscriptions/cancel */
export function scheduleCancellation(
  context: Context,
  subscription: StoredObject,
  cancelTime: number,
  atPeriodEnd: boolean,
): void {
  Object.assign(subscription, { cancel_at: cancelTime, cancel_at_period_end: atPeriodEnd, canceled_at: context.now });
  subscription['cancellation_details'] = {
    comment: null,
    feedback: null,
    feedback_option: null,
    ...hashOrEmpty(subscription['cancellation_details']),
    reason: 'cancellation_requested',
  };
  scheduleTask(context, cancelTime, 'subscription.cancel', subscription);
}
