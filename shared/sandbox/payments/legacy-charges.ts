import { checkUsable, cardOf } from '../cards/method-state.ts';
import { chosenMethod, methodOfSource, methodOfToken } from '../cards/payment-methods.ts';
import { checkSplit } from '../connect/charge-splits.ts';
import { inParam, inPath, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkChargeAmount, requireCurrency, checkPositive } from '../ledger/currencies.ts';
import { bad, declined } from '../refusal.ts';
import type { Stored } from '../store.ts';
import { needsAuthentication, resultOf } from './attempt.ts';
import { checkCardDescriptor } from './intent-rules.ts';
import { captureCharge, makeCharge, type Result } from './charges.ts';
import { expireHold, placeHold } from './capture.ts';
import { DECLINES } from '../cards/declines.ts';

/** The Charges API, from before payment intents. https://docs.stripe.com/api/charges/create */
function createCharge(context: Context): Stored {
  const { params } = context;
  const currency = requireCurrency(params['currency']);
  checkChargeAmount(Number(params['amount']), currency);
  const customer = inParam(context, 'customer', 'customer');
  checkSplit(context, params);
  const method = methodOf(context, customer);
  checkUsable(context, method);
  if (method['type'] === 'card') checkCardDescriptor(params);
  const result = outcome(context, method);
  const from = { ...params, amount: Number(params['amount']), currency, customer: customer?.id ?? null };
  const charge = makeCharge(context, from, method, result);
  Object.assign(charge, { payment_method: method.id, source: sourceOf(context, method) });
  if (result.decline !== undefined) throw declined(result.decline, { charge: charge.id });
  if (params['capture'] === false) placeHold(context, charge);
  else captureCharge(context, charge, Number(params['amount']), method);
  return charge;
}

/** The customer cannot authenticate a charge: a card that requires it is declined. */
function outcome(context: Context, method: Stored): Result {
  const card = cardOf(context, method);
  const asks = needsAuthentication(card, { offSession: true }, false, false);
  return asks ? { decline: DECLINES.authenticationRequired } : resultOf(card);
}

function methodOf(context: Context, customer: Stored | undefined): Stored {
  const { source } = context.params;
  if (typeof source === 'string' && source.startsWith('tok_')) return methodOfToken(context, source);
  if (typeof source === 'string') {
    const named = chosenMethod({ ...context, params: { payment_method: source } });
    if (named !== undefined) return named;
  }
  if (customer === undefined)
    throw bad('Must provide source or customer.', { code: 'parameter_missing', param: 'source' });
  const saved = methodOfSource(context, String(customer['default_source']));
  if (saved !== undefined) return saved;
  throw bad('Cannot charge a customer that has no active card', { code: 'missing', param: 'card' });
}

/** The card that a charge was made with. https://docs.stripe.com/api/charges/object */
function sourceOf({ account, ids }: Context, method: Stored): object {
  const saved = account.get('card', method.id);
  if (saved !== undefined) return structuredClone(saved);
  const { checks: _checks, networks: _networks, ...card } = method['card'] as Record<string, unknown>;
  return { id: ids.id('card'), object: 'card', ...card, customer: method['customer'], name: null };
}

/** POST /v1/charges/{id}/capture. https://docs.stripe.com/api/charges/capture */
function captureAction(context: Context, id: string): Stored {
  const charge = inPath(context, 'charge', id, 'charge');
  if (charge['captured'] === true)
    throw bad(`Charge ${id} has already been captured.`, { code: 'charge_already_captured', charge: id });
  if (charge['status'] !== 'succeeded' || charge['refunded'] === true)
    throw bad(`Charge ${id} cannot be captured: it was not authorized, or the authorization was released.`);
  if (charge['payment_intent'] !== null)
    throw bad(
      `Charge ${id} was created by the PaymentIntent ${String(charge['payment_intent'])}: capture the PaymentIntent instead.`,
    );
  const given = context.params['amount'];
  const amount = given === undefined ? Number(charge['amount']) : Number(given);
  checkPositive(amount);
  if (amount > Number(charge['amount']))
    throw bad('You cannot capture a charge for an amount greater than it already has.', {
      code: 'amount_too_large',
      param: 'amount',
    });
  const fee = context.params['application_fee_amount'];
  if (fee !== undefined) charge['application_fee_amount'] = fee;
  checkSplit(context, { ...charge, amount });
  captureCharge(context, charge, amount, context.account.get('payment_method', String(charge['payment_method'])));
  return charge;
}

export const charges: Feature = {
  due: { 'charge.expire': expireHold },
  entities: { Charge: { create: createCharge } },
  actions: { '/v1/charges/{id}/capture': captureAction },
};
