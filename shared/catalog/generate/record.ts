import Stripe from 'stripe';

/** The request that an SDK method sends. */
export interface RecordedCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Ids are `{1}`, `{2}` ... in the order of the method's arguments. */
  readonly path: string;
}

interface Recordable {
  _makeRequest: (method: string, path: string) => unknown;
}

/**
 * Calls a method of an SDK resource with placeholder ids and records the request that the method would send, because
 * the SDK has no table of its routes. Returns undefined for a method that only builds a URL (OAuth).
 */
export function recordCall(resource: object, method: string, idCount: number): RecordedCall | undefined {
  const prototype = Stripe.StripeResource.prototype as unknown as Recordable;
  const original = prototype._makeRequest;
  let recorded: RecordedCall | undefined;
  prototype._makeRequest = (verb, path) => {
    recorded = { method: verb as RecordedCall['method'], path: decodeURIComponent(path) };
    return Promise.resolve({});
  };
  try {
    const ids = Array.from({ length: idCount }, (_, index) => `{${index + 1}}`);
    const call = (resource as Record<string, (...args: string[]) => unknown>)[method];
    call?.apply(resource, ids);
  } finally {
    prototype._makeRequest = original;
  }
  return recorded;
}

/** The SDK client whose methods `recordCall` calls. It sends no request. */
export const sdk = new Stripe('sk_test_recorder', { telemetry: false });
