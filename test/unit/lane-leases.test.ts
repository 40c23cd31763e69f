/** Slots of a lease: when they may be used before their time, and what a queue tells a caller of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LATENESS_US, ROUND_US } from '../../shared/rate-limiter/gcra.ts';
import { LaneLeases, markUsed, moveForward, type LaneSlot } from '../../shared/rate-limiter/lanes/leases.ts';
import { FAIR, Fleet, type Done } from '../simulation/fleet.ts';
import { OPEN_LIMITS } from '../support/limits.ts';

const FIRST_US = 10_000_000;
/** The store's time is known to 20 ms. */
const at = (earliestUs: number, uncertainUs = 20_000) => ({ earliestUs, latestUs: earliestUs + uncertainUs });

/** Slots of one lane, from `FIRST_US` on. */
function leased(count: number): LaneSlot[] {
  const request = { lane: 0, count, spacingUs: ROUND_US };
  const grant = { firstUs: FIRST_US, throttledUntilUs: 0 };
  return new LaneLeases().slotsOf(
    request,
    grant,
    { view: { blurUs: 0 }, lastUseUs: Infinity, leaseEndUs: Infinity },
    1,
  );
}

test('a late slot is dropped, and the next one of the lease is due at once', () => {
  const slots = moveForward(leased(2), at(FIRST_US + LATENESS_US));
  assert.deepEqual(
    slots.map(({ fromUs }) => fromUs),
    [FIRST_US + LATENESS_US],
  );
});

test('two used slots of a lease keep their distance', () => {
  const usedUs = FIRST_US + 700_000;
  const [first, ...rest] = moveForward(leased(3), at(usedUs));
  assert.ok(first !== undefined);
  assert.equal(first.fromUs, usedUs);
  markUsed(first);
  const [next] = moveForward(rest, at(usedUs + 100_000));
  assert.equal(next?.fromUs, usedUs + ROUND_US);
});

test('while the time is too uncertain to use a slot at once, the slots keep their times', () => {
  const slots = moveForward(leased(3), at(FIRST_US + 200_000, 2 * LATENESS_US));
  assert.deepEqual(
    slots.map(({ fromUs }) => fromUs),
    [FIRST_US + ROUND_US, FIRST_US + 2 * ROUND_US],
  );
});

for (const [instances, maxWaitMs] of [
  [1, 0],
  [1, 500],
  [8, 100],
] as const)
  test(`with free lanes, a later slot of a lease rejects no caller: ${instances} instances, ${maxWaitMs} ms`, () => {
    const fleet = new Fleet(OPEN_LIMITS, FAIR, 1);
    const all = Array.from({ length: instances }, () => fleet.instance());
    let rejected = 0;
    const done: Done = (turn) => {
      if (fleet.events.now > 10_000 && (turn === 'unanswered' || !turn.granted)) rejected += 1;
    };
    // Each instance has a tenth of the rate in calls that come at random.
    const call = (): void => {
      all[Math.floor(fleet.chance.fraction() * instances)]?.take(maxWaitMs, done);
      fleet.events.after(fleet.chance.gap((1.2 * instances) / 2000), call);
    };
    call();
    fleet.events.runUntil(60_000);
    assert.equal(rejected, 0);
    assert.ok(fleet.worstWindow().over <= 0);
  });

test('no slot of a lease is used before the end of the Retry-After of Stripe', () => {
  for (let seed = 1; seed <= 5; seed += 1) {
    const fleet = new Fleet(OPEN_LIMITS, FAIR, seed);
    const instance = fleet.instance();
    const call = (): void => {
      instance.take(5000, () => undefined);
      fleet.events.after(fleet.chance.gap(2 / 1000), call);
    };
    call();
    fleet.events.runUntil(20_000);
    instance.throttle(instance.nowMs, 2000);
    const before = fleet.released.length;
    fleet.events.runUntil(22_000);
    assert.equal(fleet.released.length, before);
    fleet.events.runUntil(27_000);
    assert.ok(fleet.released.length > before);
  }
});
