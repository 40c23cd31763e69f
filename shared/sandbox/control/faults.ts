/** What can go wrong on demand. `before` the request has its effect, or `after` it. */
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

export interface Fault {
  readonly kind: FaultKind;
  /** Number of matching requests that the fault applies to. Without it, it applies to a share of all. */
  times?: number;
  /** In [0, 1]: of the requests that match. */
  readonly share?: number;
  readonly method?: string;
  /** The path begins so. */
  readonly path?: string;
  /** Milliseconds, for delay. */
  readonly ms?: number;
  /** Seconds, for rate_limit_retry_after. */
  readonly seconds?: number;
}

/** The faults that are set, in order; the first that meets a request is its fate. */
export class Faults {
  private set: Fault[] = [];

  constructor(private readonly chance: () => number) {}

  add(fault: Fault): void {
    this.set.push({ ...fault });
  }

  clear(): void {
    this.set = [];
  }

  all(): readonly Fault[] {
    return this.set;
  }

  fateOf(method: string, path: string): Fault | undefined {
    const fault = this.set.find(
      (one) =>
        (one.method === undefined || one.method === method) &&
        (one.path === undefined || path.startsWith(one.path)) &&
        (one.times === undefined ? this.chance() < (one.share ?? 1) : one.times > 0),
    );
    if (fault?.times !== undefined) fault.times -= 1;
    return fault;
  }
}

export interface Plain {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The answer of a fault that answers instead of the request; undefined for those that do more. */
export function faultAnswer(fault: Fault): Plain | undefined {
  switch (fault.kind) {
    case 'rate_limit':
      return jsonError(
        429,
        {
          type: 'invalid_request_error',
          code: 'rate_limit',
          message: 'Request rate limit exceeded. You are above the rate limit of requests per second for your account.',
        },
        { 'stripe-rate-limited-reason': 'global-rate' },
      );
    case 'rate_limit_retry_after':
      return jsonError(
        429,
        { type: 'invalid_request_error', code: 'rate_limit', message: 'Request rate limit exceeded.' },
        { 'retry-after': String(fault.seconds ?? 1) },
      );
    case 'lock_timeout':
      return jsonError(429, {
        type: 'invalid_request_error',
        code: 'lock_timeout',
        message:
          'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
      });
    case 'conflict':
      return jsonError(409, {
        type: 'idempotency_error',
        code: 'idempotency_key_in_use',
        message: 'There is currently another in-progress request using this idempotent key. Please try again later.',
      });
    case 'error_500':
      return jsonError(500, { type: 'api_error', message: 'An unknown error occurred' });
    case 'forbidden':
      return jsonError(403, {
        type: 'invalid_request_error',
        message: 'The provided key does not have the required permissions for this endpoint.',
      });
    case 'unauthorized':
      return jsonError(401, { type: 'invalid_request_error', message: 'Invalid API Key provided: sk_test_****0000' });
    case 'should_retry':
      return jsonError(
        400,
        { type: 'invalid_request_error', message: 'Try again.' },
        { 'stripe-should-retry': 'true' },
      );
    case 'should_not_retry':
      return jsonError(500, { type: 'api_error', message: 'Do not try again.' }, { 'stripe-should-retry': 'false' });
    case 'html_503':
      return {
        status: 503,
        headers: { 'content-type': 'text/html' },
        body: '<html><body><h1>503 Service Unavailable</h1></body></html>',
      };
    default:
      return undefined;
  }
}

function jsonError(status: number, error: object, headers: Record<string, string> = {}): Plain {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ error }) };
}
