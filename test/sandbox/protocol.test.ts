/** The sandbox's protocol: idempotency keys, request ids, API versions, errors, authentication. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected, type Raw } from './documented.ts';
import { double, intent, openSandbox } from './protocol-setup.ts';

openSandbox();

const send = (key: string, form: string, path = '/v1/customers'): Promise<Raw> =>
  double().raw('POST', path, form, { 'idempotency-key': key });

// Idempotency
documented('/api/idempotent_requests', 'the same key answers the same, and says whose answer it is', async () => {
  const first = await send('same', 'name=a&email=a%40example.com');
  const again = await send('same', 'email=a%40example.com&name=a');
  assert.deepEqual(again.body, first.body);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(again.headers.get('original-request'), first.headers.get('request-id'));
  assert.notEqual(again.headers.get('request-id'), first.headers.get('request-id'));
  assert.equal(first.headers.get('idempotent-replayed'), null);
});

documented(
  '/api/idempotent_requests',
  'a key with other parameters, or at another path, is an idempotency_error',
  async () => {
    await send('other', 'name=a');
    for (const { status, body } of [await send('other', 'name=b'), await send('other', 'name=a', '/v1/products')])
      assert.deepEqual([status, body.error?.['type']], [400, 'idempotency_error']);
  },
);

documented('/api/idempotent_requests', 'a key has at most 255 characters', async () => {
  assert.equal((await send('x'.repeat(255), '')).status, 200);
  assert.equal((await send('x'.repeat(256), '')).status, 400);
});

documented(
  '/api/idempotent_requests',
  'an error of an endpoint that began is kept, a failed check of parameters is not',
  async () => {
    const cancel = `/v1/payment_intents/${(await intent({ confirm: true, payment_method: 'pm_card_visa' })).id}/cancel`;
    const refused = await send('kept', '', cancel);
    assert.equal(refused.status, 400);
    const again = await send('kept', '', cancel);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual(again.body, refused.body);
    assert.equal((await send('free', 'nope=1')).status, 400);
    assert.equal((await send('free', 'name=a')).status, 200);
  },
);

documented('/api/idempotent_requests', 'a declined card is declined again under the same key', async () => {
  const form =
    'amount=1000&currency=usd&confirm=true&payment_method=pm_card_visa_chargeDeclined&automatic_payment_methods[enabled]=true&automatic_payment_methods[allow_redirects]=never';
  const first = await send('declined', form, '/v1/payment_intents');
  const again = await send('declined', form, '/v1/payment_intents');
  assert.deepEqual([first.status, again.status], [402, 402]);
  assert.deepEqual(again.body, first.body);
});

documented('/api/idempotent_requests', 'keys count on writes alone, and each account has its own', async () => {
  const { raw } = double();
  const read = (): Promise<Raw> => raw('GET', '/v1/customers?limit=1', undefined, { 'idempotency-key': 'read' });
  await read();
  assert.equal((await read()).headers.get('idempotent-replayed'), null);
  const account = { 'idempotency-key': 'scoped', 'stripe-account': 'acct_other' };
  const own = await send('scoped', 'name=a');
  const theirs = await raw('POST', '/v1/customers', 'name=a', account);
  assert.notEqual(own.body['id'], theirs.body['id']);
});

documented('/api/request_ids', 'every response has a Request-Id', async () => {
  const { raw } = double();
  for (const { headers } of [
    await raw('GET', '/v1/customers'),
    await raw('GET', '/v1/nope'),
    await raw('POST', '/v1/customers', 'x=1'),
  ])
    assert.match(String(headers.get('request-id')), /^req_\w+$/);
});

documented(
  '/error-codes#idempotency-key-in-use',
  'a key whose request is under way is rejected, until that is done',
  async () => {
    const { sandbox } = double();
    sandbox.faults.add({ kind: 'delay', times: 1, ms: 100 });
    const slow = send('slow', 'name=slow');
    while (!sandbox.requests.some((request) => request.idempotencyKey === 'slow')) await new Promise(setImmediate);
    const during = await send('slow', 'name=slow');
    assert.deepEqual([during.status, during.body.error?.['code']], [409, 'idempotency_key_in_use']);
    assert.equal((await slow).status, 200);
    assert.equal((await send('slow', 'name=slow')).headers.get('idempotent-replayed'), 'true');
  },
);

// Versions
for (const version of [
  '2020-08-27',
  '2022-11-15',
  '2023-10-16',
  '2024-06-20',
  '2024-12-18.acacia',
  '2025-03-31.basil',
  '2026-06-24.dahlia',
])
  documented('/api/versioning', `version ${version} is taken and answered`, async () => {
    const { sdk } = double();
    assert.equal((await sdk({ apiVersion: version }).customers.create({ name: 'v' })).object, 'customer');
  });

for (const version of ['2099-01-01', '2024-13-01', 'latest', '2025-03-31', '2025-03-31.acacia'])
  documented('/api/versioning', `version ${version}, which Stripe never named, is rejected`, async () => {
    const { status, body } = await double().raw('GET', '/v1/customers', undefined, { 'stripe-version': version });
    assert.deepEqual([status, body.error?.['type']], [400, 'invalid_request_error']);
  });

documented('/api/versioning', 'an answer says which version it speaks', async () => {
  const { headers } = await double().raw('GET', '/v1/customers', undefined, { 'stripe-version': '2022-11-15' });
  assert.match(String(headers.get('stripe-version')), /^\d{4}-\d\d-\d\d\.\w+$/);
});

documented('/changelog/endive', 'parameters that a later version removed are taken under an earlier one', async () => {
  const { sdk } = double();
  const types = { amount: 1000, currency: 'usd', payment_method_types: ['card'] } as Stripe.PaymentIntentCreateParams;
  const made = await sdk({ apiVersion: '2024-06-20' }).paymentIntents.create(types);
  assert.deepEqual([made.automatic_payment_methods, made.payment_method_types], [null, ['card']]);
  await rejected(sdk().paymentIntents.create(types), { param: 'payment_method_types' });
});

documented(
  '/changelog/2023-08-16/automatic-payment-methods',
  'automatic payment methods are on, but for versions before they were',
  async () => {
    const { sdk } = double();
    const made = async (options: Record<string, unknown>): Promise<boolean | undefined> =>
      (await sdk(options).paymentIntents.create({ amount: 1000, currency: 'usd' })).automatic_payment_methods?.enabled;
    assert.deepEqual([await made({}), await made({ apiVersion: '2022-11-15' })], [true, undefined]);
  },
);

// Errors
documented('/api/errors', 'an object that is not there: 404 resource_missing with its page', async () => {
  const { status, body, headers } = await double().raw('GET', '/v1/customers/cus_nope');
  assert.equal(status, 404);
  assert.deepEqual(body.error, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
    message: "No such customer: 'cus_nope'",
    param: 'id',
    request_log_url: `https://dashboard.stripe.com/test/logs/${String(headers.get('request-id'))}`,
  });
});

for (const [form, code, param] of [
  ['amount=1000', 'parameter_missing', 'currency'],
  ['amount=1000&currency=usd&foo=1', 'parameter_unknown', 'foo'],
  ['amount=abc&currency=usd', 'parameter_invalid_integer', 'amount'],
  ['amount=&currency=usd', 'parameter_invalid_empty', 'amount'],
  ['amount=1000&currency=', 'parameter_invalid_empty', 'currency'],
  ['amount=1000&currency=usd&payment_method=pm_nope', 'resource_missing', 'payment_method'],
  ['amount=1000&currency=usd&customer=cus_nope', 'resource_missing', 'customer'],
] as const)
  documented(`/error-codes#${code.replaceAll('_', '-')}`, `${form} is ${code}`, async () => {
    const { status, body } = await double().raw('POST', '/v1/payment_intents', form);
    assert.deepEqual([status, body.error?.['code'], body.error?.['param']], [400, code, param]);
  });

documented('/error-codes#parameter-unknown', 'several unknown parameters are named together', async () => {
  const { body } = await double().raw('POST', '/v1/customers', 'foo=1&bar=2');
  assert.equal(body.error?.['message'], 'Received unknown parameters: foo, bar');
});

documented('/api/authentication', 'without a key, or with an unknown one: 401', async () => {
  const { raw } = double();
  assert.equal((await raw('GET', '/v1/customers', undefined, { authorization: '' })).status, 401);
  assert.equal((await raw('GET', '/v1/customers', undefined, { authorization: 'Bearer nope' })).status, 401);
});

documented('/error-codes#resource-already-exists', "an id of the caller's own is used once", async () => {
  const { stripe } = double();
  await stripe.products.create({ id: 'mug', name: 'Mug' });
  await rejected(stripe.products.create({ id: 'mug', name: 'Mug' }), { code: 'resource_already_exists' });
});

documented(
  '/api/payment_intents/create#create_payment_intent-payment_method_data',
  'payment_method_data takes a card by its token',
  async () => {
    const card = { type: 'card', card: { token: 'tok_mastercard' } };
    assert.ok((await intent({ payment_method_data: card })).id);
    await rejected(intent({ payment_method_data: { type: 'cheque' } }), { param: 'payment_method_data[type]' });
  },
);
