/** The whole fleet in simulated time: what is promised of it, on every window of every second. */
import { OPEN_LIMITS } from '../support/limits.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Limits } from '../../shared/rate-limiter/capacity.ts';
import { busy, FAIR, Fleet, FOUL, type Instance, type Weather } from './fleet.ts';
import { sized } from '../support/sizes.ts';

/** A store so near that its time is known well, and timers that fire late: releases are as late as they may be. */
const LATE: Weather = { ...FAIR, wayMs: [1, 1], lateTimer: 0.5, latestTimerMs: 60 };

function fleetOf(
  instances: number,
  limits = OPEN_LIMITS,
  weather: Weather = FAIR,
  seed = 1,
): { fleet: Fleet; all: Instance[] } {
  const fleet = new Fleet(limits, weather, seed);
  return { fleet, all: Array.from({ length: instances }, () => fleet.instance()) };
}

function during(fleet: Fleet, fromMs: number, toMs: number): number {
  return fleet.released.filter((at) => at >= fromMs && at < toMs).length;
}

/** Seconds of five whole rounds of the lanes: calls that come at once leave at once, then a round passes. */
const ROUNDS = 5 * 1.05;

/** Releases a second over the next seconds. */
function rateOver(fleet: Fleet, seconds: number): number {
  const from = fleet.events.now;
  fleet.events.runUntil(from + seconds * 1000);
  return during(fleet, from, fleet.events.now) / seconds;
}

function assertStrict(fleet: Fleet): void {
  const { over, most } = fleet.worstWindow();
  assert.ok(over <= 0, `${most} in one second, ${over} too many`);
}

/** What a case must reach over a minute. */
interface Bar {
  /** Share of the capacity that is used. */
  readonly use: number;
  /** Most over least served instance. */
  readonly fair?: number;
  /** Calls to the store for each grant. */
  readonly calls?: number;
}

