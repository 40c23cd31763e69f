/**
 * Kinds of faults. With `error_500_after`, `reset_after`, `truncated` and `empty`, the request has its effect before it
 * fails.
 */
export const FAULTS = [
  'rate_limit',
  'rate_limit_retry_after',
  'lock_timeout',
  'conflict',
  'error_500',
  'error_500_after',
  'html_503',
  'forbidden',
  'unauthorized',
  'reset_before',
  'reset_after',
  'truncated',
  'empty',
  'delay',
  'hang',
  'should_retry',
  'should_not_retry',
] as const;

export type FaultKind = (typeof FAULTS)[number];

/** A failure that the sandbox simulates for the requests that match. */
export interface Fault {
  readonly kind: FaultKind;
  /** Number of further matching requests to which the fault applies. If undefined, `share` decides. */
  times?: number;
  /** Share of the matching requests to which the fault applies, 0 to 1. If absent, the fault applies to all of them. */
  readonly share?: number;
  readonly method?: string;
  /** Prefix of the path. */
  readonly path?: string;
  /** Length of a `delay` in milliseconds. */
  readonly ms?: number;
  /** Value of the `Retry-After` header for `rate_limit_retry_after`, in seconds. */
  readonly seconds?: number;
}

/** The configured faults. Of several faults that match a request, the first one applies. */
export class Faults {
  private faults: Fault[] = [];

  constructor(private readonly random: () => number) {}

  add(fault: Fault): void {
    this.faults.push({ ...fault });
  }

  clear(): void {
    this.faults = [];
  }

  all(): readonly Fault[] {
    return this.faults;
  }

  /** Returns the fault that applies to a request, if there is one, and decreases its `times`. */
  takeFault(method: string, path: string): Fault | undefined {
    const fault = this.faults.find(
      (candidate) =>
        (candidate.method === undefined || candidate.method === method) &&
        (candidate.path === undefined || path.startsWith(candidate.path)) &&
        (candidate.times === undefined ? this.random() < (candidate.share ?? 1) : candidate.times > 0),
    );
    if (fault?.times !== undefined) fault.times -= 1;
    return fault;
  }
}

export interface FixedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * The responses of the faults that respond without executing the request. The other faults execute or drop the request.
 */
const FIXED_RESPONSES: Readonly<Partial<Record<FaultKind, (fault: Fault) => FixedResponse>>> = {
  rate_limit: () =>
    jsonError(
      429,
      {
        type: 'invalid_request_error',
        code: 'rate_limit',
        message: 'Request rate limit exceeded. You are above the rate limit of requests per second for your account.',
      },
      { 'stripe-rate-limited-reason': 'global-rate' },
    ),
  rate_limit_retry_after: ({ seconds = 1 }) =>
    jsonError(
      429,
      { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' },
      { 'retry-after': String(seconds) },
    ),
  lock_timeout: () =>
    jsonError(429, {
      type: 'invalid_request_error',
      code: 'lock_timeout',
      message:
        'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
    }),
  conflict: () =>
    jsonError(409, {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: 'There is currently another in-progress request using this idempotent key. Please try again later.',
    }),
  error_500: () => jsonError(500, { type: 'api_error', message: 'An unknown error occurred' }),
  forbidden: () =>
    jsonError(403, {
      type: 'invalid_request_error',
      message: 'The provided key does not have the required permissions for this endpoint.',
    }),
  unauthorized: () =>
    jsonError(401, { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****0000' }),
  should_retry: () =>
    jsonError(400, { type: 'invalid_request_error', message: 'Try again.' }, { 'stripe-should-retry': 'true' }),
  should_not_retry: () =>
    jsonError(500, { type: 'api_error', message: 'Do not try again.' }, { 'stripe-should-retry': 'false' }),
  html_503: () => ({
    status: 503,
    headers: { 'content-type': 'text/html' },
    body: '<html><body><h1>503 Service Unavailable</h1></body></html>',
  }),
};

/** Returns the response of a fault that responds without executing the request. Undefined for any other fault. */
export function fixedResponse(fault: Fault): FixedResponse | undefined {
  return FIXED_RESPONSES[fault.kind]?.(fault);
}

function jsonError(status: number, error: object, headers: Record<string, string> = {}): FixedResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ error }) };
}
