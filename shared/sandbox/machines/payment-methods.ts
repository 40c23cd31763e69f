import { cardByNumber, numberOfTestId, type TestCard } from '../cards.ts';
import { inParam, inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad, declined, missing } from '../refusal.ts';
import { isPlain, type Stored } from '../store.ts';

export const NEVER_AGAIN =
  'The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared with a connected account ' +
  'without Customer attachment, or was detached from a Customer. It may not be used again. To use a PaymentMethod multiple times, ' +
  'you must attach it to a Customer first.';

/** What the sandbox remembers beside Stripe's own fields; never in an answer. */
const facts = new WeakMap<Stored, { card: TestCard; spent: boolean }>();

/** POST /v1/payment_methods */
export function createPaymentMethod(context: Context): Stored {
  const { params } = context;
  if (params['type'] === undefined && !isPlain(params['card']))
    throw bad('Missing required param: type.', { code: 'parameter_missing', param: 'type' });
  if (params['type'] !== 'card' && !isPlain(params['card']))
    return make(context, 'PaymentMethod', { ...params, customer: '' });
  const card = isPlain(params['card']) ? params['card'] : {};
  const number = typeof card['token'] === 'string' ? numberOfToken(card['token']) : card['number'];
  if (typeof number !== 'string')
    throw bad('Missing required param: card.', { code: 'parameter_missing', param: 'card' });
  return ofCard(context, number, params);
}

function numberOfToken(token: string): string {
  const number = numberOfTestId(token);
  if (number === undefined) throw missing('token', token, 'card[token]', true);
  return number;
}

/** Raw numbers are refused but Stripe's own test ones. https://docs.stripe.com/testing */
function ofCard(context: Context, number: string, params: Context['params']): Stored {
  const card = cardByNumber(number);
  if (card === undefined) {
    throw declined({
      message:
        'Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test cards, visit: https://stripe.com/docs/testing.',
      code: 'card_declined',
      decline_code: 'test_mode_live_card',
    });
  }
  const { card: _raw, ...rest } = params;
  const made = make(context, 'PaymentMethod', { ...rest, type: 'card' });
  made['customer'] = null;
  made['card'] = {
    ...(context.entity('PaymentMethod').fields['card'] === undefined
      ? {}
      : { checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' } }),
    brand: card.brand,
    country: 'US',
    display_brand: card.brand,
    exp_month: 12,
    exp_year: 2034,
    fingerprint: `fp${card.last4}`,
    funding: 'credit',
    generated_from: null,
    last4: card.last4,
    networks: { available: [card.brand], preferred: null },
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
  facts.set(made, { card, spent: false });
  return made;
}

/** The payment method that an id means; a test id becomes a new one. */
export function resolvePaymentMethod(context: Context, id: string, param: string): Stored {
  const number = numberOfTestId(id);
  if (number !== undefined && id.startsWith('pm_')) return ofCard(context, number, {});
  const found = context.account.get('payment_method', id);
  if (found === undefined) throw missing('PaymentMethod', id, param, true);
  return found;
}

export function cardOf(method: Stored): TestCard | undefined {
  return facts.get(method)?.card;
}

/** Refuses what was detached, or used once without a customer. */
export function usable(method: Stored): void {
  if (facts.get(method)?.spent === true) throw bad(NEVER_AGAIN);
}

/** After a payment without a customer it may not be used again. */
export function spend(method: Stored): void {
  const known = facts.get(method);
  if (known !== undefined && method['customer'] === null) known.spent = true;
}

/** POST /v1/payment_methods/{id}/attach */
export function attach(context: Context, id: string): Stored {
  if (context.params['customer'] === undefined && context.params['customer_account'] === undefined) {
    throw bad('Missing required param: customer.', { code: 'parameter_missing', param: 'customer' });
  }
  const method =
    numberOfTestId(id) === undefined
      ? inPath(context, 'payment_method', id, 'payment_method')
      : resolvePaymentMethod(context, id, 'payment_method');
  const customer = inParam(context, 'customer', 'customer');
  usable(method);
  if (method['customer'] !== null && method['customer'] !== customer?.id)
    throw bad('The payment method you provided has already been attached to a customer.');
  const card = cardOf(method);
  if (card?.decline !== undefined && card.declinesOnAttach === true) throw declined(card.decline);
  method['customer'] = customer?.id ?? null;
  return method;
}

/** POST /v1/payment_methods/{id}/detach: for good. */
export function detach(context: Context, id: string): Stored {
  const method = inPath(context, 'payment_method', id, 'payment_method');
  if (method['customer'] === null)
    throw bad('The payment method you provided is not attached to a customer so detachment is impossible.');
  method['customer'] = null;
  const known = facts.get(method);
  if (known !== undefined) known.spent = true;
  return method;
}

/** POST /v1/payment_methods/{id}: only while it is attached. */
export function checkUpdatable(method: Stored): void {
  if (method['customer'] === null) {
    throw bad('You must save this PaymentMethod to a customer before you can update it.', {
      code: 'payment_method_unexpected_state',
    });
  }
}

export const paymentMethods: Feature = {
  entities: { PaymentMethod: { create: createPaymentMethod, update: (_context, method) => checkUpdatable(method) } },
  actions: {
    '/v1/payment_methods/{id}/attach': attach,
    '/v1/payment_methods/{id}/detach': detach,
  },
};
