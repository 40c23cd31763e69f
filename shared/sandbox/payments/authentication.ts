import type { Context } from '../context.ts';
import { customerAction } from '../methods/customer-actions.ts';
import { isHash, type Stored } from '../store.ts';
import { storedMethod } from './intent-rules.ts';

/** `three_d_secure` of a charge whose customer authenticated. https://docs.stripe.com/api/charges/object */
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

/** The error of an intent that may redirect and has nowhere to come back to; undefined if all is well. */
export function missingReturnUrl(params: Context['params'], intent: Stored): string | undefined {
  const automatic = intent['automatic_payment_methods'];
  if (!isHash(automatic) || automatic['enabled'] !== true || automatic['allow_redirects'] === 'never') return undefined;
  // The customer is not there to be redirected.
  if (typeof params['return_url'] === 'string' || params['off_session'] === true) return undefined;
  return intent.object === 'payment_intent'
    ? RETURN_URL_MISSING
    : RETURN_URL_MISSING.replace('PaymentIntent', 'SetupIntent');
}

/** `automatic_payment_methods` of a new intent: on unless the request turns it off. */
export function automaticMethods(given: unknown): object | null {
  if (!isHash(given)) return { allow_redirects: 'always', enabled: true };
  return given['enabled'] === true ? { allow_redirects: 'always', ...given } : null;
}

/** What Stripe remembers of an intent and never answers. */
interface AuthenticationState {
  /** Where the customer returns to after the authentication. */
  readonly returnUrl?: string;
  /** With `confirmation_method=manual`: the customer authenticated, and the server confirms once more. */
  readonly isAuthenticated?: boolean;
}

export function intentFacts({ account }: Context, intent: Stored): AuthenticationState {
  return account.hidden.get(intent.id) ?? {};
}

export function rememberOfIntent({ account }: Context, intent: Stored, facts: AuthenticationState): void {
  account.hidden.set(intent.id, facts);
}

/**
 * The intent waits for its customer: a page of the sandbox, where a person or a test accepts or fails.
 * https://docs.stripe.com/payments/3d-secure/authentication-flow
 */
export function askForAuthentication(
  context: Context,
  intent: Stored,
  method: Stored,
  returnUrl: string | undefined,
): Stored {
  const url = `${context.origin}/_sandbox/authenticate/${intent.id}${context.account.id === '' ? '' : `?account=${context.account.id}`}`;
  intent['status'] = 'requires_action';
  rememberOfIntent(context, intent, returnUrl === undefined ? {} : { returnUrl });
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

/** https://docs.stripe.com/error-codes#payment-intent-authentication-failure */
function authenticationFailure(kind: string, method: Stored): object {
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
 * Ends the wait of a payment intent or a setup intent for the customer. Returns the payment method if the customer has
 * authenticated it. Otherwise the intent, if it waited, needs another payment method and remembers why.
 */
export function endAuthentication(context: Context, intent: Stored, succeeded: boolean): Stored | undefined {
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
