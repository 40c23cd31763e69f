import { MAX_TEXT_LENGTH } from '../bounds.ts';
import { ConnectorError, type ErrorDetails, type Status, type StripeErrorInfo } from '../errors.ts';
import { evidenceOf, isInFlight } from './effect.ts';
import type { StripeFailure } from './transport.ts';
import { redact, redactValue } from '../redact.ts';

/** Error codes for an object in the wrong state. Stripe sends them with different HTTP statuses. https://docs.stripe.com/error-codes */
const WRONG_STATE = /_already_\w|(?:_unexpected_state|_not_editable|_not_open|_no_customer_line_items|_not_active)$/;

/**
 * Converts a failed request to a ConnectorError. `write` is true if the request was a write, `keyed` if it had an
 * idempotency key.
 */
export function toStripeError(failure: StripeFailure, write: boolean, keyed = true): ConnectorError {
  const [status, reason, message] = mapError(failure, write);
  const details: ErrorDetails = {
    reason,
    // The error may be stored with the operation, so it is redacted here.
    stripe: redactValue(failure.stripeError, [], MAX_TEXT_LENGTH) as StripeErrorInfo,
    retryable: status === 'UNAVAILABLE' || status === 'RESOURCE_EXHAUSTED' || status === 'ABORTED',
    retryAfterMs: failure.retryAfterMs ?? fallbackWaitMs(status),
  };
  const error = new ConnectorError(status, redact(message, [], MAX_TEXT_LENGTH), details);
  if (write) error.evidence = evidenceOf(failure, keyed);
  return error;
}

/** Returns the retry delay of an error if Stripe named none. */
function fallbackWaitMs(status: Status): number | undefined {
  return status === 'ABORTED' || status === 'RESOURCE_EXHAUSTED' ? 1000 : undefined;
}

/** Returns whether the request failed because another request uses the same object. https://docs.stripe.com/rate-limits */
export function isLockTimeout({ stripeError }: StripeFailure): boolean {
  return stripeError.code === 'lock_timeout';
}

/** Returns whether the card was declined. https://docs.stripe.com/error-handling#payment-errors */
export function isDeclined({ type }: StripeErrorInfo): boolean {
  return type === 'card_error';
}

/**
 * Returns whether an object does not exist. https://docs.stripe.com/error-codes#resource-missing,
 * https://docs.stripe.com/api/v2/core/events/retrieve ("404 not_found")
 */
export function isMissingObject({ code }: StripeErrorInfo): boolean {
  return code === 'resource_missing' || code === 'not_found';
}

/** Returns whether a failure is a 429 for the rate of requests to one object. https://docs.stripe.com/rate-limits */
export function isObjectLimit({ httpStatus, rateLimitedReason }: StripeFailure): boolean {
  return httpStatus === 429 && rateLimitedReason === 'resource-specific';
}

/** Returns whether a failure is due to the rate limit of the account or of an endpoint. https://docs.stripe.com/rate-limits */
export function isRateLimit(failure: StripeFailure): boolean {
  if (isLockTimeout(failure) || isObjectLimit(failure)) return false;
  return failure.httpStatus === 429 || failure.stripeError.code === 'rate_limit';
}

/** Status, reason and message of the error for a failure. */
type ErrorMapping = readonly [Status, string, string];

/** The errors of a proxy. A proxy that fails is never bypassed. */
const PROXY_ERRORS: Readonly<Record<NonNullable<StripeFailure['proxy']>, ErrorMapping>> = {
  UNREACHABLE: [
    'UNAVAILABLE',
    'PROXY_UNREACHABLE',
    'the proxy cannot be reached, and no request bypasses it; nothing was sent',
  ],
  REFUSED: ['UNAVAILABLE', 'PROXY_REFUSED', 'the proxy refuses the tunnel to Stripe; nothing was sent'],
  AUTH: [
    'FAILED_PRECONDITION',
    'PROXY_AUTH_REJECTED',
    'the proxy rejects proxy_user and proxy_password, or requires another proxy_auth_scheme; nothing was sent',
  ],
};

