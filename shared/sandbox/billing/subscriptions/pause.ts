import { inPath, type Context } from '../../context.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { finalize } from '../invoices/finalize.ts';
import { tryToCharge } from '../invoices/pay.ts';
import { hash } from '../values.ts';
import { ENDED } from './cancel.ts';
import { schedule } from './create.ts';
import { billSubscription } from './invoices.ts';
import { embedItems, subscriptionItems, startPeriods } from './items.ts';

/** POST /v1/subscriptions/{id}/pause: no periods are billed until it is resumed. https://docs.stripe.com/api/subscriptions/pause */
export function pauseSubscription(given: Context, id: string): Stored {
  const subscription = inPath(given, 'subscription', id);
  if (
    ENDED.includes(subscription['status']) ||
    subscription['status'] === 'incomplete' ||
    subscription['status'] === 'paused'
  )
    throw bad(`A subscription with a status of ${String(subscription['status'])} cannot be paused.`);
  return Object.assign(subscription, { status: 'paused' });
}

/** POST /v1/subscriptions/{id}/resume: only a paused one. https://docs.stripe.com/api/subscriptions/resume */
export function resumeSubscription(given: Context, id: string): Stored {
  const subscription = inPath(given, 'subscription', id);
  if (subscription['status'] !== 'paused')
    throw bad('Only subscriptions with a status of paused can be resumed.', { param: 'subscription' });
  const context = atClockTime(given, subscription);
  const keeps = hash(context.params['billing_cycle_anchor'])['type'] === 'unchanged';
  if (!keeps) subscription['billing_cycle_anchor'] = context.now;
  subscription['status'] = 'active';
  const over = subscriptionItems(context, subscription).filter(
    (item) => !keeps || Number(item['current_period_end']) <= context.now,
  );
  startPeriods(context, subscription, over);
  embedItems(context, subscription);
  schedule(context, subscription);
  if (over.length === 0) return subscription;
  const invoice = billSubscription(context, subscription, {
    reason: 'subscription_update',
    ahead: true,
    items: over,
    pending: true,
  });
  finalize(context, invoice);
  if (
    invoice['status'] === 'open' &&
    subscription['collection_method'] === 'charge_automatically' &&
    !tryToCharge(context, invoice, true)
  )
    // It stays paused until its invoice is paid.
    subscription['status'] = 'paused';
  return subscription;
}
