import { inParam, inPath, make, type Context } from '../../context.ts';
import { addTransaction } from '../../customers/balance-transactions.ts';
import type { ExtraRoute } from '../../feature.ts';
import { createRefund } from '../../payments/refunds.ts';
import { pageOfObjects, readCursor } from '../../protocol/lists/lists.ts';
import { bad, missing } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { atClockTime } from '../clock-time.ts';
import { sumOf } from '../totals.ts';
import { hash, hashes, listOf, storedList } from '../values.ts';
import { creditedLines, creditedTotals } from './credit-lines.ts';
import { cancelPayment, intentOf, markPaid, openPayment } from './settle.ts';

/** POST /v1/credit_notes. https://docs.stripe.com/api/credit_notes/create */
export function createCreditNote(given: Context): Stored {
  const invoice = invoiceToCredit(given);
  const context = atClockTime(given, invoice);
  const note = makeNote(context, invoice);
  const number = context.account.all('credit_note').filter((one) => one['invoice'] === invoice.id).length;
  note['number'] = `${String(invoice['number'])}-CN-${String(number).padStart(2, '0')}`;
  const amount = Number(note['total']);
  if (invoice['status'] === 'paid') creditPaid(context, invoice, note, amount);
  else creditOpen(context, invoice, amount);
  return note;
}

/** GET /v1/credit_notes/preview: the same note, which is not kept. https://docs.stripe.com/api/credit_notes/preview */
export function previewCreditNote(given: Context): Stored {
  const note = makeNote(atClockTime(given, invoiceToCredit(given)), invoiceToCredit(given));
  given.account.remove('credit_note', note.id);
  return note;
}

/**
 * GET /v1/credit_notes/preview/lines: a page of the lines of such a note.
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
    list: true,
    run: (context, _ids, path) => {
      const { limit: _limit, starting_after: _after, ending_before: _before, ...params } = context.params;
      const lines = storedList(previewCreditNote({ ...context, params })['lines']);
      return pageOfObjects('credit_note_line_item', lines.reverse(), readCursor(context.params), path);
    },
  },
];

function invoiceToCredit(context: Context): Stored {
  const invoice = inParam(context, 'invoice', 'invoice');
  if (invoice === undefined) throw missing('invoice', String(context.params['invoice']), 'invoice', true);
  if (invoice['status'] === 'draft' || invoice['status'] === 'void')
    throw bad('A credit note can only be issued for an invoice that is open, paid or uncollectible.', {
      param: 'invoice',
    });
  return invoice;
}

function makeNote(context: Context, invoice: Stored): Stored {
  const { params } = context;
  const { lines: _lines, refunds: _refunds, amount: _amount, ...rest } = params;
  const lines = creditedLines(context, invoice);
  const credited = creditedTotals(lines);
  const amount = params['amount'] === undefined ? credited.total : Number(params['amount']);
  if (amount < 1)
    throw bad('You must provide an `amount` or `lines` that is greater than 0.', {
      code: 'parameter_missing',
      param: 'amount',
    });
  if (params['amount'] !== undefined && lines.length > 0 && credited.total !== amount)
    throw bad('The sum of the `lines` must equal the `amount`.', { param: 'amount' });
  const isPaid = invoice['status'] === 'paid';
  const most = isPaid
    ? Number(invoice['amount_paid']) - Number(invoice['post_payment_credit_notes_amount'])
    : Number(invoice['amount_remaining']);
  if (amount > most)
    throw bad(`The credit note amount (${amount}) is greater than the amount that can be credited (${most}).`, {
      param: 'amount',
    });
  const note = make(context, 'CreditNote', rest);
  return Object.assign(note, {
    amount,
    created: context.now,
    currency: invoice['currency'],
    customer: invoice['customer'],
    discount_amount: credited.discount,
    discount_amounts: credited.discounts,
    effective_at: params['effective_at'] ?? context.now,
    invoice: invoice.id,
    lines: listOf(lines, `/v1/credit_notes/${note.id}/lines`),
    number: '',
    pdf: `https://pay.stripe.com/credit_notes/acct_sandbox/${note.id}/pdf`,
    post_payment_amount: isPaid ? amount : 0,
    pre_payment_amount: isPaid ? 0 : amount,
    reason: params['reason'] ?? null,
    status: 'issued',
    subtotal: lines.length === 0 ? amount : credited.subtotal,
    subtotal_excluding_tax: lines.length === 0 ? amount : credited.subtotal - credited.inclusive,
    total: amount,
    total_excluding_tax: amount - credited.tax,
    total_taxes: credited.taxes,
    type: isPaid ? 'post_payment' : 'pre_payment',
  });
}

/** Less remains to be paid; nothing left means paid. */
function creditOpen(context: Context, invoice: Stored, amount: number): void {
  const payment = openPayment(context, invoice);
  const intent = intentOf(context, payment);
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

/** Checks the credit of a paid invoice: refund, balance and out-of-band amounts add up to all of it. */
function creditPaid(context: Context, invoice: Stored, note: Stored, amount: number): void {
  const { params } = context;
  const given = hashes(params['refunds']).map((one) => Number(one['amount_refunded'] ?? 0));
  const [refund, credit, outside] = ['refund_amount', 'credit_amount', 'out_of_band_amount'].map((name) =>
    Number(params[name] ?? 0),
  ) as [number, number, number];
  if (refund + credit + outside + sumOf(given) !== amount) {
    context.account.remove('credit_note', note.id);
    throw bad(
      `The sum of \`refund_amount\`, \`credit_amount\`, \`out_of_band_amount\` and \`refunds\` must equal the credit note amount (${amount}).`,
      { param: 'amount' },
    );
  }
  const charged = context.account
    .all('invoice_payment')
    .find((one) => one['invoice'] === invoice.id && one['status'] === 'paid');
  if (refund > 0) {
    const made = createRefund({
      ...context,
      params: { amount: refund, payment_intent: hash(charged?.['payment'])['payment_intent'] },
    });
    note['refunds'] = [{ amount_refunded: refund, payment_record_refund: null, refund: made.id, type: 'refund' }];
  }
  const customer = context.account.get('customer', String(invoice['customer']));
  if (credit > 0 && customer !== undefined)
    note['customer_balance_transaction'] = addTransaction(context, customer, -credit, 'credit_note', {
      credit_note: note.id,
      currency: invoice['currency'],
      invoice: invoice.id,
    }).id;
  note['out_of_band_amount'] = outside > 0 ? outside : null;
  invoice['post_payment_credit_notes_amount'] = Number(invoice['post_payment_credit_notes_amount']) + amount;
}

/** POST /v1/credit_notes/{id}/void: only of an open invoice. https://docs.stripe.com/api/credit_notes/void */
export function voidCreditNote(context: Context, id: string): Stored {
  const note = inPath(context, 'credit_note', id);
  const invoice = context.account.get('invoice', String(note['invoice']));
  if (note['status'] === 'void') throw bad('This credit note is already voided.');
  if (invoice?.['status'] !== 'open') throw bad('You can only void a credit note of an open invoice.');
  const amount = Number(note['total']);
  creditOpen(context, invoice, -amount);
  return Object.assign(note, { status: 'void', voided_at: context.now });
}
