import { withConfirmationToken } from '../cards/confirmation-tokens.ts';
import { cardOf, checkUsable, isSetUp, markSetUp } from '../cards/method-state.ts';
import { attachTo, declineOnAttach } from '../cards/attachment.ts';
import { requestedMethod } from '../cards/payment-methods.ts';
import { objectInParam, objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { needsCustomerAction } from '../methods/customer-actions.ts';
import { askForMicrodeposits, needsMicrodeposits } from '../methods/microdeposits.ts';
import { badRequest, type StripeApiError } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { isThreeDSecureRequested, needsAuthentication, declineError, issuerResult } from './attempt.ts';
import { askForAuthentication, automaticMethods, endAuthentication, missingReturnUrl } from './authentication.ts';
import {
  checkAllowed,
  checkNeedsConfirm,
  checkOwner,
  CONFIRMABLE_STATUSES,
  errorHash,
  methodTypes,
  requirePaymentMethod,
  storedMethod,
  unexpectedState,
  withCardOptions,
} from './intent-rules.ts';
import type { Decline } from '../cards/declines.ts';

/** Parameters of POST /v1/setup_intents that the new intent does not store. */
const UNSTORED_SETUP_PARAMS = [
  'confirm',
  'confirmation_token',
  'mandate_data',
  'payment_method_data',
  'return_url',
  'single_use',
  'use_stripe_sdk',
];

/** POST /v1/setup_intents */
function createSetupIntent(context: Context): StoredObject {
  const { params } = context;
  checkNeedsConfirm(params, ['confirmation_token', 'mandate_data', 'return_url', 'single_use']);
  const customer = objectInParam(context, 'customer', 'customer');
  const method = requestedMethod(context);
  if (method !== undefined) checkOwner(customer?.id ?? null, method);
  const stored = Object.entries(params).filter(([name]) => !UNSTORED_SETUP_PARAMS.includes(name));
  const intent = makeObject(context, 'SetupIntent', Object.fromEntries(stored));
  Object.assign(intent, {
    automatic_payment_methods: automaticMethods(params['automatic_payment_methods']),
    cancellation_reason: null,
    client_secret: `${intent.id}_secret_${context.ids.letters(25)}`,
    payment_method: method?.id ?? null,
    payment_method_options: withCardOptions(params['payment_method_options']),
    payment_method_types: methodTypes(params),
    status: method === undefined ? 'requires_payment_method' : 'requires_confirmation',
    usage: params['usage'] ?? 'off_session',
  });
  if (params['confirm'] !== true) return intent;
  try {
    const { payment_method: _id, payment_method_data: _data, ...rest } = params;
    return confirmSetupIntent({ ...context, params: rest }, intent.id);
  } catch (error) {
    // If the issuer declines the card (402), the intent remains. If the request fails otherwise, no intent is created.
    if ((error as Partial<StripeApiError>).status !== 402) context.account.remove('setup_intent', intent.id);
    throw error;
  }
}

/** POST /v1/setup_intents/{id} */
function updateSetupIntent(context: Context, intent: StoredObject): void {
  const { params } = context;
  if (!CONFIRMABLE_STATUSES.includes(String(intent['status'])))
    throw unexpectedState(
      intent,
      `This SetupIntent could not be updated because it has a status of ${String(intent['status'])}.`,
    );
  const customer = objectInParam(context, 'customer', 'customer')?.id ?? intent['customer'];
  const method = requestedMethod(context);
  if (method === undefined) return;
  checkOwner(customer, method);
  delete params['payment_method_data'];
  Object.assign(params, { payment_method: method.id });
  Object.assign(intent, { next_action: null, status: 'requires_confirmation' });
}

/** POST /v1/setup_intents/{id}/confirm */
export function confirmSetupIntent(requestContext: Context, id: string): StoredObject {
  const intent = objectInPath(requestContext, 'setup_intent', id, 'intent');
  const status = String(intent['status']);
  if (!CONFIRMABLE_STATUSES.includes(status))
    throw unexpectedState(
      intent,
      status === 'succeeded'
        ? 'You cannot confirm this SetupIntent because it has already succeeded.'
        : `You cannot confirm this SetupIntent because it has a status of ${status}.`,
    );
  const context = withConfirmationToken(requestContext, intent);
  const { params } = context;
  const requested = requestedMethod(context);
  const method = requirePaymentMethod(intent, 'SetupIntent', requested ?? storedMethod(context, intent));
  const returnUrlError = missingReturnUrl(params, intent);
  if (returnUrlError !== undefined) throw badRequest(returnUrlError);
  checkUsable(context, method);
  checkOwner(intent['customer'], method);
  intent['payment_method'] = method.id;
  if (status === 'requires_action' && requested === undefined) return intent;
  checkAllowed(intent, method['type']);
  if (needsMicrodeposits(context, intent, method)) return askForMicrodeposits(context, intent, method);
  const card = cardOf(context, method);
  const wasSetUp = isSetUp(context, method);
  const isRequested = isThreeDSecureRequested(intent);
  // A card that is already set up needs authentication only if it needs authentication for off-session payments too.
  const needsCustomer =
    needsCustomerAction(method['type']) || needsAuthentication(card, { offSession: wasSetUp }, wasSetUp, isRequested);
  if (!needsCustomer) return finishSetup(context, intent, method);
  recordSetupAttempt(context, intent, method, 'requires_action');
  const returnUrl = params['use_stripe_sdk'] === true ? undefined : params['return_url'];
  return askForAuthentication(context, intent, method, typeof returnUrl === 'string' ? returnUrl : undefined);
}

/** Completes a setup: attaches the payment method to the customer. Throws 402 if the issuer declines the card. */
export function finishSetup(context: Context, intent: StoredObject, method: StoredObject): StoredObject {
  const card = cardOf(context, method);
  const decline: Decline | undefined =
    card?.attaches === true ? undefined : (declineOnAttach(context, method) ?? issuerResult(card).decline);
  if (decline !== undefined) {
    const error = errorHash(decline, method);
    Object.assign(intent, {
      last_setup_error: error,
      next_action: null,
      payment_method: null,
      status: 'requires_payment_method',
    });
    Object.assign(recordSetupAttempt(context, intent, method, 'failed'), { setup_error: error });
    throw declineError(decline, method, { setup_intent: intent });
  }
  if (intent['usage'] === 'off_session') markSetUp(context, method);
  if (method['customer'] === null && typeof intent['customer'] === 'string')
    attachTo(context, method, intent['customer']);
  recordSetupAttempt(context, intent, method, 'succeeded');
  return Object.assign(intent, { last_setup_error: null, next_action: null, status: 'succeeded' });
}

/** Creates a setup attempt and makes it the latest attempt of the intent. https://docs.stripe.com/api/setup_attempts/object */
function recordSetupAttempt(
  context: Context,
  intent: StoredObject,
  method: StoredObject,
  status: string,
): StoredObject {
  const attempt = Object.assign(makeObject(context, 'SetupAttempt'), {
    customer: intent['customer'],
    payment_method: method.id,
    payment_method_details: { type: method['type'], [String(method['type'])]: {} },
    setup_intent: intent.id,
    status,
    usage: intent['usage'],
  });
  intent['latest_attempt'] = attempt.id;
  return attempt;
}

/**
 * Continues a setup after the customer has left the issuer's page. If the card is declined, the intent contains the
 * decline.
 */
export function finishSetupAuthentication(context: Context, intent: StoredObject, succeeded: boolean): void {
  const method = endAuthentication(context, intent, succeeded);
  if (method === undefined) return;
  try {
    finishSetup(context, intent, method);
  } catch (error) {
    // The intent already contains the decline.
    if ((error as Partial<StripeApiError>).status !== 402) throw error;
  }
}

/** POST /v1/setup_intents/{id}/cancel */
function cancelSetupIntent(context: Context, id: string): StoredObject {
  const intent = objectInPath(context, 'setup_intent', id, 'intent');
  const status = String(intent['status']);
  if (!CONFIRMABLE_STATUSES.includes(status))
    throw unexpectedState(
      intent,
      `You cannot cancel this SetupIntent because it has a status of ${status}. Only a SetupIntent with one of the following statuses may be canceled: ${CONFIRMABLE_STATUSES.join(', ')}.`,
    );
  return Object.assign(intent, {
    cancellation_reason: context.params['cancellation_reason'] ?? null,
    next_action: null,
    status: 'canceled',
  });
}

export const setupIntents: Feature = {
  entities: { SetupIntent: { create: createSetupIntent, beforeUpdate: updateSetupIntent } },
  actions: { '/v1/setup_intents/{id}/confirm': confirmSetupIntent, '/v1/setup_intents/{id}/cancel': cancelSetupIntent },
};
