import { objectInPath, type Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { finalizeDraft } from '../invoices/finalize.ts';
import { tryToCharge } from '../invoices/pay.ts';
import { hashOrEmpty } from '../values.ts';
import { ENDED_STATUSES } from './cancel.ts';
import { scheduleFutureChanges } from './create.ts';
import { billSubscription } from './invoices.ts';
import { embedItems, subscriptionItems, startPeriods } from './items.ts';

/** POST /v1/subscriptions/{id}/pause. A paused subscription is not billed. https://docs.stripe.com/api/subscriptions/pause */
export function pauseSubscription(requestContext: Context, id: string): StoredObject {
  const subscription = objectInPath(requestContext, 'subscription', id);
  if (
    ENDED_STATUSES.includes(subscription['status']) ||
    subscription['status'] === 'incomplete' ||
    subscription['status'] === 'paused'
  )
    throw badRequest(`A subscription with a status of ${String(subscription['status'])} cannot be paused.`);
  return Object.assign(subscription, { status: 'paused' });
}

/** POST /v1/subscriptions/{id}/resume. The subscription must be paused. https://docs.stripe.com/api/subscriptions/resume */
export function resumeSubscription(requestContext: Context, id: string): StoredObject {
  const subscription = objectInPath(requestContext, 'subscription', id);
  if (subscription['status'] !== 'paused')
    throw badRequest('Only subscriptions with a status of paused can be resumed.', { param: 'subscription' });
  const context = atClockTime(requestContext, subscription);
  const keepsAnchor = hashOrEmpty(context.params['billing_cycle_anchor'])['type'] === 'unchanged';
  if (!keepsAnchor) subscription['billing_cycle_anchor'] = context.now;
  subscription['status'] = 'active';
  const itemsToBill = subscriptionItems(context, subscription).filter(
    (item) => !keepsAnchor || Number(item['current_period_end']) <= context.now,
  );
  startPeriods(context, subscription, itemsToBill);
  embedItems(context, subscription);
  scheduleFutureChanges(context, subscription);
  if (itemsToBill.length === 0) return subscription;
  const invoice = billSubscription(context, subscription, {
    reason: 'subscription_update',
    billsCurrentPeriod: true,
    items: itemsToBill,
    includesPendingItems: true,
  });
  finalizeDraft(context, invoice);
  const chargesInvoice = invoice['status'] === 'open' && subscription['collection_method'] === 'charge_automatically';
  // The subscription stays paused until its invoice is paid.
  if (chargesInvoice && !tryToCharge(context, invoice, true)) subscription['status'] = 'paused';
  return subscription;
}
