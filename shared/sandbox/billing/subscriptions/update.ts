import type { Context } from '../../context.ts';
import { scheduleTask } from '../../ledger/due.ts';
import { badRequest, noSuchObject } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { checkDiscountCurrency, makeDiscounts } from '../discounts.ts';
import { checkSubscriptionDays } from '../invoices/due-dates.ts';
import { makeInvoiceItem } from '../invoices/items.ts';
import { taxRates } from '../tax-rates.ts';
import { deleteParams, hashOrEmpty, hashesOf, stringsOf } from '../values.ts';
import { ENDED_STATUSES, scheduleCancellation } from './cancel.ts';
import { changeItems, startCycle, type ItemChange } from './change-items.ts';
import { endTrial } from './cycle.ts';
import { earliestPeriodEnd, embedItems, subscriptionItems } from './items.ts';

/** POST /v1/subscriptions/{id}. https://docs.stripe.com/api/subscriptions/update */
export function updateSubscription(requestContext: Context, subscription: StoredObject): void {
  const context = atClockTime(requestContext, subscription);
  const { params } = requestContext;
  if (ENDED_STATUSES.includes(subscription['status'])) return checkEndedUpdate(params);
  const method = params['collection_method'] ?? subscription['collection_method'];
  const daysBefore = method === 'send_invoice' ? subscription['days_until_due'] : undefined;
  if (params['collection_method'] !== undefined || params['days_until_due'] !== undefined)
    checkSubscriptionDays(method, params['days_until_due'] ?? daysBefore);
  if (params['items'] !== undefined) {
    const changes = hashesOf(params['items']).map((entry, index) =>
      itemChangeOf(context, subscription, entry, `items[${index}]`),
    );
    changeItems(context, subscription, changes, params);
  }
  for (const entry of hashesOf(params['add_invoice_items']))
    makeInvoiceItem(context, context.account.get('customer', String(subscription['customer'])), {
      ...entry,
      subscription: subscription.id,
    });
  if (params['discounts'] !== undefined) {
    const owner = { customer: String(subscription['customer']), subscription: subscription.id };
    subscription['discounts'] = makeDiscounts(context, params['discounts'], owner);
    checkDiscountCurrency(context, stringsOf(subscription['discounts']), subscription['currency']);
  }
  if (params['default_tax_rates'] !== undefined)
    subscription['default_tax_rates'] = taxRates(
      context,
      params['default_tax_rates'],
      'default_tax_rates',
      subscription['default_tax_rates'],
    );
  changeTrial(context, subscription, params);
  changeCancellation(context, subscription, params);
  pauseCollection(context, subscription, params);
  deleteParams(params, HANDLED_PARAMS);
}

/** Rejects parameters that cannot be set after the subscription has ended. */
function checkEndedUpdate(params: Context['params']): void {
  const forbiddenParam = Object.keys(params).find((name) => name !== 'metadata' && name !== 'cancellation_details');
  if (forbiddenParam !== undefined)
    throw badRequest('A canceled subscription can only update its cancellation_details and metadata.', {
      param: forbiddenParam,
    });
}

/** Parameters that the functions of this file handle. The store sets the fields of all other parameters. */
const HANDLED_PARAMS = [
  'add_invoice_items',
  'billing_cycle_anchor',
  'cancel_at',
  'cancel_at_period_end',
  'default_tax_rates',
  'discounts',
  'items',
  'off_session',
  'pause_collection',
  'payment_behavior',
  'proration_behavior',
  'proration_date',
  'trial_end',
  'trial_from_plan',
];

/** Reads an entry of the parameter `items`. An entry with an id changes an existing item. */
function itemChangeOf(
  context: Context,
  subscription: StoredObject,
  entry: Record<string, unknown>,
  param: string,
): ItemChange {
  const { id } = entry;
  if (id === undefined) return { params: entry, param };
  const item = subscriptionItems(context, subscription).find((candidate) => candidate.id === id);
  if (item === undefined) throw noSuchObject('subscription_item', String(id), `${param}[id]`, true);
  return { item, params: entry, param };
}

