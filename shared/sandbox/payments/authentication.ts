import type { Context } from '../context.ts';
import { customerAction } from '../methods/customer-actions.ts';
import { isHash, type StoredObject } from '../store.ts';
import { storedMethod } from './intent-rules.ts';

/** `three_d_secure` of a charge after the customer has authenticated. https://docs.stripe.com/api/charges/object */
export const AUTHENTICATED = {
  authentication_flow: 'challenge',
  electronic_commerce_indicator: '05',
  exemption_indicator: null,
  result: 'authenticated',
  result_reason: null,
  version: '2.2.0',
};

const RETURN_URL_MISSING =
  "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.";

/**
 * Returns the error message if the request lacks a `return_url` that it needs because the intent may redirect the
 * customer. Returns undefined if the request has a `return_url` or needs none.
 */
export function missingReturnUrl(params: Context['params'], intent: StoredObject): string | undefined {
  const automatic = intent['automatic_payment_methods'];
  if (!isHash(automatic) || automatic['enabled'] !== true || automatic['allow_redirects'] === 'never') return undefined;
  // An off-session payment does not redirect the customer.
  if (typeof params['return_url'] === 'string' || params['off_session'] === true) return undefined;
  return intent.object === 'payment_intent'
    ? RETURN_URL_MISSING
    : RETURN_URL_MISSING.replace('PaymentIntent', 'SetupIntent');
}

/**
 * Returns `automatic_payment_methods` of a new intent. Automatic methods are enabled unless the request disables them.
 */
export function automaticMethods(input: unknown): object | null {
  if (!isHash(input)) return { allow_redirects: 'always', enabled: true };
  return input['enabled'] === true ? { allow_redirects: 'always', ...input } : null;
}

/** Data of an intent that no response shows. */
interface AuthenticationState {
  /** The URL to which the customer returns after the authentication. */
  readonly returnUrl?: string | undefined;
  /**
   * True if the customer has authenticated, and the merchant's server must now confirm the intent
   * (`confirmation_method=manual`).
   */
  readonly isAuthenticated?: boolean;
}

export function authenticationState({ account }: Context, intent: StoredObject): AuthenticationState {
  return account.privateData.get(intent.id) ?? {};
}

export function saveAuthenticationState({ account }: Context, intent: StoredObject, state: AuthenticationState): void {
  account.privateData.set(intent.id, state);
}

/**
 * Sets the intent to wait for its customer, who authenticates on a page of the sandbox.
 * https://docs.stripe.com/payments/3d-secure/authentication-flow
 */
export function askForAuthentication(
  context: Context,
  intent: StoredObject,
  method: StoredObject,
  returnUrl: string | undefined,
): StoredObject {
  const query = context.account.id === '' ? '' : `?account=${context.account.id}`;
  const url = `${context.origin}/_sandbox/authenticate/${intent.id}${query}`;
  intent['status'] = 'requires_action';
  saveAuthenticationState(context, intent, returnUrl === undefined ? {} : { returnUrl });
  if (method['type'] !== 'card') {
    intent['next_action'] = customerAction(context, String(method['type']), url, returnUrl);
  } else if (returnUrl === undefined) {
    intent['next_action'] = {
      type: 'use_stripe_sdk',
      use_stripe_sdk: { type: 'three_d_secure_redirect', source: context.ids.id('source'), stripe_js: url },
    };
  } else {
    intent['next_action'] = { type: 'redirect_to_url', redirect_to_url: { return_url: returnUrl, url } };
  }
  return intent;
}

/** Returns the error of a failed authentication. https://docs.stripe.com/error-codes#payment-intent-authentication-failure */
function authenticationFailure(kind: string, method: StoredObject): object {
  const code = `${kind}_authentication_failure`;
  return {
    code,
    doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
    message:
      method['type'] === 'card'
        ? 'We are unable to authenticate your payment method. Please choose a different payment method and try again.'
        : 'The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this PaymentIntent again.',
    payment_method: structuredClone(method),
    type: 'invalid_request_error',
  };
}

/**
 * Ends the authentication of a payment intent or a setup intent. Returns the payment method if the authentication
 * succeeded. If the authentication failed, the intent contains the error and needs another payment method. Does not
 * change an intent that does not wait for the customer.
 */
export function endAuthentication(
  context: Context,
  intent: StoredObject,
  succeeded: boolean,
): StoredObject | undefined {
  const method = storedMethod(context, intent);
  if (intent['status'] !== 'requires_action' || method === undefined) return undefined;
  intent['next_action'] = null;
  if (succeeded) return method;
  const field = intent.object === 'setup_intent' ? 'last_setup_error' : 'last_payment_error';
  Object.assign(intent, {
    [field]: authenticationFailure(intent.object, method),
    payment_method: null,
    status: 'requires_payment_method',
  });
  return undefined;
}
