import { definedFields } from '../../defined-fields.ts';
import type { Decline } from '../cards/declines.ts';
import type { Context } from '../context.ts';
import { currenciesOf, redirectsCustomer } from '../methods/customer-actions.ts';
import { isDebit } from '../methods/debit-details.ts';
import { badRequest, type StripeApiError } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';

/** Statuses in which an intent can be confirmed. */
export const CONFIRMABLE_STATUSES = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** Returns `payment_method_options` of an intent with the defaults for cards. */
export function withCardOptions(options: unknown): object {
  const value = isHash(options) ? options : {};
  const card = isHash(value['card']) ? value['card'] : {};
  return {
    ...value,
    card: {
      installments: null,
      mandate_options: null,
      network: null,
      request_three_d_secure: 'automatic',
      ...card,
    },
  };
}

/** Rejects a request with one of the parameters `names` and without `confirm=true`, which these parameters require. */
export function checkNeedsConfirm(params: Record<string, unknown>, names: readonly string[]): void {
  if (params['confirm'] === true) return;
  const param = names.find((name) => params[name] !== undefined);
  if (param !== undefined) throw badRequest(`\`${param}\` can only be passed when \`confirm\` is \`true\`.`, { param });
}

/** Rejects a payment method that belongs to another customer. */
export function checkOwner(customer: unknown, method: StoredObject): void {
  if (method['customer'] === null || method['customer'] === customer) return;
  throw badRequest(
    customer === null
      ? `The PaymentMethod ${method.id} belongs to the Customer ${String(method['customer'])}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`
      : `The PaymentMethod ${method.id} does not belong to the Customer ${String(customer)}.`,
    { param: 'payment_method' },
  );
}

/** Returns the payment method that is set on an intent. */
export function storedMethod(context: Context, intent: StoredObject): StoredObject | undefined {
  return typeof intent['payment_method'] === 'string'
    ? context.account.get('payment_method', intent['payment_method'])
    : undefined;
}

/** Returns the error for an action that the status of the intent does not allow. The error contains the intent. */
export function unexpectedState(intent: StoredObject, message: string): StripeApiError {
  return badRequest(message, { code: `${intent.object}_unexpected_state`, [intent.object]: { ...intent } });
}

/** Returns a decline as the value of `last_payment_error` or `last_setup_error`. */
export function errorHash(decline: Decline, method: StoredObject, charge?: StoredObject): object {
  return definedFields({
    charge: charge?.id,
    ...decline,
    doc_url: `https://stripe.com/docs/error-codes/${decline.code.replaceAll('_', '-')}`,
    payment_method: structuredClone(method),
    type: 'card_error',
  });
}

/** Returns the error for a payment method type that an intent cannot use. */
function incompatibleMethod(intent: StoredObject, type: unknown, reason: string): StripeApiError {
  return badRequest(`The PaymentMethod provided (${String(type)}) is not allowed for this PaymentIntent: ${reason}.`, {
    code: `${intent.object}_incompatible_payment_method`,
    param: 'payment_method',
  });
}

/** Rejects a payment method type that the intent does not allow. https://docs.stripe.com/error-codes#payment-intent-incompatible-payment-method */
export function checkAllowed(intent: StoredObject, type: unknown): void {
  const {
    allowed_payment_method_types: allowed,
    automatic_payment_methods: automatic,
    excluded_payment_method_types: excluded,
    payment_method_types: types,
  } = intent;
  if (isHash(automatic) && automatic['allow_redirects'] === 'never' && redirectsCustomer(type))
    throw incompatibleMethod(
      intent,
      type,
      'it redirects the customer, and `automatic_payment_methods[allow_redirects]` is `never`',
    );
  if (Array.isArray(excluded) && excluded.includes(type))
    throw incompatibleMethod(intent, type, `the excluded types are ${excluded.join(', ')}`);
  // `payment_method_types` does not restrict automatic payment methods.
  const explicitTypes = isHash(automatic) ? undefined : types;
  const allowedTypes = Array.isArray(allowed) && allowed.length > 0 ? allowed : explicitTypes;
  if (Array.isArray(allowedTypes) && !allowedTypes.includes(type))
    throw incompatibleMethod(intent, type, `the allowed types are ${allowedTypes.join(', ')}`);
}

/** Rejects `statement_descriptor` for a card payment. https://docs.stripe.com/api/payment_intents/create#create_payment_intent-statement_descriptor */
export function checkCardDescriptor(params: Record<string, unknown>): void {
  const value = params['statement_descriptor'];
  if (typeof value !== 'string' || value === '') return;
  throw badRequest('A card charge does not accept `statement_descriptor`. Set `statement_descriptor_suffix` instead.', {
    param: 'statement_descriptor',
  });
}

/** Checks that a payment method type supports the currency and the capture method of an intent. */
export function checkMethodSupports(intent: StoredObject, type: unknown): void {
  const { currency } = intent;
  const currencies = currenciesOf(type);
  if (currencies !== undefined && !currencies.includes(String(currency)))
    throw badRequest(
      `The currency provided (${String(currency)}) is invalid for one or more payment method types on this PaymentIntent. The payment method type ${String(type)} only supports the following currencies: ${currencies.join(', ')}. Either correct the provided currency, or use a different PaymentIntent to accept this payment method type.`,
      { code: 'payment_intent_incompatible_payment_method', param: 'payment_method' },
    );
  if (intent['capture_method'] === 'manual' && isDebit(type))
    throw incompatibleMethod(intent, type, 'it does not support manual capture');
}

/** Returns `payment_method_types` of a new intent. https://docs.stripe.com/api/payment_intents/object#payment_intent_object-payment_method_types */
export function methodTypes(params: Record<string, unknown>): unknown {
  const { allowed_payment_method_types: allowed, payment_method_types: types } = params;
  return types ?? (Array.isArray(allowed) && allowed.length > 0 ? allowed : ['card']);
}

/**
 * Returns the payment method of a confirmation. Throws if the intent has no payment method. `name` is the type of intent
 * in the error's text.
 */
export function requirePaymentMethod(
  intent: StoredObject,
  name: 'PaymentIntent' | 'SetupIntent',
  method: StoredObject | undefined,
): StoredObject {
  if (method !== undefined) return method;
  throw unexpectedState(
    intent,
    `You cannot confirm this ${name} because it's missing a payment method. You can either update the ${name} with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.`,
  );
}
