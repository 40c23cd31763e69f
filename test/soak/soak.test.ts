/** A short soak: five hundred operations with everything going wrong. `npm run soak` is the long one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emulatorIsHere } from '../emulator/firestore.ts';
import { pubsubIsHere } from '../emulator/pubsub.ts';
import { soak } from './soak.ts';

if (emulatorIsHere() && pubsubIsHere()) {
  test('500 operations: nothing lost, nothing doubled, no lease left, whatever is killed or lost on the way', async () => {
    const seed = Date.now() % 1_000_000;
    console.log(`seed ${seed}`);
    const figures = await soak({ operations: 500, seed, idempotency: true, say: (line) => console.log(line) });
    for (const { name, value, bar } of figures) assert.equal(value, bar, `${name} (seed ${seed})`);
  });

  test('200 operations at a Stripe that forgets its keys, with faults before the effect: nothing doubled', async () => {
    const seed = (Date.now() % 1_000_000) + 1;
    console.log(`seed ${seed}`);
    const figures = await soak({ operations: 200, seed, idempotency: false, say: (line) => console.log(line) });
    for (const { name, value, bar } of figures) assert.equal(value, bar, `${name} (seed ${seed})`);
  });
}
