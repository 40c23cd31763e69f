import { after, before } from 'node:test';
import { firestoreOperations } from '../../shared/adapters/firestore-operations.ts';
import { storedDocuments } from '../../shared/adapters/stored-documents.ts';
import type { OperationStore } from '../../shared/ports/operation-store.ts';
import { operationStoreContract } from '../contract/operation-store.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

if (emulatorIsHere()) {
  let emulator: Emulator;
  let store: OperationStore;
  let ids = 0;
  before(async () => {
    emulator = await startFirestore();
    const options = { projectId: 'proof', databaseId: '(default)', emulatorHost: emulator.host };
    store = firestoreOperations(options, 'operations', storedDocuments);
  });
  after(() => emulator.stop());
  operationStoreContract(
    'Firestore',
    () => store,
    () => `id-${(ids += 1)}`,
  );
}
