/** Overload over HTTP: every caller has an answer, and the rejected ones cost no call to the store. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sized } from '../support/sizes.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';
import { overload, withStatus } from './overload.ts';

const MAX_WAIT_MS = 5000;

/**
 * The most that the calls cost that twelve lanes can serve within the wait: two for the record of each, one for its turn,
 * and those of the limiter itself.
 */
const CALLS_OF_ADMITTED = 3 * 12 * Math.ceil(1 + MAX_WAIT_MS / 1050) + 30;

if (emulatorIsHere()) {
  let emulator: Emulator;
  before(async () => void (emulator = await startFirestore()));
  after(() => emulator.stop());

  for (const warm of [true, false])
    test(`many writes at once on a ${warm ? 'warm' : 'cold'} instance: 200 or 429, and no store call for a rejected one`, async () => {
      const callers = sized(300, 1000);
      const ran = await overload(emulator.host, { callers, maxWaitMs: MAX_WAIT_MS, warm });
      // On a busy machine a cold instance may serve none of them within the wait.
      const other = ran.statuses.filter((status) => status !== 200 && status !== 429);
      assert.deepEqual(other, []);
      assert.ok(withStatus(ran, 429) > callers / 2);
      // A slow store's commits are repeated. Calls that begin before they are rejected would cost two each.
      const most = CALLS_OF_ADMITTED + callers / 2;
      assert.ok(ran.storeCalls <= most, `${ran.storeCalls} calls, ${withStatus(ran, 200)} served`);
    });
}
