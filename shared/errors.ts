/**
 * The one taxonomy of errors: Google's canonical codes. Everything that can go wrong becomes one of these once,
 * where it is first understood, and is turned into HTTP once, in `serve/`.
 * Source of codes: https://cloud.google.com/apis/design/errors
 */
import { redact, redactValue } from './redact.ts';

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

/** One thing wrong with one input. `field` is the path as the caller wrote it. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/** What Stripe said, kept for the caller. Never a secret: Stripe's own words go through redaction first. */
export interface StripeSaid {
  readonly type?: string;
  readonly code?: string;
  readonly declineCode?: string;
  readonly param?: string;
  readonly requestId?: string;
  readonly docUrl?: string;
}

export interface ErrorFacts {
  /** UPPER_SNAKE, stable: what a program may switch on. */
  readonly reason: string;
  readonly violations?: readonly FieldViolation[];
  readonly stripe?: StripeSaid;
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
  readonly facts: ErrorFacts;
  /** Writes only: the idempotency key that was used and what is known of the effect. */
  operationId?: string;
  effect?: Effect;
  /** Writes only: which of the operation's keys it was. */
  generation?: number;

  constructor(status: Status, message: string, facts: ErrorFacts) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.status = status;
    this.facts = facts;
  }

  get retryable(): boolean {
    return this.facts.retryable ?? STATUSES[this.status].retry;
  }
}

/** A brand instead of instanceof: a lazily loaded bundle carries its own copy of the class. */
export function isConnectorError(error: unknown): error is ConnectorError {
  return typeof error === 'object' && error !== null && BRAND in error;
}

/** Bad input: every violation at once, the message names each field. */
export function invalid(violations: readonly FieldViolation[]): ConnectorError {
  const message = violations.map(({ field, description }) => `${field}: ${description}`).join('; ');
  return new ConnectorError('INVALID_ARGUMENT', message, { reason: 'INVALID_INPUT', violations });
}

/** What stands in the settings does not do for this. */
export function settingsInvalid(message: string, violations?: readonly FieldViolation[]): ConnectorError {
  const facts = { reason: 'SETTINGS_INVALID', ...(violations === undefined ? {} : { violations }) };
  return new ConnectorError('FAILED_PRECONDITION', message, facts);
}

/** Whatever nobody foresaw: the caller learns that it was us, the cause goes to the log only. */
export function unforeseen(cause: unknown): ConnectorError {
  if (isConnectorError(cause)) return cause;
  return new ConnectorError('INTERNAL', 'the connector failed; the log has the cause', { reason: 'INTERNAL', cause });
}

/** Characters of a message, and of a description of one field, that are shown and kept at most. */
export const LONGEST_MESSAGE = 4000;
/** Characters of a field's name, and of each of Stripe's words about an error. */
const LONGEST_SAID = 500;

/** The body of an error answer. https://cloud.google.com/apis/design/errors#http_mapping */
export function errorBody(error: ConnectorError): { error: Record<string, unknown> } {
  const { facts } = error;
  const said = redactValue(facts.stripe ?? {}, [], LONGEST_SAID) as StripeSaid;
  const metadata = {
    ...said,
    retryable: String(error.retryable),
    ...(error.operationId === undefined ? {} : { operationId: error.operationId }),
    ...(error.effect === undefined ? {} : { effect: error.effect }),
  };
  const details: object[] = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: facts.reason,
      domain: facts.stripe === undefined ? 'stripe-connector' : 'stripe.com',
      metadata,
    },
  ];
  if (facts.violations !== undefined) {
    details.push({
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: facts.violations.map(({ field, description }) => ({
        field: redact(field, [], LONGEST_SAID),
        description: redact(description, [], LONGEST_MESSAGE),
      })),
    });
  }
  if (facts.retryAfterMs !== undefined) {
    details.push({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${facts.retryAfterMs / 1000}s` });
  }
  const code = facts.http ?? STATUSES[error.status].http;
  return { error: { code, status: error.status, message: redact(error.message, [], LONGEST_MESSAGE), details } };
}
