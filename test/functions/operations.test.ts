/** The outcome of an operation: the function `connection` and the operator's command. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { reportOf } from '../../shared/idempotency/operation-report.ts';
import { REPEAT_WINDOW_US } from '../../shared/idempotency/record/claim.ts';
import type { OperationRecord } from '../../shared/idempotency/store.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { runCommand, type Ran } from './command.ts';
import { connectionUrl, isSingleLayout, post, startUnlimited, type Running } from './framework.ts';

let sandbox: Sandbox;
let running: Running;
before(async () => {
  sandbox = await startSandbox({ seed: 81 });
  running = await startUnlimited(sandbox);
});
after(async () => {
  await running.stop();
  await sandbox.close();
});

const create = (operationId: string, connectorInputPayload: object): ReturnType<typeof post> =>
  post(`${running.url}/create-entity`, { entity: 'Customer', operationId, connectorInputPayload });
interface Read {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly allow: string | null;
}
const read = async (id: string, method = 'GET'): Promise<Read> => {
  const answer = await fetch(`${connectionUrl(running)}/operations/${id}`, { method });
  const body = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, body, allow: answer.headers.get('allow') };
};

test('a completed operation reports state, attempts and request ids, and no input or output', async () => {
  await create('shown/1', { Name: 'Ada', Email: 'ada@example.com' });
  const { status, body } = await read(encodeURIComponent('shown/1'));
  assert.equal(status, 200);
  const { requestIds, firstCalledAt, keptUntil, whatToDo, ...rest } = body;
  assert.deepEqual(rest, {
    operationId: 'shown/1',
    state: 'succeeded',
    effect: 'done',
    reason: null,
    attempts: 1,
    keyVersion: 0,
    leaseEndsAt: null,
    resolution: null,
  });
  assert.match(String((requestIds as string[])[0]), /^req_/);
  assert.ok(Math.abs(Date.parse(String(firstCalledAt)) - Date.now()) < 60_000);
  assert.ok(Math.abs(Date.parse(String(keptUntil)) - Date.now() - 30 * 86_400_000) < 60_000);
  assert.match(String(whatToDo), /It succeeded/);
  assert.doesNotMatch(JSON.stringify(body), /ada/i);
});

test('a failed operation reports the reason of its error, until a repeat succeeds', async () => {
  const pay = (paymentMethod: string): ReturnType<typeof post> =>
    post(`${running.url}/create-entity`, {
      entity: 'PaymentIntent',
      operationId: 'shown-3',
      connectorInputPayload: {
        Amount: 500,
        Currency: 'usd',
        PaymentMethod: paymentMethod,
        Confirm: true,
        ReturnUrl: 'https://example.com/',
      },
    });
  // https://docs.stripe.com/testing#declined-payments
  await pay('pm_card_visa_chargeDeclinedLostCard');
  const failed = (await read('shown-3')).body;
  assert.deepEqual([failed['state'], failed['reason'], failed['effect']], ['failed', 'LOST_CARD', 'none']);
  await pay('pm_card_visa');
  const { body } = await read('shown-3');
  assert.deepEqual([body['state'], body['reason']], ['succeeded', null]);
});

// The admin methods of a deployed function need an identity: admin-attacks.test.ts calls them there.
if (!isSingleLayout())
  test('the command asks the local server if the state is in its process', async () => {
    await create('shown-2', { Name: 'x' });
    const { port } = new URL(running.url);
    const show = (id: string, more: Record<string, string> = {}): Promise<Ran> =>
      runCommand(['operations', 'show', id, '--json'], { STRIPE_API_KEY: SANDBOX_KEY, PORT: port, ...more });
    const shown = await show('shown-2');
    assert.equal(shown.status, 0, shown.stderr);
    assert.equal((JSON.parse(shown.stdout) as { state: string }).state, 'succeeded');
    const unknown = await show('nobody');
    assert.equal(unknown.status, 3);
    assert.match(unknown.stderr, /no operation has this id/);
    assert.match(
      (await show('x', { PORT: '9' })).stderr,
      /no server responds at http:\/\/localhost:9 .*start one with stripe-connector dev/,
    );
  });

test('unused ids, invalid ids, other paths and other methods get a clear error', async () => {
  assert.equal((await read('nobody')).status, 404);
  assert.equal((await read('%C3%A9')).status, 400);
  assert.equal((await read('%zz')).status, 400);
  assert.equal((await read('a/b')).status, 404);
  const { status, allow } = await read('shown-2', 'DELETE');
  assert.deepEqual([status, allow], [405, 'GET']);
});

test('every state says what the caller can do', () => {
  const now = 1_795_000_000_000_000;
  const record: OperationRecord = {
    state: 'received',
    fingerprint: 'f',
    keyVersion: 0,
    fence: 1,
    leaseEndsUs: 0,
    firstCalledUs: now,
    expiresUs: now * 2,
    attempts: 1,
    requestIds: [],
    outcome: '{"secret":"outcome"}',
    expand: '',
    resolution: '',
  };
  const cases: readonly (readonly [Partial<OperationRecord>, string, RegExp])[] = [
    [{ firstCalledUs: 0 }, 'none', /Nothing was sent yet/],
    [{ state: 'calling', leaseEndsUs: now + 1 }, 'unknown', /in progress/],
    [{ state: 'calling', leaseEndsUs: now - 1 }, 'unknown', /same operationId and payload/],
    [{ state: 'indeterminate' }, 'unknown', /same operationId and payload/],
    [{ state: 'indeterminate', firstCalledUs: now - REPEAT_WINDOW_US - 1 }, 'unknown', /only reads what Stripe shows/],
    [{ state: 'failed' }, 'none', /nothing took effect/],
    [{ state: 'failed', outcome: '' }, 'none', /nothing took effect/],
    [{ state: 'succeeded' }, 'done', /It succeeded/],
  ];
  for (const [change, effect, words] of cases) {
    const report = reportOf('id', { ...record, ...change }, now);
    assert.equal(report.effect, effect);
    assert.match(report.whatToDo, words);
    assert.doesNotMatch(JSON.stringify(report), /secret/);
  }
});
