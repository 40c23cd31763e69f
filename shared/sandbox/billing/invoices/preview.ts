import type { Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { badRequest, noSuchObject } from '../../api-error.ts';
import { Account, type StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { makeDiscounts } from '../discounts.ts';
import { billSubscription } from '../subscriptions/invoices.ts';
import { intervalOf, subscriptionItems, priceOf } from '../subscriptions/items.ts';
import { makeSubscription } from '../subscriptions/create.ts';
import { readSoldPrice } from '../subscriptions/items.ts';
import { updateSubscription } from '../subscriptions/update.ts';
import { nextPeriodEnd } from '../periods.ts';
import { hashOrEmpty, hashesOf, stringsOf } from '../values.ts';
import { pendingItems } from './create.ts';
import { makeInvoice, recomputeTotals } from './draft.ts';
import { makeInvoiceItem } from './items.ts';
import { addInvoiceItem } from './lines.ts';

/** POST /v1/invoices/create_preview creates the next invoice in a copy of the account. https://docs.stripe.com/api/invoices/create_preview */
function createPreview(requestContext: Context): StoredObject {
  const copy = { ...requestContext, account: copyAccount(requestContext.account) };
  const { params } = copy;
  const existing =
    typeof params['subscription'] === 'string' ? copy.account.get('subscription', params['subscription']) : undefined;
  if (typeof params['subscription'] === 'string' && existing === undefined)
    throw noSuchObject('subscription', params['subscription'], 'subscription', true);
  const id = params['customer'] ?? existing?.['customer'];
  const customer = typeof id === 'string' ? copy.account.get('customer', id) : undefined;
  if (typeof id === 'string' && (customer === undefined || customer['deleted'] === true))
    throw noSuchObject('customer', id, 'customer', true);
  if (customer === undefined && params['customer_details'] === undefined && params['customer_account'] === undefined)
    throw badRequest('You must specify `customer`, `subscription` or `customer_details`.', {
      code: 'parameter_missing',
      param: 'customer',
    });
  const context = atClockTime(copy, customer);
  const details = hashOrEmpty(params['subscription_details']);
  for (const entry of hashesOf(params['invoice_items'])) makeInvoiceItem(context, customer, entry);
  const invoice =
    existing !== undefined
      ? previewNextInvoice(context, existing, details)
      : params['subscription_details'] === undefined
        ? previewPendingItems(context, customer)
        : previewFirstInvoice(context, customer, details);
  if (params['discounts'] !== undefined && params['discounts'] !== '')
    invoice['discounts'] = makeDiscounts(context, params['discounts'], {
      customer: customer?.id ?? null,
      invoice: invoice.id,
    });
  if (params['discounts'] === '') invoice['discounts'] = [];
  recomputeTotals(context, invoice);
  return Object.assign(invoice, { id: `upcoming_${invoice.id}`, number: null, status: 'draft' });
}

/** Returns a deep copy of an account. */
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

/** Returns the first invoice of a subscription that does not exist. */
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

/** Returns the invoice that the requested changes cause, or the invoice at the end of the period. */
function previewNextInvoice(
  context: Context,
  subscription: StoredObject,
  details: Record<string, unknown>,
): StoredObject {
  const before = stringsOf(context.account.all('invoice').map(({ id }) => id));
  const { cancel_now: cancelNow, ...changes } = details;
  updateSubscription({ ...context, params: { ...changes } }, subscription);
  const newInvoice = context.account.all('invoice').find(({ id }) => !before.includes(id));
  if (newInvoice !== undefined) return newInvoice;
  const items = subscriptionItems(context, subscription);
  const at = cancelNow === true ? context.now : Math.min(...items.map((item) => Number(item['current_period_end'])));
  const start = Number(items[0]?.['current_period_start']);
  const renewed = items.filter((item) => Number(item['current_period_end']) <= at);
  if (subscription['status'] === 'trialing') subscription['status'] = 'active';
  for (const item of renewed) {
    item['current_period_start'] = at;
    item['current_period_end'] = nextPeriodEnd(
      Number(subscription['billing_cycle_anchor']),
      intervalOf(priceOf(item)),
      at,
    );
  }
  const ends = subscription['cancel_at'];
  const isOver = cancelNow === true || (typeof ends === 'number' && ends <= at);
  return billSubscription({ ...context, now: at }, subscription, {
    reason: 'upcoming',
    usage: { start, end: at },
    billsAhead: !isOver,
    items: isOver ? items : renewed,
    includesPendingItems: true,
  });
}

function previewPendingItems(context: Context, customer: StoredObject | undefined): StoredObject {
  const items = pendingItems(context, customer, context.params['currency']);
  if (items.length === 0)
    throw badRequest(`No upcoming invoices for customer: ${String(customer?.id)}`, { code: 'invoice_upcoming_none' });
  const invoice = makeInvoice(context, customer, {});
  for (const item of items) addInvoiceItem(context, invoice, item);
  return invoice;
}

export const previews: Feature = { actions: { '/v1/invoices/create_preview': createPreview } };
