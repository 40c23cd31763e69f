import { inParam, inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { bad, declined, type Refusal } from '../refusal.ts';
import { isPlain, type Stored } from '../store.ts';
import { dispute } from './disputes.ts';
import { cardOf, resolvePaymentMethod, spend, usable } from './payment-methods.ts';

/**
 * PaymentIntent: seven states. https://docs.stripe.com/payments/paymentintents/lifecycle
 * Texts of the refusals as Stripe's users quote them.
 */
const CANCELABLE = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
];
const CONFIRMABLE = ['requires_payment_method', 'requires_confirmation', 'requires_action'];

/** Smallest charge in minor units, for the currencies that tests use. https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const LEAST = 50;
const MOST = 99_999_999;

/** POST /v1/payment_intents */
export function createPaymentIntent(context: Context): Stored {
  const { params } = context;
  checkAmount(Number(params['amount']));
  checkCurrency(String(params['currency']));
  if (params['confirm'] !== true && params['return_url'] !== undefined) {
    throw bad('`return_url` can only be passed when `confirm` is `true`.', { param: 'return_url' });
  }
  inParam(context, 'customer', 'customer');
  const method = chosenMethod(context);
  const {
    payment_method: _method,
    payment_method_options: options,
    confirm: _confirm,
    automatic_payment_methods: automatic,
    ...rest
  } = params;
  const intent = make(context, 'PaymentIntent', {
    capture_method: 'automatic_async',
    confirmation_method: 'automatic',
    ...rest,
    currency: String(params['currency']).toLowerCase(),
  });
  Object.assign(intent, {
    amount_capturable: 0,
    amount_received: 0,
    automatic_payment_methods: isPlain(automatic) ? { allow_redirects: 'always', ...automatic } : null,
    client_secret: `${intent.id}_secret_${context.ids.letters(25)}`,
    payment_method: method?.id ?? null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
      ...(isPlain(options) ? options : {}),
    },
    payment_method_types: Array.isArray(params['payment_method_types']) ? params['payment_method_types'] : ['card'],
    status: method === undefined ? 'requires_payment_method' : 'requires_confirmation',
  });
  return params['confirm'] === true ? confirm(context, intent.id) : intent;
}

/** POST /v1/payment_intents/{id} */
export function checkUpdate(context: Context, intent: Stored): void {
  const status = String(intent['status']);
  if (context.params['amount'] !== undefined) checkAmount(Number(context.params['amount']));
  const late = !CONFIRMABLE.includes(status);
  for (const param of ['payment_method', 'amount', 'currency'] as const) {
    if (context.params[param] === undefined || !late) continue;
    const message =
      `This PaymentIntent's ${param} could not be updated because it has a status of ${status}. ` +
      `You may only update the ${param} of a PaymentIntent with one of the following statuses: ${CONFIRMABLE.join(', ')}.`;
    throw unexpected(intent, message);
  }
  const method = chosenMethod(context);
  if (method !== undefined) {
    context.params['payment_method'] = method.id;
    intent['status'] = 'requires_confirmation';
  }
}

/** POST /v1/payment_intents/{id}/confirm */
export function confirm(context: Context, id: string): Stored {
  const intent = inPath(context, 'payment_intent', id, 'intent');
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
  const method = chosenMethod(context) ?? storedMethod(context, intent);
  if (method === undefined) {
    throw unexpected(
      intent,
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    );
  }
  checkReturnUrl(context, intent);
  usable(method);
  checkOwner(intent, method);
  const { payment_method: _method, return_url: _url, expand: _expand, ...rest } = context.params;
  for (const key of ['receipt_email', 'setup_future_usage', 'capture_method', 'shipping', 'mandate'] as const) {
    if (rest[key] !== undefined && Object.hasOwn(intent, key)) intent[key] = rest[key] === '' ? null : rest[key];
  }
  intent['payment_method'] = method.id;
  return pay(context, intent, method);
}

function pay(context: Context, intent: Stored, method: Stored): Stored {
  const card = cardOf(method);
  if (card?.authentication === true && intent['status'] !== 'requires_action') {
    intent['status'] = 'requires_action';
    intent['next_action'] = {
      type: 'use_stripe_sdk',
      use_stripe_sdk: {
        type: 'three_d_secure_redirect',
        stripe_js: 'https://hooks.stripe.com/redirect/authenticate/sandbox',
      },
    };
    return intent;
  }
  intent['next_action'] = null;
  if (card?.decline !== undefined) throw decline(context, intent, method, card.decline);
  const manual = intent['capture_method'] === 'manual';
  const charge = makeCharge(context, intent, method, !manual);
  if (!manual && card?.disputed !== undefined) dispute(context, charge, card.disputed);
  Object.assign(intent, {
    last_payment_error: null,
    latest_charge: charge.id,
    status: manual ? 'requires_capture' : 'succeeded',
    amount_capturable: manual ? intent['amount'] : 0,
    amount_received: manual ? 0 : intent['amount'],
  });
  if (method['customer'] === null && intent['customer'] !== null && intent['setup_future_usage'] !== null)
    method['customer'] = intent['customer'];
  spend(method);
  return intent;
}

/** 402; the intent falls back and remembers why. */
function decline(
  context: Context,
  intent: Stored,
  method: Stored,
  reason: { message: string; code: string; decline_code?: string },
): Refusal {
  const charge = makeCharge(context, intent, method, false);
  Object.assign(charge, { status: 'failed', paid: false, failure_code: reason.code, failure_message: reason.message });
  const error = {
    charge: charge.id,
    code: reason.code,
    ...(reason.decline_code === undefined ? {} : { decline_code: reason.decline_code }),
    doc_url: `https://stripe.com/docs/error-codes/${reason.code.replaceAll('_', '-')}`,
    message: reason.message,
    payment_method: method,
    type: 'card_error',
  };
  Object.assign(intent, {
    status: 'requires_payment_method',
    payment_method: null,
    latest_charge: charge.id,
    last_payment_error: error,
  });
  return declined(reason, { charge: charge.id, payment_intent: intent, payment_method: method });
}

