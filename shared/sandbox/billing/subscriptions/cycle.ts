import type { Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { later } from '../../ledger/due.ts';
import type { Stored } from '../../store.ts';
import { markVoid } from '../invoices/actions.ts';
import { advanceSchedule } from '../schedules/advance.ts';
import { scheduleOf } from '../schedules/schedules.ts';
import { finalize } from '../invoices/finalize.ts';
import { payingMethod, tryToCharge } from '../invoices/pay.ts';
import { setDelinquent, subscriptionOf } from '../invoices/settle.ts';
import { billingSettings } from '../settings.ts';
import { hash } from '../values.ts';
import { billFinally, end, ENDED } from './cancel.ts';
import { billSubscription, useDiscounts } from './invoices.ts';
import { embedItems, subscriptionItems, startPeriods } from './items.ts';
import { DAY, HOUR } from '../../seconds.ts';

/** The end of a period, or of a trial: the next period begins and is billed. https://docs.stripe.com/billing/subscriptions/billing-cycle */
function cycle(context: Context, subscription: Stored): void {
  const schedule = scheduleOf(context, subscription);
  if (schedule !== undefined) advanceSchedule(context, schedule);
  const status = subscription['status'];
  if (ENDED.includes(status) || status === 'incomplete') return;
  const items = subscriptionItems(context, subscription).filter(
    (item) => Number(item['current_period_end']) <= context.now,
  );
  if (items.length === 0) return planNext(context, subscription);
  const { cancel_at: cancelAt } = subscription;
  if (typeof cancelAt === 'number' && cancelAt <= context.now) return cancelNow(context, subscription);
  if (status === 'paused') return;
  if (status === 'trialing' && !endTrial(context, subscription)) return;
  const usage = { start: Number(items[0]?.['current_period_start']), end: context.now };
  startPeriods(context, subscription, items);
  embedItems(context, subscription);
  const invoice = billSubscription(context, subscription, {
    reason: 'subscription_cycle',
    usage,
    ahead: true,
    items,
    pending: true,
  });
  useDiscounts(context, subscription, invoice);
  // https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses: nothing more is collected when it is unpaid.
  const isKept = hash(subscription['pause_collection'])['behavior'] === 'keep_as_draft' || status === 'unpaid';
  if (isKept) invoice['auto_advance'] = false;
  else later(context, context.now + HOUR, 'invoice.finalize', invoice);
  const charges = !isKept && subscription['collection_method'] === 'charge_automatically';
  invoice['automatically_finalizes_at'] = isKept ? null : context.now + HOUR;
  invoice['next_payment_attempt'] = charges ? context.now + HOUR : null;
  planNext(context, subscription);
}

function planNext(context: Context, subscription: Stored): void {
  const ends = subscriptionItems(context, subscription).map((item) => Number(item['current_period_end']));
  if (ends.length > 0) later(context, Math.min(...ends), 'subscription.cycle', subscription);
}

/** Whether the subscription goes on after its trial. https://docs.stripe.com/billing/subscriptions/trials#create-free-trials-without-payment */
export function endTrial(context: Context, subscription: Stored): boolean {
  const behavior = hash(hash(subscription['trial_settings'])['end_behavior'])['missing_payment_method'];
  const latest = context.account.get('invoice', String(subscription['latest_invoice']));
  const method = latest === undefined ? undefined : payingMethod(context, latest);
  if (method === undefined && behavior === 'cancel') {
    end(context, subscription, { reason: null });
    return false;
  }
  subscription['status'] = method === undefined && behavior === 'pause' ? 'paused' : 'active';
  return subscription['status'] === 'active';
}

function cancelNow(context: Context, subscription: Stored): void {
  if (ENDED.includes(subscription['status'])) return;
  if (subscription['status'] !== 'trialing') billFinally(context, subscription);
  end(context, subscription, hash(subscription['cancellation_details']));
}

/** An hour after its draft. https://docs.stripe.com/billing/invoices/subscription#draft-invoices */
function finalizeLater(context: Context, invoice: Stored): void {
  if (invoice['status'] !== 'draft' || invoice['auto_advance'] !== true) return;
  finalize(context, invoice);
  const paused = hash(subscriptionOf(context, invoice)?.['pause_collection'])['behavior'];
  if (hash(invoice)['status'] !== 'open') return;
  context.account.changes.endStep();
  if (paused === 'void') markVoid(context, invoice);
  else if (paused === 'mark_uncollectible') Object.assign(invoice, { auto_advance: false, status: 'uncollectible' });
  else collect(context, invoice);
}

/** An attempt to charge an open invoice; a failed one is repeated, and the last one ends the subscription. */
function collect(context: Context, invoice: Stored): void {
  if (invoice['status'] !== 'open' || invoice['collection_method'] === 'send_invoice') return;
  if (tryToCharge(context, invoice, true)) return;
  setDelinquent(context, invoice, true);
  const subscription = subscriptionOf(context, invoice);
  const { retryDays, afterRetries } = billingSettings(context.account);
  const days = retryDays[Number(invoice['attempt_count']) - 1];
  if (days !== undefined) {
    invoice['next_payment_attempt'] = context.now + days * DAY;
    later(context, context.now + days * DAY, 'invoice.collect', invoice);
  } else invoice['next_payment_attempt'] = null;
  if (subscription === undefined || ENDED.includes(subscription['status'])) return;
  if (days !== undefined || afterRetries === 'past_due') subscription['status'] = 'past_due';
  else if (afterRetries === 'unpaid') subscription['status'] = 'unpaid';
  else end(context, subscription, { reason: 'payment_failed' });
}

/** The due date of an invoice to send has passed. https://docs.stripe.com/billing/collection-method */
function overdue(context: Context, invoice: Stored): void {
  if (invoice['status'] !== 'open') return;
  context.account.changes.announce('invoice.overdue', invoice);
  setDelinquent(context, invoice, true);
  const subscription = subscriptionOf(context, invoice);
  if (subscription?.['status'] === 'active') subscription['status'] = 'past_due';
}

/** 23 hours without the first payment. https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
function expire(context: Context, subscription: Stored): void {
  if (subscription['status'] !== 'incomplete') return;
  const invoice = context.account.get('invoice', String(subscription['latest_invoice']));
  if (invoice?.['status'] === 'open') markVoid(context, invoice);
  Object.assign(subscription, { ended_at: context.now, status: 'incomplete_expired' });
}

export const subscriptionTimers: NonNullable<Feature['due']> = {
  'invoice.collect': collect,
  'invoice.finalize': finalizeLater,
  'invoice.overdue': overdue,
  'subscription.cancel': (context, subscription) => {
    if (Number(subscription['cancel_at']) <= context.now && subscription['cancel_at'] !== null)
      cancelNow(context, subscription);
  },
  'subscription.cycle': cycle,
  'subscription.expire': expire,
  'subscription.resume_collection': (context, subscription) => {
    const at = hash(subscription['pause_collection'])['resumes_at'];
    if (typeof at === 'number' && at <= context.now) subscription['pause_collection'] = null;
  },
  'subscription.trial_will_end': (context, subscription) => {
    if (subscription['status'] === 'trialing')
      context.account.changes.announce('customer.subscription.trial_will_end', subscription);
  },
};
