import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Limiter } from '../../shared/limiter/limiter.ts';
import { LATENESS_NS, reserveSlots, slotInterval } from '../../shared/limiter/token-bucket.ts';
import type { TokenStore } from '../../shared/ports/token-store.ts';
import { VirtualClock } from '../virtual-clock.ts';

const rates = fc.oneof(
  fc.integer({ min: 1, max: 600 }),
  fc.integer({ min: 1, max: 100_000 }).map((n) => n / 1000),
);

test('no window of a second and the lateness holds more slots than the rate', () => {
  fc.assert(
    fc.property(rates, (rate) => {
      const interval = slotInterval(rate);
      // Slots in a half-open window of W: ceil(W / interval) at most.
      const window = 1_000_000_000n + LATENESS_NS;
      const most = (window + interval - 1n) / interval;
      assert.ok(most <= BigInt(Math.ceil(rate)));
      if (Number.isInteger(rate)) assert.ok(most <= BigInt(rate));
    }),
  );
});

test('rounding loses less than one token in a day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 600 }), (rate) => {
      const day = 86_400n * (1_000_000_000n + LATENESS_NS);
      const ideal = 86_400n * BigInt(rate);
      assert.ok(ideal - day / slotInterval(rate) <= BigInt(Math.ceil(rate / 10)));
    }),
  );
});

test('whatever the order of reservations, slots never meet and never come closer than the interval', () => {
  const step = fc.record({
    waitNs: fc.bigInt({ min: 0n, max: 3_000_000_000n }),
    count: fc.integer({ min: 1, max: 6 }),
    backNs: fc.bigInt({ min: 0n, max: 5_000_000_000n }),
  });
  fc.assert(
    fc.property(rates, fc.array(step, { maxLength: 60 }), (rate, steps) => {
      const interval = slotInterval(rate);
      let tat = 0n;
      let now = 10_000_000_000n;
      const slots: bigint[] = [];
      for (const { waitNs, count, backNs } of steps) {
        now += waitNs;
        // A caller whose idea of now lags, however far, can only reserve what is free.
        const reserved = reserveSlots(tat, now - backNs, count, interval);
        tat = reserved.tatNs;
        for (let i = 0n; i < BigInt(count); i += 1n) slots.push(reserved.firstNs + i * interval);
      }
      slots.slice(1).forEach((slot, index) => assert.ok(slot - (slots[index] as bigint) >= interval));
    }),
  );
});

/** A store shared by several instances, each with its own monotonic clock origin and way there and back. */
function sharedStore(clock: VirtualClock, tat: { ns: bigint }, latency: () => number, originMs: number): TokenStore {
  const now = (): bigint => BigInt(Math.round((clock.monotonicMs() + originMs) * 1_000_000));
  return {
    async reserve({ count, intervalNs, notBeforeNs }) {
      await clock.sleep(latency());
      const step = reserveSlots(tat.ns, notBeforeNs, count, intervalNs);
      tat.ns = step.tatNs;
      const storeNowNs = now();
      await clock.sleep(latency());
      return { firstNs: step.firstNs, storeNowNs };
    },
    async nowNs() {
      await clock.sleep(latency());
      const at = now();
      await clock.sleep(latency());
      return at;
    },
  };
}

test('a fleet never releases more than the rate in any second, with timers that fire late', async () => {
  const scenario = fc.record({
    instances: fc.integer({ min: 1, max: 4 }),
    rate: fc.constantFrom(6, 12, 24),
    arrivals: fc.array(fc.record({ instance: fc.nat(3), gapMs: fc.integer({ min: 0, max: 150 }) }), {
      minLength: 1,
      maxLength: 60,
    }),
    seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    latencyMs: fc.integer({ min: 0, max: 12 }),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ instances, rate, arrivals, seed, latencyMs }) => {
      // One timer in four fires up to 120 ms late.
      let state = seed;
      const next = (): number => (state = (state * 48_271) % 2_147_483_647);
      const lateness = (): number => (next() % 4 === 0 ? next() % 120 : 0);
      const clock = new VirtualClock(1000, lateness);
      const tat = { ns: 0n };
      const fleet = Array.from(
        { length: instances },
        () =>
          new Limiter({
            bucket: 'c',
            perSecond: rate,
            store: sharedStore(clock, tat, () => latencyMs, 5_000_000),
            clock,
          }),
      );
      const released: number[] = [];
      for (const { instance, gapMs } of arrivals) {
        void fleet[instance % instances]?.take(60_000).then((turn) => {
          if (turn.granted) released.push(clock.monotonicMs());
        });
        await clock.advance(gapMs);
      }
      await clock.advance(60_000);
      assert.equal(released.length, arrivals.length, 'nobody is forgotten');
      released.sort((a, b) => a - b);
      released.forEach((from, index) => {
        const within = released.slice(index).filter((at) => at < from + 1000).length;
        assert.ok(within <= rate, `${within} in one second at rate ${rate}`);
      });
    }),
    { numRuns: 40 },
  );
});