/** POST /v1/payment_intents/{id}/capture */
export function capture(context: Context, id: string): Stored {
  const intent = inPath(context, 'payment_intent', id, 'intent');
  const status = String(intent['status']);
  if (status === 'succeeded')
    throw unexpected(intent, 'This PaymentIntent could not be captured because it has already been captured.');
  if (status !== 'requires_capture') {
    throw unexpected(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    );
  }
  const capturable = Number(intent['amount_capturable']);
  const amount =
    context.params['amount_to_capture'] === undefined ? capturable : Number(context.params['amount_to_capture']);
  if (amount > capturable || amount < 1) {
    throw bad('The requested amount is greater than the amount you can capture for this charge.', {
      code: 'amount_too_large',
      param: 'amount_to_capture',
    });
  }
  const charge = context.account.get('charge', String(intent['latest_charge']));
  if (charge !== undefined) Object.assign(charge, { captured: true, amount_captured: amount });
  return Object.assign(intent, { status: 'succeeded', amount_received: amount, amount_capturable: 0 });
}

/** POST /v1/payment_intents/{id}/cancel */
export function cancel(context: Context, id: string): Stored {
  const intent = inPath(context, 'payment_intent', id, 'intent');
  const status = String(intent['status']);
  if (!CANCELABLE.includes(status)) {
    throw unexpected(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE.join(', ')}.`,
    );
  }
  const charge = context.account.get('charge', String(intent['latest_charge']));
  if (charge !== undefined && status === 'requires_capture')
    Object.assign(charge, { refunded: true, amount_refunded: charge['amount'] });
  return Object.assign(intent, {
    status: 'canceled',
    canceled_at: context.now,
    amount_capturable: 0,
    next_action: null,
    cancellation_reason: context.params['cancellation_reason'] ?? null,
  });
}

function makeCharge(context: Context, intent: Stored, method: Stored, captured: boolean): Stored {
  const charge = make(context, 'Charge');
  return Object.assign(charge, {
    amount: intent['amount'],
    amount_captured: captured ? intent['amount'] : 0,
    amount_refunded: 0,
    captured,
    currency: intent['currency'],
    customer: intent['customer'],
    description: intent['description'],
    disputed: false,
    paid: true,
    payment_intent: intent.id,
    payment_method: method.id,
    refunded: false,
    status: 'succeeded',
    payment_method_details: { type: 'card', card: method['card'] },
    metadata: {},
  });
}

function chosenMethod(context: Context): Stored | undefined {
  const id = context.params['payment_method'];
  return typeof id === 'string' && id !== '' ? resolvePaymentMethod(context, id, 'payment_method') : undefined;
}

function storedMethod(context: Context, intent: Stored): Stored | undefined {
  return typeof intent['payment_method'] === 'string'
    ? context.account.get('payment_method', intent['payment_method'])
    : undefined;
}

function checkOwner(intent: Stored, method: Stored): void {
  if (method['customer'] === null || method['customer'] === intent['customer']) return;
  const message =
    intent['customer'] === null
      ? `The PaymentMethod ${method.id} belongs to the Customer ${idText(method['customer'])}. Please include the Customer in the \`customer\` parameter on the PaymentIntent.`
      : `The PaymentMethod ${method.id} does not belong to the Customer ${idText(intent['customer'])}.`;
  throw bad(message, { param: 'payment_method' });
}

function idText(id: unknown): string {
  return typeof id === 'string' ? id : '';
}

/** Methods that redirect need somewhere to come back to. */
function checkReturnUrl(context: Context, intent: Stored): void {
  const automatic = intent['automatic_payment_methods'];
  if (!isPlain(automatic) || automatic['enabled'] !== true || automatic['allow_redirects'] === 'never') return;
  if (typeof context.params['return_url'] === 'string') return;
  throw bad(
    "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because some of these payment methods might redirect your customer off of your page, you must provide a `return_url`. If you don't want to accept redirect-based payment methods, set `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` to `never` when creating Setup Intents and Payment Intents.",
  );
}

function checkAmount(amount: number): void {
  if (amount < 1)
    throw bad('This value must be greater than or equal to 1.', { code: 'parameter_invalid_integer', param: 'amount' });
  if (amount < LEAST) throw bad('Amount must be at least $0.50 usd', { code: 'amount_too_small', param: 'amount' });
  if (amount > MOST)
    throw bad('Amount must be no more than $999,999.99', { code: 'amount_too_large', param: 'amount' });
}

function checkCurrency(currency: string): void {
  if (/^[a-z]{3}$/i.test(currency)) return;
  throw bad(`Invalid currency: ${currency}. Stripe currently supports these currencies: usd, eur, gbp, jpy, brl, ...`, {
    param: 'currency',
  });
}

function unexpected(intent: Stored, message: string): Refusal {
  return bad(message, { code: 'payment_intent_unexpected_state', payment_intent: { ...intent } });
}

export const paymentIntents: Feature = {
  entities: { PaymentIntent: { create: createPaymentIntent, update: checkUpdate } },
  actions: {
    '/v1/payment_intents/{id}/confirm': confirm,
    '/v1/payment_intents/{id}/capture': capture,
    '/v1/payment_intents/{id}/cancel': cancel,
  },
};