/** `fair` of fifty that share six a second: of some seven grants each, in turns of three. */
for (const [instances, limits, perSecond, { use, fair = Infinity, calls = Infinity }, weather] of [
  [1, OPEN_LIMITS, 12, { use: 0.93, calls: 0.3 }, FAIR],
  [2, OPEN_LIMITS, 12, { use: 0.93, fair: 1.1, calls: 0.3 }, FAIR],
  [3, { ...OPEN_LIMITS, minNodes: 4 }, 24, { use: 0.93, fair: 1.25, calls: 0.3 }, FAIR],
  [5, { ...OPEN_LIMITS, minNodes: 8 }, 48, { use: 0.93, fair: 1.25, calls: 0.3 }, FAIR],
  [8, OPEN_LIMITS, 48, { use: 0.93, fair: 1.1, calls: 0.3 }, FAIR],
  [50, OPEN_LIMITS, 300, { use: 0.93, fair: 1.1, calls: 0.3 }, FAIR],
  [80, OPEN_LIMITS, 300, { use: 0.93, fair: 1.5, calls: 0.3 }, FAIR],
  [1, { ...OPEN_LIMITS, limitScope: 'connection' }, 6, { use: 0.93, calls: 0.35 }, FAIR],
  [2, { ...OPEN_LIMITS, limitScope: 'connection' }, 6, { use: 0.93, fair: 1.25, calls: 0.35 }, FAIR],
  [8, { ...OPEN_LIMITS, limitScope: 'connection' }, 6, { use: 0.93, fair: 1.5, calls: 0.35 }, FAIR],
  [20, { ...OPEN_LIMITS, limitScope: 'connection' }, 6, { use: 0.93, fair: 1.5, calls: 0.35 }, FAIR],
  [50, { ...OPEN_LIMITS, limitScope: 'connection' }, 6, { use: 0.93, fair: 2.2, calls: 0.35 }, FAIR],
  [50, { ...OPEN_LIMITS, accountCeiling: 25 }, 25, { use: 0.93, fair: 1.5 }, FAIR],
  [50, { ...OPEN_LIMITS, accountCeiling: 100 }, 100, { use: 0.93, fair: 1.25, calls: 0.35 }, FAIR],
  [20, { ...OPEN_LIMITS, accountCeiling: 7 }, 7, { use: 0.93, fair: 1.5 }, FAIR],
  [8, { ...OPEN_LIMITS, accountCeiling: 25 }, 25, { use: 0.93, fair: 1.5, calls: 0.35 }, FAIR],
  [8, OPEN_LIMITS, 48, { use: 0.6 }, FOUL],
  [50, OPEN_LIMITS, 300, { use: 0.6 }, FOUL],
  // With one shard, no shard hides an error of another.
  [1, { ...OPEN_LIMITS, limitScope: 'connection' }, 6, { use: 0.5 }, FOUL],
  [8, { ...OPEN_LIMITS, limitScope: 'connection' }, 6, { use: 0.5 }, FOUL],
  [1, { ...OPEN_LIMITS, accountCeiling: 1 }, 1, { use: 0.5 }, LATE],
  [4, { ...OPEN_LIMITS, accountCeiling: 1 }, 1, { use: 0.5 }, LATE],
  [3, { ...OPEN_LIMITS, accountCeiling: 2 }, 2, { use: 0.5 }, LATE],
  [8, { ...OPEN_LIMITS, limitScope: 'connection' }, 6, { use: 0.5 }, LATE],
] as [number, Limits, number, Bar, Weather][]) {
  const name = `${instances} instances, ${JSON.stringify({ ...limits, ...weather })}`;
  test(`over the limit, no second holds more than the capacity and little of it is lost: ${name}`, () => {
    const { fleet, all } = fleetOf(instances, limits, weather);
    for (const instance of all) busy(instance, fleet, 12);
    fleet.events.runUntil(20_000);
    const before = {
      granted: all.map(({ granted }) => granted),
      asked: fleet.asked,
      ofShard: [...fleet.commitsOfShard],
    };
    // A third of a minute has enough grants of the largest capacity to compare instances.
    const seconds = perSecond === 300 ? sized(20, 60) : 60;
    const rate = rateOver(fleet, seconds);
    assert.ok(rate / perSecond >= use, `${rate} of ${perSecond}`);
    assertStrict(fleet);
    assert.ok(fleet.worstWindow().most <= perSecond);
    const served = all.map(({ granted }, index) => granted - (before.granted[index] ?? 0));
    assert.ok(Math.max(...served) / Math.min(...served) <= fair, `most over least served: ${served.join(' ')}`);
    const perGrant = (fleet.asked - before.asked) / (seconds * rate);
    assert.ok(perGrant <= calls, `${perGrant} calls per grant`);
    if (weather !== FAIR) return;
    const earlier = new Map(before.ofShard);
    for (const [shard, commits] of fleet.commitsOfShard)
      assert.ok(commits - (earlier.get(shard) ?? 0) <= 2 * seconds, `${commits} commits on shard ${shard}`);
  });
}

for (const [what, instances, limits] of [
  ['two nodes of which neither was ever used', 2, OPEN_LIMITS],
  ['eight nodes', 8, OPEN_LIMITS],
  ['one node that is alone with six a second', 1, { ...OPEN_LIMITS, limitScope: 'connection' }],
  ['eight nodes that share six a second', 8, { ...OPEN_LIMITS, limitScope: 'connection' }],
] as [string, number, Limits][])
  test(`six calls at once on an idle node leave within 60 ms of the first: ${what}`, () => {
    const { fleet, all } = fleetOf(instances, limits);
    const [idle] = all;
    assert.ok(idle !== undefined);
    for (const pauseMs of [0, 3000, 60_000]) {
      fleet.events.runUntil(fleet.events.now + pauseMs);
      const left: number[] = [];
      for (let call = 0; call < 6; call += 1) idle.take(5000, (_, atMs) => void left.push(atMs));
      fleet.events.runUntil(fleet.events.now + 5000);
      assert.equal(left.length, 6);
      assert.ok(Math.max(...left) - Math.min(...left) <= 60, left.join(' '));
    }
    assertStrict(fleet);
  });

