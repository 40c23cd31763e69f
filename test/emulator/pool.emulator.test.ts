/** A test file gets emulators without the data of other files. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emulatorIsHere, startFirestore } from './firestore.ts';
import { pubsubIsHere, startPubsub } from './pubsub.ts';

const AS_OWNER = { authorization: 'Bearer owner', 'content-type': 'application/json' };

if (emulatorIsHere())
  test('documents of a file are not there for the next file', async () => {
    const documents = (host: string): string[] =>
      ['stripe-local/databases/stripe-connector', 'other/databases/(default)'].map(
        (database) => `http://${host}/v1/projects/${database}/documents/connections/left`,
      );
    const statuses = (host: string, init: RequestInit): Promise<number[]> =>
      Promise.all(documents(host).map(async (url) => (await fetch(url, { ...init, headers: AS_OWNER })).status));
    const first = await startFirestore();
    assert.deepEqual(await statuses(first.host, { method: 'PATCH', body: '{"fields":{}}' }), [200, 200]);
    assert.deepEqual(await statuses(first.host, {}), [200, 200]);
    await first.stop();
    const second = await startFirestore();
    assert.deepEqual(await statuses(second.host, {}), [404, 404]);
    await second.stop();
  });

if (pubsubIsHere())
  test('topics of a file, and messages that it did not take, are not there for the next file', async () => {
    const first = await startPubsub();
    await first.topic('left');
    await first.publish('left', [{ data: 'x' }]);
    await first.stop();
    const second = await startPubsub();
    await assert.rejects(second.publish('left', [{ data: 'x' }]), /NOT_FOUND/);
    await second.topic('left');
    assert.deepEqual(await second.pull('left', 0), []);
    await second.stop();
  });
