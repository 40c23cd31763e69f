/** What the tables of documented behaviour share: a sandbox, Stripe's own SDK, and short ways to common objects. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import Stripe from 'stripe';
import { startSandbox, type Sandbox } from '../../../shared/sandbox/server.ts';

export interface Shop {
  readonly stripe: Stripe;
  readonly sandbox: Sandbox;
  /** Seconds pass. */
  readonly pass: (seconds: number) => void;
  readonly pay: (more?: object, options?: Stripe.RequestOptions) => Promise<Stripe.PaymentIntent>;
  readonly intent: (more?: object) => Promise<Stripe.PaymentIntent>;
  readonly charge: (intent: Stripe.PaymentIntent) => Promise<Stripe.Charge>;
  readonly customer: () => Promise<string>;
}

/** One behaviour: the page of https://docs.stripe.com that tells it, what it is, and how it is seen. */
export type Row = readonly [page: string, behaviour: string, see: (shop: Shop) => Promise<unknown>];

const NO_REDIRECTS = { enabled: true, allow_redirects: 'never' };

/** One test for each row, all on one sandbox with a clock of its own. */
export function documented(rows: readonly Row[]): void {
  let shop: Shop;
  before(async () => {
    let now = Date.UTC(2026, 10, 27) / 1000;
    const sandbox = await startSandbox({ seed: 5, now: () => now });
    const { hostname, port } = new URL(sandbox.url);
    const stripe = new Stripe(sandbox.apiKey, {
      host: hostname,
      port: Number(port),
      protocol: 'http',
      telemetry: false,
      maxNetworkRetries: 0,
    });
    const base = { amount: 1000, currency: 'usd', automatic_payment_methods: NO_REDIRECTS };
    const create = (params: object, options?: Stripe.RequestOptions): Promise<Stripe.PaymentIntent> =>
      stripe.paymentIntents.create(params as Stripe.PaymentIntentCreateParams, options);
    shop = {
      stripe,
      sandbox,
      pass: (seconds) => (now += seconds),
      pay: (more, options) => create({ ...base, payment_method: 'pm_card_visa', confirm: true, ...more }, options),
      intent: (more) => create({ ...base, ...more }),
      charge: (intent) => stripe.charges.retrieve(String(intent.latest_charge)),
      customer: async () => (await stripe.customers.create({ email: 'jane@example.com' })).id,
    };
  });
  after(() => shop.sandbox.close());
  for (const [page, behaviour, see] of rows)
    void test(`${behaviour} (https://docs.stripe.com${page})`, async () => {
      await see(shop);
    });
}

/** The error of a call that must be refused, with these fields. */
export async function refused(
  call: Promise<unknown>,
  facts: Record<string, unknown>,
): Promise<Stripe.errors.StripeError> {
  const error = await call.then(
    (value) => assert.fail(`it is taken: ${JSON.stringify(value).slice(0, 200)}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Stripe.errors.StripeError, String(error));
  for (const [name, wanted] of Object.entries(facts)) {
    const actual: unknown = (error as unknown as Record<string, unknown>)[name];
    if (wanted instanceof RegExp) assert.match(String(actual), wanted, error.message);
    else assert.equal(actual, wanted, `${name}: ${error.message}`);
  }
  return error;
}
