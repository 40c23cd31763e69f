/** An error response of Stripe: status and error object. https://docs.stripe.com/api/errors */
export interface RefusalBody {
  readonly type: 'invalid_request_error' | 'card_error' | 'idempotency_error' | 'api_error';
  readonly message: string;
  readonly code?: string;
  readonly decline_code?: string;
  readonly param?: string;
  readonly doc_url?: string;
  readonly [key: string]: unknown;
}

export class Refusal extends Error {
  /** The endpoint began before it failed: an idempotency key keeps this outcome. */
  began = false;

  /** What the request did before it failed stays. A payment that is declined has its charge and its state. */
  keepsEffects: boolean;

  constructor(
    readonly status: number,
    readonly body: RefusalBody,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(body.message);
    this.keepsEffects = status === 402;
  }

  withEffects(): this {
    this.keepsEffects = true;
    return this;
  }

  asBegun(): this {
    this.began = true;
    return this;
  }
}

function docUrl(code: string): { doc_url: string } {
  return { doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}` };
}

/** 400 invalid_request_error. */
export function bad(message: string, facts: { code?: string; param?: string; [key: string]: unknown } = {}): Refusal {
  return new Refusal(400, {
    type: 'invalid_request_error',
    message,
    ...facts,
    ...(facts.code === undefined ? {} : docUrl(facts.code)),
  });
}

/** Runs what reads the parameters of one hash: a rejected parameter is named with the hash that it is in. */
export function namedInHash<T>(hash: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof Refusal) || error.body.param === undefined) throw error;
    const param = error.body.param.replace(/^[^[]+/, (name) => `${hash}[${name}]`);
    throw new Refusal(error.status, { ...error.body, param }, error.headers);
  }
}

/** How Stripe's texts name objects whose name in the API is another. */
const OBJECT_WORDS: Readonly<Record<string, string>> = { payment_method: 'PaymentMethod', setup_intent: 'setupintent' };

/** No such object: 404 where the path names it, 400 where a parameter does. */
export function missing(object: string, id: string, param: string, inBody = false): Refusal {
  const words = OBJECT_WORDS[object] ?? object.replace(/^.*\./, '');
  const refusal = bad(`No such ${words}: '${id}'`, { code: 'resource_missing', param });
  return inBody ? refusal : new Refusal(404, refusal.body);
}

/** 402 card_error. */
export function declined(
  decline: { message: string; code: string; decline_code?: string },
  facts: Record<string, unknown> = {},
): Refusal {
  return new Refusal(402, { type: 'card_error', ...decline, ...docUrl(decline.code), ...facts });
}
