import type { Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { badRequest, noSuchObject } from '../../api-error.ts';
import { Account, type StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { makeDiscounts } from '../discounts.ts';
import { billSubscription } from '../subscriptions/invoices.ts';
import { earliestPeriodEnd, readSoldPrice, startPeriods, subscriptionItems } from '../subscriptions/items.ts';
import { makeSubscription } from '../subscriptions/create.ts';
import { updateSubscription } from '../subscriptions/update.ts';
import { hashOrEmpty, hashesOf } from '../values.ts';
import { pendingItems } from './create.ts';
import { makeInvoice, recomputeTotals } from './draft.ts';
import { makeInvoiceItem } from './items.ts';
import { addInvoiceItem } from './lines.ts';

/**
 * POST /v1/invoices/create_preview creates the next invoice in a copy of the account, so that the account does not
 * change.
 * https://docs.stripe.com/api/invoices/create_preview
 */
function createPreview(requestContext: Context): StoredObject {
  const contextOfCopy = { ...requestContext, account: copyAccount(requestContext.account) };
  const { params } = contextOfCopy;
  const subscription = previewedSubscription(contextOfCopy);
  const customer = previewedCustomer(contextOfCopy, subscription);
  const context = atClockTime(contextOfCopy, customer);
  for (const entry of hashesOf(params['invoice_items'])) makeInvoiceItem(context, customer, entry);
  const invoice = previewInvoice(context, customer, subscription);
  if (params['discounts'] !== undefined && params['discounts'] !== '')
    invoice['discounts'] = makeDiscounts(context, params['discounts'], {
      customer: customer?.id ?? null,
      invoice: invoice.id,
    });
  if (params['discounts'] === '') invoice['discounts'] = [];
  recomputeTotals(context, invoice);
  return Object.assign(invoice, { id: `upcoming_${invoice.id}`, number: null, status: 'draft' });
}

/** Returns the existing subscription of a preview. Undefined if the request has no `subscription`. */
function previewedSubscription({ account, params }: Context): StoredObject | undefined {
  const id = params['subscription'];
  if (typeof id !== 'string') return undefined;
  const subscription = account.get('subscription', id);
  if (subscription === undefined) throw noSuchObject('subscription', id, 'subscription', true);
  return subscription;
}

/** Returns the customer of a preview. Undefined if the request describes the customer in `customer_details`. */
function previewedCustomer(
  { account, params }: Context,
  subscription: StoredObject | undefined,
): StoredObject | undefined {
  const id = params['customer'] ?? subscription?.['customer'];
  const customer = typeof id === 'string' ? account.get('customer', id) : undefined;
  if (typeof id === 'string' && (customer === undefined || customer['deleted'] === true))
    throw noSuchObject('customer', id, 'customer', true);
  if (customer === undefined && params['customer_details'] === undefined && params['customer_account'] === undefined)
    throw badRequest('You must specify `customer`, `subscription` or `customer_details`.', {
      code: 'parameter_missing',
      param: 'customer',
    });
  return customer;
}

/**
 * Creates the next invoice of the existing subscription, or else the first invoice of the subscription that the request
 * describes, or else an invoice of the pending invoice items.
 */
function previewInvoice(
  context: Context,
  customer: StoredObject | undefined,
  subscription: StoredObject | undefined,
): StoredObject {
  const details = context.params['subscription_details'];
  if (subscription !== undefined) return previewNextInvoice(context, subscription, hashOrEmpty(details));
  if (details === undefined) return previewPendingItems(context, customer);
  return previewFirstInvoice(context, customer, hashOrEmpty(details));
}

/** Returns a deep copy of an account, without its singletons and its change log. */
function copyAccount(account: Account): Account {
  const copy = new Account(account.id);
  for (const [kind, object] of account.entries()) {
    const copiedObject = copy.put(kind, structuredClone(object));
    const parents = account.parents.get(object);
    if (parents !== undefined) copy.parents.set(copiedObject, parents);
  }
  for (const [name, value] of account.privateData) copy.privateData.set(name, structuredClone(value));
  return copy;
}

/** Returns the first invoice of the subscription that `subscription_details` describes. */
function previewFirstInvoice(
  context: Context,
  customer: StoredObject | undefined,
  details: Record<string, unknown>,
): StoredObject {
  const soldItems = hashesOf(details['items']).map((entry, index) =>
    readSoldPrice(context, entry, `subscription_details[items][${index}]`),
  );
  if (soldItems.length === 0)
    throw badRequest('Missing required param: subscription_details[items].', {
      code: 'parameter_missing',
      param: 'subscription_details[items]',
    });
  const { items: _items, proration_date: _date, start_date: _start, ...rest } = details;
  const subscription = makeSubscription(context, customer, soldItems, {
    ...rest,
    payment_behavior: 'default_incomplete',
  });
  const invoice = context.account.get('invoice', String(subscription['latest_invoice']));
  if (invoice === undefined) throw noSuchObject('invoice', '', 'subscription', true);
  return Object.assign(invoice, { parent: null, status: 'draft', subscription: null });
}

/**
 * Returns the invoice that the requested changes of a subscription create. If they create none, returns the invoice of
 * the next renewal, or with `cancel_now` the last invoice of the subscription.
 */
function previewNextInvoice(
  context: Context,
  subscription: StoredObject,
  details: Record<string, unknown>,
): StoredObject {
  const idsBefore = new Set(context.account.all('invoice').map(({ id }) => id));
  const { cancel_now: cancelNow, ...changes } = details;
  updateSubscription({ ...context, params: { ...changes } }, subscription);
  const newInvoice = context.account.all('invoice').find(({ id }) => !idsBefore.has(id));
  if (newInvoice !== undefined) return newInvoice;
  const billingTime = cancelNow === true ? context.now : earliestPeriodEnd(context, subscription);
  const cancelTime = subscription['cancel_at'];
  const hasEnded = cancelNow === true || (typeof cancelTime === 'number' && cancelTime <= billingTime);
  return billRenewal({ ...context, now: billingTime }, subscription, hasEnded);
}

/**
 * Bills a subscription at the end of a period. Unless the subscription has ended, also begins and bills the next
 * period.
 */
function billRenewal(context: Context, subscription: StoredObject, hasEnded: boolean): StoredObject {
  const items = subscriptionItems(context, subscription);
  const usage = { start: Number(items[0]?.['current_period_start']), end: context.now };
  const itemsToRenew = items.filter((item) => Number(item['current_period_end']) <= context.now);
  if (subscription['status'] === 'trialing') subscription['status'] = 'active';
  startPeriods(context, subscription, itemsToRenew);
  return billSubscription(context, subscription, {
    reason: 'upcoming',
    usage,
    billsCurrentPeriod: !hasEnded,
    items: hasEnded ? items : itemsToRenew,
    includesPendingItems: true,
  });
}

/** Returns an invoice of the customer's pending invoice items. */
function previewPendingItems(context: Context, customer: StoredObject | undefined): StoredObject {
  const items = pendingItems(context, customer, context.params['currency']);
  if (items.length === 0)
    throw badRequest(`No upcoming invoices for customer: ${String(customer?.id)}`, { code: 'invoice_upcoming_none' });
  const invoice = makeInvoice(context, customer, {});
  for (const item of items) addInvoiceItem(context, invoice, item);
  return invoice;
}

export const previews: Feature = { actions: { '/v1/invoices/create_preview': createPreview } };
