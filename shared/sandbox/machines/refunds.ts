import { inParam, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad } from '../refusal.ts';
import type { Stored } from '../store.ts';

/** POST /v1/refunds: of a charge, or of a payment intent's last one. https://docs.stripe.com/refunds */
export function createRefund(context: Context): Stored {
  const intent = inParam(context, 'payment_intent', 'payment_intent');
  const named = inParam(context, 'charge', 'charge');
  const charge =
    named ?? (intent === undefined ? undefined : context.account.get('charge', String(intent['latest_charge'])));
  if (charge === undefined) {
    if (intent !== undefined)
      throw bad(`This PaymentIntent (${intent.id}) does not have a successful charge to refund.`, {
        param: 'payment_intent',
      });
    throw bad('One of the following params should be provided for this request: payment_intent or charge.');
  }
  const left = Number(charge['amount_captured']) - Number(charge['amount_refunded']);
  if (left <= 0 && charge['refunded'] === true)
    throw bad(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded' });
  const amount = context.params['amount'] === undefined ? left : Number(context.params['amount']);
  if (amount > left)
    throw bad(`Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`, {
      code: 'amount_too_large',
      param: 'amount',
    });
  const refunded = Number(charge['amount_refunded']) + amount;
  Object.assign(charge, { amount_refunded: refunded, refunded: refunded >= Number(charge['amount_captured']) });
  const refund = make(context, 'Refund', context.params);
  return Object.assign(refund, {
    amount,
    charge: charge.id,
    currency: charge['currency'],
    payment_intent: charge['payment_intent'],
    status: 'succeeded',
  });
}

export const refunds: Feature = { entities: { Refund: { create: createRefund } } };
