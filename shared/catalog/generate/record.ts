import Stripe from 'stripe';

/** One method of the SDK as it goes over the wire. */
export interface RecordedCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Ids stand as `{1}`, `{2}` ... in the order of the method's arguments. */
  readonly path: string;
}

interface Recordable {
  _makeRequest: (method: string, path: string) => unknown;
}

/**
 * Calls one method of an SDK resource with placeholder ids and catches what it would send.
 * Undefined for a method that only builds an address (OAuth) and sends nothing.
 * The SDK publishes no table of its routes any more, so the calls themselves are the table.
 */
export function recordCall(resource: object, method: string, idCount: number): RecordedCall | undefined {
  const prototype = Stripe.StripeResource.prototype as unknown as Recordable;
  const original = prototype._makeRequest;
  let caught: RecordedCall | undefined;
  prototype._makeRequest = (verb, path) => {
    caught = { method: verb as RecordedCall['method'], path: decodeURIComponent(path) };
    return Promise.resolve({});
  };
  try {
    const ids = Array.from({ length: idCount }, (_, index) => `{${index + 1}}`);
    const call = (resource as Record<string, (...args: string[]) => unknown>)[method];
    call?.apply(resource, ids);
  } finally {
    prototype._makeRequest = original;
  }
  return caught;
}

export const sdk = new Stripe('sk_test_recorder', { telemetry: false });
