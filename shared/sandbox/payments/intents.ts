import { requestedMethod } from '../cards/payment-methods.ts';
import { checkSplit } from '../connect/charge-splits.ts';
import { objectInParam, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkChargeAmount, requireCurrency } from '../ledger/currencies.ts';
import type { StripeApiError } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { finishDebit } from '../methods/debits.ts';
import { automaticMethods } from './authentication.ts';
import { cancelPaymentIntent, capturePaymentIntent, incrementAuthorization } from './capture.ts';
import { confirmPaymentIntent } from './confirm.ts';
import {
  checkNeedsConfirm,
  checkOwner,
  CONFIRMABLE_STATUSES,
  methodTypes,
  unexpectedState,
  withCardOptions,
} from './intent-rules.ts';

/** Parameters of POST /v1/payment_intents that the new intent does not store, or stores in another form. */
const UNSTORED_PAYMENT_PARAMS = [
  'confirm',
  'confirmation_token',
  'error_on_requires_action',
  'mandate',
  'mandate_data',
  'off_session',
  'payment_method',
  'payment_method_data',
  'return_url',
  'use_stripe_sdk',
];

/** Parameters of POST /v1/payment_intents that require `confirm=true`. https://docs.stripe.com/api/payment_intents/create */
const PAYMENT_PARAMS_OF_CONFIRM = [
  'confirmation_token',
  'error_on_requires_action',
  'mandate',
  'mandate_data',
  'off_session',
  'return_url',
];

/** POST /v1/payment_intents */
function createPaymentIntent(context: Context): StoredObject {
  const { params } = context;
  const currency = requireCurrency(params['currency']);
  checkChargeAmount(Number(params['amount']), currency);
  checkNeedsConfirm(params, PAYMENT_PARAMS_OF_CONFIRM);
  const customer = objectInParam(context, 'customer', 'customer');
  checkSplit(context, params);
  const method = requestedMethod(context);
  if (method !== undefined) checkOwner(customer?.id ?? null, method);
  const { payment_method_options: options, automatic_payment_methods: automatic, ...rest } = params;
  const intent = makeObject(context, 'PaymentIntent', {
    capture_method: 'automatic_async',
    confirmation_method: 'automatic',
    ...Object.fromEntries(Object.entries(rest).filter(([name]) => !UNSTORED_PAYMENT_PARAMS.includes(name))),
    currency,
  });
  Object.assign(intent, {
    amount_capturable: 0,
    amount_received: 0,
    automatic_payment_methods: automaticMethods(automatic),
    client_secret: `${intent.id}_secret_${context.ids.letters(25)}`,
    payment_method: method?.id ?? null,
    payment_method_options: withCardOptions(options),
    payment_method_types: methodTypes(params),
    status: method === undefined ? 'requires_payment_method' : 'requires_confirmation',
  });
  return params['confirm'] === true ? confirmNewIntent(context, intent) : intent;
}

/**
 * Confirms a new intent. If the payment is declined, the intent remains. If the request fails otherwise, deletes the
 * intent.
 */
function confirmNewIntent(context: Context, intent: StoredObject): StoredObject {
  const { account, params } = context;
  const { payment_method: _id, payment_method_data: _data, ...rest } = params;
  try {
    return confirmPaymentIntent({ ...context, params: rest }, intent.id);
  } catch (error) {
    if ((error as Partial<StripeApiError>).status !== 402) account.remove('payment_intent', intent.id);
    throw error;
  }
}

/** POST /v1/payment_intents/{id} */
function updatePaymentIntent(context: Context, intent: StoredObject): void {
  const { params } = context;
  const status = String(intent['status']);
  for (const param of ['payment_method', 'payment_method_data', 'amount', 'currency'] as const) {
    if (params[param] === undefined || CONFIRMABLE_STATUSES.includes(status)) continue;
    const message =
      `This PaymentIntent's ${param} could not be updated because it has a status of ${status}. ` +
      `You may only update the ${param} of a PaymentIntent with one of the following statuses: ${CONFIRMABLE_STATUSES.join(', ')}.`;
    throw unexpectedState(intent, message);
  }
  const currency = params['currency'] === undefined ? String(intent['currency']) : requireCurrency(params['currency']);
  if (params['amount'] !== undefined || params['currency'] !== undefined)
    checkChargeAmount(Number(params['amount'] ?? intent['amount']), currency);
  if (params['currency'] !== undefined) params['currency'] = currency;
  const customer = objectInParam(context, 'customer', 'customer')?.id ?? intent['customer'];
  checkSplit(context, { ...intent, ...params });
  if (isHash(params['payment_method_options']))
    params['payment_method_options'] = withCardOptions({
      ...(intent['payment_method_options'] as object),
      ...params['payment_method_options'],
    });
  const method = requestedMethod(context);
  if (method === undefined) return;
  checkOwner(customer, method);
  delete params['payment_method_data'];
  Object.assign(params, { payment_method: method.id });
  Object.assign(intent, { status: 'requires_confirmation', next_action: null });
}

export const paymentIntents: Feature = {
  scheduled: { 'payment_intent.settle': finishDebit },
  entities: { PaymentIntent: { create: createPaymentIntent, beforeUpdate: updatePaymentIntent } },
  actions: {
    '/v1/payment_intents/{id}/confirm': confirmPaymentIntent,
    '/v1/payment_intents/{id}/capture': capturePaymentIntent,
    '/v1/payment_intents/{id}/cancel': cancelPaymentIntent,
    '/v1/payment_intents/{id}/increment_authorization': incrementAuthorization,
  },
};
