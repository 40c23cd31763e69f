import { inParam, inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad } from '../refusal.ts';
import { isPlain, type Stored } from '../store.ts';
import { invoiceOf, makeSubscription } from './subscriptions.ts';

/** Quote: draft, open, accepted, canceled. https://docs.stripe.com/quotes/overview */

interface QuoteItem {
  readonly price: Stored;
  readonly quantity: number;
}

/** What a quote sells; Stripe answers it on a path of its own. */
const items = new WeakMap<Stored, QuoteItem[]>();

const MONTH = 30 * 24 * 3600;

/** POST /v1/quotes */
export function createQuote(context: Context): Stored {
  const customer = inParam(context, 'customer', 'customer');
  const { line_items: lines, subscription_data: data, ...rest } = context.params;
  const sold = readItems(context, lines);
  const quote = make(context, 'Quote', rest);
  const total = sold.reduce((sum, { price, quantity }) => sum + Number(price['unit_amount'] ?? 0) * quantity, 0);
  const subscriptionData = quote['subscription_data'];
  Object.assign(quote, {
    amount_subtotal: total,
    amount_total: total,
    collection_method: context.params['collection_method'] ?? 'charge_automatically',
    currency: sold[0]?.price['currency'] ?? null,
    customer: customer?.id ?? null,
    expires_at: context.params['expires_at'] ?? context.now + MONTH,
    invoice: null,
    number: null,
    status: 'draft',
    status_transitions: { accepted_at: null, canceled_at: null, finalized_at: null },
    subscription: null,
    subscription_schedule: null,
    subscription_data: { ...(isPlain(subscriptionData) ? subscriptionData : {}), ...(isPlain(data) ? data : {}) },
  });
  items.set(quote, sold);
  return quote;
}

/** POST /v1/quotes/{id}: only a draft. */
export function checkQuoteUpdate(context: Context, quote: Stored): void {
  if (quote['status'] !== 'draft')
    throw bad(
      `You can only update a quote that is in draft status; this quote has a status of ${String(quote['status'])}.`,
    );
  if (context.params['line_items'] !== undefined) items.set(quote, readItems(context, context.params['line_items']));
}

function readItems(context: Context, lines: unknown): QuoteItem[] {
  if (!Array.isArray(lines)) return [];
  return lines.filter(isPlain).map((line, index) => {
    const quantity = Number(line['quantity'] ?? 1);
    if (typeof line['price'] === 'string') {
      const price = context.account.get('price', line['price']);
      if (price === undefined)
        throw bad(`No such price: '${line['price']}'`, {
          code: 'resource_missing',
          param: `line_items[${index}][price]`,
        });
      return { price, quantity };
    }
    const data = isPlain(line['price_data']) ? line['price_data'] : {};
    return {
      price: make(context, 'Price', {
        ...data,
        active: false,
        type: data['recurring'] === undefined ? 'one_time' : 'recurring',
      }),
      quantity,
    };
  });
}

/** POST /v1/quotes/{id}/finalize */
export function finalizeQuote(context: Context, id: string): Stored {
  const quote = inPath(context, 'quote', id, 'quote');
  requireStatus(quote, ['draft'], 'finalized');
  if (quote['customer'] === null)
    throw bad('A customer is required to finalize this quote. Update the quote with a customer first.', {
      param: 'customer',
    });
  if ((items.get(quote) ?? []).length === 0)
    throw bad('A quote needs at least one line item to be finalized.', { param: 'line_items' });
  if (context.params['expires_at'] !== undefined) quote['expires_at'] = context.params['expires_at'];
  const count = context.account.all('quote').filter((one) => one['number'] !== null).length + 1;
  return Object.assign(quote, {
    number: `QT-SANDBOX-${String(count).padStart(4, '0')}-1`,
    status: 'open',
    status_transitions: { ...(quote['status_transitions'] as object), finalized_at: context.now },
  });
}

/** POST /v1/quotes/{id}/accept: makes an invoice, a subscription or a schedule. */
export function acceptQuote(context: Context, id: string): Stored {
  const quote = inPath(context, 'quote', id, 'quote');
  requireStatus(quote, ['open'], 'accepted');
  const sold = items.get(quote) ?? [];
  const customer = context.account.get('customer', String(quote['customer']));
  const recurring = sold.some(({ price }) => price['type'] === 'recurring' || isPlain(price['recurring']));
  const effective = (quote['subscription_data'] as { effective_date?: unknown }).effective_date;
  if (!recurring) quote['invoice'] = invoiceOf(context, customer, sold).id;
  else if (typeof effective === 'number' && effective > context.now) {
    quote['subscription_schedule'] = Object.assign(make(context, 'SubscriptionSchedule'), {
      customer: customer?.id ?? null,
      status: 'not_started',
    }).id;
  } else quote['subscription'] = makeSubscription(context, customer, sold).id;
  return Object.assign(quote, {
    status: 'accepted',
    status_transitions: { ...(quote['status_transitions'] as object), accepted_at: context.now },
  });
}

/** POST /v1/quotes/{id}/cancel */
export function cancelQuote(context: Context, id: string): Stored {
  const quote = inPath(context, 'quote', id, 'quote');
  requireStatus(quote, ['draft', 'open'], 'canceled');
  return Object.assign(quote, {
    status: 'canceled',
    status_transitions: { ...(quote['status_transitions'] as object), canceled_at: context.now },
  });
}

/** Stripe's own words for this are not published: these say the same. */
function requireStatus(quote: Stored, legal: readonly string[], verb: string): void {
  const status = String(quote['status']);
  if (legal.includes(status)) return;
  throw bad(
    `This quote cannot be ${verb} because it has a status of ${status}. Only a quote with one of the following statuses may be ${verb}: ${legal.join(', ')}.`,
  );
}

export const quotes: Feature = {
  entities: { Quote: { create: createQuote, update: checkQuoteUpdate } },
  actions: {
    '/v1/quotes/{id}/finalize': finalizeQuote,
    '/v1/quotes/{id}/accept': acceptQuote,
    '/v1/quotes/{id}/cancel': cancelQuote,
  },
};
