/**
 * The one taxonomy of errors: Google's canonical codes. Everything that can go wrong becomes one of these once,
 * where it is first understood, and is turned into HTTP once, in `http/`.
 * Source of codes: https://cloud.google.com/apis/design/errors
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

/** What a call did at Stripe: nothing, the thing itself, or nobody can tell (repeat with the same key). */
export type Effect = 'none' | 'done' | 'unknown';

/** What the response to one write shows of its effect. `stripe/effect.ts` classifies responses and has the rules. */
export type Evidence =
  /** Stripe's success for this operation. */
  | 'success'
  /** A refusal behind Stripe's idempotency layer: a card error, or a response marked `Idempotent-Replayed`. */
  | 'final refusal'
  /** A refusal that Stripe can give before its idempotency layer: 400, 404. */
  | 'early refusal'
  /** 403: the API key may not do this. */
  | 'permission refusal'
  /** Stripe did not look at the request: 401, 429, a lock timeout. */
  | 'unprocessed refusal'
  /** Stripe knows the idempotency key with other parameters. */
  | 'key mismatch'
  /** Another request with the same idempotency key is in progress. */
  | 'in flight'
  /** No byte of the request left. */
  | 'unsent'
  /** The request may have taken effect: no response, a response that is not Stripe's, or a 5xx. */
  | 'unclear';

/** What Stripe said, kept for the caller. Never a secret: Stripe's own words go through redaction first. */
export interface StripeErrorInfo {
  readonly type?: string;
  readonly code?: string;
  readonly declineCode?: string;
  readonly param?: string;
  readonly requestId?: string;
  readonly docUrl?: string;
}

export interface ErrorDetails {
  /** UPPER_SNAKE, stable: what a program may switch on. */
  readonly reason: string;
  readonly violations?: readonly FieldViolation[];
  /** How many violations there are beyond these. */
  readonly moreViolations?: number;
  readonly stripe?: StripeErrorInfo;
  /** Milliseconds after which the same call can succeed. */
  readonly retryAfterMs?: number;
  /** Whether repeating the same call can help; by default the status says. */
  readonly retryable?: boolean;
  /** HTTP status where it is not the status' own (405, 413, 415). */
  readonly http?: number;
  /** Of a 405: the method that is taken. */
  readonly allow?: string;
  readonly cause?: unknown;
}

const BRAND = Symbol.for('stripe-connector.error');

/** The only error that leaves the core. The message is for the caller: no paths, no secrets. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';
  readonly [BRAND] = true;
  readonly status: Status;
  readonly details: ErrorDetails;
  /** Writes only: the idempotency key that was used and what is known of the effect. */
  operationId?: string;
  effect?: Effect;
  /** Writes only: which of the operation's keys it was. */
  keyVersion?: number;
  /** Writes only: what the last request to Stripe showed; undefined where none was sent. */
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

/** A brand instead of instanceof: a lazily loaded bundle carries its own copy of the class. */
export function isConnectorError(error: unknown): error is ConnectorError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** Bad input: the violations at once, as many as an answer shows, and how many there are beyond. The message names each field. */
export function invalidArgument(match: readonly FieldViolation[] | Violations, beyond = 0): ConnectorError {
  const all = match instanceof Violations ? match : violationsOf(match);
  const violations = all.list();
  const moreViolations = all.count - violations.length + beyond;
  const rest = moreViolations === 0 ? '' : `; ${moreWords(moreViolations)}`;
  const words = violations.map(({ field, description }) => `${field}: ${description}`).join('; ');
  return new ConnectorError('INVALID_ARGUMENT', quoted(words, MAX_TEXT_LENGTH - rest.length) + rest, {
    reason: 'INVALID_INPUT',
    violations,
    ...(moreViolations === 0 ? {} : { moreViolations }),
  });
}

/** What is known of a write, on an error that says the same in other words. */
export function withMessage(error: ConnectorError, inWords: ConnectorError): ConnectorError {
  if (error.operationId !== undefined) inWords.operationId = error.operationId;
  if (error.effect !== undefined) inWords.effect = error.effect;
  if (error.keyVersion !== undefined) inWords.keyVersion = error.keyVersion;
  if (error.evidence !== undefined) inWords.evidence = error.evidence;
  return inWords;
}

/** The same error of one call alone: several calls may wait for one reading of the key, and fail with one error. */
export function ownError(error: ConnectorError): ConnectorError {
  const own = withMessage(error, new ConnectorError(error.status, error.message, error.details));
  if (error.stack !== undefined) own.stack = error.stack;
  return own;
}

function moreWords(count: number): string {
  return `${count} more are wrong and not shown`;
}

/** What stands in the settings does not do for this. */
export function settingsInvalid(message: string, violations?: readonly FieldViolation[]): ConnectorError {
  const details = { reason: 'SETTINGS_INVALID', ...(violations === undefined ? {} : { violations }) };
  return new ConnectorError('FAILED_PRECONDITION', message, details);
}

/** Whatever nobody foresaw: the caller learns that it was us, the cause goes to the log only. */
export function toConnectorError(cause: unknown): ConnectorError {
  if (isConnectorError(cause)) return cause;
  return new ConnectorError('INTERNAL', 'the connector failed; the log has the cause', { reason: 'INTERNAL', cause });
}

/** The body of an error answer. https://cloud.google.com/apis/design/errors#http_mapping */
export function errorBody(error: ConnectorError): { error: Record<string, unknown> } {
  const { details: errorDetails } = error;
  const said = Object.fromEntries(
    Object.entries(errorDetails.stripe ?? {}).map(([name, text]: [string, string]) => [name, quoted(text)]),
  );
  const metadata = {
    ...(redactValue(said) as StripeErrorInfo),
    retryable: String(error.retryable),
    ...(error.operationId === undefined ? {} : { operationId: error.operationId }),
    ...(error.effect === undefined ? {} : { effect: error.effect }),
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
      fieldViolations: shownViolations(errorDetails.violations),
    });
  }
  const waitMs = retryAfterMsOf(error);
  if (waitMs !== undefined)
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${waitMs / 1000}s` });
  const code = errorDetails.http ?? STATUSES[error.status].http;
  return { error: { code, status: error.status, message: redact(error.message), details } };
}

/** Milliseconds after which a repeat can help; of everything that is away for a while a second. */
export function retryAfterMsOf({ details, status, retryable }: ConnectorError): number | undefined {
  return details.retryAfterMs ?? (status === 'UNAVAILABLE' && retryable ? 1000 : undefined);
}

/** Redacted, and as many as fit into an answer; the message counts the others. */
function shownViolations(violations: readonly FieldViolation[]): FieldViolation[] {
  const fitting: FieldViolation[] = [];
  let bytes = 0;
  for (const { field, description } of violationsOf(violations).list()) {
    const value = { field: redact(field), description: redact(description) };
    bytes += Buffer.byteLength(JSON.stringify(value));
    if (bytes > MAX_VIOLATIONS_BYTES) break;
    fitting.push(value);
  }
  return fitting;
}
