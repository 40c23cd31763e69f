import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { firestoreOperationLog } from '../../shared/adapters/google/admin/firestore-operation-log.ts';
import { firestoreClient } from '../../shared/adapters/google/firestore-client.ts';
import { firestoreOperations } from '../../shared/adapters/google/firestore-operations.ts';
import { createStoreClock } from '../../shared/adapters/store-clock.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import { claim, type ClaimResult } from '../../shared/idempotency/record/claim.ts';
import { complete } from '../../shared/idempotency/record/complete.ts';
import { renew, type Lease } from '../../shared/idempotency/record/lease.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { countWrites, operationStoreContract } from '../contract/operation-store.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

if (emulatorIsHere()) {
  let emulator: Emulator;
  let ids = 0;
  const newId = (): string => `id-${(ids += 1)}`;

  /** The requests of one instance to Firestore. */
  interface Costs {
    reads: number;
    writes: number;
  }

  /** Returns an instance of its own, whose wall clock is wrong by `skewMs`. */
  const instance = (skewMs = 0): { readonly store: OperationStore; readonly costs: Costs } => {
    const options = { projectId: 'proof', databaseId: '(default)', emulatorHost: emulator.host };
    const client = firestoreClient(options);
    const costs = { reads: 0, writes: 0 };
    const [read, commit] = [client.batchGetDocuments.bind(client), client.commit.bind(client)];
    client.batchGetDocuments = (...request) => {
      costs.reads += 1;
      return read(...request);
    };
    client.commit = ((...request: Parameters<typeof commit>) => {
      costs.writes += 1;
      return commit(...request);
    }) as typeof client.commit;
    const clock = createStoreClock({ ...systemClock, epochMs: () => Date.now() + skewMs });
    return { store: firestoreOperations(options, 'operations', storedDocuments, clock, client), costs };
  };

  let contract: Record<'first' | 'second', OperationStore>;
  before(async () => {
    emulator = await startFirestore();
    contract = { first: instance().store, second: instance(3_600_000).store };
  });
  after(() => emulator.stop());
  operationStoreContract('Firestore', (name) => contract[name], newId);

  test('pages of the log list every operation once, also without the id of the last one of a page', async () => {
    const options = { projectId: 'proof', databaseId: '(default)', emulatorHost: emulator.host };
    const client = firestoreClient(options);
    const store = firestoreOperations(options, 'log', storedDocuments, createStoreClock(systemClock), client);
    const written = ['log-1', 'log-2', 'log-3', 'log-4', 'log-5'];
    for (const id of written) await store.create(id, countWrites);
    const log = firestoreOperationLog(options, 'log', storedDocuments, client);
    const whole = await log.page(10, undefined);
    assert.deepEqual(whole.entries.map(({ id }) => id).sort(), written);
    const database = 'projects/proof/databases/(default)';
    const second = `${database}/documents/connections/log/operations/${hash('sha256', whole.entries[1]?.id ?? '')}`;
    const withoutId = { update: { name: second, fields: {} }, updateMask: { fieldPaths: ['id'] } };
    await client.commit({ database, writes: [withoutId] });
    const [listed, unreadable]: [string[], string[]] = [[], []];
    for (let next: string | undefined, pages = 0; pages === 0 || (next !== undefined && pages < 9); pages += 1) {
      const page = await log.page(2, next);
      listed.push(...page.entries.map(({ id }) => id));
      unreadable.push(...page.unreadable);
      next = page.next;
    }
    assert.deepEqual(
      listed,
      whole.entries.map(({ id }) => id).filter((_, index) => index !== 1),
    );
    assert.deepEqual(unreadable, [second.split('/').at(-1)]);
  });

  test('each method costs one write, and only update and a wrong assumption cost a read', async () => {
    const [own, other] = [instance(), instance()];
    const id = newId();
    const costOf = async (method: keyof OperationStore, { store, costs } = own): Promise<Costs> => {
      const before = { ...costs };
      await store[method](id, countWrites);
      return { reads: costs.reads - before.reads, writes: costs.writes - before.writes };
    };
    assert.deepEqual(await costOf('create'), { reads: 0, writes: 1 });
    assert.deepEqual(await costOf('replaceOwn'), { reads: 0, writes: 1 });
    assert.deepEqual(await costOf('replaceOwn'), { reads: 0, writes: 1 });
    assert.deepEqual(await costOf('update'), { reads: 1, writes: 1 });
    assert.deepEqual(await costOf('replaceOwn'), { reads: 0, writes: 1 });
    assert.deepEqual(await costOf('create'), { reads: 1, writes: 2 });
    assert.deepEqual(await costOf('replaceOwn', other), { reads: 1, writes: 1 });
    assert.deepEqual(await costOf('replaceOwn'), { reads: 1, writes: 2 });
  });

  const LEASE_US = 30_000_000;
  const KEPT_US = 86_400_000_000;
  const HOUR_MS = 3_600_000;
  const MINUTE_US = 60_000_000;
  const claimPayload = claim('payload', LEASE_US, KEPT_US);
  const leaseOf = (claimed: ClaimResult): Lease => {
    assert.ok(claimed.kind === 'acquired', claimed.kind);
    return claimed.lease;
  };

  for (const skewMs of [0, HOUR_MS, -HOUR_MS]) {
    test(`a write costs two writes and no read, in the store's time, with a clock wrong by ${skewMs} ms`, async () => {
      const [own, other, id] = [instance(skewMs), instance(-skewMs), newId()];
      const lease = leaseOf(await own.store.create(id, claimPayload));
      const rejected = await other.store.create(id, claimPayload);
      assert.ok(rejected.kind === 'inProgress', rejected.kind);
      assert.ok(rejected.retryAfterMs > 20_000 && rejected.retryAfterMs <= 30_000, String(rejected.retryAfterMs));
      assert.deepEqual(other.costs, { reads: 1, writes: 1 });
      assert.equal(await own.store.replaceOwn(id, complete(lease, { event: 'success', outcome: '{}' }, KEPT_US)), true);
      assert.deepEqual(own.costs, { reads: 0, writes: 2 });
      assert.deepEqual(await other.store.create(id, claimPayload), {
        kind: 'completed',
        outcome: '{}',
        expand: '',
        firstUs: lease.firstUs,
      });
      const { record, nowUs } = await other.store.update(id, (record, nowUs) => ({ result: { record, nowUs } }));
      const isNow = (us: number | undefined): boolean => Math.abs((us ?? 0) - nowUs) < MINUTE_US;
      assert.ok(isNow((record?.expiresUs ?? 0) - KEPT_US), String(record?.expiresUs));
      assert.equal(record?.firstCalledUs, lease.firstUs);
      assert.ok(isNow(lease.firstUs) && isNow(lease.lastUs));
    });
  }

  test('of concurrent calls with a new id, exactly one acquires the lease', async () => {
    const id = newId();
    const claimed = await Promise.all(
      Array.from({ length: 8 }, (_, index) => instance(index * HOUR_MS).store.create(id, claimPayload)),
    );
    assert.deepEqual(claimed.map(({ kind }) => kind).sort(), ['acquired', ...Array<string>(7).fill('inProgress')]);
  });

  test('a lease that was renewed is completed without a read', async () => {
    const { store, costs } = instance();
    const id = newId();
    const lease = leaseOf(await store.create(id, claimPayload));
    assert.equal(await store.update(id, renew(lease, LEASE_US)), true);
    assert.equal(await store.replaceOwn(id, complete(lease, { event: 'success' }, KEPT_US)), true);
    assert.deepEqual(costs, { reads: 1, writes: 3 });
  });
}
