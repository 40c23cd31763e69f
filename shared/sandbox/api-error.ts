/** The error object of Stripe's error responses. https://docs.stripe.com/api/errors */
export interface StripeApiErrorBody {
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly doc_url?: string | undefined;
  readonly [key: string]: unknown;
}

/** An error that the sandbox returns as Stripe's error response. Handlers of endpoints throw it. */
export class StripeApiError extends Error {
  /**
   * True if the endpoint failed, not the check of the parameters. In API v1, the response is then stored under the
   * idempotency key.
   */
  isFromEndpoint = false;

  /** True if the changes before the error are kept: a declined payment, for example, leaves a failed charge. */
  keepsEffects: boolean;

  constructor(
    readonly status: number,
    readonly body: StripeApiErrorBody,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.message);
    this.keepsEffects = status === 402;
  }

  withEffects(): this {
    this.keepsEffects = true;
    return this;
  }

  fromEndpoint(): this {
    this.isFromEndpoint = true;
    return this;
  }
}

function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`;
}

/** Returns an `invalid_request_error` with status 400. */
export function badRequest(
  message: string,
  details: { code?: string; param?: string; [key: string]: unknown } = {},
): StripeApiError {
  return new StripeApiError(400, {
    type: 'invalid_request_error',
    message,
    ...details,
    doc_url: details.code === undefined ? undefined : docUrl(details.code),
  });
}

/**
 * Runs a function that checks the members of a hash parameter. If the function throws an error with `param`, prefixes
 * `param` with the name of the hash: `number` becomes `card[number]`.
 */
export function withHashInParam<T>(hash: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof StripeApiError) || error.body.param === undefined) throw error;
    const param = error.body.param.replace(/^[^[]+/, (name) => `${hash}[${name}]`);
    throw new StripeApiError(error.status, { ...error.body, param }, error.headers);
  }
}

/** Names of objects in Stripe's error texts, if they differ from the names in the API. */
const OBJECT_WORDS: Readonly<Record<string, string>> = { payment_method: 'PaymentMethod', setup_intent: 'setupintent' };

/** Returns the error for an id that does not exist: 404 for an id in the path, 400 for an id in a parameter. */
export function noSuchObject(object: string, id: string, param: string, isInParam = false): StripeApiError {
  const words = OBJECT_WORDS[object] ?? object.replace(/^.*\./, '');
  const error = badRequest(`No such ${words}: '${id}'`, { code: 'resource_missing', param });
  return isInParam ? error : new StripeApiError(404, error.body);
}

/** Returns the error for a required parameter that the request does not have. */
export function missingParam(param: string): StripeApiError {
  return badRequest(`Missing required param: ${param}.`, { code: 'parameter_missing', param });
}

/** Returns a `card_error` with status 402. */
export function cardError(
  decline: { message: string; code: string; decline_code?: string },
  details: Record<string, unknown> = {},
): StripeApiError {
  return new StripeApiError(402, { type: 'card_error', ...decline, doc_url: docUrl(decline.code), ...details });
}
