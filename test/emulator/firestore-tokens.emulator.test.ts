import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Firestore } from '@google-cloud/firestore';
import { firestoreAllocations } from '../../shared/adapters/google/limiter/firestore-allocations.ts';
import { firestoreClient } from '../../shared/adapters/google/firestore-client.ts';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import { firestoreTokens } from '../../shared/adapters/google/limiter/firestore-tokens.ts';
import { memoryAllocations } from '../../shared/adapters/memory/allocations.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { Limiter } from '../../shared/rate-limiter/limiter.ts';
import type { TokenStore } from '../../shared/rate-limiter/store.ts';
import type { AllocationStore } from '../../shared/rate-limiter/endpoints/ring.ts';
import { allocationStoreContract } from '../contract/allocation-store.ts';
import { tokenStoreContract } from '../contract/token-store.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

if (emulatorIsHere()) {
  let emulator: Emulator;
  let store: TokenStore;
  let allocations: AllocationStore;
  let documents: Firestore;
  let connections = 0;
  const fresh = (): string => `connection-${(connections += 1)}`;
  before(async () => {
    emulator = await startFirestore();
    const options = { projectId: 'proof', databaseId: '(default)', emulatorHost: emulator.host };
    const client = firestoreClient(options);
    store = firestoreTokens(options, client);
    allocations = firestoreAllocations(options, storedDocuments, client);
    process.env['FIRESTORE_EMULATOR_HOST'] = emulator.host;
    // Nothing leaves loopback: no search for Google's metadata server.
    process.env['METADATA_SERVER_DETECTION'] = 'none';
    documents = new Firestore({ projectId: 'proof' });
  });
  after(async () => {
    await documents.terminate();
    await emulator.stop();
  });
  tokenStoreContract('Firestore', () => store, fresh);
  allocationStoreContract('Firestore', () => allocations, fresh);

  test('the documents have the fields that the page lists, and the version', async () => {
    const connection = fresh();
    const member = { connection, id: 'one', place: 0.25 };
    const { atUs } = await store.join(member);
    const requests = [{ lane: 44, count: 2, spacingUs: 1_050_000 }];
    await store.reserve({ member, requests, notBeforeUs: atUs, renew: true });
    const at = documents.collection('connections').doc(connection);
    assert.deepEqual((await at.collection('shards').doc('7').get()).data(), {
      v: 3,
      tat0: 0,
      tat1: 0,
      tat2: atUs + 2_100_000,
      tat3: 0,
      tat4: 0,
      tat5: 0,
      calm: 0,
    });
    const { seen, expireAt, ...rest } = (await at.collection('members').doc('one').get()).data() ?? {};
    assert.deepEqual(rest, { v: 3, place: 0.25 });
    const day = (expireAt as FirebaseFirestore.Timestamp).toMillis() - (seen as FirebaseFirestore.Timestamp).toMillis();
    assert.ok(Math.abs(day - 86_400_000) < 10_000);
    assert.deepEqual((await at.listCollections()).map(({ id }) => id).sort(), ['members', 'shards']);
  });

  test('positions that an earlier revision began keep their version, and those of a newer one are not read', async () => {
    const connection = fresh();
    const stored = documents.doc(`connections/${connection}/lanes/positions`);
    await stored.set({ v: 1, positions: { search: 0 } });
    const { layout, positions, positionsChangedUs } = await allocations.read(connection);
    assert.deepEqual([layout, positions], [1, { search: 0 }]);
    await allocations.replacePositions(connection, {
      layout,
      positions: { ...positions, files: 1 },
      positionsChangedUs,
    });
    assert.deepEqual((await stored.get()).data(), { v: 1, positions: { search: 0, files: 1 } });
    await stored.set({ v: 3, positions: {} });
    await assert.rejects(
      allocations.read(connection),
      /allocation of lanes has version 3, but this revision supports up to 2/,
    );
  });

  test('state of a newer version fails with a clear error and grants nothing', async () => {
    const connection = fresh();
    await documents.doc(`connections/${connection}/shards/0`).set({ v: 4, tat0: 0, calm: 0 });
    const limits = {
      minNodes: 1,
      maxNodes: 1,
      limitScope: 'node',
      accountCeiling: 25,
      endpointCeiling: 25,
      searchCeiling: 25,
      filesCeiling: 25,
    } as const;
    const limiter = new Limiter({
      member: { connection, id: 'one', place: 0.5 },
      limits,
      store,
      allocations: memoryAllocations(systemClock),
      clock: systemClock,
      log: { write: () => undefined },
    });
    await assert.rejects(Promise.resolve(limiter.take(1000)), (error) => {
      assert.ok(isConnectorError(error) && error.details.reason === 'LIMITER_UNAVAILABLE');
      return /state has version 4, but this revision supports up to 3/.test(String(error.details.cause));
    });
  });

  test('an instance that leaves is no longer a member and does not join again while it drains', async () => {
    const connection = fresh();
    const limits = {
      minNodes: 2,
      maxNodes: 9,
      limitScope: 'node',
      accountCeiling: 25,
      endpointCeiling: 25,
      searchCeiling: 25,
      filesCeiling: 25,
    } as const;
    const member = { connection, id: 'one', place: 0.5 };
    const limiter = new Limiter({
      member,
      limits,
      store,
      allocations: memoryAllocations(systemClock),
      clock: systemClock,
      log: { write: () => undefined },
    });
    assert.equal((await limiter.take(5000)).granted, true);
    const count = async (): Promise<number> =>
      (await documents.collection(`connections/${connection}/members`).count().get()).data().count;
    assert.equal(await count(), 1);
    await limiter.leave();
    assert.equal(await count(), 0);
    assert.equal((await limiter.take(5000)).granted, true);
    assert.equal(await count(), 0);
  });
}
