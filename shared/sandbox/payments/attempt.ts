import { DECLINES, type Decline } from '../cards/declines.ts';
import { markInvoicePaidBy } from '../billing/invoices/settle.ts';
import { cardOf, debitAccountOf, isSetUp, markSpent } from '../cards/method-state.ts';
import type { CardRow } from '../cards/card-row.ts';
import type { Context } from '../context.ts';
import { needsCustomerAction, isConfirmedLater } from '../methods/customer-actions.ts';
import { isDebit } from '../methods/debit-details.ts';
import { startDebit } from '../methods/debits.ts';
import { askForMicrodeposits, needsMicrodeposits } from '../methods/microdeposits.ts';
import { saveForLater } from '../methods/save-for-later.ts';
import { cardError, type StripeApiError } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { askForAuthentication, AUTHENTICATED } from './authentication.ts';
import { captureCharge, makeCharge, type ChargeResult } from './charges.ts';
import { placeHold } from './capture.ts';
import { checkMethodSupports, errorHash } from './intent-rules.ts';

/** How a payment is attempted. */
export interface PaymentAttempt {
  /** True if the customer is absent and cannot authenticate. */
  readonly offSession: boolean;
  /** True if a payment that needs an action of the customer is declined instead. */
  readonly failsOnAction: boolean;
  /** True if the customer has already authenticated this payment. */
  readonly isAuthenticated: boolean;
  readonly returnUrl?: string | undefined;
}

/** The decline of a payment that Radar blocks. */
const BLOCKED: Decline = DECLINES.fraudulent;

/**
 * Charges a payment method for a payment intent. Afterwards the intent has succeeded, holds the amount for a later
 * capture, or waits for the customer or the bank. Throws 402 if the payment is declined.
 */
export function attemptPayment(
  context: Context,
  intent: StoredObject,
  method: StoredObject,
  attempt: PaymentAttempt,
): StoredObject {
  if (method['type'] !== 'card') return attemptWithoutCard(context, intent, method, attempt);
  const card = cardOf(context, method);
  const isRequested = isThreeDSecureRequested(intent);
  if (!attempt.isAuthenticated && needsAuthentication(card, attempt, isSetUp(context, method), isRequested)) {
    if (attempt.offSession) return failPayment(context, intent, method, declineOffSession(card));
    if (attempt.failsOnAction)
      return failPayment(context, intent, method, { decline: DECLINES.authenticationNotHandled });
    return askForAuthentication(context, intent, method, attempt.returnUrl);
  }
  const threeDSecure = attempt.isAuthenticated ? AUTHENTICATED : withoutChallenge(card, isRequested);
  const result = { ...issuerResult(card), threeDSecure };
  if (result.decline !== undefined) return failPayment(context, intent, method, result);
  return completePayment(context, intent, method, result, attempt.offSession);
}

/** Attempts a payment without a card: a bank debit, or a payment that the customer authorizes on another page. */
function attemptWithoutCard(
  context: Context,
  intent: StoredObject,
  method: StoredObject,
  attempt: PaymentAttempt,
): StoredObject {
  const { type } = method;
  checkMethodSupports(intent, type);
  if (debitAccountOf(context, method)?.isBlocked === true)
    return failPayment(context, intent, method, { decline: BLOCKED, isBlocked: true });
  if (isDebit(type))
    return needsMicrodeposits(context, intent, method)
      ? askForMicrodeposits(context, intent, method)
      : startDebit(context, intent, method);
  const isSavedOffSession = attempt.offSession && method['customer'] !== null;
  if (needsCustomerAction(type) && !attempt.isAuthenticated && !isSavedOffSession) {
    if (attempt.offSession) return failPayment(context, intent, method, { decline: DECLINES.authenticationRequired });
    if (attempt.failsOnAction)
      return failPayment(context, intent, method, { decline: DECLINES.authenticationNotHandled });
    return askForAuthentication(context, intent, method, attempt.returnUrl);
  }
  return isConfirmedLater(type)
    ? startDebit(context, intent, method)
    : completePayment(context, intent, method, {}, attempt.offSession);
}

