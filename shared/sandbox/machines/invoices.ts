import { inParam, inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad } from '../refusal.ts';
import { emptyList, isPlain, type Stored } from '../store.ts';
import { makePaid } from './settle.ts';

/** Invoice: draft, open, paid, void, uncollectible. https://docs.stripe.com/invoicing/integration/workflow-transitions */

interface Lines {
  data: Stored[];
  total_count: number;
  has_more: boolean;
  url: string;
}

/** POST /v1/invoices */
export function createInvoice(context: Context): Stored {
  const customer = inParam(context, 'customer', 'customer');
  if (
    customer === undefined &&
    context.params['customer_account'] === undefined &&
    context.params['from_invoice'] === undefined
  ) {
    throw bad('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  }
  const invoice = makeInvoice(context, customer, context.params);
  if (context.params['pending_invoice_items_behavior'] === 'include') {
    const pending = context.account
      .all('invoiceitem')
      .filter((item) => item['customer'] === customer?.id && item['invoice'] === null);
    for (const item of pending) addLine(context, invoice, item);
  }
  return invoice;
}

/** A draft invoice of a customer. */
export function makeInvoice(context: Context, customer: Stored | undefined, params: Context['params']): Stored {
  const invoice = make(context, 'Invoice', params);
  const lines = { ...emptyList(), url: `/v1/invoices/${invoice.id}/lines` };
  return Object.assign(invoice, {
    account_country: 'US',
    account_name: 'Sandbox',
    amount_due: 0,
    amount_paid: 0,
    amount_remaining: 0,
    attempt_count: 0,
    attempted: false,
    auto_advance: params['auto_advance'] ?? false,
    billing_reason: 'manual',
    collection_method: params['collection_method'] ?? 'charge_automatically',
    currency: params['currency'] ?? customer?.['currency'] ?? 'usd',
    customer: customer?.id ?? null,
    customer_email: customer?.['email'] ?? null,
    customer_name: customer?.['name'] ?? null,
    lines,
    status: 'draft',
    subtotal: 0,
    total: 0,
    starting_balance: 0,
    ending_balance: null,
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
  });
}

/** POST /v1/invoiceitems */
export function createInvoiceItem(context: Context): Stored {
  const customer = inParam(context, 'customer', 'customer');
  if (customer === undefined && context.params['customer_account'] === undefined)
    throw bad('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  const invoice = inParam(context, 'invoice', 'invoice');
  if (invoice !== undefined && invoice['status'] !== 'draft')
    throw bad('You can only add invoice items to draft invoices.', { code: 'invoice_not_editable', param: 'invoice' });
  const { pricing, price_data: _data, ...rest } = context.params;
  const amount = itemAmount(context, pricing);
  const item = Object.assign(make(context, 'InvoiceItem', rest), {
    amount,
    currency: context.params['currency'] ?? 'usd',
    date: context.now,
    invoice: null,
    quantity: Number(context.params['quantity'] ?? 1),
  });
  if (invoice !== undefined) addLine(context, invoice, item);
  return item;
}

function itemAmount(context: Context, pricing: unknown): number {
  if (context.params['amount'] !== undefined) return Number(context.params['amount']);
  const quantity = Number(context.params['quantity'] ?? 1);
  const data = context.params['price_data'];
  if (isPlain(data)) return Number(data['unit_amount'] ?? 0) * quantity;
  const price =
    isPlain(pricing) && typeof pricing['price'] === 'string'
      ? inPath(context, 'price', pricing['price'], 'pricing[price]')
      : undefined;
  if (price !== undefined) return Number(price['unit_amount'] ?? 0) * quantity;
  throw bad('You must provide an `amount`, a `pricing[price]` or `price_data`.', {
    code: 'parameter_missing',
    param: 'amount',
  });
}

/** Puts an item on an invoice and adds it up. */
export function addLine(context: Context, invoice: Stored, item: Stored): void {
  item['invoice'] = invoice.id;
  const line: Stored = {
    id: context.ids.id('line_item'),
    object: 'line_item',
    amount: item['amount'],
    currency: item['currency'],
    description: item['description'] ?? null,
    discountable: true,
    discounts: [],
    invoice: invoice.id,
    livemode: false,
    metadata: {},
    period: { start: context.now, end: context.now },
    quantity: item['quantity'] ?? 1,
    parent: {
      type: 'invoice_item_details',
      invoice_item_details: { invoice_item: item.id, proration: false, proration_details: null, subscription: null },
      subscription_item_details: null,
    },
  };
  const lines = invoice['lines'] as Lines;
  lines.data = [line, ...lines.data];
  lines.total_count = lines.data.length;
  const total = lines.data.reduce((sum, one) => sum + Number(one['amount']), 0);
  Object.assign(invoice, {
    currency: item['currency'],
    subtotal: total,
    total,
    amount_due: Math.max(0, total),
    amount_remaining: Math.max(0, total),
  });
}

/** POST /v1/invoices/{id}/finalize: open, or paid at once where nothing is due. */
export function finalizeInvoice(context: Context, id: string): Stored {
  const invoice = inPath(context, 'invoice', id, 'invoice');
  if (invoice['status'] !== 'draft') {
    throw bad("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_not_editable',
    });
  }
  const count =
    context.account.all('invoice').filter((one) => one['number'] !== null && one['number'] !== undefined).length + 1;
  Object.assign(invoice, {
    number: `${context.ids.letters(8).toUpperCase()}-${String(count).padStart(4, '0')}`,
    effective_at: context.now,
    ending_balance: 0,
    status: 'open',
    hosted_invoice_url: `https://invoice.stripe.com/i/acct_sandbox/${invoice.id}`,
    invoice_pdf: `https://pay.stripe.com/invoice/acct_sandbox/${invoice.id}/pdf`,
    status_transitions: { ...(invoice['status_transitions'] as object), finalized_at: context.now },
  });
  if (invoice['amount_due'] === 0) return makePaid(context, invoice);
  if (invoice['collection_method'] === 'charge_automatically') firstPayment(context, invoice);
  return invoice;
}

/** The payment intent that an open invoice waits for, and the invoice payment that ties the two. */
function firstPayment(context: Context, invoice: Stored): void {
  const intent = make(context, 'PaymentIntent');
  Object.assign(intent, {
    amount: invoice['amount_due'],
    amount_capturable: 0,
    amount_received: 0,
    capture_method: 'automatic',
    client_secret: `${intent.id}_secret_${context.ids.letters(25)}`,
    confirmation_method: 'automatic',
    currency: invoice['currency'],
    customer: invoice['customer'],
    payment_method_types: ['card'],
    payment_method_options: { card: { installments: null } },
    status: 'requires_payment_method',
  });
  const payment = make(context, 'InvoicePayment');
  Object.assign(payment, {
    amount_paid: null,
    amount_requested: invoice['amount_due'],
    currency: invoice['currency'],
    invoice: invoice.id,
    is_default: true,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
  });
}

/** POST /v1/invoices/{id}/pay */
export function payInvoice(context: Context, id: string): Stored {
  const invoice = inPath(context, 'invoice', id, 'invoice');
  if (invoice['status'] === 'paid') throw bad('Invoice is already paid');
  if (invoice['status'] !== 'open' && invoice['status'] !== 'uncollectible')
    throw bad('This invoice can only be paid when it is open.', { code: 'invoice_not_open' });
  return makePaid(context, invoice);
}

/** POST /v1/invoices/{id}/void */
export function voidInvoice(context: Context, id: string): Stored {
  const invoice = inPath(context, 'invoice', id, 'invoice');
  if (invoice['status'] !== 'open' && invoice['status'] !== 'uncollectible')
    throw bad(`You can only pass in open invoices. This invoice isn't open.`);
  return move(invoice, 'void', 'voided_at', context.now);
}

/** POST /v1/invoices/{id}/mark_uncollectible */
export function markUncollectible(context: Context, id: string): Stored {
  const invoice = inPath(context, 'invoice', id, 'invoice');
  if (invoice['status'] !== 'open') throw bad(`You can only pass in open invoices. This invoice isn't open.`);
  return move(invoice, 'uncollectible', 'marked_uncollectible_at', context.now);
}

function move(invoice: Stored, status: string, transition: string, now: number): Stored {
  return Object.assign(invoice, {
    status,
    status_transitions: { ...(invoice['status_transitions'] as object), [transition]: now },
  });
}

/** DELETE /v1/invoices/{id} */
export function checkDeletable(invoice: Stored): void {
  if (invoice['status'] !== 'draft') throw bad('You can only delete draft invoices.', { code: 'invoice_not_editable' });
}

/** POST /v1/invoices/{id}: much is fixed once it is final. */
export function checkInvoiceUpdate(context: Context, invoice: Stored): void {
  if (invoice['status'] === 'draft') return;
  const fixed = ['collection_method', 'default_tax_rates', 'discounts', 'due_date', 'days_until_due'].find(
    (name) => context.params[name] !== undefined,
  );
  if (fixed !== undefined)
    throw bad(`Finalized invoices can't be updated in this way`, { code: 'invoice_not_editable', param: fixed });
}

export const invoices: Feature = {
  entities: {
    Invoice: {
      create: createInvoice,
      update: checkInvoiceUpdate,
      remove: (_context, invoice) => checkDeletable(invoice),
    },
    InvoiceItem: { create: createInvoiceItem },
  },
  actions: {
    '/v1/invoices/{id}/finalize': finalizeInvoice,
    '/v1/invoices/{id}/pay': payInvoice,
    '/v1/invoices/{id}/void': voidInvoice,
    '/v1/invoices/{id}/mark_uncollectible': markUncollectible,
  },
};
