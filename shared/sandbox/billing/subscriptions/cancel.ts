import type { Context } from '../../context.ts';
import { later } from '../../ledger/due.ts';
import { missing } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { linesOf } from '../invoices/draft.ts';
import { hash } from '../values.ts';
import { billSubscription } from './invoices.ts';
import { subscriptionItems } from './items.ts';
import { creditUnused } from './proration.ts';

export const ENDED: readonly unknown[] = ['canceled', 'incomplete_expired'];

/** DELETE /v1/subscriptions/{id}: at once. https://docs.stripe.com/api/subscriptions/cancel */
export function cancelSubscription(given: Context, subscription: Stored): Stored {
  if (ENDED.includes(subscription['status'])) throw missing('subscription', subscription.id, 'id');
  const context = atClockTime(given, subscription);
  const { invoice_now: invoiceNow, prorate, cancellation_details: details } = context.params;
  if (prorate === true)
    for (const item of subscriptionItems(context, subscription)) creditUnused(context, subscription, item, context.now);
  if (invoiceNow === true) billFinally(context, subscription);
  return end(context, subscription, {
    comment: null,
    feedback: null,
    ...hash(details),
    reason: 'cancellation_requested',
  });
}

/** What is used and not billed, and what waits. */
export function billFinally(context: Context, subscription: Stored): void {
  const latest = subscription['latest_invoice'];
  const [item] = subscriptionItems(context, subscription);
  const invoice = billSubscription(context, subscription, {
    reason: 'subscription_cycle',
    usage: { start: Number(item?.['current_period_start']), end: context.now },
    ahead: false,
    pending: true,
  });
  if (linesOf(invoice).every((line) => Number(line['amount']) === 0)) {
    context.account.remove('invoice', invoice.id);
    subscription['latest_invoice'] = latest;
  } else later(context, context.now + 3_600, 'invoice.finalize', invoice);
}

export function end(context: Context, subscription: Stored, details: Record<string, unknown>): Stored {
  endSchedule(context, subscription, details['reason'] === 'payment_failed');
  // Open drafts of it are not collected by themselves any more. https://docs.stripe.com/api/subscriptions/cancel
  return Object.assign(subscription, {
    cancel_at_period_end: subscription['cancel_at_period_end'] === true,
    canceled_at: subscription['canceled_at'] ?? context.now,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, ...details },
    ended_at: context.now,
    status: 'canceled',
  });
}

/** The schedule of a subscription that ends is canceled with it. https://docs.stripe.com/api/events/types#event_types-subscription_schedule.aborted */
function endSchedule({ account, now }: Context, subscription: Stored, isDelinquent: boolean): void {
  const schedule = account.get('subscription_schedule', String(subscription['schedule']));
  if (schedule?.['status'] !== 'active') return;
  Object.assign(schedule, { canceled_at: now, current_phase: null, status: 'canceled' });
  if (isDelinquent) account.changes.announce('subscription_schedule.aborted', schedule);
}

/** A subscription that ends later. https://docs.stripe.com/billing/subscriptions/cancel */
export function setEnd(context: Context, subscription: Stored, at: number, atPeriodEnd: boolean): void {
  Object.assign(subscription, { cancel_at: at, cancel_at_period_end: atPeriodEnd, canceled_at: context.now });
  subscription['cancellation_details'] = {
    comment: null,
    feedback: null,
    feedback_option: null,
    ...hash(subscription['cancellation_details']),
    reason: 'cancellation_requested',
  };
  later(context, at, 'subscription.cancel', subscription);
}
