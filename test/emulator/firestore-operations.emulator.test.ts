import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { firestoreClient } from '../../shared/adapters/google/firestore-client.ts';
import { firestoreOperations } from '../../shared/adapters/google/firestore-operations.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import { claim, complete, type Lease } from '../../shared/idempotency/record.ts';
import type { OperationRecord, OperationStore } from '../../shared/idempotency/store.ts';
import { operationStoreContract, RECORD } from '../contract/operation-store.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

if (emulatorIsHere()) {
  let emulator: Emulator;
  let store: OperationStore;
  let another: OperationStore;
  let ids = 0;
  let reads = 0;
  /** A machine whose clock is wrong by so many milliseconds. */
  let machine: (wrongMs: number) => OperationStore;
  before(async () => {
    emulator = await startFirestore();
    const options = { projectId: 'proof', databaseId: '(default)', emulatorHost: emulator.host };
    machine = (wrongMs) => {
      const client = firestoreClient(options);
      const read = client.batchGetDocuments.bind(client);
      client.batchGetDocuments = (...asked) => {
        reads += 1;
        return read(...asked);
      };
      const clock = { ...systemClock, epochMs: () => Date.now() + wrongMs };
      return firestoreOperations(options, 'operations', storedDocuments, clock, undefined, client);
    };
    store = firestoreOperations(options, 'operations', storedDocuments, systemClock);
    another = firestoreOperations(options, 'operations', storedDocuments, systemClock);
  });
  after(() => emulator.stop());
  operationStoreContract(
    'Firestore',
    () => store,
    () => `id-${(ids += 1)}`,
  );

  const seen = (record: OperationRecord | undefined): { record: OperationRecord; result: number } => {
    const fence = record?.fence ?? 0;
    return { record: { ...RECORD, fence: fence + 1 }, result: fence };
  };

  test('whoever holds an operation finds what it wrote itself', async () => {
    const id = `id-${(ids += 1)}`;
    assert.equal(await store.update(id, seen), 0);
    assert.equal(await store.update(id, seen, 'own'), 1);
    assert.equal(await store.update(id, seen, 'own'), 2);
    assert.equal(await another.update(id, (record) => ({ result: record?.fence })), 3);
  });

  const LEASE_US = 30_000_000;
  const KEPT_US = 86_400_000_000;
  const HOUR_MS = 3_600_000;
  const first = claim('payload', LEASE_US, KEPT_US);
  const leaseOf = (begun: { readonly kind: string; readonly lease?: Lease }): Lease => {
    assert.equal(begun.kind, 'acquired');
    return begun.lease as Lease;
  };

  for (const wrongMs of [0, HOUR_MS, -HOUR_MS]) {
    test(`a new id is written without a read, and its lease counts in the store's time (clock wrong by ${wrongMs} ms)`, async () => {
      const [one, other, id] = [machine(wrongMs), machine(-wrongMs), `id-${(ids += 1)}`];
      reads = 0;
      const lease = leaseOf(await one.update(id, first, 'none'));
      assert.equal(reads, 0);
      const waits = await other.update(id, first, 'none');
      assert.equal(waits.kind, 'inProgress');
      const { retryAfterMs } = waits as { readonly retryAfterMs: number };
      assert.ok(retryAfterMs > 20_000 && retryAfterMs <= 30_000, String(retryAfterMs));
      assert.equal(reads, 1);
      const ended = complete(lease, { event: 'success', outcome: '{}' }, KEPT_US);
      assert.equal(await one.update(id, ended, 'own'), true);
      assert.equal(reads, 1);
      assert.deepEqual(await other.update(id, first, 'none'), { kind: 'completed', outcome: '{}', expand: '' });
      const { record, nowUs } = await another.update(id, (record, nowUs) => ({ result: { record, nowUs } }));
      const keptUs = (record?.expiresUs ?? 0) - nowUs;
      assert.ok(keptUs > KEPT_US - 60_000_000 && keptUs <= KEPT_US, String(keptUs));
      assert.ok(Math.abs((record?.firstCalledUs ?? 0) - nowUs) < 60_000_000);
    });
  }

  test('of many who come with a new id at once one works', async () => {
    const id = `id-${(ids += 1)}`;
    const begun = await Promise.all(
      Array.from({ length: 8 }, (_, index) => machine(index * HOUR_MS).update(id, first, 'none')),
    );
    assert.deepEqual(begun.map(({ kind: may }) => may).sort(), [
      'acquired',
      ...Array.from({ length: 7 }, () => 'inProgress'),
    ]);
  });

  test('whoever thought to hold an operation finds what another wrote since', async () => {
    const id = `id-${(ids += 1)}`;
    assert.equal(await store.update(id, seen), 0);
    assert.equal(await another.update(id, seen), 1);
    assert.equal(await store.update(id, seen, 'own'), 2);
    assert.equal(await another.update(id, seen, 'own'), 3);
  });
}
