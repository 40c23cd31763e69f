import { inParam, inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad, declined, missing } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';
import { debitByName, debitByNumber } from '../methods/debit-accounts.ts';
import { isDebit, numberOf, shownAccount } from '../methods/debit-details.ts';
import type { DebitAccount } from '../methods/debit-account.ts';
import { cardHash, type Card } from './card-details.ts';
import { cardByName, cardByNumber } from './cards.ts';
import { DECLINES } from './declines.ts';
import { cardOf, checkUsable, methodState, rememberMethod } from './method-state.ts';
import { spendToken } from './tokens.ts';

/** POST /v1/payment_methods */
function createPaymentMethod(context: Context): Stored {
  const { payment_method: cloned, ...params } = context.params;
  if (typeof cloned === 'string') return clone(context, cloned, params);
  return makePaymentMethod(context, params);
}

/** A payment method from the parameters of its creation, or from `payment_method_data`. */
export function makePaymentMethod(context: Context, params: Context['params']): Stored {
  if (params['type'] === undefined && !isHash(params['card']))
    throw bad('Missing required param: type.', { code: 'parameter_missing', param: 'type' });
  if (params['type'] !== 'card' && params['type'] !== undefined) return ofOtherType(context, params);
  const given = isHash(params['card']) ? params['card'] : {};
  const card = readCard(context, given);
  if (card === undefined) throw bad('Missing required param: card.', { code: 'parameter_missing', param: 'card' });
  const { card: _raw, ...rest } = params;
  return ofCard(context, card, rest);
}

/** Raw card numbers are rejected, except Stripe's test numbers. https://docs.stripe.com/testing */
function readCard(context: Context, given: Record<string, unknown>): Card | undefined {
  if (typeof given['token'] === 'string') return spendToken(context, given['token'], 'card[token]');
  if (typeof given['number'] !== 'string') return undefined;
  const card = { ...given, number: given['number'] };
  return { row: cardByNumber(card, context.now), given: card };
}

function ofCard(context: Context, card: Card, params: Context['params']): Stored {
  const method = make(context, 'PaymentMethod', { ...params, type: 'card' });
  const { address } = method['billing_details'] as { address?: unknown };
  Object.assign(method, { customer: null, card: cardHash(card, isHash(address) ? address : {}) });
  rememberMethod(context, method, { card, spent: false, isSetUp: card.row.authentication === 'set_up' });
  return method;
}

function ofOtherType(context: Context, params: Context['params']): Stored {
  const type = String(params['type']);
  if (!isDebit(type)) return remembered(context, make(context, 'PaymentMethod', params));
  const number = numberOf(params[type]);
  if (number === '') throw bad(`Missing required param: ${type}.`, { code: 'parameter_missing', param: type });
  const shown = { [type]: shownAccount(type, params[type]) };
  return remembered(context, make(context, 'PaymentMethod', { ...params, ...shown }), debitByNumber(type, number));
}

/** `pm_usBankAccount_success` as a new payment method. */
function ofAccount(context: Context, debit: DebitAccount): Stored {
  const { type, number } = debit;
  const hash = shownAccount(type, type === 'sepa_debit' ? { iban: number } : { account_number: number });
  const billing = { billing_details: { name: 'Jenny Rosen', email: 'jenny@example.com' } };
  return remembered(context, make(context, 'PaymentMethod', { type, [type]: hash, ...billing }), debit);
}

function remembered(context: Context, method: Stored, debit?: DebitAccount): Stored {
  method['customer'] = null;
  rememberMethod(context, method, { ...(debit === undefined ? {} : { debit }), spent: false, isSetUp: false });
  return method;
}

/** A platform's payment method for a connected account. https://docs.stripe.com/connect/direct-charges-multiple-accounts */
function clone(context: Context, id: string, params: Context['params']): Stored {
  const platform = { ...context, account: context.accountOf('') };
  const original = resolvePaymentMethod(platform, id, 'payment_method');
  const { card, debit } = methodState(platform, original) ?? {};
  const { customer: _customer, ...rest } = params;
  if (card !== undefined) return ofCard(context, card, rest);
  if (debit !== undefined) return ofAccount(context, debit);
  return ofOtherType(context, { ...rest, type: original['type'] });
}

/** The payment method that an id means; a test id becomes a new one. */
export function resolvePaymentMethod(context: Context, id: string, param: string, isInPath = false): Stored {
  const row = id.startsWith('pm_') ? cardByName(id) : undefined;
  if (row !== undefined) return ofCard(context, { row }, {});
  const debit = debitByName(id);
  if (debit !== undefined) return ofAccount(context, debit);
  const found = context.account.get('payment_method', id) ?? methodOfSource(context, id);
  if (found === undefined) throw missing('PaymentMethod', id, param, !isInPath);
  return found;
}