/** Charges the amount of an intent, or holds the amount if the intent is captured manually. */
function completePayment(
  context: Context,
  intent: StoredObject,
  method: StoredObject,
  result: ChargeResult,
  offSession: boolean,
): StoredObject {
  const charge = makeCharge(context, intent, method, result);
  const isHold = isManualCapture(intent);
  const amount = Number(intent['amount']);
  if (isHold) placeHold(context, charge, offSession);
  else captureCharge(context, charge, amount, method);
  Object.assign(intent, {
    amount_capturable: isHold ? amount : 0,
    amount_received: isHold ? 0 : amount,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: method.id,
    status: isHold ? 'requires_capture' : 'succeeded',
  });
  saveForLater(context, intent, method);
  markSpent(context, method);
  markInvoicePaidBy(context, intent);
  return intent;
}

/** Returns whether a later request captures the payment. Until then it is only authorized. */
export function isManualCapture(intent: StoredObject): boolean {
  const options = intent['payment_method_options'];
  const card = isHash(options) && isHash(options['card']) ? options['card'] : {};
  return intent['capture_method'] === 'manual' || card['capture_method'] === 'manual';
}

/** Returns whether the intent requires 3-D Secure for every card that supports 3-D Secure. */
export function isThreeDSecureRequested(intent: StoredObject): boolean {
  const options = intent['payment_method_options'];
  const card = isHash(options) && isHash(options['card']) ? options['card'] : {};
  return card['request_three_d_secure'] === 'any' || card['request_three_d_secure'] === 'challenge';
}

/** Returns whether the customer must authenticate a payment with a card. https://docs.stripe.com/testing#regulatory-cards, https://docs.stripe.com/testing#three-ds-cards */
export function needsAuthentication(
  card: CardRow | undefined,
  { offSession }: { readonly offSession: boolean },
  wasSetUp: boolean,
  isRequested: boolean,
): boolean {
  switch (card?.authentication) {
    case 'always':
    case 'required':
      return true;
    case 'unless_set_up':
    case 'set_up':
      return !offSession || !wasSetUp;
    case 'optional':
      return !offSession && isRequested;
    default:
      return false;
  }
}

/**
 * Returns the decline of an off-session payment that needs authentication. A card that is always declined has its usual
 * decline.
 */
function declineOffSession(card: CardRow | undefined): ChargeResult {
  const declineReason = card?.decline;
  return { decline: declineReason === undefined ? DECLINES.authenticationRequired : DECLINES[declineReason] };
}

/** Returns the result of a charge: Radar blocks it by a default rule, or the issuer declines or approves it. https://docs.stripe.com/radar/rules#built-in-rules */
export function issuerResult(card: CardRow | undefined): ChargeResult {
  if (card?.blocked === true || card?.risk === 'highest') return { decline: BLOCKED, isBlocked: true };
  if (card?.authentication === 'lookup_fails') return { decline: DECLINES.generic };
  return card?.decline === undefined ? {} : { decline: DECLINES[card.decline] };
}

/** Returns the `three_d_secure` result of a payment without a challenge. https://docs.stripe.com/api/charges/object */
function withoutChallenge(card: CardRow | undefined, is3dsRequested: boolean): object | null {
  if (card?.authentication === 'frictionless') return { ...AUTHENTICATED, authentication_flow: 'frictionless' };
  if (!is3dsRequested) return null;
  if (card === undefined || card.authentication === 'unsupported') return null;
  const result = card.authentication === 'optional_fails' ? 'processing_error' : 'attempt_acknowledged';
  return { authentication_flow: null, result, result_reason: null, version: '2.2.0' };
}

/** Fails a payment and throws 402. The intent contains the error and needs another payment method. */
function failPayment(context: Context, intent: StoredObject, method: StoredObject, result: ChargeResult): never {
  const decline = result.decline ?? DECLINES.generic;
  const charge = makeCharge(context, intent, method, result);
  Object.assign(intent, {
    last_payment_error: errorHash(decline, method, charge),
    latest_charge: charge.id,
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  });
  throw declineError(decline, method, { charge: charge.id, payment_intent: intent });
}

export function declineError(decline: Decline, method: StoredObject, details: Record<string, unknown>): StripeApiError {
  return cardError(decline, { ...details, payment_method: method });
}
