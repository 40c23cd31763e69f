import { objectInParam, objectInPath, makeObject, type Context } from '../../context.ts';
import { addBalanceTransaction } from '../../customers/balance-transactions.ts';
import type { ExtraRoute } from '../../feature.ts';
import { createRefund } from '../../payments/refunds.ts';
import { pageOfObjects, readCursor } from '../../protocol/lists/lists.ts';
import { badRequest, noSuchObject } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { sumOf } from '../totals.ts';
import { hashOrEmpty, hashesOf, embeddedListOf, storedObjectsOf } from '../values.ts';
import { creditNoteLines, creditNoteTotals } from './credit-lines.ts';
import { cancelPayment, paymentIntentOf, markPaid, openPayment } from './settle.ts';

/** POST /v1/credit_notes. https://docs.stripe.com/api/credit_notes/create */
export function createCreditNote(requestContext: Context): StoredObject {
  const invoice = invoiceToCredit(requestContext);
  const context = atClockTime(requestContext, invoice);
  const note = makeCreditNote(context, invoice);
  const sequence = context.account.all('credit_note').filter(({ invoice: id }) => id === invoice.id).length;
  note['number'] = `${String(invoice['number'])}-CN-${String(sequence).padStart(2, '0')}`;
  const amount = Number(note['total']);
  if (invoice['status'] === 'paid') creditPaidInvoice(context, invoice, note, amount);
  else creditUnpaidInvoice(context, invoice, amount);
  return note;
}

/** GET /v1/credit_notes/preview returns a credit note without storing it. https://docs.stripe.com/api/credit_notes/preview */
export function previewCreditNote(requestContext: Context): StoredObject {
  const invoice = invoiceToCredit(requestContext);
  const note = makeCreditNote(atClockTime(requestContext, invoice), invoice);
  requestContext.account.remove('credit_note', note.id);
  return note;
}

/**
 * GET /v1/credit_notes/preview/lines returns a page of the lines of a preview.
 * https://docs.stripe.com/api/credit_notes/preview_lines
 */
export const creditNoteRoutes: readonly ExtraRoute[] = [
  {
    method: 'GET',
    path: '/v1/credit_notes/preview/lines',
    fields: {
      limit: { type: 'integer' },
      starting_after: { type: 'string' },
      ending_before: { type: 'string' },
    },
    fieldsOfAction: 'PreviewCreditNote',
    entity: 'CreditNoteLineItem',
    isList: true,
    run: (context, _ids, path) => {
      const { limit: _limit, starting_after: _after, ending_before: _before, ...params } = context.params;
      const lines = storedObjectsOf(previewCreditNote({ ...context, params })['lines']);
      // `pageOfObjects` returns its objects in reverse order. A page of lines must have the order of the request.
      return pageOfObjects('credit_note_line_item', lines.reverse(), readCursor(context.params), path);
    },
  },
];

/** Returns the invoice that a request credits. Throws if the invoice cannot have a credit note. */
function invoiceToCredit(context: Context): StoredObject {
  const invoice = objectInParam(context, 'invoice', 'invoice');
  if (invoice === undefined) throw noSuchObject('invoice', String(context.params['invoice']), 'invoice', true);
  if (invoice['status'] === 'draft' || invoice['status'] === 'void')
    throw badRequest('A credit note can only be issued for an invoice that is open, paid or uncollectible.', {
      param: 'invoice',
    });
  return invoice;
}

/** Checks the requested amounts and creates the credit note. The invoice does not change yet. */
function makeCreditNote(context: Context, invoice: StoredObject): StoredObject {
  const { params } = context;
  const { lines: _lines, refunds: _refunds, amount: _amount, ...rest } = params;
  const lines = creditNoteLines(context, invoice);
  const totals = creditNoteTotals(lines);
  const amount = params['amount'] === undefined ? totals.total : Number(params['amount']);
  checkCreditAmount(invoice, amount);
  if (params['amount'] !== undefined && lines.length > 0 && totals.total !== amount)
    throw badRequest('The sum of the `lines` must equal the `amount`.', { param: 'amount' });
  const isPaid = invoice['status'] === 'paid';
  const note = makeObject(context, 'CreditNote', rest);
  return Object.assign(note, {
    amount,
    created: context.now,
    currency: invoice['currency'],
    customer: invoice['customer'],
    discount_amount: totals.discount,
    discount_amounts: totals.discounts,
    effective_at: params['effective_at'] ?? context.now,
    invoice: invoice.id,
    lines: embeddedListOf(lines, `/v1/credit_notes/${note.id}/lines`),
    number: '',
    pdf: `https://pay.stripe.com/credit_notes/acct_sandbox/${note.id}/pdf`,
    post_payment_amount: isPaid ? amount : 0,
    pre_payment_amount: isPaid ? 0 : amount,
    reason: params['reason'] ?? null,
    status: 'issued',
    subtotal: lines.length === 0 ? amount : totals.subtotal,
    subtotal_excluding_tax: lines.length === 0 ? amount : totals.subtotal - totals.inclusiveTax,
    total: amount,
    total_excluding_tax: amount - totals.tax,
    total_taxes: totals.taxes,
    type: isPaid ? 'post_payment' : 'pre_payment',
  });
}

