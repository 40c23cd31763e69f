import { checkSplit } from '../connect/charge-splits.ts';
import { objectInPath, type Context } from '../context.ts';
import { checkPositive, checkSmallestUnit } from '../ledger/currencies.ts';
import { scheduleTask } from '../ledger/due.ts';
import { badRequest } from '../api-error.ts';
import { DAY } from '../seconds.ts';
import { applyParams, isHash, type StoredObject } from '../store.ts';
import { captureCharge } from './charges.ts';
import { storedMethod, unexpectedState } from './intent-rules.ts';

const CANCELABLE_STATUSES = [
  'requires_payment_method',
  'requires_capture',
  'requires_confirmation',
  'requires_action',
  'processing',
];

/** Number of seconds for which an authorization is valid. https://docs.stripe.com/payments/place-a-hold-on-a-payment-method#authorization-validity-windows */
const HOLD_SECONDS = 7 * DAY;

/** Number of seconds for which an off-session authorization of a Visa card is valid: 4 days and 18 hours. */
const HOLD_SECONDS_VISA_OFF_SESSION = 4.75 * DAY;

/**
 * Sets until when an authorized charge can be captured, and schedules the release of the held amount at this time. A
 * hold without a card does not expire.
 */
export function placeHold(context: Context, charge: StoredObject, offSession = false): void {
  const details = charge['payment_method_details'];
  if (!isHash(details) || !isHash(details['card'])) return;
  const isVisaOffSession = offSession && details['card']['brand'] === 'visa';
  const expiry = context.now + (isVisaOffSession ? HOLD_SECONDS_VISA_OFF_SESSION : HOLD_SECONDS);
  details['card']['capture_before'] = expiry;
  scheduleTask(context, expiry, 'charge.expire', charge);
}

/** Releases the hold of a charge. The balance does not change, because only a capture adds to the balance. */
export function releaseHold(charge: StoredObject): void {
  Object.assign(charge, { refunded: true, amount_refunded: charge['amount'] });
}

/** Releases the hold of a charge that was not captured in time, and cancels its payment intent. */
export function expireHold(context: Context, charge: StoredObject): void {
  if (charge['captured'] === true || charge['refunded'] === true) return;
  releaseHold(charge);
  const intent = context.account.get('payment_intent', String(charge['payment_intent']));
  if (intent?.['status'] !== 'requires_capture') return;
  Object.assign(intent, {
    amount_capturable: 0,
    canceled_at: context.now,
    cancellation_reason: 'expired',
    status: 'canceled',
  });
}

/** POST /v1/payment_intents/{id}/capture. https://docs.stripe.com/payments/place-a-hold-on-a-payment-method */
export function capturePaymentIntent(context: Context, id: string): StoredObject {
  const intent = objectInPath(context, 'payment_intent', id, 'intent');
  const { params } = context;
  const status = String(intent['status']);
  if (status === 'succeeded')
    throw unexpectedState(intent, 'This PaymentIntent could not be captured because it has already been captured.');
  if (status !== 'requires_capture') {
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be captured because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
    );
  }
  const capturable = Number(intent['amount_capturable']);
  const amount = params['amount_to_capture'] === undefined ? capturable : Number(params['amount_to_capture']);
  checkPositive(amount, 'amount_to_capture');
  checkSmallestUnit(amount, String(intent['currency']), 'amount_to_capture');
  if (amount > capturable)
    throw badRequest('The requested amount is greater than the amount you can capture for this charge.', {
      code: 'amount_too_large',
      param: 'amount_to_capture',
    });
  // The sandbox does not support multicapture. https://docs.stripe.com/payments/multicapture
  if (params['final_capture'] === false)
    throw badRequest('This PaymentIntent does not support multicapture: `final_capture` can only be `true`.', {
      param: 'final_capture',
    });
  const charge = context.account.get('charge', String(intent['latest_charge']));
  for (const name of ['application_fee_amount', 'statement_descriptor', 'statement_descriptor_suffix'] as const)
    if (params[name] !== undefined) intent[name] = params[name] === '' ? null : params[name];
  if (isHash(params['metadata']))
    applyParams(intent, { metadata: params['metadata'] }, context.entity('PaymentIntent').fields);
  if (charge !== undefined) {
    charge['application_fee_amount'] = intent['application_fee_amount'];
    checkSplit(context, { ...charge, amount });
    captureCharge(context, charge, amount, storedMethod(context, intent));
  }
  return Object.assign(intent, { status: 'succeeded', amount_received: amount, amount_capturable: 0 });
}

/**
 * POST /v1/payment_intents/{id}/increment_authorization. Always fails, because no test card for online payments
 * supports increments.
 */
export function incrementAuthorization(context: Context, id: string): StoredObject {
  const intent = objectInPath(context, 'payment_intent', id, 'intent');
  if (intent['status'] !== 'requires_capture')
    throw unexpectedState(
      intent,
      `This PaymentIntent could not be incremented because it has a status of ${String(intent['status'])}. Only a PaymentIntent with one of the following statuses may be incremented: requires_capture.`,
    );
  throw badRequest('This PaymentIntent is not eligible for incremental authorization.', { param: 'amount' });
}

/** POST /v1/payment_intents/{id}/cancel */
export function cancelPaymentIntent(context: Context, id: string): StoredObject {
  const intent = objectInPath(context, 'payment_intent', id, 'intent');
  const status = String(intent['status']);
  if (!CANCELABLE_STATUSES.includes(status)) {
    throw unexpectedState(
      intent,
      `You cannot cancel this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be canceled: ${CANCELABLE_STATUSES.join(', ')}.`,
    );
  }
  const charge = context.account.get('charge', String(intent['latest_charge']));
  if (charge !== undefined && status === 'requires_capture') releaseHold(charge);
  if (charge !== undefined && status === 'processing') charge['status'] = 'failed';
  return Object.assign(intent, {
    status: 'canceled',
    canceled_at: context.now,
    amount_capturable: 0,
    next_action: null,
    cancellation_reason: context.params['cancellation_reason'] ?? null,
  });
}
