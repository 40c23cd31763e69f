import { DECLINES, type Decline } from '../cards/declines.ts';
import { settleInvoice } from '../billing/invoices/settle.ts';
import { cardOf, debitOf, isSetUp, spend } from '../cards/method-state.ts';
import type { CardRow } from '../cards/card-row.ts';
import type { Context } from '../context.ts';
import { asksCustomer, isConfirmedLater } from '../methods/customer-actions.ts';
import { isDebit } from '../methods/debit-details.ts';
import { startDebit } from '../methods/debits.ts';
import { askForMicrodeposits, needsMicrodeposits } from '../methods/microdeposits.ts';
import { saveForLater } from '../methods/save-for-later.ts';
import { declined, type Refusal } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';
import { askForAuthentication, AUTHENTICATED } from './authentication.ts';
import { captureCharge, makeCharge, type Result } from './charges.ts';
import { placeHold } from './capture.ts';
import { checkScheme, errorHash } from './intent-rules.ts';

export interface PaymentAttempt {
  /** The customer is not there to authenticate. */
  readonly offSession: boolean;
  /** Decline what would need the customer. */
  readonly failsOnAction: boolean;
  /** The customer has authenticated this payment. */
  readonly isAuthenticated: boolean;
  readonly returnUrl?: string;
}

const BLOCKED: Decline = DECLINES.fraudulent;

/** Charges a payment method for a payment intent: success, a hold, an action to take, or 402. */
export function attemptPayment(context: Context, intent: Stored, method: Stored, attempt: PaymentAttempt): Stored {
  if (method['type'] !== 'card') return attemptOther(context, intent, method, attempt);
  const card = cardOf(context, method);
  const requested = isThreeDSecureRequested(intent);
  if (!attempt.isAuthenticated && needsAuthentication(card, attempt, isSetUp(context, method), requested)) {
    if (attempt.offSession) return fail(context, intent, method, declineOffSession(card));
    if (attempt.failsOnAction) return fail(context, intent, method, { decline: DECLINES.authenticationNotHandled });
    return askForAuthentication(context, intent, method, attempt.returnUrl);
  }
  const threeDSecure = attempt.isAuthenticated ? AUTHENTICATED : withoutChallenge(card, requested);
  const result = { ...resultOf(card), threeDSecure };
  if (result.decline !== undefined) return fail(context, intent, method, result);
  return succeed(context, intent, method, result, attempt.offSession);
}

/** Attempts a payment that is not by card: a debit of a bank account, or one that the customer authorizes on another page. */
function attemptOther(context: Context, intent: Stored, method: Stored, attempt: PaymentAttempt): Stored {
  const { type } = method;
  checkScheme(intent, type);
  if (debitOf(context, method)?.isBlocked === true)
    return fail(context, intent, method, { decline: BLOCKED, isBlocked: true });
  if (isDebit(type))
    return needsMicrodeposits(context, intent, method)
      ? askForMicrodeposits(context, intent, method)
      : startDebit(context, intent, method);
  const isSaved = attempt.offSession && method['customer'] !== null;
  if (asksCustomer(type) && !attempt.isAuthenticated && !isSaved) {
    if (attempt.offSession) return fail(context, intent, method, { decline: DECLINES.authenticationRequired });
    if (attempt.failsOnAction) return fail(context, intent, method, { decline: DECLINES.authenticationNotHandled });
    return askForAuthentication(context, intent, method, attempt.returnUrl);
  }
  return isConfirmedLater(type)
    ? startDebit(context, intent, method)
    : succeed(context, intent, method, {}, attempt.offSession);
}

function succeed(context: Context, intent: Stored, method: Stored, result: Result, offSession: boolean): Stored {
  const charge = makeCharge(context, intent, method, result);
  const isHold = isManual(intent);
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
  spend(context, method);
  settleInvoice(context, intent);
  return intent;
}

export function isManual(intent: Stored): boolean {
  const options = intent['payment_method_options'];
  const card = isHash(options) && isHash(options['card']) ? options['card'] : {};
  return intent['capture_method'] === 'manual' || card['capture_method'] === 'manual';
}

export function isThreeDSecureRequested(intent: Stored): boolean {
  const options = intent['payment_method_options'];
  const card = isHash(options) && isHash(options['card']) ? options['card'] : {};
  return card['request_three_d_secure'] === 'any' || card['request_three_d_secure'] === 'challenge';
}

/** https://docs.stripe.com/testing#regulatory-cards, https://docs.stripe.com/testing#three-ds-cards */
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

/** A card that declines in any case is declined for its own reason when the customer is off session. */
function declineOffSession(card: CardRow | undefined): Result {
  const own = card?.decline;
  return { decline: own === undefined ? DECLINES.authenticationRequired : DECLINES[own] };
}

/** Returns the result of the issuer, or of Radar with its default rules. https://docs.stripe.com/radar/rules#built-in-rules */
export function resultOf(card: CardRow | undefined): Result {
  if (card?.blocked === true || card?.risk === 'highest') return { decline: BLOCKED, isBlocked: true };
  if (card?.authentication === 'lookup_fails') return { decline: DECLINES.generic };
  return card?.decline === undefined ? {} : { decline: DECLINES[card.decline] };
}

/** 3-D Secure without the customer: frictionless, or requested from a card that goes on without it. https://docs.stripe.com/api/charges/object */
function withoutChallenge(card: CardRow | undefined, isRequested: boolean): object | null {
  if (card?.authentication === 'frictionless') return { ...AUTHENTICATED, authentication_flow: 'frictionless' };
  if (!isRequested) return null;
  if (card === undefined || card.authentication === 'unsupported') return null;
  const result = card.authentication === 'optional_fails' ? 'processing_error' : 'attempt_acknowledged';
  return { authentication_flow: null, result, result_reason: null, version: '2.2.0' };
}

/** 402; the intent falls back and remembers why. */
function fail(context: Context, intent: Stored, method: Stored, result: Result): never {
  const decline = result.decline ?? DECLINES.generic;
  const charge = makeCharge(context, intent, method, result);
  Object.assign(intent, {
    last_payment_error: errorHash(decline, method, charge),
    latest_charge: charge.id,
    next_action: null,
    payment_method: null,
    status: 'requires_payment_method',
  });
  throw refusalOf(decline, method, { charge: charge.id, payment_intent: intent });
}

export function refusalOf(decline: Decline, method: Stored, facts: Record<string, unknown>): Refusal {
  return declined(decline, { ...facts, payment_method: method });
}
