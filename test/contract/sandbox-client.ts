/** Stripe's own SDK as a client of a sandbox that each file starts, and objects to begin with. */
import assert from 'node:assert/strict';
import { after, before, beforeEach } from 'node:test';
import Stripe from 'stripe';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';

export let sandbox: Sandbox;

export let stripe: Stripe;

export function sdk(options: Record<string, unknown> = {}, key = SANDBOX_KEY): Stripe {
  const { hostname, port } = new URL(sandbox.url);
  return new Stripe(key, {
    host: hostname,
    port: Number(port),
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: 0,
    ...options,
  });
}

before(async () => {
  sandbox = await startSandbox({ seed: 7 });
  stripe = sdk();
});

after(() => sandbox.close());

beforeEach(() => sandbox.faults.clear());

/** An error of Stripe with these facts. */
export const says =
  (facts: {
    message?: string | RegExp;
    code?: string;
    statusCode?: number;
    param?: string;
    rawType?: string;
    decline_code?: string;
  }) =>
  (error: unknown) => {
    assert.ok(error instanceof Stripe.errors.StripeError, String(error));
    for (const [key, value] of Object.entries(facts)) {
      const actual: unknown = (error as unknown as Record<string, unknown>)[key];
      if (value instanceof RegExp) assert.match(String(actual), value);
      else assert.equal(actual, value, key);
    }
    return true;
  };

export const customer = (): Promise<Stripe.Customer> => stripe.customers.create({ email: 'a@b.c' });

/** Without payment methods that redirect, no `return_url` is needed. */
export const NO_REDIRECTS = { enabled: true, allow_redirects: 'never' } as const;

export const intent = (more: object = {}): Promise<Stripe.PaymentIntent> =>
  stripe.paymentIntents.create({ amount: 1500, currency: 'usd', automatic_payment_methods: NO_REDIRECTS, ...more });
