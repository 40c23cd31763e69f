/** More writes at once than the rate limiter can serve: the rejected ones cost no call to the store. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { isConnectorError, type ConnectorError } from '../../shared/errors.ts';
import { idempotentRequest } from '../../shared/idempotency/idempotent-request.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { StoreUnavailableError } from '../../shared/ports/store-errors.ts';
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { callContext } from '../support/calls.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const WRITE: StripeRequest = { method: 'POST', path: '/v1/customers', params: {}, idempotencyKey: 'set by the lease' };

interface Overloaded {
  readonly clock: VirtualClock;
  readonly connector: TestConnector;
  /** Calls to the store of operations, by id. */
  readonly asked: string[];
}

/** Six requests a second; each caller waits for a second at most. */
function overloaded(): Overloaded {
  const clock = new VirtualClock(1000);
  const asked: string[] = [];
  const memory = memoryOperations(clock);
  const counted = <T>(id: string, call: () => Promise<T>): Promise<T> => {
    asked.push(id);
    return id.startsWith('broken') ? Promise.reject(new StoreUnavailableError('down')) : call();
  };
  const operations: OperationStore = {
    create: (id, transition) => counted(id, () => memory.create(id, transition)),
    update: (id, transition) => counted(id, () => memory.update(id, transition)),
    replaceOwn: (id, transition) => counted(id, () => memory.replaceOwn(id, transition)),
  };
  const connector = testConnector({
    clock,
    operations,
    settings: { limit_scope: 'connection', max_wait_ms: 1000 },
    stripe: {
      ready: () => Promise.resolve(),
      send: () => Promise.resolve({ ok: true, body: { id: 'cus_1', object: 'customer' } }),
    },
  });
  return { clock, connector, asked };
}

function write(
  { connector, clock }: Overloaded,
  operationId: string,
  freshId?: true,
): Promise<ConnectorError | 'done'> {
  const call = callContext(clock, { operationId, ...(freshId === undefined ? {} : { freshId }) });
  return idempotentRequest(connector.deps, WRITE, call).then(
    () => 'done' as const,
    (cause: unknown) => {
      assert.ok(isConnectorError(cause));
      return cause;
    },
  );
}

for (const state of ['cold', 'warm'])
  test(`300 writes at once on a ${state} instance: each is served or rejected, and a rejected one has no record`, async () => {
    const instance = overloaded();
    if (state === 'warm') await Promise.all([write(instance, 'first'), instance.clock.advance(3000)]);
    instance.asked.length = 0;
    const ids = Array.from({ length: 300 }, (_, index) => `id-${index}`);
    const answers = Promise.all(ids.map((id) => write(instance, id, true)));
    await instance.clock.advance(5000);
    const ended = await answers;
    const rejected = ids.filter((_, index) => ended[index] !== 'done');
    assert.ok(rejected.length >= 285 && rejected.length <= 294, String(rejected.length));
    const asked = instance.asked.filter((id) => rejected.includes(id));
    assert.ok(asked.length <= 0.05 * rejected.length, `${asked.length} calls to the store for ${rejected.length}`);
    for (const answer of ended) {
      if (answer === 'done') continue;
      assert.deepEqual(
        [answer.status, answer.details.reason, answer.effect],
        ['RESOURCE_EXHAUSTED', 'RATE_LIMITED', 'none'],
      );
      assert.ok((answer.details.retryAfterMs ?? 0) > 1000);
    }
  });

test('a rejected call with an id of the caller has an unknown effect; a repeat of a finished one has its outcome', async () => {
  const instance = overloaded();
  const [first] = await Promise.all([write(instance, 'mine'), instance.clock.advance(3000)]);
  assert.equal(first, 'done');
  const flood = Promise.all(Array.from({ length: 60 }, (_, index) => write(instance, `flood-${index}`)));
  const [unseen, repeat] = await Promise.all([write(instance, 'unseen'), write(instance, 'mine')]);
  assert.ok(unseen !== 'done');
  assert.deepEqual([unseen.details.reason, unseen.effect], ['RATE_LIMITED', 'unknown']);
  assert.equal(repeat, 'done');
  await instance.clock.advance(5000);
  await flood;
});

test('calls that were admitted and have failed before their turn make room for others', async () => {
  const instance = overloaded();
  await Promise.all([write(instance, 'first'), instance.clock.advance(3000)]);
  for (let call = 0; call < 40; call += 1) {
    const failed = await write(instance, `broken-${call}`);
    assert.ok(failed !== 'done' && failed.details.reason === 'OPERATIONS_UNAVAILABLE', String(call));
  }
  const [served] = await Promise.all([write(instance, 'served'), instance.clock.advance(3000)]);
  assert.equal(served, 'done');
});