/** Returns the key of a source, whose id differs from that of its payment method. */
function sourceKey(id: string): string {
  return `source ${id}`;
}

export function rememberSource({ account }: Context, source: Stored, card: Card): void {
  account.hidden.set(sourceKey(source.id), card);
}

/**
 * The card of a customer from the time of sources, as the payment method that everything takes today.
 * https://docs.stripe.com/payments/payment-methods/transitioning#compatibility
 */
export function methodOfSource(context: Context, id: string): Stored | undefined {
  const { account } = context;
  const known = account.get('payment_method', id);
  const card = account.hidden.get(sourceKey(id)) as Card | undefined;
  const source = account.get('card', id);
  if (known !== undefined || card === undefined || source === undefined) return known;
  return Object.assign(ofCard(context, card, { id }), { customer: source['customer'] });
}

/** The payment method that a request names, brings along as data, or has in a confirmation token. */
export function chosenMethod(context: Context): Stored | undefined {
  const { payment_method: id, payment_method_data: data } = context.params;
  // https://docs.stripe.com/error-codes#parameters-exclusive
  if (typeof id === 'string' && id !== '' && isHash(data))
    throw bad('You may only specify one of these parameters: payment_method, payment_method_data.', {
      code: 'parameters_exclusive',
    });
  if (typeof id === 'string' && id !== '') return resolvePaymentMethod(context, id, 'payment_method');
  return isHash(data) ? makePaymentMethod(context, data) : undefined;
}

/** A token's card as a payment method: `tok_visa` as the source of a charge. */
export function methodOfToken(context: Context, token: string): Stored {
  return ofCard(context, spendToken(context, token, 'source'), {});
}

/** Returns the decline of a card before it is charged, undefined if the issuer accepts it. https://docs.stripe.com/testing#declined-payments */
export function declineOnAttach(
  context: Context,
  method: Stored,
): (typeof DECLINES)[keyof typeof DECLINES] | undefined {
  const card = cardOf(context, method);
  return card?.decline === undefined || card.attaches === true ? undefined : DECLINES[card.decline];
}

/** POST /v1/payment_methods/{id}/attach */
export function attach(context: Context, id: string): Stored {
  if (context.params['customer'] === undefined && context.params['customer_account'] === undefined) {
    throw bad('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  }
  const method = resolvePaymentMethod(context, id, 'payment_method', true);
  const customer = inParam(context, 'customer', 'customer');
  attachTo(context, method, customer?.id ?? null);
  return method;
}

/** Attaches a payment method to a customer: 400 if it may not be used, 402 if its card is declined. */
export function attachTo(context: Context, method: Stored, customer: string | null): void {
  checkUsable(context, method);
  if (method['customer'] !== null && method['customer'] !== customer)
    throw bad('The payment method you provided has already been attached to a customer.');
  const decline = declineOnAttach(context, method);
  if (decline !== undefined) throw declined(decline);
  method['customer'] = customer;
}

/** POST /v1/payment_methods/{id}/detach: permanently. */
function detach(context: Context, id: string): Stored {
  const method = inPath(context, 'payment_method', id, 'payment_method');
  if (method['customer'] === null)
    throw bad('The payment method you provided is not attached to a customer so detachment is impossible.');
  const customer = context.account.get('customer', String(method['customer']));
  const settings = customer?.['invoice_settings'];
  if (isHash(settings) && settings['default_payment_method'] === method.id) settings['default_payment_method'] = null;
  detachForGood(context, method);
  return method;
}

export function detachForGood(context: Context, method: Stored): void {
  method['customer'] = null;
  const known = methodState(context, method);
  if (known !== undefined) known.spent = true;
}

/** POST /v1/payment_methods/{id}: only while it is attached. */
function updatePaymentMethod(context: Context, method: Stored): void {
  if (method['customer'] === null) {
    throw bad('You must save this PaymentMethod to a customer before you can update it.', {
      code: 'payment_method_unexpected_state',
    });
  }
  const card = methodState(context, method)?.card;
  const changed = context.params['card'];
  if (card === undefined || !isHash(changed)) return;
  const { exp_month, exp_year } = { ...(method['card'] as object), ...changed } as Record<string, unknown>;
  cardByNumber({ number: card.row.number, exp_month, exp_year }, context.now);
}

export const paymentMethods: Feature = {
  entities: { PaymentMethod: { create: createPaymentMethod, update: updatePaymentMethod } },
  actions: { '/v1/payment_methods/{id}/attach': attach, '/v1/payment_methods/{id}/detach': detach },
};