test('nodes that take the same lane at once see it in the answer, and go on another one at once', () => {
  const { fleet, all } = fleetOf(3, { ...OPEN_LIMITS, limitScope: 'connection' });
  // Each knows the others' lanes from before, and that they are free.
  for (const instance of all) instance.take(5000, () => undefined);
  fleet.events.runUntil(10_000);
  const waited: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    const atMs = 10_000 + round * 2200;
    for (const instance of all)
      fleet.events.at(atMs, () => instance.take(5000, (_, leftMs) => void waited.push(leftMs - atMs)));
  }
  fleet.events.runUntil(130_000);
  assert.equal(waited.length, 150);
  assert.ok(fleet.commits > 150, 'some met');
  assert.ok(Math.max(...waited) <= 110, String(Math.max(...waited)));
  assertStrict(fleet);
});

const GRANTS = sized(8_000, 1_200_000);
test(`${GRANTS} grants in foul weather, with instances that start, stop, crash and freeze: no window over the capacity`, () => {
  const fleet = new Fleet(OPEN_LIMITS, FOUL, 42);
  const { chance, events } = fleet;
  const living: Instance[] = [];
  const start = (): void => {
    const one = fleet.instance();
    living.push(one);
    busy(one, fleet, 8);
  };
  for (let i = 0; i < 45; i += 1) start();
  for (let at = 5000; fleet.released.length < GRANTS; at += 5000) {
    events.runUntil(at);
    const pick = Math.floor(chance.fraction() * living.length);
    if (chance.happens(0.1) && living.length > 20)
      living.splice(pick, 1).forEach((one) => (chance.happens(0.5) ? one.kill() : one.end()));
    if (chance.happens(0.12) && living.length < 60) start();
    if (chance.happens(0.2)) living[pick]?.freeze(chance.between(100, 6000));
    if (chance.happens(0.01)) living[pick]?.throttle(living[pick].nowMs, 0);
    if (chance.happens(0.01)) {
      fleet.hang();
      events.after(chance.between(500, 6000), () => fleet.recover());
    }
  }
  assertStrict(fleet);
});

test('callers who come at any moment, timers that are late: a lane never has two releases in a second', () => {
  const { fleet, all } = fleetOf(2, { ...OPEN_LIMITS, accountCeiling: 1 }, LATE);
  for (let atMs = 0; atMs < 300_000; atMs += fleet.chance.between(1, 60)) {
    const instance = all[Math.floor(atMs) % 2];
    fleet.events.at(atMs, () => instance?.take(3000, () => undefined));
  }
  fleet.events.runUntil(300_000);
  assert.ok(fleet.released.length > 150, String(fleet.released.length));
  assert.equal(fleet.worstWindow().most, 1);
});

test('a payment does not wait behind a thousand reads, and the reads keep their rate', () => {
  const { fleet, all } = fleetOf(8);
  for (const instance of all) instance.take(5000, () => undefined, 'read');
  fleet.events.runUntil(10_000);
  const reads: number[] = [];
  const waited: number[] = [];
  for (let read = 0; read < 1000; read += 1)
    all[read % 8]?.take(
      60_000,
      (turn, atMs) => void (turn !== 'unanswered' && turn.granted && reads.push(atMs)),
      'read',
    );
  for (let atMs = 10_050; atMs < 28_000; atMs += fleet.chance.between(100, 900)) {
    const instance = all[Math.floor(fleet.chance.fraction() * 8)];
    fleet.events.at(atMs, () => instance?.take(5000, (_, leftMs) => void waited.push(leftMs - atMs), 'interactive'));
  }
  fleet.events.runUntil(60_000);
  assert.equal(reads.length, 1000);
  waited.sort((a, b) => a - b);
  const p95 = waited[Math.floor(0.95 * waited.length)] ?? Infinity;
  assert.ok(p95 <= 400, `${p95} ms`);
  assert.ok(Math.max(...waited) <= 700, String(Math.max(...waited)));
  const rate = reads.filter((atMs) => atMs < 28_000).length / 18;
  assert.ok(rate >= 0.75 * 48, `${rate} reads a second`);
  assertStrict(fleet);
});

