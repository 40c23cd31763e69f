/** Texts and codes of errors, and how long idempotency keys are kept. */
import assert from 'node:assert/strict';
import { documented, ownSandbox, rejected, type Raw } from './documented.ts';

const DAY = 86_400;
let now = 1_795_000_000;
const double = ownSandbox({ now: () => now });

const send = (path: string, key: string, body: string, type = 'application/x-www-form-urlencoded'): Promise<Raw> =>
  double().raw('POST', path, body, { 'idempotency-key': key, 'content-type': type });

const isReplay = ({ headers }: Raw): boolean => headers.get('idempotent-replayed') === 'true';

documented('/api/idempotent_requests', 'a key is kept for 24 hours', async () => {
  await send('/v1/customers', 'day', 'name=Jane');
  now += DAY - 1;
  assert.ok(isReplay(await send('/v1/customers', 'day', 'name=Jane')));
  now += 1;
  assert.ok(!isReplay(await send('/v1/customers', 'day', 'name=Jane')));
});

documented('/api/idempotent_requests', 'a key at another endpoint names both', async () => {
  await send('/v1/customers', 'two', 'name=Jane');
  const { status, body } = await send('/v1/products', 'two', 'name=Jane');
  assert.deepEqual([status, body.error?.['type']], [400, 'idempotency_error']);
  assert.match(String(body.error?.['message']), /\('\/v1\/products' vs '\/v1\/customers'\).*key other than 'two'/);
});

const account = JSON.stringify({ display_name: 'Jane', contact_email: 'jane@example.com' });
const JSON_TYPE = 'application/json';

documented('/api-v2-overview#idempotency', 'a key of API v2 is kept for 30 days', async () => {
  const first = await send('/v2/core/accounts', 'month', account, JSON_TYPE);
  assert.equal(first.status, 200);
  now += 29 * DAY;
  assert.ok(isReplay(await send('/v2/core/accounts', 'month', account, JSON_TYPE)));
  now += DAY;
  assert.ok(!isReplay(await send('/v2/core/accounts', 'month', account, JSON_TYPE)));
});

documented('/api-v2-overview#idempotency', 'a request of API v2 that failed is run again under its key', async () => {
  const path = '/v2/core/accounts/acct_nope/close';
  for (let time = 0; time < 2; time += 1) {
    const failed = await send(path, 'failed', '{}', JSON_TYPE);
    assert.deepEqual([failed.status >= 400, isReplay(failed)], [true, false]);
  }
});

documented('/api/errors#errors-request_log_url', 'an error names the log of its request', async () => {
  const { body, headers } = await double().raw('GET', '/v1/customers/cus_nope');
  assert.equal(body.error?.['request_log_url'], `https://dashboard.stripe.com/test/logs/${headers.get('request-id')}`);
});

documented('/changelog/endive', 'payment_method_types has an error of its own since it was removed', async () => {
  const params = { amount: 1000, currency: 'usd', payment_method_types: ['card'] } as {
    amount: number;
    currency: string;
  };
  await rejected(double().stripe.paymentIntents.create(params), {
    statusCode: 400,
    code: 'payment_method_types_no_longer_supported',
    param: 'payment_method_types',
  });
  const earlier = double().sdk({ apiVersion: '2026-06-24.dahlia' });
  assert.equal((await earlier.paymentIntents.create(params)).status, 'requires_payment_method');
});

/** Path, text. */
const MISSING: readonly (readonly [string, string])[] = [
  ['/v1/customers/cus_nope', "No such customer: 'cus_nope'"],
  ['/v1/payment_intents/pi_nope', "No such payment_intent: 'pi_nope'"],
  ['/v1/setup_intents/seti_nope', "No such setupintent: 'seti_nope'"],
  ['/v1/payment_methods/pm_nope', "No such PaymentMethod: 'pm_nope'"],
  ['/v1/charges/ch_nope', "No such charge: 'ch_nope'"],
  ['/v1/subscriptions/sub_nope', "No such subscription: 'sub_nope'"],
];

for (const [path, message] of MISSING)
  documented('/error-codes#resource-missing', `${path}: ${message}`, async () => {
    const { status, body } = await double().raw('GET', path);
    assert.deepEqual([status, body.error?.['code']], [404, 'resource_missing']);
    assert.ok(String(body.error?.['message']).startsWith(message));
  });

documented('/api', 'a JSON body is rejected by API v1', async () => {
  const { status, body } = await send('/v1/customers', 'json', '{"name":"Jane"}', JSON_TYPE);
  assert.equal(status, 400);
  assert.match(String(body.error?.['message']), /content type is application\/x-www-form-urlencoded/);
});

documented('/error-codes#secret-key-required', 'a publishable key reads nothing', async () => {
  const { status, body } = await double().raw('GET', '/v1/customers', undefined, {
    authorization: 'Bearer pk_test_1234567890',
  });
  assert.deepEqual([status, body.error?.['code']], [401, 'secret_key_required']);
});

const NO_REDIRECT = { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } } as const;

/** What is wrong with the descriptor of a card payment. */
const DESCRIPTORS: readonly (readonly [string, object, string])[] = [
  ['more than 22 characters', { statement_descriptor_suffix: 'a'.repeat(23) }, 'statement_descriptor_suffix'],
  ['an angle bracket', { statement_descriptor_suffix: 'SHOP <1>' }, 'statement_descriptor_suffix'],
  ['no letter', { statement_descriptor_suffix: '12345' }, 'statement_descriptor_suffix'],
  ['a descriptor in place of a suffix', { statement_descriptor: 'MY SHOP' }, 'statement_descriptor'],
];

for (const [what, params, param] of DESCRIPTORS)
  documented('/get-started/account/statement-descriptors', `a card payment with ${what} is rejected`, async () => {
    const payment = { amount: 1000, currency: 'usd', payment_method: 'pm_card_visa', confirm: true, ...NO_REDIRECT };
    await rejected(double().stripe.paymentIntents.create({ ...payment, ...params }), { statusCode: 400, param });
  });

documented(
  '/api/customers/create#create_customer-invoice_prefix',
  'an invoice prefix has 3 to 12 capitals',
  async () => {
    const { stripe } = double();
    for (const invoice_prefix of ['ab', 'abc', 'A!C', 'A'.repeat(13)])
      await rejected(stripe.customers.create({ invoice_prefix }), { statusCode: 400, param: 'invoice_prefix' });
    assert.equal((await stripe.customers.create({ invoice_prefix: 'SHOP7' })).invoice_prefix, 'SHOP7');
  },
);

documented('/api/customers/search', 'a search counts its results where expand names the count', async () => {
  const { stripe } = double();
  await stripe.customers.create({ email: 'count@example.com' });
  const query = "email:'count@example.com'";
  const { total_count: count } = await stripe.customers.search({ query, expand: ['total_count'] });
  assert.equal(count, 1);
  assert.ok(!('total_count' in (await stripe.customers.search({ query }))));
});
