import type { Decline } from '../cards/declines.ts';
import type { Context } from '../context.ts';
import { paysIn, redirects } from '../methods/customer-actions.ts';
import { isDebit } from '../methods/debit-details.ts';
import { bad, type Refusal } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';

export const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

export function withCardOptions(options: unknown): object {
  const given = isHash(options) ? options : {};
  const card = isHash(given['card']) ? given['card'] : {};
  return {
    ...given,
    card: {
      installments: null,
      mandate_options: null,
      network: null,
      request_three_d_secure: 'automatic',
      ...card,
    },
  };
}

/** A payment method of a customer pays for that customer only. */
export function checkOwner(customer: unknown, method: Stored): void {
  if (method['customer'] === null || method['customer'] === customer) return;
  throw bad(
    customer === null
      ? `The PaymentMethod ${method.id} belongs to the Customer ${String(method['customer'])}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`
      : `The PaymentMethod ${method.id} does not belong to the Customer ${String(customer)}.`,
    { param: 'payment_method' },
  );
}

export function storedMethod(context: Context, intent: Stored): Stored | undefined {
  return typeof intent['payment_method'] === 'string'
    ? context.account.get('payment_method', intent['payment_method'])
    : undefined;
}

/** 400, with the intent as it is. */
export function unexpected(intent: Stored, message: string): Refusal {
  return bad(message, { code: `${intent.object}_unexpected_state`, [intent.object]: { ...intent } });
}

/** `last_payment_error`, `last_setup_error`. */
export function errorHash(decline: Decline, method: Stored, charge?: Stored): object {
  return {
    ...(charge === undefined ? {} : { charge: charge.id }),
    ...decline,
    doc_url: `https://stripe.com/docs/error-codes/${decline.code.replaceAll('_', '-')}`,
    payment_method: structuredClone(method),
    type: 'card_error',
  };
}

/** Rejects a payment method that the intent's options exclude. https://docs.stripe.com/error-codes#payment-intent-incompatible-payment-method */
export function checkCompatible(intent: Stored, type: unknown): void {
  const { automatic_payment_methods: automatic, currency } = intent;
  const incompatible = (why: string): Error =>
    bad(`The PaymentMethod provided (${String(type)}) is not allowed for this PaymentIntent: ${why}.`, {
      code: `${intent.object}_incompatible_payment_method`,
      param: 'payment_method',
    });
  if (isHash(automatic)) {
    if (automatic['allow_redirects'] === 'never' && redirects(type))
      throw incompatible('it redirects the customer, and `automatic_payment_methods[allow_redirects]` is `never`');
  } else if (Array.isArray(intent['payment_method_types']) && !intent['payment_method_types'].includes(type))
    throw incompatible(`the allowed types are ${intent['payment_method_types'].join(', ')}`);
  if (intent.object !== 'payment_intent') return;
  if (!paysIn(type, currency)) throw incompatible(`it does not support the currency ${String(currency)}`);
  if (intent['capture_method'] === 'manual' && isDebit(type)) throw incompatible('it does not support manual capture');
}
