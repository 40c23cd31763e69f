import type { Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { bad, missing } from '../../refusal.ts';
import { Account, type Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { makeDiscounts } from '../discounts.ts';
import { billSubscription } from '../subscriptions/invoices.ts';
import { intervalOf, subscriptionItems, priceOf } from '../subscriptions/items.ts';
import { makeSubscription } from '../subscriptions/create.ts';
import { soldIn } from '../subscriptions/items.ts';
import { updateSubscription } from '../subscriptions/update.ts';
import { endAfter } from '../periods.ts';
import { hash, hashes, strings } from '../values.ts';
import { pendingItems } from './create.ts';
import { makeInvoice, recompute } from './draft.ts';
import { makeInvoiceItem } from './items.ts';
import { addInvoiceItem } from './lines.ts';

/** POST /v1/invoices/create_preview: what would be billed, on a copy of the account. https://docs.stripe.com/api/invoices/create_preview */
function createPreview(given: Context): Stored {
  const copy = { ...given, account: copyOf(given.account) };
  const { params } = copy;
  const existing =
    typeof params['subscription'] === 'string' ? copy.account.get('subscription', params['subscription']) : undefined;
  if (typeof params['subscription'] === 'string' && existing === undefined)
    throw missing('subscription', params['subscription'], 'subscription', true);
  const id = params['customer'] ?? existing?.['customer'];
  const customer = typeof id === 'string' ? copy.account.get('customer', id) : undefined;
  if (typeof id === 'string' && (customer === undefined || customer['deleted'] === true))
    throw missing('customer', id, 'customer', true);
  if (customer === undefined && params['customer_details'] === undefined && params['customer_account'] === undefined)
    throw bad('You must specify `customer`, `subscription` or `customer_details`.', {
      code: 'parameter_missing',
      param: 'customer',
    });
  const context = atClockTime(copy, customer);
  const details = hash(params['subscription_details']);
  for (const entry of hashes(params['invoice_items'])) makeInvoiceItem(context, customer, entry);
  const invoice =
    existing !== undefined
      ? nextOf(context, existing, details)
      : params['subscription_details'] === undefined
        ? pendingOf(context, customer)
        : firstOf(context, customer, details);
  if (params['discounts'] !== undefined && params['discounts'] !== '')
    invoice['discounts'] = makeDiscounts(context, params['discounts'], {
      customer: customer?.id ?? null,
      invoice: invoice.id,
    });
  if (params['discounts'] === '') invoice['discounts'] = [];
  recompute(context, invoice);
  return Object.assign(invoice, { id: `upcoming_${invoice.id}`, number: null, status: 'draft' });
}

/** Everything of an account, apart from it. */
function copyOf(account: Account): Account {
  const copy = new Account(account.id);
  for (const [kind, object] of account.entries()) {
    const same = copy.put(kind, structuredClone(object));
    const parents = account.parents.get(object);
    if (parents !== undefined) copy.parents.set(same, parents);
  }
  for (const [name, value] of account.hidden) copy.hidden.set(name, structuredClone(value));
  return copy;
}

/** The first invoice of a subscription that is not there. */
function firstOf(context: Context, customer: Stored | undefined, details: Record<string, unknown>): Stored {
  const sold = hashes(details['items']).map((entry, index) =>
    soldIn(context, entry, `subscription_details[items][${index}]`),
  );
  if (sold.length === 0)
    throw bad('Missing required param: subscription_details[items].', {
      code: 'parameter_missing',
      param: 'subscription_details[items]',
    });
  const { items: _items, proration_date: _date, start_date: _start, ...rest } = details;
  const subscription = makeSubscription(context, customer, sold, { ...rest, payment_behavior: 'default_incomplete' });
  const invoice = context.account.get('invoice', String(subscription['latest_invoice']));
  if (invoice === undefined) throw missing('invoice', '', 'subscription', true);
  return Object.assign(invoice, { parent: null, status: 'draft', subscription: null });
}

/** The invoice at the end of the period, after the changes that are asked for. */
function nextOf(context: Context, subscription: Stored, details: Record<string, unknown>): Stored {
  const before = strings(context.account.all('invoice').map(({ id }) => id));
  const { cancel_now: cancelNow, ...changes } = details;
  updateSubscription({ ...context, params: { ...changes } }, subscription);
  const made = context.account.all('invoice').find(({ id }) => !before.includes(id));
  if (made !== undefined) return made;
  const items = subscriptionItems(context, subscription);
  const at = cancelNow === true ? context.now : Math.min(...items.map((item) => Number(item['current_period_end'])));
  const start = Number(items[0]?.['current_period_start']);
  const renewed = items.filter((item) => Number(item['current_period_end']) <= at);
  if (subscription['status'] === 'trialing') subscription['status'] = 'active';
  for (const item of renewed) {
    item['current_period_start'] = at;
    item['current_period_end'] = endAfter(Number(subscription['billing_cycle_anchor']), intervalOf(priceOf(item)), at);
  }
  const ends = subscription['cancel_at'];
  const isOver = cancelNow === true || (typeof ends === 'number' && ends <= at);
  return billSubscription({ ...context, now: at }, subscription, {
    reason: 'upcoming',
    usage: { start, end: at },
    ahead: !isOver,
    items: isOver ? items : renewed,
    pending: true,
  });
}

function pendingOf(context: Context, customer: Stored | undefined): Stored {
  const items = pendingItems(context, customer, context.params['currency']);
  if (items.length === 0)
    throw bad(`No upcoming invoices for customer: ${String(customer?.id)}`, { code: 'invoice_upcoming_none' });
  const invoice = makeInvoice(context, customer, {});
  for (const item of items) addInvoiceItem(context, invoice, item);
  return invoice;
}

export const previews: Feature = { actions: { '/v1/invoices/create_preview': createPreview } };
