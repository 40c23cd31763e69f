/**
 * The errors of the connector, with Google's canonical codes. A failure is converted to one of them where it is detected,
 * and `http/` converts it to an HTTP response. Source of the codes: https://cloud.google.com/apis/design/errors
 */
import { MAX_VIOLATIONS_BYTES, MAX_TEXT_LENGTH, quoted } from './bounds.ts';
import { redact, redactValue } from './redact.ts';
import { Violations, violationsOf, type FieldViolation } from './field-violations.ts';

export type { FieldViolation } from './field-violations.ts';

export const STATUSES = {
  INVALID_ARGUMENT: { http: 400, retry: false },
  FAILED_PRECONDITION: { http: 400, retry: false },
  PERMISSION_DENIED: { http: 403, retry: false },
  NOT_FOUND: { http: 404, retry: false },
  ABORTED: { http: 409, retry: true },
  ALREADY_EXISTS: { http: 409, retry: false },
  RESOURCE_EXHAUSTED: { http: 429, retry: true },
  INTERNAL: { http: 500, retry: false },
  UNIMPLEMENTED: { http: 501, retry: false },
  UNAVAILABLE: { http: 503, retry: true },
  DEADLINE_EXCEEDED: { http: 504, retry: true },
} as const satisfies Record<string, { http: number; retry: boolean }>;

export type Status = keyof typeof STATUSES;

/** The effect of a call at Stripe: none, done, or unknown (repeat the call with the same key). */
export type Effect = 'none' | 'done' | 'unknown';

/** What the response to one write shows of its effect. `stripe/effect.ts` classifies responses and has the rules. */
export type Evidence =
  /** Stripe reported success for this operation. */
  | 'success'
  /** An error after Stripe's idempotency layer: a card error, or a response with `Idempotent-Replayed`. */
  | 'saved error'
  /**
   * An error that Stripe may return before its idempotency layer, such as a 400 or a 404. Without an idempotency key,
   * also a card error.
   */
  | 'invalid request'
  /** 403: the API key has no permission. */
  | 'permission denied'
  /** Stripe did not process the request: 401, 429, a lock timeout. */
  | 'not processed'
  /** Stripe has received the idempotency key with other parameters before. */
  | 'key mismatch'
  /** Another request with the same idempotency key is in progress. */
  | 'in flight'
  /** No byte of the request was sent. */
  | 'unsent'
  /** The request may have taken effect: no response, a response that is not Stripe's, or a 5xx. */
  | 'unclear';

/** Fields of Stripe's error that the response contains. Each text of Stripe is redacted before it is sent. */
export interface StripeErrorInfo {
  readonly type?: string | undefined;
  readonly code?: string | undefined;
  readonly declineCode?: string | undefined;
  readonly param?: string | undefined;
  readonly requestId?: string | undefined;
  readonly docUrl?: string | undefined;
  /** Id of the object that the failed request created or used, such as the PaymentIntent of a declined card. */
  readonly objectId?: string | undefined;
}

export interface ErrorDetails {
  /** Stable identifier in UPPER_SNAKE case that programs may depend on. */
  readonly reason: string;
  readonly violations?: readonly FieldViolation[] | undefined;
  /** Number of further violations that are not listed. */
  readonly moreViolations?: number | undefined;
  readonly stripe?: StripeErrorInfo | undefined;
  /** Milliseconds after which the same call may succeed. */
  readonly retryAfterMs?: number | undefined;
  /** Whether a repeated call may succeed. By default, the status determines this. */
  readonly retryable?: boolean | undefined;
  /**
   * HTTP status, if the status of the canonical code does not apply (405, 413, 415). An error for a rejected body
   * always has it.
   */
  readonly http?: number | undefined;
  /** For a 405: value of the Allow header. */
  readonly allow?: string | undefined;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('stripe-connector.error');

/** The error of a call. The message is for the caller, so it must not contain file paths or secrets. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly [BRAND] = true;
  readonly status: Status;
  readonly details: ErrorDetails;
  /** For writes: the operation id of the call. */
  operationId?: string;
  /** For writes: the known effect. */
  effect?: Effect;
  /** For writes: the version of the operation's idempotency key. */
  keyVersion?: number;
  /** For writes: what the response to the last request shows of the effect. Undefined if no request was sent. */
  evidence?: Evidence;

  constructor(status: Status, message: string, details: ErrorDetails) {
    super(quoted(message, MAX_TEXT_LENGTH), details.cause === undefined ? undefined : { cause: details.cause });
    this.status = status;
    this.details = details;
  }

  get retryable(): boolean {
    return this.details.retryable ?? STATUSES[this.status].retry;
  }
}

