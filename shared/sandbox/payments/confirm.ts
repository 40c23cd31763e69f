import { withConfirmationToken } from '../cards/confirmation-tokens.ts';
import { cardOf, checkUsable } from '../cards/method-state.ts';
import { chosenMethod } from '../cards/payment-methods.ts';
import { inPath, type Context } from '../context.ts';
import { redirects } from '../methods/customer-actions.ts';
import { bad, type Refusal } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';
import { attemptPayment, resultOf } from './attempt.ts';
import { endAuthentication, intentFacts, missingReturnUrl, rememberOfIntent } from './authentication.ts';
import {
  checkAllowed,
  checkCardDescriptor,
  checkOwner,
  CONFIRMABLE,
  requirePaymentMethod,
  storedMethod,
  unexpected,
  withCardOptions,
} from './intent-rules.ts';

/** What a confirmation may set on the intent. */
const SET_BY_CONFIRMATION = ['capture_method', 'receipt_email', 'setup_future_usage', 'shipping'] as const;

/** POST /v1/payment_intents/{id}/confirm */
export function confirmPaymentIntent(original: Context, id: string): Stored {
  const intent = inPath(original, 'payment_intent', id, 'intent');
  checkConfirmable(intent);
  const context = withConfirmationToken(original, intent);
  const { params } = context;
  const chosen = chosenMethod(context);
  const method = requirePaymentMethod(intent, 'PaymentIntent', chosen ?? storedMethod(context, intent));
  const noReturn = missingReturnUrl(params, intent);
  // Stripe documents no order of two errors: a card that its issuer declines is declined first.
  if (noReturn !== undefined && resultOf(cardOf(context, method)).decline === undefined) throw bad(noReturn);
  const { type } = method;
  if (redirects(type) && typeof params['return_url'] !== 'string' && params['off_session'] !== true)
    throw bad(`Missing required param: return_url: a PaymentMethod of type ${String(type)} redirects the customer.`, {
      code: 'parameter_missing',
      param: 'return_url',
    });
  checkAllowed(intent, type);
  if (type === 'card') checkCardDescriptor(intent);
  checkUsable(context, method);
  checkOwner(intent['customer'], method);
  if (
    params['off_session'] === true &&
    params['setup_future_usage'] !== undefined &&
    params['setup_future_usage'] !== ''
  )
    throw bad('You cannot set `setup_future_usage` when `off_session` is true.', { param: 'setup_future_usage' });
  for (const key of SET_BY_CONFIRMATION)
    if (params[key] !== undefined) intent[key] = params[key] === '' ? null : params[key];
  if (isHash(params['payment_method_options']))
    intent['payment_method_options'] = withCardOptions(params['payment_method_options']);
  intent['payment_method'] = method.id;
  // The customer has not finished: confirming again from the server changes nothing.
  if (intent['status'] === 'requires_action' && chosen === undefined) return intent;
  const { isAuthenticated = false } = intentFacts(context, intent);
  rememberOfIntent(context, intent, {});
  const returnUrl = params['use_stripe_sdk'] === true ? undefined : params['return_url'];
  return attemptPayment(context, intent, method, {
    offSession: params['off_session'] !== undefined && params['off_session'] !== false,
    failsOnAction: params['error_on_requires_action'] === true,
    isAuthenticated,
    ...(typeof returnUrl === 'string' ? { returnUrl } : {}),
  });
}

function checkConfirmable(intent: Stored): void {
  const status = String(intent['status']);
  if (status === 'succeeded') {
    throw unexpected(
      intent,
      'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    );
  }
  if (!CONFIRMABLE.includes(status)) {
    throw unexpected(
      intent,
      `You cannot confirm this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be confirmed: ${CONFIRMABLE.join(', ')}.`,
    );
  }
}

/** The customer is back from the page of the issuer. Answers the intent's new state; never throws for a decline. */
export function finishPaymentAuthentication(context: Context, intent: Stored, succeeded: boolean): void {
  const method = endAuthentication(context, intent, succeeded);
  if (method === undefined) return;
  if (intent['confirmation_method'] === 'manual') {
    rememberOfIntent(context, intent, { isAuthenticated: true });
    intent['status'] = 'requires_confirmation';
    return;
  }
  try {
    attemptPayment(context, intent, method, { offSession: false, failsOnAction: false, isAuthenticated: true });
  } catch (error) {
    // A decline is the intent's own state by now.
    if ((error as Partial<Refusal>).status !== 402) throw error;
  }
}