/** Rejects an amount that is not positive, or that exceeds the amount of the invoice that can still be credited. */
function checkCreditAmount(invoice: StoredObject, amount: number): void {
  if (amount < 1)
    throw badRequest('You must provide an `amount` or `lines` that is greater than 0.', {
      code: 'parameter_missing',
      param: 'amount',
    });
  const maxAmount =
    invoice['status'] === 'paid'
      ? Number(invoice['amount_paid']) - Number(invoice['post_payment_credit_notes_amount'])
      : Number(invoice['amount_remaining']);
  if (amount > maxAmount)
    throw badRequest(
      `The credit note amount (${amount}) is greater than the amount that can be credited (${maxAmount}).`,
      { param: 'amount' },
    );
}

/**
 * Reduces the amount that the customer still has to pay for an invoice that is open or uncollectible. If nothing
 * remains, the invoice is paid. A negative amount reverses the credit of a credit note that is voided.
 */
function creditUnpaidInvoice(context: Context, invoice: StoredObject, amount: number): void {
  const payment = openPayment(context, invoice);
  const intent = paymentIntentOf(context, payment);
  const remaining = Number(invoice['amount_remaining']) - amount;
  Object.assign(invoice, {
    amount_due: Number(invoice['amount_due']) - amount,
    amount_remaining: remaining,
    pre_payment_credit_notes_amount: Number(invoice['pre_payment_credit_notes_amount']) + amount,
  });
  if (remaining === 0) {
    cancelPayment(context, invoice);
    markPaid(context, invoice);
    return;
  }
  if (payment !== undefined) payment['amount_requested'] = remaining;
  if (intent !== undefined) intent['amount'] = remaining;
}

/**
 * Pays the amount of a credit note back to the customer: by a refund, as credit on the customer's balance, or out of
 * band. The parameter `refunds` names refunds that exist already. Their amounts and the three new amounts must add up
 * to the amount of the credit note.
 */
function creditPaidInvoice(context: Context, invoice: StoredObject, note: StoredObject, amount: number): void {
  const { params } = context;
  const amountOf = (name: string): number => Number(params[name] ?? 0);
  const refundAmount = amountOf('refund_amount');
  const creditAmount = amountOf('credit_amount');
  const outOfBandAmount = amountOf('out_of_band_amount');
  const alreadyRefunded = sumOf(hashesOf(params['refunds']).map((entry) => Number(entry['amount_refunded'] ?? 0)));
  if (refundAmount + creditAmount + outOfBandAmount + alreadyRefunded !== amount) {
    context.account.remove('credit_note', note.id);
    throw badRequest(
      `The sum of \`refund_amount\`, \`credit_amount\`, \`out_of_band_amount\` and \`refunds\` must equal the credit note amount (${amount}).`,
      { param: 'amount' },
    );
  }
  if (refundAmount > 0) {
    const refund = refundInvoice(context, invoice, refundAmount);
    note['refunds'] = [
      { amount_refunded: refundAmount, payment_record_refund: null, refund: refund.id, type: 'refund' },
    ];
  }
  const customer = context.account.get('customer', String(invoice['customer']));
  if (creditAmount > 0 && customer !== undefined)
    note['customer_balance_transaction'] = addBalanceTransaction(context, customer, -creditAmount, 'credit_note', {
      credit_note: note.id,
      currency: invoice['currency'],
      invoice: invoice.id,
    }).id;
  note['out_of_band_amount'] = outOfBandAmount > 0 ? outOfBandAmount : null;
  invoice['post_payment_credit_notes_amount'] = Number(invoice['post_payment_credit_notes_amount']) + amount;
}

/** Refunds a part of the payment of a paid invoice. */
function refundInvoice(context: Context, invoice: StoredObject, amount: number): StoredObject {
  const paidPayment = context.account
    .all('invoice_payment')
    .find((invoicePayment) => invoicePayment['invoice'] === invoice.id && invoicePayment['status'] === 'paid');
  const intentId = hashOrEmpty(paidPayment?.['payment'])['payment_intent'];
  return createRefund({ ...context, params: { amount, payment_intent: intentId } });
}

/** POST /v1/credit_notes/{id}/void. The invoice must be open. https://docs.stripe.com/api/credit_notes/void */
export function voidCreditNote(context: Context, id: string): StoredObject {
  const note = objectInPath(context, 'credit_note', id);
  const invoice = context.account.get('invoice', String(note['invoice']));
  if (note['status'] === 'void') throw badRequest('This credit note is already voided.');
  if (invoice?.['status'] !== 'open') throw badRequest('You can only void a credit note of an open invoice.');
  const amount = Number(note['total']);
  creditUnpaidInvoice(context, invoice, -amount);
  return Object.assign(note, { status: 'void', voided_at: context.now });
}
