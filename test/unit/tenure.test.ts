/** A lease on its holder's clock: renewed while the work goes on, and nothing is sent when it is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import type { CallContext } from '../../shared/stripe/call-context.ts';
import { LeaseKeeper } from '../../shared/idempotency/lease-keeper.ts';
import { claim } from '../../shared/idempotency/record/claim.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { interceptStore } from '../support/operation-stores.ts';

const LEASE_MS = 30_000;
const KEPT_US = 86_400_000_000;

async function started(): Promise<{
  clock: VirtualClock;
  operations: OperationStore;
  tenure: LeaseKeeper;
  call: CallContext;
}> {
  const clock = new VirtualClock();
  const operations = memoryOperations(clock);
  const begun = await operations.update('op', claim('payload', LEASE_MS * 1000, KEPT_US));
  assert.ok('lease' in begun);
  const tenure = new LeaseKeeper(operations, 'op', begun.lease, LEASE_MS, clock);
  const call = callContext(clock, { deadlineAt: Infinity });
  return { clock, operations, tenure, call: tenure.bind(call) };
}

const takenOver = (operations: OperationStore): Promise<string> =>
  operations.update('op', claim('payload', LEASE_MS * 1000, KEPT_US)).then(({ kind: may }) => may);

/** Work that ends when it is told to. */
function work(): { done: () => void; during: () => Promise<void> } {
  let done = (): void => undefined;
  const during = new Promise<void>((resolve) => (done = resolve));
  return { done: () => done(), during: () => during };
}

test('work of minutes keeps its lease: nobody else gets it, and it is good for a whole try at any moment', async () => {
  const { clock, operations, tenure, call } = await started();
  const { done, during } = work();
  const through = tenure.during(clock.monotonicMs(), during);
  for (let second = 1; second <= 300; second += 1) {
    await clock.advance(1000);
    assert.ok((call.leaseLeftMs?.() ?? 0) >= 19_000, String(second));
    assert.equal(await takenOver(operations), 'inProgress');
  }
  done();
  await through;
  await clock.advance(LEASE_MS + 1);
  assert.equal(await takenOver(operations), 'acquired', 'nothing renews it when the work is done');
});

test('a holder that was frozen finds its lease gone on its own clock, before another can have it', async () => {
  const { clock, operations, tenure, call } = await started();
  const frozen: OperationStore = interceptStore(operations, () => new Promise(() => undefined));
  const still = new LeaseKeeper(
    frozen,
    'op',
    { fence: 1, keyVersion: 0, repeats: false, expand: '', firstUs: 0, lastUs: 0 },
    LEASE_MS,
    clock,
  );
  void tenure;
  const bound = still.bind({ ...call, leaseLeftMs: () => Infinity });
  void still.during(clock.monotonicMs(), () => new Promise(() => undefined));
  await clock.advance(LEASE_MS - 50);
  assert.ok((bound.leaseLeftMs?.() ?? 1) <= 0);
  assert.equal(await takenOver(operations), 'inProgress');
  await clock.advance(50);
  assert.equal(await takenOver(operations), 'acquired');
});

test('a holder whose lease was taken over learns it with the next renewal', async () => {
  const { clock, operations, tenure, call } = await started();
  const { done, during } = work();
  await clock.advance(LEASE_MS);
  assert.equal(await takenOver(operations), 'acquired');
  const through = tenure.during(clock.monotonicMs(), during);
  assert.ok((call.leaseLeftMs?.() ?? 0) > 0);
  await clock.advance(LEASE_MS / 3);
  assert.equal(call.leaseLeftMs?.(), -Infinity);
  done();
  await through;
});

test('a row is bound to its own lease and to that of the whole', async () => {
  const { clock, operations, tenure, call } = await started();
  const row = new LeaseKeeper(
    operations,
    'row',
    { fence: 1, keyVersion: 0, repeats: false, expand: '', firstUs: 0, lastUs: 0 },
    LEASE_MS * 2,
    clock,
  );
  void row.during(clock.monotonicMs(), () => new Promise(() => undefined));
  void tenure.during(clock.monotonicMs() - 1000, () => new Promise(() => undefined));
  assert.equal(row.bind(call).leaseLeftMs?.(), LEASE_MS - 1000 - 50);
});
