import { makeObject, platformContext, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest, missingParam, noSuchObject } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { debitByName, debitByNumber } from '../methods/debit-accounts.ts';
import { isDebit, accountNumberOf, accountDetails } from '../methods/debit-details.ts';
import type { DebitAccount } from '../methods/debit-account.ts';
import { cardHash, type Card } from './card-details.ts';
import { cardByName, cardByNumber } from './cards.ts';
import { methodState, saveMethodState } from './method-state.ts';
import { spendToken } from './tokens.ts';

/** POST /v1/payment_methods */
function createPaymentMethod(context: Context): StoredObject {
  const { payment_method: originalId, ...params } = context.params;
  if (typeof originalId === 'string') return cloneMethod(context, originalId, params);
  return makePaymentMethod(context, params);
}

/**
 * Creates a payment method. `params` are the parameters of POST /v1/payment_methods, or a hash `payment_method_data`.
 */
export function makePaymentMethod(context: Context, params: Context['params']): StoredObject {
  if (params['type'] === undefined && !isHash(params['card'])) throw missingParam('type');
  if (params['type'] !== 'card' && params['type'] !== undefined) return makeOtherMethod(context, params);
  const data = isHash(params['card']) ? params['card'] : {};
  const card = readCard(context, data);
  if (card === undefined) throw missingParam('card');
  const { card: _raw, ...rest } = params;
  return makeCardMethod(context, card, rest);
}

/**
 * Returns the card that a hash `card` describes by a token or by a test number. Throws for other numbers. Undefined if
 * the hash has neither. https://docs.stripe.com/testing
 */
function readCard(context: Context, data: Record<string, unknown>): Card | undefined {
  if (typeof data['token'] === 'string') return spendToken(context, data['token'], 'card[token]');
  if (typeof data['number'] !== 'string') return undefined;
  const input = { ...data, number: data['number'] };
  return { row: cardByNumber(input, context.now), input };
}

/** Creates a payment method with a card. */
function makeCardMethod(context: Context, card: Card, params: Context['params']): StoredObject {
  const method = makeObject(context, 'PaymentMethod', { ...params, type: 'card' });
  const { address } = method['billing_details'] as { address?: unknown };
  Object.assign(method, { customer: null, card: cardHash(card, isHash(address) ? address : {}) });
  saveMethodState(context, method, { card, spent: false, isSetUp: card.row.authentication === 'set_up' });
  return method;
}

/** Creates a payment method of a type other than card, such as a bank debit. */
function makeOtherMethod(context: Context, params: Context['params']): StoredObject {
  const type = String(params['type']);
  if (!isDebit(type)) return withMethodState(context, makeObject(context, 'PaymentMethod', params));
  const number = accountNumberOf(params[type]);
  if (number === '') throw missingParam(type);
  const accountFields = { [type]: accountDetails(type, params[type]) };
  return withMethodState(
    context,
    makeObject(context, 'PaymentMethod', { ...params, ...accountFields }),
    debitByNumber(type, number),
  );
}

