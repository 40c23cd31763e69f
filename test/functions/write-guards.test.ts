/** Calls that the connection's settings or a restricted function reject, over HTTP. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from 'node:test';
import { freePort } from '../emulator/ports.ts';
import { errorOf, isSingleLayout, post, running, startFunction } from './framework.ts';
import { sandbox, serve, call, untouched } from './planned-calls.ts';

test('rejects a Connect account that the connection does not allow', async () => {
  const answer = await untouched('list-entities', { entity: 'Customer', accountId: 'acct_3' });
  assert.equal(errorOf(answer).details[0]?.reason, 'ACCOUNT_NOT_ALLOWED');
});

for (const [settings, name, body, reason] of [
  [{ read_only: true }, 'create-entity', { entity: 'Customer', connectorInputPayload: {} }, 'READ_ONLY'],
  [{ read_only: true }, 'cancel-quote', { connectorInputPayload: { QuoteId: 'qt_1' } }, 'READ_ONLY'],
  [{ read_only: true }, 'delete-entity', { entity: 'Customer', filterClause: "Email = 'a'" }, 'READ_ONLY'],
  [
    { allowed_currencies: ['usd'] },
    'create-entity',
    { entity: 'PaymentIntent', connectorInputPayload: { Amount: 1, Currency: 'eur' } },
    'CURRENCY_NOT_ALLOWED',
  ],
  [
    { allowed_currencies: ['usd'] },
    'create-entity',
    {
      entity: 'Price',
      connectorInputPayload: { Currency: 'usd', Product: 'p', CurrencyOptions: { eur: { unit_amount: 1 } } },
    },
    'CURRENCY_NOT_ALLOWED',
  ],
  [
    { max_amounts: { usd: 1000 } },
    'create-entity',
    { entity: 'PaymentIntent', connectorInputPayload: { Amount: 1001, Currency: 'usd' } },
    'AMOUNT_NOT_ALLOWED',
  ],
  [
    { max_amounts: { usd: 1000 } },
    'create-entity',
    { entity: 'PaymentIntent', connectorInputPayload: { Amount: 1, Currency: 'jpy' } },
    'AMOUNT_NOT_ALLOWED',
  ],
  [
    { max_amounts: { usd: 1000, jpy: 5000 } },
    'capture-payment-intent',
    { connectorInputPayload: { PaymentIntentId: 'pi_1', AmountToCapture: 2000 } },
    'AMOUNT_NOT_ALLOWED',
  ],
  [
    { max_amounts: { usd: 1000 } },
    'create-entity',
    {
      entity: 'InvoiceItem',
      dryRun: true,
      connectorInputPayload: { Customer: 'cus_1', Amount: -2000, Currency: 'USD' },
    },
    'AMOUNT_NOT_ALLOWED',
  ],
  [
    { max_amounts: { usd: 1000 } },
    'create-entity',
    {
      entity: 'V2.MoneyManagement.InboundTransfer',
      connectorInputPayload: {
        Amount: { value: 5000, currency: 'usd' },
        From: { payment_method: 'pm_1' },
        To: { currency: 'usd', financial_account: 'fa_1' },
      },
    },
    'AMOUNT_NOT_ALLOWED',
  ],
] as const) {
  test(`${JSON.stringify(settings)} rejects ${name} with ${JSON.stringify(body).slice(0, 60)}`, async () => {
    const guarded = await serve(settings);
    try {
      const before_ = sandbox.requests.length;
      const answer = await call(name, body, guarded);
      assert.equal(answer.status, 403, answer.text);
      assert.equal(errorOf(answer).details[0]?.reason, reason);
      assert.equal(sandbox.requests.length, before_);
    } finally {
      await guarded.stop();
    }
  });
}

test('a write within the policy succeeds', async () => {
  const guarded = await serve({ max_amounts: { usd: 1000 }, allowed_currencies: ['usd'] });
  try {
    const body = { entity: 'PaymentIntent', connectorInputPayload: { Amount: 1000, Currency: 'usd' } };
    assert.equal((await call('create-entity', body, guarded)).status, 200);
  } finally {
    await guarded.stop();
  }
});

const CLOUD = {
  K_SERVICE: 'execute-action',
  GOOGLE_CLOUD_PROJECT: 'p',
  CONNECTION_SETTINGS: JSON.stringify({
    name: 'c',
    region: 'europe-west1',
    service_account: 'c@p.iam.gserviceaccount.com',
    api_key: 'projects/p/secrets/s/versions/1',
  }),
};

// In the single layout operations_allowlist says which actions are served: single-service.test.ts.
const SERVED = [
  ['execute-action', 'PayInvoice', /this function serves no action, because its manifest entry lists none/],
  ['cancel-subscription', 'PayInvoice', /this function serves CancelSubscription only/],
] as const;
for (const [name, action, message] of isSingleLayout() ? [] : SERVED) {
  test(`in the cloud ${name} does not serve ${action}`, async () => {
    const one = await startFunction({ name, env: CLOUD });
    try {
      const answer = await post(one.url, { action, connectorInputPayload: { InvoiceId: 'in_1' } });
      assert.equal(answer.status, 403, answer.text);
      assert.match(errorOf(answer).message, message);
    } finally {
      await one.stop();
    }
  });
}

test('a restricted action needs no name', async () => {
  const answer = await untouched('cancel-subscription', {
    dryRun: true,
    connectorInputPayload: { SubscriptionId: 'sub_1' },
  });
  assert.deepEqual(
    (answer.body['requests'] as { path: string }[]).map(({ path }) => path),
    ['/v1/subscriptions/sub_1'],
  );
});

test("rejects Stripe's test helpers with a live key", async () => {
  const port = await freePort();
  const env = {
    PATH: process.env['PATH'],
    PORT: String(port),
    STRIPE_API_KEY: 'sk_live_00000000000000000000',
    ALLOW_LIVE: '1',
    STRIPE_API_BASE: sandbox.url,
  } as NodeJS.ProcessEnv;
  const live = await running(spawn(process.execPath, ['build/local/start.cjs'], { env }), port, 'try it:');
  try {
    const before_ = sandbox.requests.length;
    const answer = await call('list-entities', { entity: 'TestHelpers.TestClock' }, live);
    assert.equal(errorOf(answer).details[0]?.reason, 'TEST_KEY_REQUIRED');
    assert.equal(sandbox.requests.length, before_);
  } finally {
    await live.stop();
  }
});