/** Maps a failure to the status, the reason and the message of its error. */
function mapError(failure: StripeFailure, write: boolean): ErrorMapping {
  const { stripeError, message } = failure;
  if (failure.proxy !== undefined) return PROXY_ERRORS[failure.proxy];
  if (failure.unwritable === true)
    return [
      'INVALID_ARGUMENT',
      'INVALID_INPUT',
      'the input cannot be encoded: it contains text that is not well-formed Unicode; nothing was sent',
    ];
  if (failure.kind === 'unsent')
    return ['UNAVAILABLE', 'STRIPE_UNREACHABLE', 'Stripe cannot be reached; nothing was sent'];
  if (failure.kind === 'lost') return mapLost(failure, write);
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
      return mapOther(failure, write);
  }
}

const REPEAT = 'it is not known whether the call took effect: repeat it with the same operationId';

/** Maps a failure without a response of Stripe: a broken connection, a timeout, or a response of another server. */
function mapLost({ httpStatus, timedOut }: StripeFailure, write: boolean): ErrorMapping {
  if (timedOut === true) {
    const message = 'Stripe did not answer in time';
    return ['DEADLINE_EXCEEDED', 'DEADLINE_EXCEEDED', write ? `${message}; ${REPEAT}` : message];
  }
  if (httpStatus === undefined) {
    return write
      ? ['UNAVAILABLE', 'OUTCOME_UNKNOWN', `the connection to Stripe broke; ${REPEAT}`]
      : ['UNAVAILABLE', 'STRIPE_UNREACHABLE', 'the connection to Stripe broke before the response was complete'];
  }
  const message = `the answer (HTTP ${httpStatus}) is not Stripe's: a proxy, a gateway or another server may have given it`;
  return write
    ? ['UNAVAILABLE', 'OUTCOME_UNKNOWN', `${message}; ${REPEAT}`]
    : ['UNAVAILABLE', 'STRIPE_INVALID_RESPONSE', message];
}

/** Returns the reason for a 429 of Stripe. `RATE_LIMITED` is the reason for the connection's own limit. */
function throttledReason(failure: StripeFailure): string {
  return isLockTimeout(failure) ? 'LOCK_TIMEOUT' : 'STRIPE_RATE_LIMIT';
}

/** Maps the errors of Stripe that `mapError` does not handle, by their status, type and code. */
function mapOther(failure: StripeFailure, write: boolean): ErrorMapping {
  const { httpStatus = 0, stripeError, message } = failure;
  if (httpStatus >= 500) {
    return write
      ? ['UNAVAILABLE', 'OUTCOME_UNKNOWN', `Stripe failed; ${REPEAT}`]
      : ['UNAVAILABLE', 'STRIPE_SERVER_ERROR', 'Stripe failed to answer'];
  }
  if (stripeError.type === 'card_error')
    return ['FAILED_PRECONDITION', reasonOf(stripeError.declineCode ?? stripeError.code, 'CARD_ERROR'), message];
  if (stripeError.code === 'rate_limit' || stripeError.code === 'lock_timeout')
    return ['RESOURCE_EXHAUSTED', throttledReason(failure), message];
  // Without a code, an error that names no parameter is about the state of the object.
  const isWrongState =
    stripeError.code === undefined ? stripeError.param === undefined : WRONG_STATE.test(stripeError.code);
  return isWrongState
    ? ['FAILED_PRECONDITION', reasonOf(stripeError.code, 'INVALID_STATE'), message]
    : ['INVALID_ARGUMENT', reasonOf(stripeError.code, 'STRIPE_INVALID_REQUEST'), message];
}

/** Format of Stripe's codes. Text in another format is not used as a reason. https://docs.stripe.com/error-codes */
const CODE_FORMAT = /^[a-z][a-z0-9_.-]{0,79}$/i;

/** Returns Stripe's code as a reason: `card_declined` -> `CARD_DECLINED`. */
function reasonOf(code: string | undefined, fallback: string): string {
  return code === undefined || !CODE_FORMAT.test(code) ? fallback : code.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}
