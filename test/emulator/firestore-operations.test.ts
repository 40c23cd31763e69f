import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { firestoreOperations } from '../../shared/adapters/firestore-operations.ts';
import { storedDocuments } from '../../shared/adapters/stored-documents.ts';
import type { OperationRecord, OperationStore } from '../../shared/ports/operation-store.ts';
import { operationStoreContract, RECORD } from '../contract/operation-store.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

if (emulatorIsHere()) {
  let emulator: Emulator;
  let store: OperationStore;
  let another: OperationStore;
  let ids = 0;
  before(async () => {
    emulator = await startFirestore();
    const options = { projectId: 'proof', databaseId: '(default)', emulatorHost: emulator.host };
    store = firestoreOperations(options, 'operations', storedDocuments);
    another = firestoreOperations(options, 'operations', storedDocuments);
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
    assert.equal(await store.update(id, seen, true), 1);
    assert.equal(await store.update(id, seen, true), 2);
    assert.equal(await another.update(id, (record) => ({ result: record?.fence })), 3);
  });

  test('whoever thought to hold an operation finds what another wrote since', async () => {
    const id = `id-${(ids += 1)}`;
    assert.equal(await store.update(id, seen), 0);
    assert.equal(await another.update(id, seen), 1);
    assert.equal(await store.update(id, seen, true), 2);
    assert.equal(await another.update(id, seen, true), 3);
  });
}
