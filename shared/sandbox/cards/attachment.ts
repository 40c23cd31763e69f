import { badRequest, cardError, missingParam } from '../api-error.ts';
import { objectInParam, objectInPath, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { isHash, type StoredObject } from '../store.ts';
import { DECLINES } from './declines.ts';
import { cardOf, checkUsable, methodState } from './method-state.ts';
import { resolvePaymentMethod } from './payment-methods.ts';

/** Returns the decline of a card that cannot be attached to a customer, or undefined if the card can be attached. https://docs.stripe.com/testing#declined-payments */
export function declineOnAttach(
  context: Context,
  method: StoredObject,
): (typeof DECLINES)[keyof typeof DECLINES] | undefined {
  const card = cardOf(context, method);
  return card?.decline === undefined || card.attaches === true ? undefined : DECLINES[card.decline];
}

/** POST /v1/payment_methods/{id}/attach */
export function attachMethod(context: Context, id: string): StoredObject {
  if (context.params['customer'] === undefined && context.params['customer_account'] === undefined) {
    throw missingParam('customer');
  }
  const method = resolvePaymentMethod(context, id, 'payment_method', true);
  const customer = objectInParam(context, 'customer', 'customer');
  attachTo(context, method, customer?.id ?? null);
  return method;
}

/**
 * Attaches a payment method to a customer. Throws 400 if the method cannot be used again or has another customer, and
 * 402 if the card is declined.
 */
export function attachTo(context: Context, method: StoredObject, customer: string | null): void {
  checkUsable(context, method);
  if (method['customer'] !== null && method['customer'] !== customer)
    throw badRequest('The payment method you provided has already been attached to a customer.');
  const decline = declineOnAttach(context, method);
  if (decline !== undefined) throw cardError(decline);
  method['customer'] = customer;
}

/** POST /v1/payment_methods/{id}/detach. A detached payment method cannot be used again. */
function detachMethod(context: Context, id: string): StoredObject {
  const method = objectInPath(context, 'payment_method', id, 'payment_method');
  if (method['customer'] === null)
    throw badRequest('The payment method you provided is not attached to a customer so detachment is impossible.');
  const customer = context.account.get('customer', String(method['customer']));
  const settings = customer?.['invoice_settings'];
  if (isHash(settings) && settings['default_payment_method'] === method.id) settings['default_payment_method'] = null;
  detachPermanently(context, method);
  return method;
}

/** Detaches a payment method from its customer. A detached payment method cannot be used again. */
export function detachPermanently(context: Context, method: StoredObject): void {
  method['customer'] = null;
  const state = methodState(context, method);
  if (state !== undefined) state.spent = true;
}

/** Attaches payment methods to customers, and detaches them. */
export const methodAttachment: Feature = {
  actions: { '/v1/payment_methods/{id}/attach': attachMethod, '/v1/payment_methods/{id}/detach': detachMethod },
};
