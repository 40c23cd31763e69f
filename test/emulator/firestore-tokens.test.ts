import { after, before } from 'node:test';
import { firestoreTokens } from '../../shared/adapters/firestore-tokens.ts';
import type { TokenStore } from '../../shared/ports/token-store.ts';
import { tokenStoreContract } from '../contract/token-store.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

if (emulatorIsHere()) {
  let emulator: Emulator;
  let store: TokenStore;
  let buckets = 0;
  before(async () => {
    emulator = await startFirestore();
    store = firestoreTokens({ projectId: 'proof', databaseId: '(default)', emulatorHost: emulator.host });
  });
  after(() => emulator.stop());
  tokenStoreContract(
    'Firestore',
    () => store,
    () => `connection-${(buckets += 1)}`,
  );
}
