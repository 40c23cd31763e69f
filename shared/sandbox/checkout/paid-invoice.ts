import { definedFields } from '../../defined-fields.ts';
import { makeInvoice } from '../billing/invoices/draft.ts';
import { finalizeDraft } from '../billing/invoices/finalize.ts';
import { makeInvoiceItem } from '../billing/invoices/items.ts';
import { addInvoiceItem } from '../billing/invoices/lines.ts';
import { chargeInvoice } from '../billing/invoices/pay.ts';
import { pricingOf } from '../billing/prices.ts';
import { priceOf } from '../billing/subscriptions/items.ts';
import { hashOrEmpty, hashesOf } from '../billing/values.ts';
import { cardOf } from '../cards/method-state.ts';
import type { Context } from '../context.ts';
import { declineError, issuerResult } from '../payments/attempt.ts';
import type { StoredObject } from '../store.ts';
import { lineItemsOf, lineState } from './line-items.ts';

/**
 * Throws an error with status 402 if the bank will decline the card. Such an error keeps the changes of the request, so
 * call this function before creating objects for the payment.
 */
export function checkNotDeclined(context: Context, method: StoredObject, session: StoredObject): void {
  const { decline } = issuerResult(cardOf(context, method));
  if (decline !== undefined && Number(session['amount_total']) > 0) throw declineError(decline, method, {});
}

/** Pays a session by an invoice with the line items of the session. https://docs.stripe.com/payments/checkout/receipts#paid-invoices */
export function payByInvoice(
  context: Context,
  session: StoredObject,
  customer: StoredObject | undefined,
  method: StoredObject,
): void {
  const { metadata, description } = hashOrEmpty(hashOrEmpty(session['invoice_creation'])['invoice_data']);
  const discounts = discountParamsOf(session);
  const invoice = makeInvoice(
    context,
    customer,
    definedFields({
      currency: session['currency'],
      discounts,
      description: typeof description === 'string' ? description : undefined,
      metadata: metadata ?? {},
    }),
  );
  for (const line of lineItemsOf(context.account, 'checkout_session', session)) {
    const item = makeInvoiceItem(context, customer, {
      amount: line['amount_subtotal'],
      currency: line['currency'],
      description: line['description'],
      tax_rates: lineState(context, line).rates.map(({ id }) => id),
    });
    Object.assign(item, { pricing: pricingOf(priceOf(line)), quantity: line['quantity'] });
    addInvoiceItem(context, invoice, item);
  }
  finalizeDraft(context, invoice);
  if (invoice['status'] !== 'paid') chargeInvoice(context, invoice, method, false, true);
  const payment = context.account
    .all('invoice_payment')
    .find((invoicePayment) => invoicePayment['invoice'] === invoice.id);
  Object.assign(session, {
    invoice: invoice.id,
    payment_intent: hashOrEmpty(payment?.['payment'])['payment_intent'] ?? null,
    payment_status: 'paid',
  });
}

/** Returns the discounts of a session as a `discounts` parameter. */
export function discountParamsOf(session: StoredObject): Record<string, unknown>[] {
  return hashesOf(session['discounts']).map(({ coupon, promotion_code: code }) =>
    code === null || code === undefined ? { coupon } : { promotion_code: code },
  );
}