/**
 * Returns whether an exception is a ConnectorError. It checks a brand instead of the class, because a lazily loaded bundle
 * has its own copy of the class.
 */
export function isConnectorError(error: unknown): error is ConnectorError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/**
 * Creates an INVALID_ARGUMENT error with the violations that fit into a response, and the number of those that do not
 * fit. `unlisted` is the number of further violations, which are not in `given`.
 */
export function invalidArgument(given: readonly FieldViolation[] | Violations, unlisted = 0): ConnectorError {
  const all = given instanceof Violations ? given : violationsOf(given);
  const kept = all.list();
  const violations = kept.slice(0, redactedViolations(kept).length);
  const moreViolations = all.count - violations.length + unlisted;
  const rest = moreViolations === 0 ? '' : `; ${moreViolations} more violations are not shown`;
  const listed = violations.map(({ field, description }) => `${field}: ${description}`).join('; ');
  return new ConnectorError('INVALID_ARGUMENT', quoted(listed, MAX_TEXT_LENGTH - rest.length) + rest, {
    reason: 'INVALID_INPUT',
    violations,
    moreViolations: moreViolations === 0 ? undefined : moreViolations,
  });
}

/** Copies operation id, effect, key version and evidence to another error. */
export function copyWriteInfo(error: ConnectorError, other: ConnectorError): ConnectorError {
  if (error.operationId !== undefined) other.operationId = error.operationId;
  if (error.effect !== undefined) other.effect = error.effect;
  if (error.keyVersion !== undefined) other.keyVersion = error.keyVersion;
  if (error.evidence !== undefined) other.evidence = error.evidence;
  return other;
}

/** Copies an error for one call, because concurrent calls can fail with the same error object. */
export function copyError(error: ConnectorError): ConnectorError {
  const copy = copyWriteInfo(error, new ConnectorError(error.status, error.message, error.details));
  if (error.stack !== undefined) copy.stack = error.stack;
  return copy;
}

/** Creates an error for invalid settings. */
export function settingsInvalid(message: string, violations?: readonly FieldViolation[]): ConnectorError {
  return new ConnectorError('FAILED_PRECONDITION', message, { reason: 'SETTINGS_INVALID', violations });
}

/**
 * Converts any exception to a ConnectorError. For an unexpected exception the message is generic, because only the log
 * shows the cause.
 */
export function toConnectorError(cause: unknown): ConnectorError {
  if (isConnectorError(cause)) return cause;
  return new ConnectorError('INTERNAL', 'the connector failed unexpectedly; see its log for the cause', {
    reason: 'INTERNAL',
    cause,
  });
}

/** Returns the body of an error response. https://cloud.google.com/apis/design/errors#http_mapping */
export function errorBody(error: ConnectorError): { error: Record<string, unknown> } {
  const { details: errorDetails } = error;
  const stripeInfo = Object.entries(errorDetails.stripe ?? {}).flatMap(([name, text]: [string, string | undefined]) =>
    text === undefined ? [] : [[name, quoted(text)]],
  );
  const metadata = {
    ...(redactValue(Object.fromEntries(stripeInfo)) as StripeErrorInfo),
    retryable: String(error.retryable),
    operationId: error.operationId,
    effect: error.effect,
  };
  const details: object[] = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: errorDetails.reason,
      domain: errorDetails.stripe === undefined ? 'stripe-connector' : 'stripe.com',
      metadata,
    },
  ];
  if (errorDetails.violations !== undefined) {
    details.push({
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: redactedViolations(violationsOf(errorDetails.violations).list()),
    });
  }
  const waitMs = retryAfterMsOf(error);
  if (waitMs !== undefined)
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${waitMs / 1000}s` });
  const code = errorDetails.http ?? STATUSES[error.status].http;
  return { error: { code, status: error.status, message: redact(error.message), details } };
}

/**
 * Returns the milliseconds after which a retry may succeed. Without `details.retryAfterMs`, this is one second for a
 * retryable UNAVAILABLE error and undefined for any other error.
 */
export function retryAfterMsOf({ details, status, retryable }: ConnectorError): number | undefined {
  return details.retryAfterMs ?? (status === 'UNAVAILABLE' && retryable ? 1000 : undefined);
}

/** Redacts violations. Leaves out the last ones if all of them together exceed `MAX_VIOLATIONS_BYTES`. */
function redactedViolations(violations: readonly FieldViolation[]): FieldViolation[] {
  const fitting: FieldViolation[] = [];
  let bytes = 0;
  for (const { field, description } of violations) {
    const value = { field: redact(field), description: redact(description) };
    bytes += Buffer.byteLength(JSON.stringify(value));
    if (bytes > MAX_VIOLATIONS_BYTES) break;
    fitting.push(value);
  }
  return fitting;
}