test('a lower class has a slot at least every ten seconds while higher ones take all others', () => {
  const { fleet, all } = fleetOf(1, { ...OPEN_LIMITS, limitScope: 'connection' });
  const [instance] = all;
  assert.ok(instance !== undefined);
  const pay = (): void => instance.take(30_000, pay, 'interactive');
  for (let caller = 0; caller < 12; caller += 1) pay();
  const served = { read: [0], bulk: [0] };
  for (const priority of ['read', 'bulk'] as const)
    for (let caller = 0; caller < 3; caller += 1)
      instance.take(60_000, (_, atMs) => void served[priority].push(atMs), priority);
  fleet.events.runUntil(40_000);
  for (const times of Object.values(served)) {
    assert.equal(times.length, 4);
    times.slice(1).forEach((atMs, index) => assert.ok(atMs - (times[index] ?? 0) <= 10_000, times.join(' ')));
  }
  assertStrict(fleet);
});

test('one caller at a time an instance: the same rate, and still few commits', () => {
  const { fleet, all } = fleetOf(8);
  for (const one of all) busy(one, fleet, 1);
  fleet.events.runUntil(15_000);
  const before = { asked: fleet.asked, commits: new Map(fleet.commitsOfShard) };
  const rate = rateOver(fleet, 20);
  assert.ok(rate >= 0.93 * 48, String(rate));
  assert.ok((fleet.asked - before.asked) / (20 * rate) <= 0.3);
  for (const [shard, commits] of fleet.commitsOfShard)
    assert.ok((commits - (before.commits.get(shard) ?? 0)) / 20 <= 2);
  assertStrict(fleet);
});

test('a lone busy node among idle ones has the whole capacity within a second', () => {
  const { fleet, all } = fleetOf(10);
  for (const one of all) one.take(5000, () => undefined);
  fleet.events.runUntil(12_000);
  for (const one of all) one.take(5000, () => undefined);
  fleet.events.runUntil(14_000);
  busy(all[0]!, fleet, 120);
  fleet.events.runUntil(15_000);
  const rate = rateOver(fleet, ROUNDS);
  assert.ok(rate >= 0.93 * 60, String(rate));
  assertStrict(fleet);
});

test('capacity follows the live nodes: up within seconds of a start, down within a life after a crash', () => {
  const { fleet, all } = fleetOf(4);
  for (const one of all) busy(one, fleet, 12);
  fleet.events.runUntil(15_000);
  assert.ok(Math.abs(rateOver(fleet, ROUNDS) - 0.952 * 24) < 1);
  for (let i = 0; i < 4; i += 1) busy(fleet.instance(), fleet, 12);
  fleet.events.runUntil(fleet.events.now + 10_000);
  assert.ok(Math.abs(rateOver(fleet, ROUNDS) - 0.952 * 48) < 2);
  // Two are killed: the others take what they leave, until the fleet knows; never more.
  all.slice(0, 2).forEach((one) => one.kill());
  assert.ok(rateOver(fleet, ROUNDS) > 0.952 * 36 - 1);
  fleet.events.runUntil(fleet.events.now + 45_000);
  assert.ok(Math.abs(rateOver(fleet, ROUNDS) - 0.952 * 36) < 2);
  assertStrict(fleet);
});

test('a node that is ended gives its place up at once', () => {
  const { fleet, all } = fleetOf(8);
  for (const one of all) busy(one, fleet, 12);
  fleet.events.runUntil(20_000);
  all.slice(0, 5).forEach((one) => one.end());
  fleet.events.runUntil(32_000);
  assert.ok(Math.abs(rateOver(fleet, ROUNDS) - 0.952 * 18) < 2);
  assertStrict(fleet);
});

