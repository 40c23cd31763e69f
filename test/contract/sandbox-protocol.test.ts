/** The sandbox's protocol through Stripe's SDK: parameters, lists, expansion, keys, versions, faults. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Stripe from 'stripe';
import { sandbox, stripe, sdk, says, customer, intent } from './sandbox-client.ts';

test('bad parameters are refused with what and where', async () => {
  const send = (params: object) => stripe.rawRequest('POST', '/v1/customers', params);
  await assert.rejects(
    send({ nmae: 'x' }),
    says({ code: 'parameter_unknown', param: 'nmae', message: 'Received unknown parameter: nmae', statusCode: 400 }),
  );
  await assert.rejects(
    send({ tax_exempt: 'maybe' }),
    says({ param: 'tax_exempt', message: 'Invalid tax_exempt: must be one of exempt, none, or reverse' }),
  );
  await assert.rejects(send({ balance: 'much' }), says({ code: 'parameter_invalid_integer', param: 'balance' }));
  await assert.rejects(
    stripe.rawRequest('POST', '/v1/payment_intents', { currency: 'usd' }),
    says({ code: 'parameter_missing', param: 'amount', message: 'Missing required param: amount.' }),
  );
  await assert.rejects(
    stripe.customers.retrieve('cus_none'),
    says({ code: 'resource_missing', statusCode: 404, message: "No such customer: 'cus_none'", param: 'id' }),
  );
  await assert.rejects(
    intent({ customer: 'cus_none' }),
    says({ code: 'resource_missing', statusCode: 400, param: 'customer' }),
  );
  await assert.rejects(
    stripe.rawRequest('POST', '/v1/nothing', {}),
    says({ statusCode: 404, message: /Unrecognized request URL/ }),
  );
});

test('lists walk by cursor, filter, and tell when there is more', async () => {
  const marker = 'list@example.com';
  const made: string[] = [];
  for (let i = 0; i < 12; i += 1) made.unshift((await stripe.customers.create({ email: marker, name: String(i) })).id);
  const all: string[] = [];
  for await (const one of stripe.customers.list({ email: marker, limit: 5 })) all.push(one.id);
  assert.deepEqual(all, made);
  const first = await stripe.customers.list({ email: marker });
  assert.deepEqual([first.data.length, first.has_more], [10, true]);
  const before = await stripe.customers.list({ email: marker, limit: 2, ending_before: made[5]! });
  assert.deepEqual(
    before.data.map(({ id }) => id),
    made.slice(3, 5),
  );
  assert.equal((await stripe.customers.list({ created: { gt: 9_000_000_000 } })).data.length, 0);
  await assert.rejects(stripe.customers.list({ limit: 101 }), says({ param: 'limit' }));
  await assert.rejects(
    stripe.customers.list({ starting_after: 'cus_none' }),
    says({ code: 'resource_missing', param: 'starting_after' }),
  );
});

test('expansion puts the object where its id was', async () => {
  const payer = await customer();
  const made = await intent({ customer: payer.id });
  const read = await stripe.paymentIntents.retrieve(made.id, { expand: ['customer'] });
  assert.equal((read.customer as Stripe.Customer).email, 'a@b.c');
  await assert.rejects(
    stripe.paymentIntents.retrieve(made.id, { expand: ['nothing'] }),
    says({ message: 'This property cannot be expanded (nothing).' }),
  );
});

test('a deleted customer answers as deleted', async () => {
  const gone = await customer();
  assert.deepEqual(JSON.parse(JSON.stringify(await stripe.customers.del(gone.id))), {
    id: gone.id,
    object: 'customer',
    deleted: true,
  });
  assert.equal((await stripe.customers.retrieve(gone.id)).deleted, true);
  await assert.rejects(stripe.customers.update(gone.id, { name: 'x' }), says({ code: 'resource_missing' }));
});

test('an idempotency key replays, refuses another payload, and conflicts in flight', async () => {
  const first = await stripe.customers.create({ name: 'once' }, { idempotencyKey: 'k1' });
  const again = await stripe.customers.create({ name: 'once' }, { idempotencyKey: 'k1' });
  assert.equal(again.id, first.id);
  await assert.rejects(
    stripe.customers.create({ name: 'twice' }, { idempotencyKey: 'k1' }),
    says({ rawType: 'idempotency_error', statusCode: 400, message: /can only be used with the same parameters/ }),
  );
  await assert.rejects(intent({ amount: 0 }), says({ statusCode: 400 }));
  await assert.rejects(
    stripe.paymentIntents.create({ amount: 0, currency: 'usd' }, { idempotencyKey: 'k2' }),
    says({ statusCode: 400 }),
  );
  assert.equal(
    (await stripe.paymentIntents.create({ amount: 100, currency: 'usd' }, { idempotencyKey: 'k2' })).amount,
    100,
    'what failed its checks did not begin',
  );
});

test('accounts do not see each other', async () => {
  const mine = await customer();
  await assert.rejects(
    stripe.customers.retrieve(mine.id, {}, { stripeAccount: 'acct_other' }),
    says({ code: 'resource_missing' }),
  );
});

test('keys and versions are checked', async () => {
  await assert.rejects(
    sdk({}, 'sk_live_000000000000').customers.list(),
    says({ statusCode: 401, message: /Invalid API Key provided/ }),
  );
  await assert.rejects(
    sdk({ apiVersion: '2019-01-01' }).customers.list(),
    says({ statusCode: 400, message: /Invalid Stripe API version/ }),
  );
  assert.match((await stripe.customers.list()).lastResponse.requestId, /^req_/);
});

test('the older version carries the fields that were dropped since', async () => {
  const older = sdk({ apiVersion: '2024-04-10' });
  const payer = await older.customers.create({});
  const draft = await older.invoices.create({ customer: payer.id });
  await older.invoiceItems.create({ customer: payer.id, invoice: draft.id, amount: 700, currency: 'usd' });
  const open = (await older.invoices.finalizeInvoice(draft.id)) as unknown as Record<string, unknown>;
  assert.deepEqual([open['paid'], open['paid_out_of_band'], open['charge']], [false, false, null]);
  assert.match(String(open['payment_intent']), /^pi_/);
  const paid = (await older.invoices.pay(draft.id, { payment_method: 'pm_card_visa' })) as unknown as Record<
    string,
    unknown
  >;
  assert.match(String(paid['charge']), /^ch_/);
  assert.ok('invoice' in (await older.paymentIntents.retrieve(String(open['payment_intent']))));
  assert.ok(!('invoice' in (await stripe.paymentIntents.retrieve(String(open['payment_intent'])))));
});

test('a share of requests can fail', async () => {
  sandbox.faults.add({ kind: 'rate_limit', share: 0.5 });
  const results = await Promise.allSettled(Array.from({ length: 60 }, () => stripe.customers.list()));
  const failed = results.filter(({ status }) => status === 'rejected').length;
  assert.ok(failed > 10 && failed < 50, String(failed));
});

test('faults and the log of what arrived can be had over HTTP', async () => {
  const control = (method: string, path: string, body?: string): Promise<Response> =>
    fetch(`${sandbox.url}/_sandbox/${path}`, { method, ...(body === undefined ? {} : { body }) });
  assert.equal((await control('POST', 'faults', '{"kind":"nonsense"}')).status, 400);
  await control('POST', 'faults', '{"kind":"lock_timeout","times":1}');
  await control('DELETE', 'requests');
  await assert.rejects(stripe.customers.list(), says({ code: 'lock_timeout', statusCode: 429 }));
  const seen = (await (await control('GET', 'requests')).json()) as Record<string, unknown>[];
  assert.deepEqual(
    seen.map(({ method, path }) => [method, path]),
    [['GET', '/v1/customers']],
  );
  assert.ok(!('key' in seen[0]!));
});

// https://docs.stripe.com/api/v2/core/events/list, https://docs.stripe.com/api/v2/core/accounts/list
test('lists of API v2 take ranges of ISO 8601, and accounts by whether they are closed', async () => {
  // The SDK's type has numbers; API v2 takes what its objects carry.
  await stripe.rawRequest('GET', '/v2/core/events?created[gte]=2026-01-01T00:00:00.000Z');
  const { id } = await stripe.v2.core.accounts.create({ display_name: 'Open' });
  const of = async (closed: boolean): Promise<string[]> =>
    (await stripe.v2.core.accounts.list({ closed })).data.map((one) => one.id);
  assert.ok((await of(false)).includes(id));
  assert.ok(!(await of(true)).includes(id));
});
