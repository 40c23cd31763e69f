import { resolvePaymentMethod } from '../cards/payment-methods.ts';
import type { Context } from '../context.ts';
import { captureCharge, makeCharge } from '../payments/charges.ts';
import type { Stored } from '../store.ts';

/** An invoice that is paid: by its payment intent, out of band, or because nothing was due. */
export function makePaid(context: Context, invoice: Stored): Stored {
  const payment = context.account.all('invoice_payment').find((one) => one['invoice'] === invoice.id);
  const outOfBand = context.params['paid_out_of_band'] === true;
  if (payment !== undefined && !outOfBand) settle(context, payment);
  return Object.assign(invoice, {
    amount_paid: invoice['amount_due'],
    amount_remaining: 0,
    attempted: true,
    status: 'paid',
    status_transitions: { ...(invoice['status_transitions'] as object), paid_at: context.now },
  });
}

function settle(context: Context, payment: Stored): void {
  const id = String((payment['payment'] as { payment_intent: string }).payment_intent);
  const intent = context.account.get('payment_intent', id);
  if (intent === undefined) return;
  const method = payingMethod(context, intent);
  const charge = makeCharge(context, intent, method, {});
  captureCharge(context, charge, Number(intent['amount']), method);
  Object.assign(intent, {
    amount_received: intent['amount'],
    latest_charge: charge.id,
    payment_method: method.id,
    status: 'succeeded',
  });
  Object.assign(payment, { amount_paid: payment['amount_requested'], status: 'paid' });
}

/** The payment method that the request names, the default one of the customer, or a test card. */
function payingMethod(context: Context, intent: Stored): Stored {
  const customer = context.account.get('customer', String(intent['customer']));
  const { default_payment_method: standard } = (customer?.['invoice_settings'] ?? {}) as Record<string, unknown>;
  const named = context.params['payment_method'] ?? standard;
  return resolvePaymentMethod(context, typeof named === 'string' ? named : 'pm_card_visa', 'payment_method');
}
