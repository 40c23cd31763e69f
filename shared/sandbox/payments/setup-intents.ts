import { withConfirmationToken } from '../cards/confirmation-tokens.ts';
import { cardOf, checkUsable, isSetUp, markSetUp } from '../cards/method-state.ts';
import { attachTo, chosenMethod, declineOnAttach } from '../cards/payment-methods.ts';
import { inParam, inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { asksCustomer } from '../methods/customer-actions.ts';
import { askForMicrodeposits, needsMicrodeposits } from '../methods/microdeposits.ts';
import { bad, type Refusal } from '../refusal.ts';
import type { Stored } from '../store.ts';
import { isThreeDSecureRequested, needsAuthentication, refusalOf, resultOf } from './attempt.ts';
import { askForAuthentication, automaticMethods, endAuthentication, missingReturnUrl } from './authentication.ts';
import {
  checkAllowed,
  checkOwner,
  CONFIRMABLE,
  errorHash,
  methodTypes,
  requirePaymentMethod,
  storedMethod,
  unexpected,
  withCardOptions,
} from './intent-rules.ts';
import type { Decline } from '../cards/declines.ts';

/** SetupIntent: saves a payment method for later. https://docs.stripe.com/payments/paymentintents/lifecycle?intent=setup */

const SETUP_CALL_ONLY = [
  'confirm',
  'confirmation_token',
  'mandate_data',
  'payment_method_data',
  'return_url',
  'single_use',
  'use_stripe_sdk',
];

/** POST /v1/setup_intents */
function createSetupIntent(context: Context): Stored {
  const { params } = context;
  const early =
    params['confirm'] === true
      ? undefined
      : ['confirmation_token', 'mandate_data', 'return_url', 'single_use'].find((name) => params[name] !== undefined);
  if (early !== undefined) throw bad(`\`${early}\` can only be passed when \`confirm\` is \`true\`.`, { param: early });
  const customer = inParam(context, 'customer', 'customer');
  const method = chosenMethod(context);
  if (method !== undefined) checkOwner(customer?.id ?? null, method);
  const stored = Object.entries(params).filter(([name]) => !SETUP_CALL_ONLY.includes(name));
  const intent = make(context, 'SetupIntent', Object.fromEntries(stored));
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
    // What fails its checks was never made; what is declined was.
    if ((error as Partial<Refusal>).status !== 402) context.account.remove('setup_intent', intent.id);
    throw error;
  }
}

/** POST /v1/setup_intents/{id} */
function updateSetupIntent(context: Context, intent: Stored): void {
  const { params } = context;
  if (!CONFIRMABLE.includes(String(intent['status'])))
    throw unexpected(
      intent,
      `This SetupIntent could not be updated because it has a status of ${String(intent['status'])}.`,
    );
  const customer = inParam(context, 'customer', 'customer')?.id ?? intent['customer'];
  const method = chosenMethod(context);
  if (method === undefined) return;
  checkOwner(customer, method);
  delete params['payment_method_data'];
  Object.assign(params, { payment_method: method.id });
  Object.assign(intent, { next_action: null, status: 'requires_confirmation' });
}

/** POST /v1/setup_intents/{id}/confirm */
export function confirmSetupIntent(original: Context, id: string): Stored {
  const intent = inPath(original, 'setup_intent', id, 'intent');
  const status = String(intent['status']);
  if (!CONFIRMABLE.includes(status))
    throw unexpected(
      intent,
      status === 'succeeded'
        ? 'You cannot confirm this SetupIntent because it has already succeeded.'
        : `You cannot confirm this SetupIntent because it has a status of ${status}.`,
    );
  const context = withConfirmationToken(original, intent);
  const { params } = context;
  const chosen = chosenMethod(context);
  const method = requirePaymentMethod(intent, 'SetupIntent', chosen ?? storedMethod(context, intent));
  const noReturn = missingReturnUrl(params, intent);
  if (noReturn !== undefined) throw bad(noReturn);
  checkUsable(context, method);
  checkOwner(intent['customer'], method);
  intent['payment_method'] = method.id;
  if (status === 'requires_action' && chosen === undefined) return intent;
  checkAllowed(intent, method['type']);
  if (needsMicrodeposits(context, intent, method)) return askForMicrodeposits(context, intent, method);
  const card = cardOf(context, method);
  const asks =
    asksCustomer(method['type']) ||
    needsAuthentication(
      card,
      { offSession: isSetUp(context, method) },
      isSetUp(context, method),
      isThreeDSecureRequested(intent),
    );
  if (!asks) return finishSetup(context, intent, method);
  attempted(context, intent, method, 'requires_action');
  const returnUrl = params['use_stripe_sdk'] === true ? undefined : params['return_url'];
  return askForAuthentication(context, intent, method, typeof returnUrl === 'string' ? returnUrl : undefined);
}

/** The card is checked with its issuer, and kept for its customer. */
export function finishSetup(context: Context, intent: Stored, method: Stored): Stored {
  const decline: Decline | undefined =
    cardOf(context, method)?.attaches === true
      ? undefined
      : (declineOnAttach(context, method) ?? resultOf(cardOf(context, method)).decline);
  if (decline !== undefined) {
    const error = errorHash(decline, method);
    Object.assign(intent, {
      last_setup_error: error,
      next_action: null,
      payment_method: null,
      status: 'requires_payment_method',
    });
    Object.assign(attempted(context, intent, method, 'failed'), { setup_error: error });
    throw refusalOf(decline, method, { setup_intent: intent });
  }
  if (intent['usage'] === 'off_session') markSetUp(context, method);
  if (method['customer'] === null && typeof intent['customer'] === 'string')
    attachTo(context, method, intent['customer']);
  attempted(context, intent, method, 'succeeded');
  return Object.assign(intent, { last_setup_error: null, next_action: null, status: 'succeeded' });
}

/** https://docs.stripe.com/api/setup_attempts/object */
function attempted(context: Context, intent: Stored, method: Stored, status: string): Stored {
  const attempt = Object.assign(make(context, 'SetupAttempt'), {
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

/** The customer is back from the page of the issuer. */
export function finishSetupAuthentication(context: Context, intent: Stored, succeeded: boolean): void {
  const method = endAuthentication(context, intent, succeeded);
  if (method === undefined) return;
  try {
    finishSetup(context, intent, method);
  } catch (error) {
    // A decline is the intent's own state by now.
    if ((error as Partial<Refusal>).status !== 402) throw error;
  }
}

/** POST /v1/setup_intents/{id}/cancel */
function cancelSetupIntent(context: Context, id: string): Stored {
  const intent = inPath(context, 'setup_intent', id, 'intent');
  const status = String(intent['status']);
  if (!CONFIRMABLE.includes(status))
    throw unexpected(
      intent,
      `You cannot cancel this SetupIntent because it has a status of ${status}. Only a SetupIntent with one of the following statuses may be canceled: ${CONFIRMABLE.join(', ')}.`,
    );
  return Object.assign(intent, {
    cancellation_reason: context.params['cancellation_reason'] ?? null,
    next_action: null,
    status: 'canceled',
  });
}

export const setupIntents: Feature = {
  entities: { SetupIntent: { create: createSetupIntent, update: updateSetupIntent } },
  actions: { '/v1/setup_intents/{id}/confirm': confirmSetupIntent, '/v1/setup_intents/{id}/cancel': cancelSetupIntent },
};
