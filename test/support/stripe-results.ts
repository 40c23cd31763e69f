/** Builders of what the Stripe transport returns. */
import { parseResponse, RawResponse } from '../../shared/adapters/stripe/response.ts';
import type { StripeErrorInfo } from '../../shared/errors.ts';
import type { StripeFailure, StripeResult } from '../../shared/stripe/transport.ts';

/** The request never left this machine. */
export const UNSENT: StripeFailure = { ok: false, kind: 'unsent', message: '', stripeError: {} };
/** The request may have arrived; its response did not. */
export const LOST: StripeFailure = { ...UNSENT, kind: 'lost' };

/** An error of Stripe, as the transport has parsed it. https://docs.stripe.com/api/errors */
export function stripeFailure(
  httpStatus: number,
  stripeError: StripeErrorInfo = {},
  more: Partial<StripeFailure> = {},
): StripeFailure {
  return { ok: false, kind: 'refused', httpStatus, message: 'rejected', stripeError, ...more };
}

/** An HTTP response, parsed by the transport's own parser. `json` is undefined for a body that is not JSON. */
export function parsedResponse(
  status: number,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): StripeResult {
  return parseResponse(new RawResponse(status, headers, json, () => undefined));
}

/** The same for a response that is a failure; fails the test for any other. */
export function failedResponse(...response: Parameters<typeof parsedResponse>): StripeFailure {
  const result = parsedResponse(...response);
  if (result.ok) throw new Error(`a response with status ${response[0]} is a success`);
  return result;
}
