import { makeInvoice } from '../billing/invoices/draft.ts';
import { finalize } from '../billing/invoices/finalize.ts';
import { makeInvoiceItem } from '../billing/invoices/items.ts';
import { addInvoiceItem } from '../billing/invoices/lines.ts';
import { charge } from '../billing/invoices/pay.ts';
import { pricingOf } from '../billing/prices.ts';
import { hash, hashes } from '../billing/values.ts';
import { cardOf } from '../cards/method-state.ts';
import type { Context } from '../context.ts';
import { refusalOf, resultOf } from '../payments/attempt.ts';
import type { Stored } from '../store.ts';
import { linesOf, lineState } from './line-items.ts';

/** A card that declines is found out before anything is made of it. */
export function requireAccepted(context: Context, method: Stored, session: Stored): void {
  const { decline } = resultOf(cardOf(context, method));
  if (decline !== undefined && Number(session['amount_total']) > 0) throw refusalOf(decline, method, {});
}

/** An invoice after the payment. https://docs.stripe.com/payments/checkout/receipts#paid-invoices */
export function payInvoice(context: Context, session: Stored, customer: Stored | undefined, method: Stored): void {
  const { metadata, description } = hash(hash(session['invoice_creation'])['invoice_data']);
  const discounts = redeemed(session);
  const invoice = makeInvoice(context, customer, {
    currency: session['currency'],
    discounts,
    ...(typeof description === 'string' ? { description } : {}),
    metadata: metadata ?? {},
  });
  for (const line of linesOf(context.account, 'checkout_session', session)) {
    const price = line['price'] as Stored;
    const item = makeInvoiceItem(context, customer, {
      amount: line['amount_subtotal'],
      currency: line['currency'],
      description: line['description'],
      tax_rates: lineState(context, line).rates.map(({ id }) => id),
    });
    Object.assign(item, { pricing: pricingOf(price), quantity: line['quantity'] });
    addInvoiceItem(context, invoice, item);
  }
  finalize(context, invoice);
  if (invoice['status'] !== 'paid') charge(context, invoice, method, false, true);
  const payment = context.account.all('invoice_payment').find((one) => one['invoice'] === invoice.id);
  Object.assign(session, {
    invoice: invoice.id,
    payment_intent: hash(payment?.['payment'])['payment_intent'] ?? null,
    payment_status: 'paid',
  });
}

/** The discounts of a session as a `discounts` parameter. */
export function redeemed(session: Stored): Record<string, unknown>[] {
  return hashes(session['discounts']).map(({ coupon, promotion_code: code }) =>
    code === null || code === undefined ? { coupon } : { promotion_code: code },
  );
}
