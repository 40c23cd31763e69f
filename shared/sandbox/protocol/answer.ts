import { Refusal } from '../refusal.ts';

/** What goes back over the wire. */
export interface Answer {
  readonly status: number;
  /** A Buffer is a file. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Returns the response to a failed request: Stripe's error, or 500 for a fault of the sandbox itself. */
export function failureAnswer(error: unknown, requestId: string): { status: number; body: object } {
  // https://docs.stripe.com/api/errors#errors-request_log_url
  const request_log_url = `https://dashboard.stripe.com/test/logs/${requestId}`;
  if (!(error instanceof Refusal))
    return {
      status: 500,
      body: { error: { type: 'api_error', message: `The sandbox failed: ${String(error)}`, request_log_url } },
    };
  return { status: error.status, body: structuredClone({ error: { ...error.body, request_log_url } }) };
}
