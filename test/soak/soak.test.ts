/** A short soak: operations with everything going wrong. `npm run test:full` runs 500 of them; `npm run soak` is the long one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { emulatorIsHere } from '../emulator/firestore.ts';
import { pubsubIsHere } from '../emulator/pubsub.ts';
import { sized } from '../support/sizes.ts';
import { soak } from './soak.ts';

const OPERATIONS = sized(24, 500);
const FORGOTTEN = sized(10, 200);
/** The same faults in every `npm test`; others in every full run. */
const SEED = Number(process.env['SEED'] ?? sized(20261127, Date.now() % 1_000_000));

if (emulatorIsHere() && pubsubIsHere()) {
  test(`${OPERATIONS} operations: none lost, none executed twice, no lease left, with kills and losses`, async () => {
    const seed = SEED;
    console.log(`seed ${seed}`);
    const figures = await soak({ operations: OPERATIONS, seed, idempotency: true, say: (line) => console.log(line) });
    for (const { name, value, bar } of figures) assert.equal(value, bar, `${name} (seed ${seed})`);
  });

  test(`${FORGOTTEN} operations at a Stripe that forgets its keys, with faults before the effect: none executed twice`, async () => {
    const seed = SEED + 1;
    console.log(`seed ${seed}`);
    const figures = await soak({ operations: FORGOTTEN, seed, idempotency: false, say: (line) => console.log(line) });
    for (const { name, value, bar } of figures) assert.equal(value, bar, `${name} (seed ${seed})`);
  });
}
