/** Slots of leases that are used before their time, or lent to another queue: their distances in the lane. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { LATENESS_US, ROUND_US } from '../../shared/rate-limiter/gcra.ts';
import {
  inOrder,
  LaneLeases,
  markUsed,
  moveForward,
  takeOut,
  type LaneSlot,
} from '../../shared/rate-limiter/lanes/leases.ts';
import { sized } from '../support/sizes.ts';

const TERMS = { view: { blurUs: 0 }, lastUseUs: 0, leaseEndUs: Infinity };
const LANE = 0;
const FLOOR_LANES = 6;

/** One lane in the store, a queue that reserves slots of it, and another queue that takes some of them. */
class LaneWorld {
  readonly used: { readonly fromUs: number; readonly untilUs: number }[] = [];
  readonly grantedUs: number[] = [];
  private readonly leases = new LaneLeases();
  private slots: LaneSlot[] = [];
  private lent: LaneSlot[] = [];
  private tatUs = 0;
  private nowUs = 0;

  wait(us: number): void {
    this.nowUs += us;
    const now = { earliestUs: this.nowUs, latestUs: this.nowUs };
    this.slots = moveForward(this.slots, now);
    this.lent = moveForward(this.lent, now);
  }

  /** Waits until the next slot begins. */
  waitForSlot(): void {
    const nextUs = Math.min(
      ...[...this.slots, ...this.lent].map(({ fromUs }) => fromUs).filter((us) => us > this.nowUs),
    );
    if (Number.isFinite(nextUs)) this.wait(nextUs - this.nowUs);
  }

  reserve(count: number): void {
    const firstUs = Math.max(this.tatUs, this.nowUs);
    this.tatUs = firstUs + count * ROUND_US;
    const request = { lane: LANE, count, spacingUs: ROUND_US };
    const slots = this.leases.slotsOf(request, { firstUs, throttledUntilUs: 0 }, TERMS, FLOOR_LANES);
    this.slots = moveForward(inOrder([...this.slots, ...slots]), { earliestUs: this.nowUs, latestUs: this.nowUs });
    for (const slot of this.slots) assert.ok(slot.fromUs <= slot.grantedUs);
  }

  /** Another node takes slots of the lane. */
  reserveElsewhere(count: number): void {
    const firstUs = Math.max(this.tatUs, this.nowUs);
    this.tatUs = firstUs + count * ROUND_US;
    for (let slot = 0; slot < count; slot += 1) this.use(firstUs + slot * ROUND_US);
  }

  useFirst(): void {
    const slot = this.slots[0];
    if (slot === undefined || slot.fromUs > this.nowUs) return;
    markUsed(slot);
    this.slots = this.slots.slice(1);
    this.use(slot.fromUs);
  }

  lend(index: number): void {
    const slot = this.slots[index];
    if (slot === undefined) return;
    const { rest, taken } = takeOut(this.slots, slot);
    this.slots = rest;
    this.lent = inOrder([...this.lent, taken]);
  }

  useLent(): void {
    const slot = this.lent[0];
    if (slot === undefined || slot.fromUs > this.nowUs) return;
    markUsed(slot);
    this.lent = this.lent.slice(1);
    this.use(slot.fromUs);
  }

  private use(fromUs: number): void {
    this.used.push({ fromUs, untilUs: fromUs + LATENESS_US });
  }
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), by: fc.integer({ min: 1, max: 1_400_000 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('waitForSlot' as const), by: fc.constant(0) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('reserve' as const), by: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('elsewhere' as const), by: fc.integer({ min: 1, max: 2 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('use' as const), by: fc.constant(0) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('lend' as const), by: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('useLent' as const), by: fc.constant(0) }) },
);

test('two requests of a lane start a second apart or more, however its slots were moved and lent', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const world = new LaneWorld();
      for (const { kind, by } of steps) {
        if (kind === 'wait') world.wait(by);
        if (kind === 'waitForSlot') world.waitForSlot();
        if (kind === 'reserve') world.reserve(by);
        if (kind === 'elsewhere') world.reserveElsewhere(by);
        if (kind === 'use') world.useFirst();
        if (kind === 'lend') world.lend(by);
        if (kind === 'useLent') world.useLent();
      }
      const used = world.used.toSorted((a, b) => a.fromUs - b.fromUs);
      used.slice(1).forEach(({ fromUs }, index) => {
        const apartUs = fromUs - (used[index]?.untilUs ?? NaN);
        assert.ok(apartUs >= 1_000_000, `${apartUs} us after the end of the slot before`);
      });
    }),
    { numRuns: sized(20_000, 500_000), seed: 11 },
  );
});

test('slots of a lane that was idle serve calls that come later, a round apart', () => {
  const world = new LaneWorld();
  world.wait(1_000_000);
  world.reserve(3);
  world.wait(500_000);
  world.useFirst();
  world.wait(500_000);
  world.useFirst();
  assert.equal(world.used.length, 1);
  world.wait(550_000);
  world.useFirst();
  assert.deepEqual(
    world.used.map(({ fromUs }) => fromUs),
    [1_500_000, 2_550_000],
  );
});

test('a reservation that follows the last slot directly has no gap, and one after slots of others has', () => {
  for (const [elsewhere, times] of [
    [0, [1_000_000, 2_050_000]],
    [1, [1_000_000, 3_100_000]],
  ] as const) {
    const world = new LaneWorld();
    world.wait(1_000_000);
    world.reserve(1);
    world.useFirst();
    if (elsewhere > 0) world.reserveElsewhere(elsewhere);
    world.reserve(1);
    world.wait(1_060_000);
    world.useFirst();
    world.wait(1_060_000);
    world.useFirst();
    const own = world.used.map(({ fromUs }) => fromUs).filter((fromUs) => elsewhere === 0 || fromUs !== 2_050_000);
    assert.deepEqual(own, times);
  }
});

test('a slot that was lent keeps its time, and the slots around it keep their distance', () => {
  const world = new LaneWorld();
  world.wait(1_000_000);
  world.reserve(3);
  world.wait(500_000);
  // The first slot is late, so the others begin now and a round later.
  world.lend(1);
  world.wait(400_000);
  world.useFirst();
  assert.equal(world.used.length, 0);
  world.wait(650_000);
  world.useLent();
  assert.deepEqual(
    world.used.map(({ fromUs }) => fromUs),
    [2_550_000],
  );
});

test('a slot that was lent and not used in time is lost', () => {
  const world = new LaneWorld();
  world.wait(1_000_000);
  world.reserve(2);
  world.wait(500_000);
  world.lend(0);
  world.wait(200_000);
  world.useLent();
  assert.equal(world.used.length, 0);
});
