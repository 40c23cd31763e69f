import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Limits } from '../../shared/rate-limiter/capacity.ts';
import { LATENESS_US, reserveSlots, slotInterval } from '../../shared/rate-limiter/gcra.ts';
import { busy, Fleet, type Instance, type Weather } from '../simulation/fleet.ts';
import { sized } from '../support/sizes.ts';

const SECOND = 1_000_000;

const rates = fc.oneof(
  fc.integer({ min: 1, max: 600 }),
  fc.integer({ min: 1, max: 100_000 }).map((n) => n / 1000),
);

test('no window of one second plus the lateness holds more slots than the rate', () => {
  fc.assert(
    fc.property(rates, (rate) => {
      // Slots in a half-open window of W: ceil(W / interval) at most.
      const most = Math.ceil((SECOND + LATENESS_US) / slotInterval(rate));
      assert.ok(most <= Math.ceil(rate));
    }),
  );
});

test('rounding loses less than one token a day for each 10 a second', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), (rate) => {
      const day = 86_400 * (SECOND + LATENESS_US);
      assert.ok(86_400 * rate - day / slotInterval(rate) <= 86_400 * rate * slotInterval(rate) ** -1 + 1);
    }),
  );
});

test('in any order of reservations slots never overlap and are at least one interval apart', () => {
  const step = fc.record({
    waitUs: fc.integer({ min: 0, max: 3 * SECOND }),
    count: fc.integer({ min: 1, max: 6 }),
    backUs: fc.integer({ min: 0, max: 5 * SECOND }),
  });
  fc.assert(
    fc.property(rates, fc.array(step, { maxLength: 60 }), (rate, steps) => {
      const interval = slotInterval(rate);
      let tat = 0;
      let now = 10 * SECOND;
      const slots: number[] = [];
      for (const { waitUs, count, backUs } of steps) {
        now += waitUs;
        // A caller whose idea of now lags, however far, can only reserve what is free.
        const reserved = reserveSlots(tat, now - backUs, count * interval);
        tat = reserved.tatUs;
        for (let i = 0; i < count; i += 1) slots.push(reserved.firstUs + i * interval);
      }
      slots.slice(1).forEach((slot, index) => assert.ok(slot - (slots[index] as number) >= interval));
    }),
  );
});

/** What a fleet goes through, in any order. */
interface Model {
  alive: number;
  asked: number;
  settled: number;
}
type Real = { readonly fleet: Fleet; readonly instances: Instance[] };
type Command = fc.Command<Model, Real>;

/** A command that picks one of the living. */
function onOne(name: string, pick: number, what: (one: Instance, model: Model, real: Real) => void): Command {
  return {
    check: ({ alive }) => alive > 0,
    run(model, real) {
      const living = real.instances.filter(({ alive }) => alive);
      const one = living[pick % living.length];
      if (one !== undefined) what(one, model, real);
      model.alive = real.instances.filter(({ alive }) => alive).length;
    },
    toString: () => `${name}(${pick})`,
  };
}

const start: Command = {
  check: ({ alive }) => alive < 12,
  run(model, { fleet, instances }) {
    instances.push(fleet.instance());
    model.alive += 1;
  },
  toString: () => 'start',
};
const calls = (pick: number, count: number, maxWaitMs: number): Command =>
  onOne(`calls ${count} x ${maxWaitMs} ms`, pick, (one, model) => {
    for (let i = 0; i < count; i += 1) {
      model.asked += 1;
      let told = false;
      one.take(maxWaitMs, () => {
        assert.ok(!told, 'no caller gets two responses');
        told = true;
        model.settled += 1;
      });
    }
  });
const passes = (ms: number): Command => ({
  check: () => true,
  run: (_, { fleet }) => fleet.events.runUntil(fleet.events.now + ms),
  toString: () => `passes ${ms} ms`,
});
const storeHangs = (ms: number): Command => ({
  check: () => true,
  run(_, { fleet }) {
    fleet.hang();
    fleet.events.after(ms, () => fleet.recover());
  },
  toString: () => `store hangs ${ms} ms`,
});

const pick = fc.nat(11);
const commands = fc.commands(
  [
    fc.constant(start),
    fc.tuple(pick, fc.integer({ min: 1, max: 30 }), fc.constantFrom(0, 500, 5000, 30_000)).map((all) => calls(...all)),
    pick.map((one) => onOne('busy', one, (instance, _, { fleet }) => busy(instance, fleet, 10, 20_000))),
    fc.integer({ min: 1, max: 4000 }).map(passes),
    fc.integer({ min: 5000, max: 40_000 }).map(passes),
    pick.map((one) => onOne('kill', one, (instance) => instance.kill())),
    pick.map((one) => onOne('end', one, (instance) => instance.end())),
    fc
      .tuple(pick, fc.integer({ min: 50, max: 6000 }))
      .map(([one, ms]) => onOne(`freeze ${ms} ms`, one, (instance) => instance.freeze(ms))),
    fc
      .tuple(pick, fc.integer({ min: 0, max: 3000 }))
      .map(([one, ms]) => onOne(`stripe says 429, ${ms} ms`, one, (instance) => instance.throttle(instance.nowMs, ms))),
    fc.integer({ min: 100, max: 6000 }).map(storeHangs),
  ],
  { maxCommands: 60, size: '+1' },
);

const weathers: fc.Arbitrary<Weather> = fc.record({
  wayMs: fc.constantFrom([8, 12], [2, 60], [40, 90]),
  slowWay: fc.constantFrom(0, 0.1),
  slowestMs: fc.constantFrom(0, 200),
  lostQuestion: fc.constantFrom(0, 0.02),
  lostAnswer: fc.constantFrom(0, 0.02),
  lateTimer: fc.constantFrom(0, 0.25),
  latestTimerMs: fc.constantFrom(5, 120),
  driftPpm: fc.constantFrom(0, 90),
});

const limits: fc.Arbitrary<Limits> = fc.record({
  minNodes: fc.constantFrom(0, 1, 2, 4),
  maxNodes: fc.constantFrom(4, 6, 50),
  limitScope: fc.constantFrom('node', 'node', 'connection'),
  accountCeiling: fc.constantFrom(1000, 25, 13, 0.5),
  endpointCeiling: fc.constantFrom(1000, 20),
  searchCeiling: fc.constant(20),
  filesCeiling: fc.constant(20),
});

test('no second holds more than the capacity and every caller gets a response, whatever happens to the fleet', () => {
  let granted = 0;
  fc.assert(
    fc.property(commands, weathers, limits, fc.nat(10), fc.nat(), (steps, weather, its, busyOnes, seed) => {
      const fleet = new Fleet(its, weather, seed);
      const instances = Array.from({ length: busyOnes }, () => fleet.instance());
      for (const one of instances) busy(one, fleet, 10, 20_000);
      const model: Model = { alive: busyOnes, asked: 0, settled: 0 };
      const real: Real = { fleet, instances };
      fc.modelRun(() => ({ model, real }), steps);
      const dead = real.instances.some(({ alive }) => !alive);
      real.fleet.recover();
      real.fleet.events.runUntil(real.fleet.events.now + 40_000);
      granted += real.fleet.released.length;
      const { over, most } = real.fleet.worstWindow();
      assert.ok(over <= 0, `${most} in one second, ${over} too many`);
      if (!dead) assert.equal(model.settled, model.asked, 'no caller is forgotten');
    }),
    { numRuns: sized(25, 1500) },
  );
  console.log(`${granted} grants`);
});
