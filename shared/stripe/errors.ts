import { MAX_TEXT_LENGTH } from '../bounds.ts';
import { ConnectorError, type ErrorDetails, type Status, type StripeErrorInfo } from '../errors.ts';
import { evidenceOf, isInFlight } from './effect.ts';
import type { StripeFailure } from './transport.ts';
import { redact, redactValue } from '../redact.ts';

/** Codes that mean "not in this state", whatever the HTTP status. https://docs.stripe.com/error-codes */
const WRONG_STATE = /_already_\w|(?:_unexpected_state|_not_editable|_not_open|_no_customer_line_items|_not_active)$/;

/**
 * Translates a failure of Stripe into a ConnectorError. No other module does. `keyed` is true if the request had an
 * idempotency key.
 */
export function toStripeError(failure: StripeFailure, write: boolean, keyed = true): ConnectorError {
  const [status, reason, message] = verdict(failure, write);
  const details: ErrorDetails = {
    reason,
    // The error is stored with the operation too, so it is redacted here.
    stripe: redactValue(failure.stripeError, [], MAX_TEXT_LENGTH) as StripeErrorInfo,
    retryable: status === 'UNAVAILABLE' || status === 'RESOURCE_EXHAUSTED' || status === 'ABORTED',
    ...(failure.retryAfterMs === undefined ? fallbackWait(status) : { retryAfterMs: failure.retryAfterMs }),
  };
  const error = new ConnectorError(status, redact(message, [], MAX_TEXT_LENGTH), details);
  if (write) error.evidence = evidenceOf(failure, keyed);
  return error;
}

function fallbackWait(status: Status): { retryAfterMs?: number } {
  return status === 'ABORTED' || status === 'RESOURCE_EXHAUSTED' ? { retryAfterMs: 1000 } : {};
}

/** Stripe's 429 for one object that another request uses. https://docs.stripe.com/rate-limits */
export function isLockTimeout({ stripeError }: StripeFailure): boolean {
  return stripeError.code === 'lock_timeout';
}

/** Stripe rejected the card, not the request. https://docs.stripe.com/error-handling#payment-errors */
export function isDeclined({ type }: StripeErrorInfo): boolean {
  return type === 'card_error';
}

/** Stripe's 429 for the whole account. */
export function isRateLimit(failure: StripeFailure): boolean {
  return !isLockTimeout(failure) && (failure.httpStatus === 429 || failure.stripeError.code === 'rate_limit');
}

type Verdict = readonly [Status, string, string];

/** A failing proxy is never bypassed. */
const PROXY: Readonly<Record<NonNullable<StripeFailure['proxy']>, Verdict>> = {
  UNREACHABLE: [
    'UNAVAILABLE',
    'PROXY_UNREACHABLE',
    'the proxy cannot be reached; nothing was sent, and nothing goes around it',
  ],
  REFUSED: ['UNAVAILABLE', 'PROXY_REFUSED', 'the proxy refuses the way to Stripe; nothing was sent'],
  AUTH: [
    'FAILED_PRECONDITION',
    'PROXY_AUTH_REJECTED',
    'the proxy refuses proxy_user and proxy_password, or asks for another proxy_auth_scheme; nothing was sent',
  ],
};