/** Creates a payment method of a test bank account, such as `pm_usBankAccount_success`. */
function makeDebitMethod(context: Context, debit: DebitAccount): StoredObject {
  const { type, number } = debit;
  const hash = accountDetails(type, type === 'sepa_debit' ? { iban: number } : { account_number: number });
  const billing = { billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' } };
  return withMethodState(context, makeObject(context, 'PaymentMethod', { type, [type]: hash, ...billing }), debit);
}

/** Stores the private data of a new payment method without a card, and returns the payment method. */
function withMethodState(context: Context, method: StoredObject, debit?: DebitAccount): StoredObject {
  method['customer'] = null;
  saveMethodState(context, method, { debit, spent: false, isSetUp: false });
  return method;
}

/** Copies a payment method of the platform to a connected account. https://docs.stripe.com/connect/direct-charges-multiple-accounts */
function cloneMethod(context: Context, id: string, params: Context['params']): StoredObject {
  const platform = platformContext(context);
  const original = resolvePaymentMethod(platform, id, 'payment_method');
  const { card, debit } = methodState(platform, original) ?? {};
  const { customer: _customer, ...rest } = params;
  if (card !== undefined) return makeCardMethod(context, card, rest);
  if (debit !== undefined) return makeDebitMethod(context, debit);
  return makeOtherMethod(context, { ...rest, type: original['type'] });
}

/**
 * Returns the payment method with an id. A test id such as `pm_card_visa` creates a new payment method. The id can also
 * be the id of a card of the older Sources API.
 */
export function resolvePaymentMethod(context: Context, id: string, param: string, isInPath = false): StoredObject {
  const row = id.startsWith('pm_') ? cardByName(id) : undefined;
  if (row !== undefined) return makeCardMethod(context, { row }, {});
  const debit = debitByName(id);
  if (debit !== undefined) return makeDebitMethod(context, debit);
  const method = context.account.get('payment_method', id) ?? methodOfSource(context, id);
  if (method === undefined) throw noSuchObject('PaymentMethod', id, param, !isInPath);
  return method;
}

/**
 * Returns the key of a source's private data. A payment method can have the same id as a source, and the key of its
 * private data is the id itself. The prefix distinguishes the two keys.
 */
function sourceKey(id: string): string {
  return `source ${id}`;
}

export function saveSourceCard({ account }: Context, source: StoredObject, card: Card): void {
  account.privateData.set(sourceKey(source.id), card);
}

/**
 * Returns the payment method for a card of the older Sources API. The first call creates the payment method.
 * https://docs.stripe.com/payments/payment-methods/transitioning#compatibility
 */
export function methodOfSource(context: Context, id: string): StoredObject | undefined {
  const { account } = context;
  const existing = account.get('payment_method', id);
  if (existing !== undefined) return existing;
  const card = account.privateData.get(sourceKey(id)) as Card | undefined;
  const source = account.get('card', id);
  if (card === undefined || source === undefined) return undefined;
  return Object.assign(makeCardMethod(context, card, { id }), { customer: source['customer'] });
}

/**
 * Returns the payment method of the parameter `payment_method` or `payment_method_data`. Undefined if the request has
 * neither.
 */
export function requestedMethod(context: Context): StoredObject | undefined {
  const { payment_method: id, payment_method_data: data } = context.params;
  // https://docs.stripe.com/error-codes#parameters-exclusive
  if (typeof id === 'string' && id !== '' && isHash(data))
    throw badRequest('You may only specify one of these parameters: payment_method, payment_method_data.', {
      code: 'parameters_exclusive',
    });
  if (typeof id === 'string' && id !== '') return resolvePaymentMethod(context, id, 'payment_method');
  return isHash(data) ? makePaymentMethod(context, data) : undefined;
}

/** Creates a payment method with the card of a token, for a charge with a source such as `tok_visa`. */
export function methodOfToken(context: Context, token: string): StoredObject {
  return makeCardMethod(context, spendToken(context, token, 'source'), {});
}

/** POST /v1/payment_methods/{id}. Only an attached payment method can be updated. */
function updatePaymentMethod(context: Context, method: StoredObject): void {
  if (method['customer'] === null) {
    throw badRequest('You must save this PaymentMethod to a customer before you can update it.', {
      code: 'payment_method_unexpected_state',
    });
  }
  const card = methodState(context, method)?.card;
  const changed = context.params['card'];
  if (card === undefined || !isHash(changed)) return;
  const { exp_month, exp_year } = { ...(method['card'] as object), ...changed } as Record<string, unknown>;
  // This call throws if the new expiry is invalid.
  cardByNumber({ number: card.row.number, exp_month, exp_year }, context.now);
}

export const paymentMethods: Feature = {
  entities: { PaymentMethod: { create: createPaymentMethod, beforeUpdate: updatePaymentMethod } },
};
