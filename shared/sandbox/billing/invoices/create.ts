import { objectInParam, objectInPath, type Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { checkDiscountCurrency, makeDiscounts } from '../discounts.ts';
import { taxRates } from '../tax-rates.ts';
import { deleteParams, hashOrEmpty, stringsOf } from '../values.ts';
import { linesOf, makeInvoice, recomputeTotals } from './draft.ts';
import { dueDateOf } from './due-dates.ts';
import { addInvoiceItem, itemIdOf } from './lines.ts';

/** POST /v1/invoices. https://docs.stripe.com/api/invoices/create */
export function createInvoice(requestContext: Context): StoredObject {
  const customer = objectInParam(requestContext, 'customer', 'customer');
  if (
    customer === undefined &&
    requestContext.params['customer_account'] === undefined &&
    requestContext.params['from_invoice'] === undefined
  )
    throw badRequest('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  const context = atClockTime(requestContext, customer);
  const { params } = context;
  const subscription = objectInParam(context, 'subscription', 'subscription');
  const invoice = makeInvoice(context, customer, params);
  if (subscription !== undefined) invoice['parent'] = subscriptionInvoiceParent(subscription);
  // https://docs.stripe.com/api/invoices/create#create_invoice-pending_invoice_items_behavior
  if (params['pending_invoice_items_behavior'] === 'include')
    for (const item of pendingItems(context, customer, params['currency'])) addInvoiceItem(context, invoice, item);
  return invoice;
}

/** Returns the field `parent` of an invoice that bills a subscription. */
export function subscriptionInvoiceParent(subscription: StoredObject): object {
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

/**
 * Returns the customer's invoice items that are on no invoice yet and have one currency: `currency`, or else the
 * currency of the first such item.
 */
export function pendingItems(context: Context, customer: StoredObject | undefined, currency?: unknown): StoredObject[] {
  const pending = context.account
    .all('invoiceitem')
    .filter((item) => item['invoice'] === null && item['customer'] === customer?.id);
  const invoiceCurrency = typeof currency === 'string' ? currency.toLowerCase() : pending[0]?.['currency'];
  return pending.filter((item) => item['currency'] === invoiceCurrency);
}

/**
 * Parameters that a request can only set while the invoice is a draft. An open invoice for `send_invoice` also accepts
 * `due_date`. https://docs.stripe.com/api/invoices/update
 */
const DRAFT_ONLY_PARAMS = [
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
export function updateInvoice(context: Context, invoice: StoredObject): void {
  if (invoice['status'] === 'draft') updateDraft(context, invoice);
  else checkFinalizedUpdate(context, invoice);
}

/** Rejects an update of a finalized invoice if the request has a parameter that only a draft accepts. */
function checkFinalizedUpdate({ params }: Context, invoice: StoredObject): void {
  const draftOnlyParam = DRAFT_ONLY_PARAMS.find(
    (name) => params[name] !== undefined && !(name === 'due_date' && awaitsPayment(invoice)),
  );
  if (draftOnlyParam === undefined) return;
  throw badRequest(`Finalized invoices can't be updated in this way`, {
    code: 'invoice_not_editable',
    param: draftOnlyParam,
  });
}

/**
 * Applies the due date, discounts and tax rates of an update to a draft, removes them from the parameters, and
 * calculates the totals. The store applies the other parameters.
 */
function updateDraft(context: Context, invoice: StoredObject): void {
  const { params } = context;
  const method = params['collection_method'] ?? invoice['collection_method'];
  const affectsDueDate = ['collection_method', 'days_until_due', 'due_date'].some((name) => params[name] !== undefined);
  if (affectsDueDate) invoice['due_date'] = changedDueDate(context, invoice, method);
  const { discounts, default_tax_rates: rates } = params;
  if (discounts !== undefined) {
    invoice['discounts'] = makeDiscounts(context, discounts, {
      customer: String(invoice['customer']),
      invoice: invoice.id,
    });
    checkDiscountCurrency(context, stringsOf(invoice['discounts']), invoice['currency']);
  }
  if (rates !== undefined)
    invoice['default_tax_rates'] = taxRates(context, rates, 'default_tax_rates', invoice['default_tax_rates']);
  deleteParams(params, ['days_until_due', 'due_date', 'discounts', 'default_tax_rates']);
  recomputeTotals(context, invoice);
}

/**
 * Returns whether an invoice is open and its collection method is `send_invoice`. The due date of such an invoice can
 * change.
 */
function awaitsPayment(invoice: StoredObject): boolean {
  return invoice['status'] === 'open' && invoice['collection_method'] === 'send_invoice';
}

/**
 * Returns the due date after an update. If the update does not set one, an invoice for `send_invoice` keeps the due
 * date that it has.
 */
function changedDueDate(context: Context, invoice: StoredObject, method: unknown): unknown {
  const { days_until_due: days, due_date: date } = context.params;
  const currentDueDate = invoice['due_date'];
  const setsDueDate = days !== undefined || date !== undefined;
  if (method === 'send_invoice' && !setsDueDate && typeof currentDueDate === 'number') return currentDueDate;
  return dueDateOf(context, context.params, method);
}

/**
 * DELETE /v1/invoices/{id}. The invoice must be a draft that no subscription created. Deletes its invoice items. The
 * caller deletes the invoice. https://docs.stripe.com/api/invoices/delete
 */
export function prepareInvoiceDeletion(context: Context, invoice: StoredObject): void {
  if (invoice['status'] !== 'draft')
    throw badRequest('You can only delete draft invoices.', { code: 'invoice_not_editable' });
  if (hashOrEmpty(invoice['parent'])['type'] === 'subscription_details' && invoice['billing_reason'] !== 'manual')
    throw badRequest("You can't delete invoices created by subscriptions.", { code: 'invoice_not_editable' });
  for (const line of linesOf(invoice)) {
    const id = itemIdOf(line);
    if (id !== undefined) context.account.remove('invoiceitem', id);
  }
}

/** Returns the invoice whose id is in the path, and the context with the time of its test clock. */
export function invoiceInPath(requestContext: Context, id: string): { context: Context; invoice: StoredObject } {
  const invoice = objectInPath(requestContext, 'invoice', id, 'invoice');
  return { context: atClockTime(requestContext, invoice), invoice };
}