/** Changes the end of the trial. If `trial_end` is `now`, the first paid period begins and is billed. https://docs.stripe.com/billing/subscriptions/trials */
function changeTrial(context: Context, subscription: StoredObject, params: Context['params']): void {
  const { trial_end: end } = params;
  if (end === undefined) return;
  if (end === 'now') {
    if (subscription['status'] !== 'trialing') return;
    subscription['trial_end'] = context.now;
    if (endTrial(context, subscription)) startCycle(context, subscription, params);
    return embedItems(context, subscription);
  }
  const newTrialEnd = Number(end);
  if (newTrialEnd <= context.now)
    throw badRequest('Invalid timestamp: must be an integer Unix timestamp in the future.', { param: 'trial_end' });
  Object.assign(subscription, { billing_cycle_anchor: newTrialEnd, status: 'trialing', trial_end: newTrialEnd });
  subscription['trial_start'] ??= context.now;
  for (const item of subscriptionItems(context, subscription)) item['current_period_end'] = newTrialEnd;
  scheduleTask(context, newTrialEnd, 'subscription.cycle', subscription);
}

/** Schedules a cancellation or withdraws it. https://docs.stripe.com/billing/subscriptions/cancel */
function changeCancellation(context: Context, subscription: StoredObject, params: Context['params']): void {
  const { cancel_at: at, cancel_at_period_end: atEnd } = params;
  if ((at !== undefined || atEnd !== undefined) && typeof subscription['schedule'] === 'string')
    throw badRequest(
      `The subscription is managed by the subscription schedule \`${subscription['schedule']}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
      { param: at === undefined ? 'cancel_at_period_end' : 'cancel_at' },
    );
  if (at !== undefined && at !== '' && atEnd === true)
    throw badRequest('You may only specify one of these parameters: cancel_at, cancel_at_period_end.', {
      param: 'cancel_at',
    });
  if (atEnd === true) {
    scheduleCancellation(context, subscription, earliestPeriodEnd(context, subscription), true);
  } else if (at === '' || atEnd === false) {
    Object.assign(subscription, { cancel_at: null, cancel_at_period_end: false, canceled_at: null });
    subscription['cancellation_details'] = { comment: null, feedback: null, feedback_option: null, reason: null };
  } else if (at !== undefined) {
    const cancelTime = cancelTimeOf(context, subscription, at);
    if (cancelTime <= context.now) throw badRequest('`cancel_at` must be in the future.', { param: 'cancel_at' });
    scheduleCancellation(context, subscription, cancelTime, false);
  }
}

/**
 * Returns the value of the parameter `cancel_at` in Unix seconds. The value can be a number, `min_period_end` or
 * `max_period_end`.
 */
function cancelTimeOf(context: Context, subscription: StoredObject, cancelAt: unknown): number {
  if (cancelAt === 'min_period_end') return earliestPeriodEnd(context, subscription);
  if (cancelAt !== 'max_period_end') return Number(cancelAt);
  return Math.max(...subscriptionItems(context, subscription).map((item) => Number(item['current_period_end'])));
}

/** Pauses or resumes the collection of payments. https://docs.stripe.com/billing/subscriptions/pause-payment */
function pauseCollection(
  context: Context,
  subscription: StoredObject,
  { pause_collection: pause }: Context['params'],
): void {
  if (pause === undefined) return;
  if (pause === '') {
    subscription['pause_collection'] = null;
    return;
  }
  const { behavior, resumes_at: resumesAt } = hashOrEmpty(pause);
  subscription['pause_collection'] = { behavior, resumes_at: resumesAt ?? null };
  if (typeof resumesAt === 'number') scheduleTask(context, resumesAt, 'subscription.resume_collection', subscription);
}
