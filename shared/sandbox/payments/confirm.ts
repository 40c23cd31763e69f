import { withConfirmationToken } from '../cards/confirmation-tokens.ts';
import { cardOf, checkUsable } from '../cards/method-state.ts';
import { requestedMethod } from '../cards/payment-methods.ts';
import { objectInPath, type Context } from '../context.ts';
import { redirectsCustomer } from '../methods/customer-actions.ts';
import { badRequest, type StripeApiError } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { attemptPayment, issuerResult } from './attempt.ts';
import { endAuthentication, authenticationState, missingReturnUrl, saveAuthenticationState } from './authentication.ts';
import {
  checkAllowed,
  checkCardDescriptor,
  checkOwner,
  CONFIRMABLE_STATUSES,
  requirePaymentMethod,
  storedMethod,
  unexpectedState,
  withCardOptions,
} from './intent-rules.ts';

/** Parameters of a confirmation that replace fields of the intent. */
const SET_BY_CONFIRMATION = ['capture_method', 'receipt_email', 'setup_future_usage', 'shipping'] as const;

/** POST /v1/payment_intents/{id}/confirm */
export function confirmPaymentIntent(requestContext: Context, id: string): StoredObject {
  const intent = objectInPath(requestContext, 'payment_intent', id, 'intent');
  checkConfirmable(intent);
  const context = withConfirmationToken(requestContext, intent);
  const { params } = context;
  const requested = requestedMethod(context);
  const method = requirePaymentMethod(intent, 'PaymentIntent', requested ?? storedMethod(context, intent));
  checkConfirmation(context, intent, method);
  for (const key of SET_BY_CONFIRMATION)
    if (params[key] !== undefined) intent[key] = params[key] === '' ? null : params[key];
  if (isHash(params['payment_method_options']))
    intent['payment_method_options'] = withCardOptions(params['payment_method_options']);
  intent['payment_method'] = method.id;
  // While the customer authenticates, a repeated confirmation without a new payment method starts no other attempt.
  if (intent['status'] === 'requires_action' && requested === undefined) return intent;
  const { isAuthenticated = false } = authenticationState(context, intent);
  saveAuthenticationState(context, intent, {});
  const returnUrl = params['use_stripe_sdk'] === true ? undefined : params['return_url'];
  return attemptPayment(context, intent, method, {
    offSession: params['off_session'] !== undefined && params['off_session'] !== false,
    failsOnAction: params['error_on_requires_action'] === true,
    isAuthenticated,
    returnUrl: typeof returnUrl === 'string' ? returnUrl : undefined,
  });
}

/** Checks the parameters of a confirmation, and whether the intent accepts the payment method. */
function checkConfirmation(context: Context, intent: StoredObject, method: StoredObject): void {
  const { off_session: offSession, return_url: returnUrl, setup_future_usage: futureUsage } = context.params;
  const returnUrlError = missingReturnUrl(context.params, intent);
  // Stripe does not document which error a request gets if the issuer declines the card too. In the sandbox, the
  // request gets the decline.
  if (returnUrlError !== undefined && issuerResult(cardOf(context, method)).decline === undefined)
    throw badRequest(returnUrlError);
  const { type } = method;
  if (redirectsCustomer(type) && typeof returnUrl !== 'string' && offSession !== true)
    throw badRequest(
      `Missing required param: return_url: a PaymentMethod of type ${String(type)} redirects the customer.`,
      { code: 'parameter_missing', param: 'return_url' },
    );
  checkAllowed(intent, type);
  if (type === 'card') checkCardDescriptor(intent);
  checkUsable(context, method);
  checkOwner(intent['customer'], method);
  if (offSession === true && futureUsage !== undefined && futureUsage !== '')
    throw badRequest('You cannot set `setup_future_usage` when `off_session` is true.', {
      param: 'setup_future_usage',
    });
}

/** Rejects the confirmation of an intent whose status does not allow a confirmation. */
function checkConfirmable(intent: StoredObject): void {
  const status = String(intent['status']);
  if (status === 'succeeded') {
    throw unexpectedState(
      intent,
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    );
  }
  if (!CONFIRMABLE_STATUSES.includes(status)) {
    throw unexpectedState(
      intent,
      `You cannot confirm this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${CONFIRMABLE_STATUSES.join(', ')}.`,
    );
  }
}

/**
 * Continues a payment after the customer has left the issuer's page. If the payment is declined, the intent contains
 * the decline.
 */
export function finishPaymentAuthentication(context: Context, intent: StoredObject, succeeded: boolean): void {
  const method = endAuthentication(context, intent, succeeded);
  if (method === undefined) return;
  if (intent['confirmation_method'] === 'manual') {
    saveAuthenticationState(context, intent, { isAuthenticated: true });
    intent['status'] = 'requires_confirmation';
    return;
  }
  try {
    attemptPayment(context, intent, method, { offSession: false, failsOnAction: false, isAuthenticated: true });
  } catch (error) {
    // The intent already contains the decline.
    if ((error as Partial<StripeApiError>).status !== 402) throw error;
  }
}
