import { make, type Context } from '../context.ts';
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
  const charge = make(context, 'Charge');
  Object.assign(charge, {
    amount: intent['amount'],
    amount_captured: intent['amount'],
    captured: true,
    currency: intent['currency'],
    customer: intent['customer'],
    paid: true,
    payment_intent: id,
    status: 'succeeded',
  });
  Object.assign(intent, { amount_received: intent['amount'], latest_charge: charge.id, status: 'succeeded' });
  Object.assign(payment, { amount_paid: payment['amount_requested'], status: 'paid' });
}