function verdict(failure: StripeFailure, write: boolean): Verdict {
  const { stripeError, message } = failure;
  if (failure.proxy !== undefined) return PROXY[failure.proxy];
  if (failure.unwritable === true)
    return [
      'INVALID_ARGUMENT',
      'INVALID_INPUT',
      'the input cannot be written as a request: it holds text that is not well-formed Unicode; nothing was sent',
    ];
  if (failure.kind === 'unsent')
    return ['UNAVAILABLE', 'STRIPE_UNREACHABLE', 'Stripe cannot be reached; nothing was sent'];
  if (failure.kind === 'lost') return lost(failure, write);
  if (isInFlight(failure))
    return ['ABORTED', 'OPERATION_IN_FLIGHT', 'another call with this operationId is in progress; retry shortly'];
  if (stripeError.type === 'idempotency_error') return ['ALREADY_EXISTS', 'OPERATION_ID_REUSED', message];
  switch (failure.httpStatus) {
    case 401:
      return [
        'FAILED_PRECONDITION',
        'API_KEY_REJECTED',
        "Stripe rejected the connection's API key; put a valid one into the secret",
      ];
    case 402:
      return ['FAILED_PRECONDITION', reasonOf(stripeError.declineCode ?? stripeError.code, 'CARD_ERROR'), message];
    case 403:
      return ['PERMISSION_DENIED', 'STRIPE_PERMISSION', message];
    case 404:
      return ['NOT_FOUND', reasonOf(stripeError.code, 'RESOURCE_MISSING'), message];
    case 429:
      return ['RESOURCE_EXHAUSTED', throttledReason(failure), message];
    default:
      return otherwise(failure, write);
  }
}

const REPEAT = 'whether the call took effect is not known: repeat it with the same operationId';

/** No response from Stripe: no response, a timeout, or a response of another server. */
function lost({ httpStatus, timedOut }: StripeFailure, write: boolean): Verdict {
  if (timedOut === true) {
    const message = 'Stripe did not answer in time';
    return ['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', write ? `${message}; ${REPEAT}` : message];
  }
  if (httpStatus === undefined) {
    return write
      ? ['UNAVAILABLE', 'OUTCOME_UNKNOWN', `the connection to Stripe broke; ${REPEAT}`]
      : ['UNAVAILABLE', 'STRIPE_UNREACHABLE', 'the connection to Stripe broke before its answer was whole'];
  }
  const message = `the answer (HTTP ${httpStatus}) is not Stripe's: a proxy, a gateway or another server may have given it`;
  return write
    ? ['UNAVAILABLE', 'OUTCOME_UNKNOWN', `${message}; ${REPEAT}`]
    : ['UNAVAILABLE', 'STRIPE_INVALID_RESPONSE', message];
}

/** `RATE_LIMITED` is the connection's own limit. Stripe's limit has another reason. */
function throttledReason(failure: StripeFailure): string {
  return isLockTimeout(failure) ? 'LOCK_TIMEOUT' : 'STRIPE_RATE_LIMIT';
}

function otherwise(failure: StripeFailure, write: boolean): Verdict {
  const { httpStatus = 0, stripeError, message } = failure;
  if (httpStatus >= 500) {
    return write
      ? [
          'UNAVAILABLE',
          'OUTCOME_UNKNOWN',
          'Stripe failed; whether the call took effect is not known: repeat it with the same operationId',
        ]
      : ['UNAVAILABLE', 'STRIPE_SERVER_ERROR', 'Stripe failed to answer'];
  }
  if (stripeError.type === 'card_error')
    return ['FAILED_PRECONDITION', reasonOf(stripeError.declineCode ?? stripeError.code, 'CARD_ERROR'), message];
  if (stripeError.code === 'rate_limit' || stripeError.code === 'lock_timeout')
    return ['RESOURCE_EXHAUSTED', throttledReason(failure), message];
  const state = stripeError.code === undefined ? stripeError.param === undefined : WRONG_STATE.test(stripeError.code);
  return state
    ? ['FAILED_PRECONDITION', reasonOf(stripeError.code, 'INVALID_STATE'), message]
    : ['INVALID_ARGUMENT', reasonOf(stripeError.code, 'STRIPE_INVALID_REQUEST'), message];
}

/** The format of Stripe's codes. Other text is not used as a reason. https://docs.stripe.com/error-codes */
const CODE = /^[a-z][a-z0-9_.-]{0,79}$/i;

function reasonOf(code: string | undefined, otherwiseReason: string): string {
  return code === undefined || !CODE.test(code) ? otherwiseReason : code.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}