test('fifty cold starts at once: each sees all, none waits for another', () => {
  const { fleet, all } = fleetOf(50);
  for (const one of all) busy(one, fleet, 12);
  fleet.events.runUntil(2000);
  assert.ok(during(fleet, 1000, 2000) >= 0.85 * 300, String(during(fleet, 1000, 2000)));
  assertStrict(fleet);
});

test('a store that hangs: nothing beyond what was reserved, three questions a second at most, full rate in a second', () => {
  const { fleet, all } = fleetOf(8);
  for (const one of all) busy(one, fleet, 12);
  fleet.events.runUntil(20_000);
  fleet.hang();
  const asked = fleet.asked;
  fleet.events.runUntil(25_000);
  // Slots are reserved a second and a half ahead at most.
  assert.equal(during(fleet, 22_000, 25_000), 0);
  assert.ok(fleet.asked - asked <= 8 * 5 * 3, String(fleet.asked - asked));
  fleet.recover();
  fleet.events.runUntil(26_000);
  assert.ok(rateOver(fleet, ROUNDS) >= 0.93 * 48);
  assertStrict(fleet);
});

test('nodes that cannot be counted any more fall back to the floor before the last count is a life old', () => {
  const { fleet, all } = fleetOf(8);
  for (const one of all) busy(one, fleet, 12);
  fleet.events.runUntil(20_000);
  fleet.blind = true;
  fleet.events.runUntil(51_000);
  const rate = rateOver(fleet, 10);
  assert.ok(rate >= 0.85 * 12 && rate <= 12, String(rate));
  fleet.blind = false;
  fleet.events.runUntil(fleet.events.now + 12_000);
  assert.ok(rateOver(fleet, ROUNDS) >= 0.93 * 48);
  assertStrict(fleet);
});

test('a slow way to the store costs rate, never the guarantee', () => {
  const { fleet, all } = fleetOf(8, OPEN_LIMITS, { ...FAIR, wayMs: [50, 70] });
  for (const one of all) busy(one, fleet, 12);
  fleet.events.runUntil(20_000);
  const rate = rateOver(fleet, 10);
  // Uncertain by 100 to 120 ms: about 75 ms more for each slot of 1,050.
  assert.ok(rate >= 0.85 * 48 && rate <= 0.93 * 48, String(rate));
  assertStrict(fleet);
});

test('two revisions at once, one with fewer nodes and a lower ceiling, share one limit', () => {
  const { fleet, all } = fleetOf(6);
  const old = Array.from({ length: 6 }, () => fleet.instance({ ...OPEN_LIMITS, maxNodes: 8, accountCeiling: 40 }));
  for (const one of [...all, ...old]) busy(one, fleet, 12);
  fleet.events.runUntil(20_000);
  const rate = rateOver(fleet, 10);
  assert.ok(rate <= 72 && rate >= 0.85 * 72, String(rate));
  assertStrict(fleet);
});

test("Stripe's 429 at one node slows all, and they recover by steps", () => {
  const { fleet, all } = fleetOf(8);
  for (const one of all) busy(one, fleet, 12);
  fleet.events.runUntil(20_000);
  all[3]!.throttle(all[3]!.nowMs, 0);
  fleet.events.runUntil(22_500);
  const slowed = rateOver(fleet, 3 * 2.1);
  assert.ok(Math.abs(slowed - 0.952 * 24) < 2.5, String(slowed));
  fleet.events.runUntil(32_500);
  const recovered = rateOver(fleet, ROUNDS);
  assert.ok(recovered >= 0.93 * 48, String(recovered));
  assertStrict(fleet);
});

