/** The Firestore adapter on an in-memory database. The emulator runs the same contract. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firestoreOperations } from '../../shared/adapters/google/firestore-operations.ts';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import { claim } from '../../shared/idempotency/record/claim.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { fakeFirestore } from '../support/fake-firestore.ts';
import { createStoreClock } from '../../shared/adapters/store-clock.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { operationStoreContract } from './operation-store.ts';

const { client } = fakeFirestore();

/** Returns an instance of its own, whose wall clock is wrong by `skewMs`. */
function instance(skewMs: number): OperationStore {
  const clock = createStoreClock(new VirtualClock(skewMs));
  return firestoreOperations({ projectId: 'p', databaseId: '(default)' }, 'c', storedDocuments, clock, client);
}

const HOUR_MS = 3_600_000;
const instances = { first: instance(0), second: instance(HOUR_MS) };
let ids = 0;
operationStoreContract(
  'Firestore in memory',
  (name) => instances[name],
  () => `id-${(ids += 1)}`,
);

for (const skewMs of [-HOUR_MS, HOUR_MS])
  test(`a new lease counts from the time of its write, with a clock wrong by ${skewMs} ms`, async () => {
    const id = `id-${(ids += 1)}`;
    const holder = instance(skewMs);
    const claimed = await holder.create(id, claim('payload', 30_000_000, HOUR_MS * 1000));
    assert.ok(claimed.kind === 'acquired');
    // The database's clock advances by one second with each request.
    const { record, nowUs } = await instances.first.update(id, (record, nowUs) => ({ result: { record, nowUs } }));
    assert.equal(claimed.lease.firstUs, nowUs - 1_000_000);
    assert.equal(record?.firstCalledUs, nowUs - 1_000_000);
    assert.equal(record.leaseEndsUs, nowUs + 29_000_000);
    // The holder's clock has learned the time from the response, and stands still in this test.
    assert.equal(await holder.replaceOwn(id, (_, nowUs) => ({ record, result: nowUs })), claimed.lease.firstUs);
  });
