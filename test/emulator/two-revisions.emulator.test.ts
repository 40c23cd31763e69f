/** Two revisions next to each other on one state, as a canary runs them. The second may store later versions. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { errorOf, post, startFunction, type Answered, type Running } from '../functions/framework.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { buildNextRevision, LATER } from './revisions.ts';

const NAME = 'create-entity';
/** What the older revision logs, at verbosity 1: an alert watches the line. */
const TOLD = /"severity":"ERROR".*"message":"state of a later version, nothing sent"/;

if (emulatorIsHere()) {
  let emulator: Emulator;
  let sandbox: Sandbox;
  let parent: string;
  const revisions: Running[] = [];

  before(async () => {
    emulator = await startFirestore();
    sandbox = await startSandbox({ seed: 6 });
    parent = mkdtempSync(path.join(tmpdir(), 'stripe-connector-revisions-'));
    symlinkSync(path.resolve('node_modules'), path.join(parent, 'node_modules'));
  });
  after(async () => {
    await Promise.all(revisions.map((running) => running.stop()));
    await sandbox.close();
    await emulator.stop();
    rmSync(parent, { recursive: true, force: true });
  });

  /** Starts today's revision, or one built in a folder, of a connection. */
  async function revision(connection: string, folder?: string): Promise<Running> {
    const running = await startFunction({
      name: NAME,
      ...(folder === undefined ? {} : { folder }),
      env: {
        STRIPE_API_KEY: SANDBOX_KEY,
        STRIPE_API_BASE: sandbox.url,
        FIRESTORE_EMULATOR_HOST: emulator.host,
        CONNECTION_SETTINGS: JSON.stringify({ name: connection, max_wait_ms: 20_000 }),
      },
    });
    revisions.push(running);
    return running;
  }
  const create = (running: Running, operationId: string): Promise<Answered> =>
    post(running.url, { entity: 'Customer', operationId, connectorInputPayload: { Name: operationId } });
  const sent = (operationId: string): number =>
    sandbox.requests.filter(({ method, idempotencyKey }) => method === 'POST' && idempotencyKey === operationId).length;

  test('two revisions of the same versions replay each other and share one limit', async () => {
    const folder = await buildNextRevision(NAME, path.join(parent, 'same'), []);
    const [stable, canary] = [await revision('same'), await revision('same', folder)];
    const first = await create(stable, 'same-1');
    assert.equal(first.status, 200, first.text);
    assert.deepEqual((await create(canary, 'same-1')).body, first.body);
    const second = await create(canary, 'same-2');
    assert.deepEqual((await create(stable, 'same-2')).body, second.body);
    assert.deepEqual([sent('same-1'), sent('same-2')], [1, 1]);
    const from = sandbox.requests.length;
    const calls = Array.from({ length: 36 }, (_, index) =>
      create(index % 2 === 0 ? stable : canary, `shared-${index}`),
    );
    assert.deepEqual([...new Set((await Promise.all(calls)).map(({ status }) => status))], [200]);
    const arrived = sandbox.requests.slice(from).map(({ at }) => at);
    // Two nodes have 12 slots a second together: a limit of each revision's own would let 24 through.
    const inSecond = Math.max(
      ...arrived.map((start) => arrived.filter((at) => at >= start && at < start + 1000).length),
    );
    assert.ok(inSecond <= 18, `${inSecond} requests in a second`);
  });

  test('a record of a later version: the older revision sends nothing, and the later one replays it', async () => {
    const folder = await buildNextRevision(NAME, path.join(parent, 'operations'), [LATER.operations]);
    const [stable, canary] = [await revision('records'), await revision('records', folder)];
    const first = await create(canary, 'later-1');
    assert.equal(first.status, 200, first.text);
    const older = await create(stable, 'later-1');
    const { reason, metadata } = errorOf(older).details[0] ?? {};
    assert.deepEqual(
      [older.status, reason, metadata?.['effect'], metadata?.['retryable']],
      [503, 'OPERATIONS_UNAVAILABLE', 'unknown', 'true'],
      older.text,
    );
    assert.match(stable.output(), TOLD);
    assert.deepEqual((await create(canary, 'later-1')).body, first.body);
    assert.equal(sent('later-1'), 1);
    // What the older revision wrote, the later one reads: a rollout goes on.
    const old = await create(stable, 'older-1');
    assert.deepEqual((await create(canary, 'older-1')).body, old.body);
    assert.equal(sent('older-1'), 1);
  });

  test("the limiter's state of a later version: the older revision sends nothing and asks for a retry", async () => {
    const folder = await buildNextRevision(NAME, path.join(parent, 'limiter'), [LATER.limiter]);
    const [stable, canary] = [await revision('limiter'), await revision('limiter', folder)];
    // Enough for a slot of every shard.
    const ids = Array.from({ length: 36 }, (_, index) => `limit-${index}`);
    assert.deepEqual(
      [...new Set((await Promise.all(ids.map((id) => create(canary, id)))).map(({ status }) => status))],
      [200],
    );
    const older = await create(stable, 'limit-older');
    assert.equal(older.status, 503, older.text);
    assert.deepEqual([errorOf(older).details[0]?.metadata?.['effect'], sent('limit-older')], ['none', 0], older.text);
    assert.match(stable.output(), TOLD);
    assert.equal((await create(canary, 'limit-older')).status, 200, 'the later revision executes it');
  });
}
