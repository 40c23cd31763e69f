import { checkUsable, cardOf } from '../cards/method-state.ts';
import { requestedMethod, methodOfSource, methodOfToken } from '../cards/payment-methods.ts';
import { checkSplit } from '../connect/charge-splits.ts';
import { objectInParam, objectInPath, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkChargeAmount, requireCurrency, checkPositive } from '../ledger/currencies.ts';
import { badRequest, cardError } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { needsAuthentication, issuerResult } from './attempt.ts';
import { checkCardDescriptor } from './intent-rules.ts';
import { captureCharge, makeCharge, type ChargeResult } from './charges.ts';
import { expireHold, placeHold } from './capture.ts';
import { DECLINES } from '../cards/declines.ts';

/** POST /v1/charges: the Charges API, which is older than payment intents. https://docs.stripe.com/api/charges/create */
function createCharge(context: Context): StoredObject {
  const { params } = context;
  const currency = requireCurrency(params['currency']);
  checkChargeAmount(Number(params['amount']), currency);
  const customer = objectInParam(context, 'customer', 'customer');
  checkSplit(context, params);
  const method = methodToCharge(context, customer);
  checkUsable(context, method);
  if (method['type'] === 'card') checkCardDescriptor(params);
  const result = chargeResult(context, method);
  const chargeSource = { ...params, amount: Number(params['amount']), currency, customer: customer?.id ?? null };
  const charge = makeCharge(context, chargeSource, method, result);
  Object.assign(charge, { payment_method: method.id, source: sourceOf(context, method) });
  if (result.decline !== undefined) throw cardError(result.decline, { charge: charge.id });
  if (params['capture'] === false) placeHold(context, charge);
  else captureCharge(context, charge, Number(params['amount']), method);
  return charge;
}

/**
 * Returns the result of a charge. Declines a card that needs authentication, because the Charges API has no
 * authentication.
 */
function chargeResult(context: Context, method: StoredObject): ChargeResult {
  const card = cardOf(context, method);
  const needsCustomer = needsAuthentication(card, { offSession: true }, false, false);
  return needsCustomer ? { decline: DECLINES.authenticationRequired } : issuerResult(card);
}

/** Returns the payment method of the parameter `source`, or of the customer's default source. */
function methodToCharge(context: Context, customer: StoredObject | undefined): StoredObject {
  const { source } = context.params;
  if (typeof source === 'string' && source.startsWith('tok_')) return methodOfToken(context, source);
  if (typeof source === 'string') {
    const requested = requestedMethod({ ...context, params: { payment_method: source } });
    if (requested !== undefined) return requested;
  }
  if (customer === undefined)
    throw badRequest('Must provide source or customer.', { code: 'parameter_missing', param: 'source' });
  const defaultMethod = methodOfSource(context, String(customer['default_source']));
  if (defaultMethod !== undefined) return defaultMethod;
  throw badRequest('Cannot charge a customer that has no active card', { code: 'missing', param: 'card' });
}

/** Returns the field `source` of a charge: the card. https://docs.stripe.com/api/charges/object */
function sourceOf({ account, ids }: Context, method: StoredObject): object {
  const sourceCard = account.get('card', method.id);
  if (sourceCard !== undefined) return structuredClone(sourceCard);
  const { checks: _checks, networks: _networks, ...card } = method['card'] as Record<string, unknown>;
  return { id: ids.id('card'), object: 'card', ...card, customer: method['customer'], name: null };
}

/** POST /v1/charges/{id}/capture. https://docs.stripe.com/api/charges/capture */
function captureLegacyCharge(context: Context, id: string): StoredObject {
  const charge = objectInPath(context, 'charge', id, 'charge');
  if (charge['captured'] === true)
    throw badRequest(`Charge ${id} has already been captured.`, { code: 'charge_already_captured', charge: id });
  if (charge['status'] !== 'succeeded' || charge['refunded'] === true)
    throw badRequest(`Charge ${id} cannot be captured: it was not authorized, or the authorization was released.`);
  if (charge['payment_intent'] !== null)
    throw badRequest(
      `Charge ${id} was created by the PaymentIntent ${String(charge['payment_intent'])}: capture the PaymentIntent instead.`,
    );
  const requestedAmount = context.params['amount'];
  const amount = requestedAmount === undefined ? Number(charge['amount']) : Number(requestedAmount);
  checkPositive(amount);
  if (amount > Number(charge['amount']))
    throw badRequest('You cannot capture a charge for an amount greater than it already has.', {
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
  scheduled: { 'charge.expire': expireHold },
  entities: { Charge: { create: createCharge } },
  actions: { '/v1/charges/{id}/capture': captureLegacyCharge },
};
