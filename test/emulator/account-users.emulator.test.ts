/** The users of a Stripe account in Firestore: each connection writes its own field of one document. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { firestoreAccountUsers } from '../../shared/adapters/google/admin/firestore-account-users.ts';
import { firestoreClient } from '../../shared/adapters/google/firestore-client.ts';
import { accountFingerprint } from '../../shared/stripe/secrets/account-watch.ts';
import { post, startFunction } from '../functions/framework.ts';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { startSecretManager, type SecretManagerDouble } from '../support/fake-secret-manager.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

const SHARED_KEY = 'sk_test_shared00000000';

if (emulatorIsHere()) {
  let emulator: Emulator;
  let sandbox: Sandbox;
  let manager: SecretManagerDouble;
  before(async () => {
    emulator = await startFirestore();
    sandbox = await startSandbox({ seed: 27 });
    manager = await startSecretManager(() => SHARED_KEY);
  });
  after(async () => {
    manager.close();
    await sandbox.close();
    await emulator.stop();
  });

  void test('connections that write at the same time keep each other, and a later write replaces its own', async () => {
    const options = { projectId: 'shop-prod', databaseId: '(default)', emulatorHost: emulator.host };
    const users = firestoreAccountUsers(options, firestoreClient(options));
    assert.deepEqual(await users.read('account'), []);
    const shop = { connection: 'shop-eu', perSecond: 25, hasCeiling: false, seenMs: 1_795_478_400_000 };
    const reports = { connection: 'reports', perSecond: 6, hasCeiling: true, seenMs: 1_795_478_400_001 };
    await Promise.all([users.write('account', shop), users.write('account', reports)]);
    await users.write('account', { ...shop, hasCeiling: true });
    const found = await users.read('account');
    assert.deepEqual(
      [...found].sort((left, right) => left.connection.localeCompare(right.connection)),
      [reports, { ...shop, hasCeiling: true }],
    );
    assert.deepEqual(await users.read('other'), []);
  });

  void test('two deployed connections with one key: the second names both in its log, at verbosity 1', async () => {
    const options = { projectId: 'stripe-local', databaseId: 'stripe-connector', emulatorHost: emulator.host };
    const users = firestoreAccountUsers(options, firestoreClient(options));
    const recorded = async (name: string): Promise<boolean> =>
      (await users.read(accountFingerprint(SHARED_KEY))).some(({ connection }) => connection === name);
    // The look runs in parallel to the calls. It records the connection, then writes its warning.
    const lookOf = async (name: string, ends: (output: string) => boolean): Promise<string> => {
      const running = await startFunction({
        name: 'get-entity',
        env: {
          STRIPE_API_BASE: sandbox.url,
          SECRET_MANAGER_EMULATOR_HOST: manager.host,
          FIRESTORE_EMULATOR_HOST: emulator.host,
          CONNECTION_SETTINGS: JSON.stringify({ name, api_key: 'projects/p/secrets/stripe/versions/1' }),
        },
      });
      for (let call = 0; call < 3; call += 1) await post(running.url, { entity: 'Customer', entityId: 'cus_1' });
      for (let tries = 0; !((await recorded(name)) && ends(running.output())) && tries < 500; tries += 1)
        await pause(20);
      await running.stop();
      return running.output();
    };
    assert.doesNotMatch(await lookOf('shop', () => true), /without account_ceiling/);
    const warnings = (await lookOf('reports', (output) => output.includes('without account_ceiling')))
      .split('\n')
      .filter((line) => line.includes('without account_ceiling'));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? '', /"severity":"WARNING".*"connections":\["reports","shop"\]/);
  });
}
