/** Built functions under an operation id: one effect, whatever happens on the way. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { errorOf, post, startFunction, startUnlimited, type Running } from './framework.ts';

let sandbox: Sandbox;
let running: Running;
before(async () => {
  sandbox = await startSandbox({ seed: 21 });
  running = await startUnlimited(sandbox);
});
after(async () => {
  await running.stop();
  await sandbox.close();
});
beforeEach(() => {
  sandbox.faults.clear();
  sandbox.requests.length = 0;
});

const create = (operationId: string, input: object, entity = 'Customer'): ReturnType<typeof post> =>
  post(`${running.url}/create-entity`, { entity, operationId, connectorInputPayload: input });
const keysSent = (): (string | undefined)[] =>
  sandbox.requests.filter(({ method }) => method === 'POST').map(({ idempotencyKey }) => idempotencyKey);

test('the same id with the same payload has one effect and replays the response', async () => {
  const first = await create('once-1', { Name: 'once', Email: 'a@b.c' });
  assert.equal(first.status, 200);
  assert.equal(first.headers.get('idempotent-replayed'), null);
  sandbox.requests.length = 0;
  // Whatever the order of the keys.
  const again = await create('once-1', { Email: 'a@b.c', Name: 'once' });
  assert.equal(again.status, 200);
  assert.deepEqual(again.body, first.body);
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.equal(sandbox.requests.length, 0, 'no token is spent and nothing is sent');
});

test('rejects the same id with another payload and sends nothing', async () => {
  await create('once-2', { Name: 'one' });
  sandbox.requests.length = 0;
  const other = await create('once-2', { Name: 'other' });
  assert.equal(other.status, 409);
  assert.equal(errorOf(other).status, 'ALREADY_EXISTS');
  assert.equal(errorOf(other).details[0]?.reason, 'OPERATION_ID_REUSED');
  assert.equal(errorOf(other).details[0]?.metadata?.['effect'], 'done', 'the effect of the first payload');
  assert.equal(sandbox.requests.length, 0);
});

test('of concurrent calls with one id one executes; the others get a retryable error and send nothing', async () => {
  sandbox.faults.add({ kind: 'delay', ms: 700, times: 1 });
  const all = await Promise.all(Array.from({ length: 6 }, () => create('once-3', { Name: 'at once' })));
  assert.equal(all.filter(({ status }) => status === 200).length, 1);
  for (const waiting of all.filter(({ status }) => status !== 200)) {
    assert.equal(waiting.status, 409);
    assert.equal(errorOf(waiting).details[0]?.reason, 'OPERATION_IN_FLIGHT');
    assert.equal(errorOf(waiting).details[0]?.metadata?.['effect'], 'unknown');
    assert.equal(waiting.headers.get('retry-after'), '2');
  }
  assert.equal(sandbox.requests.length, 1);
  assert.equal((await create('once-3', { Name: 'at once' })).headers.get('idempotent-replayed'), 'true');
});

test('a declined card frees the id: the corrected payment uses a new key', async () => {
  const payment = { Amount: 1500, Currency: 'usd', Confirm: true, ReturnUrl: 'https://example.com' };
  const declined = await create('once-4', { ...payment, PaymentMethod: 'pm_card_chargeDeclined' }, 'PaymentIntent');
  assert.equal(declined.status, 400);
  assert.equal(errorOf(declined).details[0]?.metadata?.['effect'], 'none');
  const corrected = await create('once-4', { ...payment, PaymentMethod: 'pm_card_visa' }, 'PaymentIntent');
  assert.equal(corrected.status, 200, corrected.text);
  assert.deepEqual(keysSent(), ['once-4', 'once-4~1']);
});

test('a permanently lost response has an unknown effect; the repeat finds it under the same key', async () => {
  sandbox.faults.add({ kind: 'reset_after', times: 4 });
  const lost = await create('once-5', { Name: 'lost' });
  assert.equal(lost.status, 503);
  assert.equal(errorOf(lost).details[0]?.metadata?.['effect'], 'unknown');
  const found = await create('once-5', { Name: 'lost' });
  assert.equal(found.status, 200);
  assert.deepEqual([...new Set(keysSent())], ['once-5']);
  const list = await post(`${running.url}/list-entities`, { entity: 'Customer', filterClause: "Name = 'lost'" });
  assert.equal((list.body['connectorOutputPayload'] as unknown[]).length, 1);
});

test('a call that Stripe throttled leaves the record unchanged', async () => {
  sandbox.faults.add({ kind: 'rate_limit', times: 4 });
  assert.equal((await create('once-6', { Name: 'late' })).status, 429);
  assert.equal((await create('once-6', { Name: 'late' })).status, 200);
  assert.deepEqual([...new Set(keysSent())], ['once-6']);
});

test('reads the client secret of a replayed action again and returns an equal row', async () => {
  const { body } = await create(
    'once-7',
    { Amount: 1500, Currency: 'usd', PaymentMethod: 'pm_card_visa' },
    'PaymentIntent',
  );
  const { Id: PaymentIntentId } = body['connectorOutputPayload'] as { Id: string };
  const confirm = (): ReturnType<typeof post> =>
    post(`${running.url}/confirm-payment-intent`, {
      operationId: 'once-7-confirm',
      connectorInputPayload: { PaymentIntentId, ReturnUrl: 'https://example.com' },
    });
  const first = await confirm();
  const [row] = first.body['connectorOutputPayload'] as [Record<string, string>];
  assert.match(row['client_secret'] ?? '', /^pi_.*_secret_/);
  sandbox.requests.length = 0;
  const again = await confirm();
  assert.equal(again.headers.get('idempotent-replayed'), 'true');
  assert.deepEqual(again.body, first.body);
  assert.deepEqual(
    sandbox.requests.map(({ method }) => method),
    ['GET'],
  );
});

// A setting or an upgrade that changes what an answer shows must not make an unknown operation unrepeatable.
test('output format, fields and expansions are not part of the payload', async () => {
  const payment = { Amount: 1500, Currency: 'usd', PaymentMethod: 'pm_card_visa' };
  const made = (await create('format-0', payment, 'PaymentIntent')).body['connectorOutputPayload'] as { Id: string };
  const confirm = (more: object): ReturnType<typeof post> =>
    post(`${running.url}/confirm-payment-intent`, {
      operationId: 'format-1',
      connectorInputPayload: { PaymentIntentId: made.Id, ReturnUrl: 'https://example.com' },
      ...more,
    });
  assert.equal((await confirm({})).status, 200);
  sandbox.requests.length = 0;
  for (const more of [
    { outputFormat: 'native' },
    { fields: ['status'] },
    { expand: ['latest_charge'] },
    { outputFormat: 'native', expand: ['payment_method'] },
    { outputFormat: 'connector' },
  ]) {
    const again = await confirm(more);
    assert.equal(again.status, 200, `${JSON.stringify(more)}: ${again.text}`);
    assert.equal(again.headers.get('idempotent-replayed'), 'true', JSON.stringify(more));
    assert.match(again.text, /succeeded/, JSON.stringify(more));
  }
  assert.deepEqual(keysSent(), []);
});

test('a repeated Update by clause finishes the remaining rows and changes no row twice', async () => {
  for (const name of ['Ada', 'Ben', 'Cyd'])
    assert.equal((await create(`sweep-${name}`, { Name: name, Email: 'old@example.com' })).status, 200);
  sandbox.requests.length = 0;
  // The outcome of one row is unknown, so the clause is not complete.
  sandbox.faults.add({ kind: 'should_not_retry', times: 1, method: 'POST', path: '/v1/customers/' });
  const sweep = (Email = 'new@example.com'): ReturnType<typeof post> =>
    post(`${running.url}/update-entity`, {
      entity: 'Customer',
      filterClause: "Email = 'old@example.com'",
      operationId: 'sweep',
      connectorInputPayload: { Email },
    });
  const first = await sweep();
  assert.equal(first.status, 207, first.text);
  const { remaining } = first.body['connectorOutputPayload'] as { remaining: string[] };
  assert.equal(remaining.length, 1);
  assert.equal((await sweep('other@example.com')).status, 409, 'no other payload may continue it');
  sandbox.requests.length = 0;
  // Two rows do not meet the clause any more: the list of the first time is what counts.
  const second = await sweep();
  assert.equal(second.status, 200, second.text);
  const { affected, rows } = second.body['connectorOutputPayload'] as {
    affected: number;
    rows: { Success: boolean }[];
  };
  assert.deepEqual([affected, rows.length], [3, 3]);
  assert.deepEqual(
    sandbox.requests.map(({ method, path, idempotencyKey }) => [method, path, idempotencyKey]),
    [['POST', `/v1/customers/${remaining[0]}`, `sweep:${remaining[0]}~row0`]],
  );
  sandbox.requests.length = 0;
  const third = await sweep();
  assert.deepEqual(third.body, second.body);
  assert.equal(third.headers.get('idempotent-replayed'), 'true');
  assert.equal(sandbox.requests.length, 0);
});

test('sends nothing without a store: 503, effect none', async () => {
  const one = await startFunction({
    name: 'payment-intent-create',
    env: {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: '127.0.0.1:9',
      CONNECTION_SETTINGS: '{"max_wait_ms": 1000}',
    },
  });
  try {
    const answer = await post(one.url, { connectorInputPayload: { Amount: 100, Currency: 'usd' } });
    assert.equal(answer.status, 503);
    assert.equal(errorOf(answer).details[0]?.reason, 'OPERATIONS_UNAVAILABLE');
    assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
    assert.equal(errorOf(answer).details[0]?.metadata?.['effect'], 'none');
    assert.equal(sandbox.requests.length, 0);
  } finally {
    await one.stop();
  }
});
