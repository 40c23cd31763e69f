/**
 * The drills of `npm run bench -- limiter --drill`, short: separate processes, the Firestore emulator behind a delay.
 * Safety only: no second over the capacity, nothing beyond what was reserved. How fast is the bench's matter.
 */
import { OPEN_LIMITS } from '../support/limits.ts';
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { bundleProcesses } from '../bench/bundles.ts';
import { CEILINGS, FIVE_ENDPOINTS, LOW_CEILINGS, overCeilings, SEARCH } from '../bench/limiter/ceilings.ts';
import * as figures from '../bench/limiter/figures.ts';
import { run, setStage, type Plan, type Result, type Stage } from '../bench/limiter/fleet.ts';
import { FULL_SIZES, sized } from '../support/sizes.ts';
import { emulatorIsHere, startFirestore, type Emulator } from './firestore.ts';

if (emulatorIsHere()) {
  let emulator: Emulator;
  let stage: Stage & { clear(): void };
  before(async () => {
    const folder = path.resolve('test/.build/limiter');
    await bundleProcesses(folder);
    emulator = await startFirestore();
    stage = await setStage(folder, emulator.host);
  });
  after(async () => {
    stage.clear();
    await emulator.stop();
  });

  const FOUR: Plan = {
    name: 'four',
    instances: 4,
    limits: OPEN_LIMITS,
    warmUpMs: 2500,
    measureMs: 3000,
  };

  const assertStrict = (result: Result): void => {
    const { over, most } = figures.worstWindow(result);
    assert.equal(over, 0, `${most} in one second, ${over} too many`);
    assert.equal(figures.failures(result)['10'] ?? 0, 0, 'aborts');
    assert.ok(figures.within(result.released.flat(), result.fromUs, result.toUs) > 0, 'something was released');
  };

  test('four overloaded instances whose wall clocks are off by half a minute and jump', async () => {
    const result = await run(stage, {
      ...FOUR,
      skewMs: (index) => (index % 2 === 0 ? 30_000 : -30_000),
      drill: ({ children }) => {
        children.forEach((child, index) => child.send({ jumpMs: index % 2 === 0 ? -70_000 : 70_000 }));
        return Promise.resolve();
      },
    });
    assertStrict(result);
  });

  test('six in all: never a seventh in one second at any number of instances', async () => {
    const result = await run(stage, { ...FOUR, limits: { ...FOUR.limits, limitScope: 'connection' } });
    assertStrict(result);
    assert.ok(figures.worstWindow(result).most <= 6);
  });

  test("the account's ceiling and a lower one of searches", { skip: !FULL_SIZES }, async () => {
    const limits = { ...FOUR.limits, accountCeiling: 13, searchCeiling: 5 };
    const result = await run(stage, { ...FOUR, limits, endpoints: FIVE_ENDPOINTS });
    assertStrict(result);
    assert.ok(figures.worstWindow(result).most <= 13);
    assert.equal(overCeilings(result), 0);
    assert.ok((result.releasedOf.get(SEARCH.key) ?? []).length > 0, 'some searches were released');
  });

  test('instances at endpoints of their own keep the ceilings while one is killed, counted where they arrive', async () => {
    const result = await run(stage, LOW_CEILINGS);
    assertStrict(result);
    assert.equal(overCeilings(result), 0);
    // What arrived at Stripe, by the time at which it was released: the machine may delay an arrival.
    const counted = new Map<string, number[]>();
    for (const { endpoint, releasedUs } of result.arrived)
      counted.set(endpoint, [...(counted.get(endpoint) ?? []), releasedUs]);
    assert.ok(figures.mostIn(result.arrived.map(({ releasedUs }) => releasedUs)) <= 16);
    for (const [endpoint, times] of counted)
      assert.ok(figures.mostIn(times) <= (endpoint === SEARCH.key ? 3 : 4), endpoint);
    assert.deepEqual([...counted.keys()].sort(), [...new Set(LOW_CEILINGS.endpoints?.map(({ key }) => key))].sort());
  });

  test(
    'five endpoints keep the default ceilings while instances are killed and paused',
    { skip: !FULL_SIZES },
    async () => {
      const result = await run(stage, CEILINGS);
      assertStrict(result);
      assert.equal(overCeilings(result), 0);
      assert.equal(result.releasedOf.size, 5);
      // Without lanes of their own the endpoints share the first 20.
      assert.ok(figures.worstWindow(result).most > 20, 'the endpoints had lanes of their own');
    },
  );

  test('one instance is killed, another is paused for two seconds', async () => {
    const result = await run(stage, {
      ...FOUR,
      measureMs: 4500,
      async drill({ children }) {
        children[0]?.kill('SIGKILL');
        children[1]?.kill('SIGSTOP');
        await pause(2000);
        children[1]?.kill('SIGCONT');
      },
    });
    assertStrict(result);
  });

  test('Firestore hangs: no grants beyond the reserved slots', async () => {
    const result = await run(stage, {
      ...FOUR,
      measureMs: 5500,
      async drill({ proxy, mark }) {
        await proxy.ask('hang');
        mark('hung');
        await pause(3500);
        mark('back');
        await proxy.ask('flow');
      },
    });
    assertStrict(result);
    const { hung = 0, back = 0 } = result.marks;
    const granted = figures.within(result.released.flat(), hung, back);
    // What was on its way when the proxy stopped may still have arrived.
    const inHand = figures.reservedBy(result, hung + 30_000) - figures.within(result.released.flat(), 0, hung);
    assert.ok(granted <= inHand, `${granted} granted, ${inHand} reserved`);
  });

  test('fifty concurrent cold starts: no conflict', async () => {
    const result = await run(stage, {
      ...FOUR,
      instances: 50,
      processes: 5,
      warmUpMs: 0,
      measureMs: sized(5000, 8000),
    });
    assertStrict(result);
  });
}
