import { objectInParam, objectInPath, makeObject, type Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { scheduleTask } from '../../ledger/due.ts';
import { badRequest } from '../../api-error.ts';
import { DAY } from '../../seconds.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { checkDiscountCurrency, makeDiscounts } from '../discounts.ts';
import { taxRates } from '../tax-rates.ts';
import { deleteParams, hashOrEmpty, stringsOf } from '../values.ts';
import { acceptQuote, requireStatus } from './accept.ts';
import { quoteItems, setQuoteItems } from './items.ts';

/** Seconds until a quote expires, if the request has no `expires_at`. */
const QUOTE_LIFETIME = 30 * DAY;

/** POST /v1/quotes. https://docs.stripe.com/api/quotes/create */
function createQuote(requestContext: Context): StoredObject {
  const customer = objectInParam(requestContext, 'customer', 'customer');
  const context = atClockTime(requestContext, customer);
  const { line_items: lines, subscription_data: data, discounts, default_tax_rates: rates, ...rest } = context.params;
  const quote = makeObject(context, 'Quote', rest);
  const subscriptionData = quote['subscription_data'];
  Object.assign(quote, {
    collection_method: context.params['collection_method'] ?? 'charge_automatically',
    created: context.now,
    currency: null,
    customer: customer?.id ?? null,
    default_tax_rates: taxRates(context, rates, 'default_tax_rates'),
    expires_at: context.params['expires_at'] ?? context.now + QUOTE_LIFETIME,
    invoice: null,
    number: null,
    status: 'draft',
    status_transitions: { accepted_at: null, canceled_at: null, finalized_at: null },
    subscription: null,
    subscription_schedule: null,
    subscription_data: { ...hashOrEmpty(subscriptionData), ...hashOrEmpty(data) },
    test_clock: customer?.['test_clock'] ?? null,
  });
  quote['discounts'] = makeDiscounts(context, discounts, { customer: customer?.id ?? null });
  setQuoteItems(context, quote, lines);
  checkDiscountCurrency(context, stringsOf(quote['discounts']), quote['currency']);
  return quote;
}

/** POST /v1/quotes/{id}. The quote must be a draft. https://docs.stripe.com/api/quotes/update */
function updateQuote(context: Context, quote: StoredObject): void {
  const { params } = context;
  if (quote['status'] !== 'draft')
    throw badRequest(
      `You can only update a quote that is in draft status; this quote has a status of ${String(quote['status'])}.`,
    );
  if (params['discounts'] !== undefined)
    quote['discounts'] = makeDiscounts(context, params['discounts'], { customer: String(quote['customer']) });
  if (params['default_tax_rates'] !== undefined)
    quote['default_tax_rates'] = taxRates(
      context,
      params['default_tax_rates'],
      'default_tax_rates',
      quote['default_tax_rates'],
    );
  setQuoteItems(context, quote, params['line_items']);
  deleteParams(params, ['discounts', 'default_tax_rates', 'line_items']);
}

/** POST /v1/quotes/{id}/finalize. https://docs.stripe.com/api/quotes/finalize */
function finalizeQuote(requestContext: Context, id: string): StoredObject {
  const quote = objectInPath(requestContext, 'quote', id, 'quote');
  const context = atClockTime(requestContext, quote);
  requireStatus(quote, ['draft'], 'finalized');
  if (quote['customer'] === null)
    throw badRequest('A customer is required to finalize this quote. Update the quote with a customer first.', {
      param: 'customer',
    });
  if (quoteItems(context, quote).length === 0)
    throw badRequest('A quote needs at least one line item to be finalized.', { param: 'line_items' });
  if (context.params['expires_at'] !== undefined) quote['expires_at'] = context.params['expires_at'];
  const sequence = context.account.all('quote').filter((candidate) => candidate['number'] !== null).length + 1;
  scheduleTask(context, Number(quote['expires_at']), 'quote.expire', quote);
  return Object.assign(quote, {
    number: `QT-SANDBOX-${String(sequence).padStart(4, '0')}-1`,
    status: 'open',
    status_transitions: { ...(quote['status_transitions'] as object), finalized_at: context.now },
  });
}

/** POST /v1/quotes/{id}/cancel. https://docs.stripe.com/api/quotes/cancel */
function cancelQuote(requestContext: Context, id: string): StoredObject {
  const quote = objectInPath(requestContext, 'quote', id, 'quote');
  requireStatus(quote, ['draft', 'open'], 'canceled');
  return markCanceled(atClockTime(requestContext, quote), quote);
}

/** Sets the status `canceled` and the time of the cancellation. */
function markCanceled(context: Context, quote: StoredObject): StoredObject {
  return Object.assign(quote, {
    status: 'canceled',
    status_transitions: { ...(quote['status_transitions'] as object), canceled_at: context.now },
  });
}

/** Cancels an open quote at its expiry. https://docs.stripe.com/quotes/overview#quote-lifecycle */
function expireQuote(context: Context, quote: StoredObject): void {
  if (quote['status'] === 'open') markCanceled(context, quote);
}

export const quotes: Feature = {
  scheduled: { 'quote.expire': expireQuote },
  entities: {
    // A list begins with the newest object unless `selectListed` reverses the objects. Stripe returns line items in the
    // order of the request.
    LineItem: { selectListed: (_context, lines) => [...lines].reverse() },
    Quote: { create: createQuote, beforeUpdate: updateQuote },
  },
  includes: {
    'quote.line_items': (quote, account) =>
      account.all('item').filter((line) => account.parents.get(line)?.['quote'] === quote.id),
  },
  actions: {
    '/v1/quotes/{id}/finalize': finalizeQuote,
    '/v1/quotes/{id}/accept': acceptQuote,
    '/v1/quotes/{id}/cancel': cancelQuote,
  },
};
