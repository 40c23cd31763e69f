/** `stripe-connector operations resolve`: an operator's word on an operation whose outcome is not known. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { runCommand, type Ran } from '../functions/command.ts';
import { errorOf, post, startFunction, type Running } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

const SETTINGS = JSON.stringify({ name: 'shop', region: 'europe-west1', min_nodes: 10 });

if (emulatorIsHere()) {
  let firestore: Emulator;
  let sandbox: Sandbox;
  let env: Record<string, string>;
  let running: Running;
  before(async () => {
    firestore = await startFirestore();
    sandbox = await startSandbox({ seed: 41 });
    env = {
      STRIPE_API_KEY: SANDBOX_KEY,
      STRIPE_API_BASE: sandbox.url,
      FIRESTORE_EMULATOR_HOST: firestore.host,
      CONNECTION_SETTINGS: SETTINGS,
    };
    running = await startFunction({ name: 'create-entity', env });
  });
  after(async () => {
    await running.stop();
    await sandbox.close();
    await firestore.stop();
  });

  const create = (operationId: string): ReturnType<typeof post> =>
    post(running.url, { entity: 'Customer', operationId, connectorInputPayload: { Name: operationId } });
  const operations = (...args: string[]): Promise<Ran> => runCommand(['operations', ...args, '--json'], env);
  const writes = (): number => sandbox.requests.filter(({ method }) => method === 'POST').length;

  /** Stripe fails permanently under the key: https://docs.stripe.com/api/idempotent_requests saves a 500 too. */
  async function leaveUnknown(id: string): Promise<void> {
    sandbox.faults.add({ kind: 'error_500', times: 4 });
    const { status, body } = await create(id);
    assert.equal(status, 503, JSON.stringify(body));
    sandbox.faults.clear();
  }

  test('done: the operation is never sent again, and the record keeps who settled it, why and when', async () => {
    await leaveUnknown('word-1');
    const args = ['--reason', 'cus_9 is in the Dashboard', '--by', 'ada'];
    const settled = await operations('resolve', 'word-1', 'done', ...args);
    assert.equal(settled.status, 0, settled.stderr);
    const { state, effect, resolution } = JSON.parse(settled.stdout) as Record<string, unknown>;
    assert.deepEqual([state, effect], ['succeeded', 'done']);
    const { at, ...said } = resolution as Record<string, string>;
    assert.deepEqual(said, { effect: 'done', reason: 'cus_9 is in the Dashboard', by: 'ada' });
    assert.ok(Math.abs(Date.parse(at ?? '') - Date.now()) < 60_000);
    const shown = JSON.parse((await operations('show', 'word-1')).stdout) as Record<string, unknown>;
    assert.deepEqual(shown['resolution'], resolution);
    const before = writes();
    const answered = await create('word-1');
    const [info] = errorOf(answered).details;
    assert.deepEqual([answered.status, info?.reason, info?.metadata?.['effect']], [400, 'OUTCOME_NOT_KEPT', 'done']);
    assert.equal(writes(), before);
  });

  test('done with the id of the object: a repeat returns the object', async () => {
    await leaveUnknown('word-2');
    const args = ['--reason', 'seen', '--object', 'cus_seen00001'];
    assert.equal((await operations('resolve', 'word-2', 'done', ...args)).status, 0);
    const { status, body } = await create('word-2');
    assert.equal(status, 200);
    assert.deepEqual(body['connectorOutputPayload'], { Id: 'cus_seen00001' });
  });

  test('none: the next call is a new attempt under a new key', async () => {
    await leaveUnknown('word-3');
    assert.equal((await operations('resolve', 'word-3', 'none', '--reason', 'nothing there')).status, 0);
    const { status } = await create('word-3');
    assert.equal(status, 200);
    assert.equal(sandbox.requests.at(-1)?.idempotencyKey, 'word-3~1');
  });

  test('rejects known outcomes, unused ids and a resolution without a reason', async () => {
    await create('word-4');
    const refused = async (words: RegExp, ...args: string[]): Promise<void> => {
      const { status, stderr, stdout } = await operations(...args);
      assert.notEqual(status, 0);
      assert.match(stderr + stdout, words);
    };
    await refused(/outcome of the operation is known/, 'resolve', 'word-4', 'none', '--reason', 'x');
    await refused(/no operation has this id/, 'resolve', 'word-none', 'none', '--reason', 'x');
    await refused(/--reason TEXT/, 'resolve', 'word-4', 'none');
    await refused(/the effect must be done or none/, 'resolve', 'word-4', 'perhaps', '--reason', 'x');
    await refused(/reason: must have 1 to 1000 characters/, 'resolve', 'word-4', 'none', '--reason', ' ');
  });
}
