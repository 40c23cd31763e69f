import { inParam, inPath, type Context } from '../../context.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { checkCurrencyOf, makeDiscounts } from '../discounts.ts';
import { taxRates } from '../tax-rates.ts';
import { consume, hash, strings } from '../values.ts';
import { linesOf, makeInvoice, recompute } from './draft.ts';
import { dueDateOf } from './due-dates.ts';
import { addInvoiceItem, itemIdOf } from './lines.ts';

/** POST /v1/invoices. https://docs.stripe.com/api/invoices/create */
export function createInvoice(given: Context): Stored {
  const customer = inParam(given, 'customer', 'customer');
  if (
    customer === undefined &&
    given.params['customer_account'] === undefined &&
    given.params['from_invoice'] === undefined
  )
    throw bad('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  const context = atClockTime(given, customer);
  const { params } = context;
  const subscription = inParam(context, 'subscription', 'subscription');
  const invoice = makeInvoice(context, customer, params);
  if (subscription !== undefined) invoice['parent'] = parentOf(subscription);
  // https://docs.stripe.com/api/invoices/create#create_invoice-pending_invoice_items_behavior
  if (params['pending_invoice_items_behavior'] === 'include')
    for (const item of pendingItems(context, customer, params['currency'])) addInvoiceItem(context, invoice, item);
  return invoice;
}

export function parentOf(subscription: Stored): object {
  return {
    quote_details: null,
    subscription_details: {
      metadata: structuredClone(subscription['metadata'] ?? {}),
      subscription: subscription.id,
      subscription_proration_date: null,
    },
    type: 'subscription_details',
  };
}

/** The items of a customer that wait for an invoice; an invoice has one currency, that of the first. */
export function pendingItems(context: Context, customer: Stored | undefined, currency?: unknown): Stored[] {
  const waiting = context.account
    .all('invoiceitem')
    .filter((item) => item['invoice'] === null && item['customer'] === customer?.id);
  const wanted = typeof currency === 'string' ? currency.toLowerCase() : waiting[0]?.['currency'];
  return waiting.filter((item) => item['currency'] === wanted);
}

/** What is fixed with the finalization. https://docs.stripe.com/api/invoices/update */
const ONLY_DRAFTS = [
  'account_tax_ids',
  'application_fee_amount',
  'collection_method',
  'custom_fields',
  'days_until_due',
  'default_tax_rates',
  'description',
  'discounts',
  'due_date',
  'footer',
  'statement_descriptor',
] as const;

/** POST /v1/invoices/{id} */
export function updateInvoice(context: Context, invoice: Stored): void {
  const { params } = context;
  if (invoice['status'] !== 'draft') {
    const fixed = ONLY_DRAFTS.find(
      (name) => params[name] !== undefined && !(name === 'due_date' && awaitsPayment(invoice)),
    );
    if (fixed !== undefined)
      throw bad(`Finalized invoices can't be updated in this way`, { code: 'invoice_not_editable', param: fixed });
    return;
  }
  const method = params['collection_method'] ?? invoice['collection_method'];
  const timed = ['collection_method', 'days_until_due', 'due_date'].some((name) => params[name] !== undefined);
  if (timed) invoice['due_date'] = changedDueDate(context, invoice, method);
  const { discounts, default_tax_rates: rates } = params;
  if (discounts !== undefined) {
    invoice['discounts'] = makeDiscounts(context, discounts, {
      customer: String(invoice['customer']),
      invoice: invoice.id,
    });
    checkCurrencyOf(context, strings(invoice['discounts']), invoice['currency']);
  }
  if (rates !== undefined)
    invoice['default_tax_rates'] = taxRates(context, rates, 'default_tax_rates', invoice['default_tax_rates']);
  consume(params, ['days_until_due', 'due_date', 'discounts', 'default_tax_rates']);
  recompute(context, invoice);
}

function awaitsPayment(invoice: Stored): boolean {
  return invoice['status'] === 'open' && invoice['collection_method'] === 'send_invoice';
}

/** A due date that is there goes on for an invoice that is sent. */
function changedDueDate(context: Context, invoice: Stored, method: unknown): unknown {
  const { days_until_due: days, due_date: date } = context.params;
  const known = days === undefined && date === undefined ? invoice['due_date'] : null;
  if (method === 'send_invoice' && typeof known === 'number') return known;
  return dueDateOf(context, context.params, method);
}

/** DELETE /v1/invoices/{id}: drafts alone; their items wait again, those of the draft itself go. */
export function removeInvoice(context: Context, invoice: Stored): void {
  if (invoice['status'] !== 'draft') throw bad('You can only delete draft invoices.', { code: 'invoice_not_editable' });
  if (hash(invoice['parent'])['type'] === 'subscription_details' && invoice['billing_reason'] !== 'manual')
    throw bad("You can't delete invoices created by subscriptions.", { code: 'invoice_not_editable' });
  for (const line of linesOf(invoice)) {
    const id = itemIdOf(line);
    if (id !== undefined) context.account.remove('invoiceitem', id);
  }
}

/** The invoice of a path, in the time of its customer. */
export function invoiceInPath(given: Context, id: string): { context: Context; invoice: Stored } {
  const invoice = inPath(given, 'invoice', id, 'invoice');
  return { context: atClockTime(given, invoice), invoice };
}
