import type { Decline } from '../cards/declines.ts';
import type { Context } from '../context.ts';
import { currenciesOf, redirects } from '../methods/customer-actions.ts';
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

function incompatible(intent: Stored, type: unknown, why: string): Refusal {
  return bad(`The PaymentMethod provided (${String(type)}) is not allowed for this PaymentIntent: ${why}.`, {
    code: `${intent.object}_incompatible_payment_method`,
    param: 'payment_method',
  });
}

/** Rejects a type that the intent's options leave out. https://docs.stripe.com/error-codes#payment-intent-incompatible-payment-method */
export function checkAllowed(intent: Stored, type: unknown): void {
  const {
    allowed_payment_method_types: allowed,
    automatic_payment_methods: automatic,
    excluded_payment_method_types: excluded,
    payment_method_types: types,
  } = intent;
  if (isHash(automatic) && automatic['allow_redirects'] === 'never' && redirects(type))
    throw incompatible(
      intent,
      type,
      'it redirects the customer, and `automatic_payment_methods[allow_redirects]` is `never`',
    );
  if (Array.isArray(excluded) && excluded.includes(type))
    throw incompatible(intent, type, `the excluded types are ${excluded.join(', ')}`);
  const list = Array.isArray(allowed) && allowed.length > 0 ? allowed : isHash(automatic) ? undefined : types;
  if (Array.isArray(list) && !list.includes(type))
    throw incompatible(intent, type, `the allowed types are ${list.join(', ')}`);
}

/** https://docs.stripe.com/api/payment_intents/create#create_payment_intent-statement_descriptor */
export function checkCardDescriptor(params: Record<string, unknown>): void {
  const given = params['statement_descriptor'];
  if (typeof given !== 'string' || given === '') return;
  throw bad('A card charge does not take `statement_descriptor`. Set `statement_descriptor_suffix` instead.', {
    param: 'statement_descriptor',
  });
}

/** Rejects what the scheme of a payment method cannot do: another currency, a hold. */
export function checkScheme(intent: Stored, type: unknown): void {
  const { currency } = intent;
  const currencies = currenciesOf(type);
  if (currencies !== undefined && !currencies.includes(String(currency)))
    throw bad(
      `The currency provided (${String(currency)}) is invalid for one or more payment method types on this PaymentIntent. The payment method type ${String(type)} only supports the following currencies: ${currencies.join(', ')}. Either correct the provided currency, or use a different PaymentIntent to accept this payment method type.`,
      { code: 'payment_intent_incompatible_payment_method', param: 'payment_method' },
    );
  if (intent['capture_method'] === 'manual' && isDebit(type))
    throw incompatible(intent, type, 'it does not support manual capture');
}

/** `payment_method_types` of a new intent. https://docs.stripe.com/api/payment_intents/object#payment_intent_object-payment_method_types */
export function methodTypes(params: Record<string, unknown>): unknown {
  const { allowed_payment_method_types: allowed, payment_method_types: types } = params;
  return types ?? (Array.isArray(allowed) && allowed.length > 0 ? allowed : ['card']);
}

/** The payment method of a confirmation. `name` is Stripe's name of the intent in its texts. */
export function requirePaymentMethod(
  intent: Stored,
  name: 'PaymentIntent' | 'SetupIntent',
  method: Stored | undefined,
): Stored {
  if (method !== undefined) return method;
  throw unexpected(
    intent,
    `You cannot confirm this ${name} because it's missing a payment method. You can either update the ${name} with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.`,
  );
}
