/** The admin API and the command line of the sandbox. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { commandOptions } from '../../shared/sandbox/options.ts';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { ownSandbox } from './documented.ts';

const double = ownSandbox();

async function admin(method: string, where: string, body?: object): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${double().sandbox.url}/_sandbox/${where}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

test('the index lists every path of the admin API', async () => {
  const { body } = await admin('GET', '');
  assert.ok((body as string[]).includes('POST /_sandbox/events/{id}/resend'));
  assert.equal((await admin('GET', 'nope')).status, 404);
});

test('a fault is set, listed, applied and cleared', async () => {
  const { raw } = double();
  await admin('POST', 'faults', { kind: 'rate_limit', times: 1 });
  assert.equal(((await admin('GET', 'faults')).body as unknown[]).length, 1);
  const { status, headers } = await raw('GET', '/v1/customers');
  assert.deepEqual([status, headers.get('stripe-rate-limited-reason')], [429, 'global-rate']);
  assert.equal((await raw('GET', '/v1/customers')).status, 200);
  await admin('DELETE', 'faults');
  assert.deepEqual((await admin('GET', 'faults')).body, []);
  assert.equal((await admin('POST', 'faults', { kind: 'nope' })).status, 400);
});

// https://docs.stripe.com/rate-limits
test('a rate limit applies until it is removed', async () => {
  const { raw } = double();
  await admin('POST', 'rate_limit', { per_second: 1 });
  const statuses = await Promise.all(Array.from({ length: 5 }, async () => (await raw('GET', '/v1/customers')).status));
  assert.ok(statuses.includes(429), statuses.join());
  await admin('POST', 'rate_limit', { per_second: null });
  assert.equal((await raw('GET', '/v1/customers')).status, 200);
});

test('the time stops, moves and passes again', async () => {
  const { stripe } = double();
  assert.deepEqual((await admin('POST', 'time', { now: '2026-01-01T00:00:00Z' })).body, {
    now: 1_767_225_600,
    frozen: true,
  });
  assert.equal((await stripe.customers.create({})).created, 1_767_225_600);
  await admin('POST', 'time', { advance: 86_400 });
  assert.equal((await stripe.customers.create({})).created, 1_767_312_000);
  assert.equal(((await admin('POST', 'time', { resume: true })).body as { frozen: boolean }).frozen, false);
  for (const body of [{}, { now: 'soon' }, { advance: 'x' }])
    assert.equal((await admin('POST', 'time', body)).status, 400);
});

test('one object is seeded, without an event', async () => {
  const { stripe } = double();
  const last = (await stripe.events.list({ limit: 1 })).data[0]?.id;
  const { body } = await admin('POST', 'seed', { entity: 'Charge', params: { amount: 5 } });
  const charge = await stripe.charges.retrieve((body as { id: string }).id);
  assert.deepEqual([charge.amount, charge.status], [5, 'succeeded']);
  assert.equal((await stripe.events.list({ limit: 1 })).data[0]?.id, last);
  assert.equal((await admin('POST', 'seed', { entity: 'Nope' })).status, 400);
});

test('the whole state can be saved and loaded', async () => {
  const { stripe } = double();
  const { id } = await stripe.customers.create({
    name: 'kept',
    tax_id_data: [{ type: 'gb_vat', value: 'GB123456789' }],
  });
  const { body } = await admin('GET', 'state');
  await stripe.customers.del(id);
  await admin('PUT', 'state', body as object);
  const back = await stripe.customers.retrieve(id);
  assert.ok(back.deleted !== true);
  assert.equal((await stripe.customers.listTaxIds(id)).data.length, 1);
});

test('the seed `demo` creates a shop', async () => {
  const { stripe } = double();
  const own = await stripe.paymentIntents.create({ amount: 500, currency: 'usd' });
  const { body } = await admin('POST', 'seed', { name: 'demo' });
  const counts = body as Record<string, number>;
  assert.ok((counts['customer'] ?? 0) >= 50 && (counts['payment_intent'] ?? 0) >= 200, JSON.stringify(counts));
  assert.ok((counts['subscription'] ?? 0) >= 20 && (counts['dispute'] ?? 0) > 0 && (counts['refund'] ?? 0) > 0);
  // Lists are sorted by `created`, the newest first. https://docs.stripe.com/api/payment_intents/list
  const lists = { payments: stripe.paymentIntents, charges: stripe.charges, invoices: stripe.invoices };
  for (const [name, list] of Object.entries(lists)) {
    const { data } = await list.list({ limit: 100 });
    if (name === 'payments') assert.equal(data[0]?.id, own.id, 'no payment of the shop is younger than one of today');
    const times = data.map(({ created }) => created);
    assert.deepEqual(
      times,
      [...times].sort((a, b) => b - a),
      name,
    );
  }
});

test('a file keeps the state between runs', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'sandbox-'));
  const data = path.join(folder, 'data.json');
  const names = async (sandbox: Sandbox): Promise<unknown[]> => {
    const response = await fetch(`${sandbox.url}/v1/customers`, {
      headers: { authorization: `Bearer ${sandbox.apiKey}` },
    });
    return ((await response.json()) as { data: { name: string }[] }).data.map(({ name }) => name);
  };
  try {
    const first = await startSandbox({ data, seed: 3 });
    await fetch(`${first.url}/v1/customers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${first.apiKey}`, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'name=Kept',
    });
    await first.close();
    const second = await startSandbox({ data });
    assert.deepEqual(await names(second), ['Kept']);
    await second.close();
    const third = await startSandbox({ data, clock: 1_767_225_600 });
    const time = await fetch(`${third.url}/_sandbox/time`);
    assert.deepEqual(
      await time.json(),
      { now: 1_767_225_600, frozen: true },
      'the option takes precedence over the file',
    );
    await third.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

for (const [args, environment, options] of [
  [[], {}, { port: 12_111 }],
  [[], { SANDBOX_PORT: '5' }, { port: 5 }],
  [['--port', '7', '--data', 'f', '--seed', 'demo'], { SANDBOX_PORT: '5' }, { port: 7, data: 'f', fill: 'demo' }],
  [['--clock'], {}, { port: 12_111, clock: 1000 }],
  [['--clock', '--port', '0'], {}, { port: 0, clock: 1000 }],
  [['--clock', '2026-01-01T00:00:00Z'], {}, { port: 12_111, clock: 1_767_225_600 }],
] as const)
  test(`the command line ${args.join(' ')} is ${JSON.stringify(options)}`, () => {
    const read: unknown = JSON.parse(JSON.stringify(commandOptions(args, environment, 1000)));
    assert.deepEqual(read, options);
  });

for (const args of [['--port', 'x'], ['--seed', 'nope'], ['--nope'], ['--clock', 'soon']])
  test(`the command line ${args.join(' ')} is rejected`, () => {
    assert.throws(() => commandOptions(args, {}, 1000));
  });