test('many 429 of one moment are one step, at one node or at all; one after the pace changed is another', () => {
  const { fleet, all } = fleetOf(8);
  for (const one of all) busy(one, fleet, 12);
  fleet.events.runUntil(20_000);
  const released = all.map(({ nowMs }) => nowMs);
  fleet.events.runUntil(20_100);
  all.forEach((one, index) => [0, 1, 2].forEach(() => one.throttle(released[index]!, 0)));
  fleet.events.runUntil(22_500);
  const slowed = rateOver(fleet, 4.2);
  assert.ok(Math.abs(slowed - 0.952 * 24) < 3, String(slowed));
  all[0]!.throttle(all[0]!.nowMs, 0);
  fleet.events.runUntil(29_500);
  const slower = rateOver(fleet, 4.2);
  assert.ok(Math.abs(slower - 0.952 * 12) < 2.5, String(slower));
});

test("Stripe's Retry-After: nothing new starts before it", () => {
  const { fleet, all } = fleetOf(4);
  for (const one of all) busy(one, fleet, 12);
  fleet.events.runUntil(20_000);
  all[0]!.throttle(all[0]!.nowMs, 5000);
  fleet.events.runUntil(30_000);
  assert.equal(during(fleet, 22_000, 25_000), 0);
  assert.ok(during(fleet, 25_000, 30_000) > 30);
});

test('a storm of callers that are refused asks the store nothing', () => {
  const { fleet, all } = fleetOf(2);
  for (const one of all) busy(one, fleet, 60);
  fleet.events.runUntil(10_000);
  const before = { asked: fleet.asked, released: fleet.released.length };
  let refused = 0;
  for (let i = 0; i < 20_000; i += 1)
    fleet.events.at(10_000 + i / 4, () =>
      all[i % 2]!.take(1000, (turn) => {
        assert.ok(turn !== 'unanswered' && !turn.granted && turn.retryAfterMs > 1000);
        refused += 1;
      }),
    );
  fleet.events.runUntil(10_100);
  assert.equal(refused, 401, 'each is refused when it comes');
  fleet.events.runUntil(15_000);
  assert.equal(refused, 20_000);
  assert.ok(fleet.asked - before.asked <= 5 * 2 * 1.6, `${fleet.asked - before.asked} questions`);
  assert.ok(fleet.released.length - before.released >= 0.93 * 12 * 5, 'those who wait go on as before');
});

test('a refused caller who comes back after its Retry-After is served', () => {
  const { fleet, all } = fleetOf(1);
  const [one] = all as [Instance];
  for (let i = 0; i < 60; i += 1) one.take(60_000, () => undefined);
  fleet.events.runUntil(200);
  let served: number | undefined;
  one.take(1000, (turn) => {
    assert.ok(turn !== 'unanswered' && !turn.granted);
    assert.ok(turn.retryAfterMs > 4500 && turn.retryAfterMs < 5500, String(turn.retryAfterMs));
    fleet.events.after(turn.retryAfterMs, () =>
      one.take(1000, (again, at) => void (served = again !== 'unanswered' && again.granted ? at : undefined)),
    );
  });
  fleet.events.runUntil(10_000);
  assert.ok(served !== undefined && served < 6500);
});

test('a List that walks pages stands in line again for each: single calls between them wait no longer for it', () => {
  const { fleet, all } = fleetOf(1, { ...OPEN_LIMITS, limitScope: 'connection' });
  const [one] = all as [Instance];
  let pages = 0;
  // Three Lists at once, each a page after the other.
  for (let list = 0; list < 3; list += 1) {
    const page = (): void => one.take(60_000, () => ((pages += 1), page()));
    page();
  }
  const waits: number[] = [];
  for (let call = 0; call < 20; call += 1)
    fleet.events.at(1000 + call * 1500, () => {
      const begun = fleet.events.now;
      one.take(60_000, (_, at) => waits.push(at - begun));
    });
  fleet.events.runUntil(40_000);
  assert.equal(waits.length, 20);
  // The slots of the lanes that come next, and those of the round under way.
  assert.ok(Math.max(...waits) <= 2 * 1050, String(Math.max(...waits)));
  assert.ok(pages > 150);
});
