import { StripeApiError } from '../api-error.ts';

/** A response of the sandbox's API. */
export interface ApiResponse {
  readonly status: number;
  /** A Buffer for a file, otherwise the JSON value. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Returns the response to a failed request: Stripe's error, or 500 if the sandbox itself failed. */
export function errorResponse(error: unknown, requestId: string): { status: number; body: object } {
  // https://docs.stripe.com/api/errors#errors-request_log_url
  const request_log_url = `https://dashboard.stripe.com/test/logs/${requestId}`;
  if (!(error instanceof StripeApiError))
    return {
      status: 500,
      body: { error: { type: 'api_error', message: `The sandbox failed: ${String(error)}`, request_log_url } },
    };
  return { status: error.status, body: structuredClone({ error: { ...error.body, request_log_url } }) };
}
