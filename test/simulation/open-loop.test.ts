/** Calls that come at random, in simulated time: how long they wait, and what that costs. */
import { OPEN_LIMITS } from '../support/limits.ts';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allLanes } from '../../shared/rate-limiter/lanes/lane-set.ts';
import { LaneRecords } from '../../shared/rate-limiter/lanes/records.ts';
import { LaneSelector } from '../../shared/rate-limiter/selection/selector.ts';
import type { Turn } from '../../shared/rate-limiter/queue/turn.ts';
import { sized } from '../support/sizes.ts';
import { quantile } from '../bench/quantile.ts';
import { busy, FAIR, Fleet, type Weather } from './fleet.ts';

/** One way in ten takes up to 80 ms longer, so one commit in ten takes more than twice the usual time. */
const TAIL: Weather = { ...FAIR, slowWay: 0.1, slowestMs: 80 };

const MEASURED_FROM_MS = 30_000;
const MEASURED_UNTIL_MS = 330_000;

interface OpenLoop {
  readonly fleet: Fleet;
  /** Milliseconds from each call to its permit, by class. */
  readonly waited: Readonly<Record<'read' | 'interactive', readonly number[]>>;
  /** Of all calls, in milliseconds. */
  readonly p95: number;
  readonly rejected: number;
  /** Calls to the store for each permit. */
  readonly perGrant: number;
}

/** Poisson arrivals at a part of the capacity, each at a random instance. Half of them are reads. */
function openLoop(
  instances: number,
  load: number,
  weather: Weather,
  { seed = 1, minNodes = 2, untilMs = MEASURED_UNTIL_MS, maxWaitMs = 5000 } = {},
): OpenLoop {
  const fleet = new Fleet({ ...OPEN_LIMITS, minNodes }, weather, seed);
  const all = Array.from({ length: instances }, () => fleet.instance());
  const perMs = (load * 6 * Math.max(minNodes, instances)) / 1000;
  const waited = { read: [] as number[], interactive: [] as number[] };
  let rejected = 0;
  const arriveAt = (atMs: number): void =>
    fleet.events.at(atMs, () => {
      const priority = fleet.chance.happens(0.5) ? 'read' : 'interactive';
      all[Math.floor(fleet.chance.fraction() * instances)]?.take(
        maxWaitMs,
        (turn, leftMs) => {
          if (atMs < MEASURED_FROM_MS) return;
          if (turn !== 'unanswered' && turn.granted) waited[priority].push(leftMs - atMs);
          else rejected += 1;
        },
        priority,
      );
      arriveAt(atMs + fleet.chance.gap(perMs));
    });
  arriveAt(0);
  fleet.events.runUntil(untilMs);
  const p95 = quantile([...waited.read, ...waited.interactive], 0.95);
  return { fleet, waited, p95, rejected, perGrant: fleet.asked / fleet.released.length };
}

/** A commit takes 16 to 24 ms: the bars are twice and four times that. */
for (const instances of [1, 2, 8])
  for (const [load, p95Ms, calls] of [
    [0.1, 48, 1.1],
    [0.3, 48, 0.7],
    [0.5, 96, instances === 2 ? 1.2 : 0.6],
  ] as const)
    test(`random calls wait for little more than a commit: ${instances} instances, ${load} of the capacity`, () => {
      const waited: Record<'read' | 'interactive', number[]> = { read: [], interactive: [] };
      // Eight instances have as many calls in a fourth of the time.
      const untilMs = instances === 8 ? sized(105_000, MEASURED_UNTIL_MS) : MEASURED_UNTIL_MS;
      for (let seed = 1; seed <= sized(1, 12); seed += 1) {
        const run = openLoop(instances, load, FAIR, { seed, untilMs });
        for (const priority of ['read', 'interactive'] as const) waited[priority].push(...run.waited[priority]);
        assert.ok(run.perGrant <= calls, `${run.perGrant} calls for each permit`);
        assert.equal(run.rejected, 0);
        assert.ok(run.fleet.worstWindow().over <= 0);
      }
      for (const [priority, values] of Object.entries(waited)) {
        const p95 = quantile(values, 0.95);
        assert.ok(p95 <= p95Ms, `${priority}: ${p95} ms`);
      }
    });

// Calls as rare as these have no lease: a node has one in 8 to 16 s.
for (const instances of [1, 2, 8])
  test(`a late answer costs a rare call no second commit: ${instances} instances`, () => {
    const { fleet, p95 } = openLoop(instances, 0.01, TAIL, { untilMs: 3_000_000 });
    assert.ok(p95 <= 105, `${p95} ms`);
    assert.ok(fleet.worstWindow().over <= 0);
  });

for (const seed of sized([3], [3, 8]))
  test(`at 83 % of a capacity that spans many shards no call is rejected: seed ${seed}`, () => {
    const { fleet, rejected } = openLoop(9, 0.83, FAIR, {
      seed,
      minNodes: 20,
      untilMs: sized(120_000, MEASURED_UNTIL_MS),
    });
    assert.equal(rejected, 0);
    assert.ok(fleet.worstWindow().over <= 0);
  });

for (const [nodes, load, p95Ms] of [
  [8, 0.3, 60],
  [8, 0.5, 96],
  [18, 0.3, 96],
  [18, 0.5, 150],
] as const)
  test(`random calls of five endpoints find free lanes of other nodes: ${nodes} nodes, ${load} of the capacity`, () => {
    const ceilings = { accountCeiling: 100, endpointCeiling: 25, searchCeiling: 20, filesCeiling: 20 };
    const fleet = new Fleet({ ...OPEN_LIMITS, ...ceilings }, FAIR, 1);
    const all = Array.from({ length: nodes }, () => fleet.instance());
    const waits: number[] = [];
    const perMs = (load * Math.min(100, 6 * nodes)) / 1000;
    const arriveAt = (atMs: number): void =>
      fleet.events.at(atMs, () => {
        const endpoint = { kind: 'endpoint', key: `POST.v1.kind${Math.floor(fleet.chance.fraction() * 5)}` } as const;
        const note = (turn: Turn | 'unanswered', endMs: number): void => {
          if (atMs > 75_000) waits.push(turn !== 'unanswered' && turn.granted ? endMs - atMs : Infinity);
        };
        all[Math.floor(fleet.chance.fraction() * nodes)]?.take(5000, note, undefined, endpoint);
        arriveAt(atMs + fleet.chance.gap(perMs));
      });
    arriveAt(0);
    fleet.events.runUntil(sized(105_000, 300_000));
    assert.ok(quantile(waits, 0.95) <= p95Ms, `${quantile(waits, 0.95)} ms of ${waits.length}`);
    assert.ok(fleet.worstWindow().over <= 0);
  });

for (const instances of [1, 3])
  test(`no caller is rejected for the time of a slot that may be used before it: ${instances} instances`, () => {
    for (let seed = 1; seed <= sized(2, 12); seed += 1)
      assert.equal(openLoop(instances, 0.1, FAIR, { seed, maxWaitMs: 500, untilMs: 130_000 }).rejected, 0);
  });

const SECOND_US = 1_000_000;

/** Callers of a node that takes no lease. */
const DEMAND = {
  wanted: 24,
  latestUs: Infinity,
  paymentLanes: [],
  expectedCallers: 0,
  patient: 0,
  lone: false,
  lease: 0,
  rare: false,
  othersStarve: false,
};

test('a reservation for more callers than lanes leaves the rest to the next one', () => {
  for (let nowUs = SECOND_US; nowUs < 60 * SECOND_US; nowUs += SECOND_US)
    for (let rank = 0; rank < 9; rank += 1) {
      const view = { all: allLanes(120), lanes: allLanes(120), live: 9, rank, blurUs: 0, stretch: 1 };
      const requests = new LaneSelector(new LaneRecords()).plan(DEMAND, nowUs, view);
      assert.ok(
        requests.every(({ count }) => count <= 2),
        JSON.stringify(requests),
      );
    }
});

test('a reservation takes a slot for each caller that waits or is expected, and no further ones', () => {
  const view = { all: allLanes(12), lanes: allLanes(12), live: 2, rank: 0, blurUs: 0, stretch: 1 };
  const records = new LaneRecords();
  const requests = [0, 1, 2, 3, 4, 5].map((lane) => ({ lane, count: 1, spacingUs: 1_050_000 }));
  // All lanes of the node are in use until 1.05 s after the reservation before.
  const lanes = requests.map(({ lane }) => ({ lane, nextUs: SECOND_US + 1_050_000 }));
  const grants = requests.map(() => ({ firstUs: SECOND_US, throttledUntilUs: 0 }));
  records.learn(requests, { grants, lanes, atUs: SECOND_US }, SECOND_US);
  for (const expectedCallers of [0, 2, 3]) {
    const plan = new LaneSelector(records).plan({ ...DEMAND, wanted: 1, expectedCallers }, SECOND_US + 100_000, view);
    assert.equal(
      plan.map(({ count }) => count).reduce((sum, count) => sum + count, 0),
      1 + expectedCallers,
    );
  }
});

test('a late slot in hand rejects none of the callers whom later reservations serve in time', () => {
  const fleet = new Fleet(OPEN_LIMITS, FAIR, 1);
  const one = fleet.instance();
  for (let caller = 0; caller < 2; caller += 1) one.take(5000, () => undefined);
  fleet.events.runUntil(10_000);
  // Another instance takes five slots of a lane that this one takes for free.
  const requests = [{ lane: 9, count: 5, spacingUs: 1_050_000 }];
  fleet.commit(99, 0.5, {
    kind: 'reserve',
    requests,
    notBeforeUs: fleet.nowUs,
    renew: false,
  });
  const served: boolean[] = [];
  for (let caller = 0; caller < 40; caller += 1)
    one.take(5000, (turn) => void served.push(turn !== 'unanswered' && turn.granted));
  fleet.events.runUntil(20_000);
  // The last caller has that slot, and no caller waits behind it.
  assert.equal(served.length, 40);
  assert.ok(served.filter((granted) => !granted).length <= 1, served.join(' '));
});

test('a busy node has the free lanes of seven nodes with two calls a second each', () => {
  const fleet = new Fleet(OPEN_LIMITS, FAIR, 1);
  const [first, ...others] = Array.from({ length: 8 }, () => fleet.instance());
  assert.ok(first !== undefined);
  const arriveAt = (atMs: number): void =>
    fleet.events.at(atMs, () => {
      others[Math.floor(fleet.chance.fraction() * others.length)]?.take(5000, () => undefined);
      arriveAt(atMs + fleet.chance.gap((2 * others.length) / 1000));
    });
  arriveAt(0);
  busy(first, fleet, 200);
  fleet.events.runUntil(20_000);
  const before = first.granted;
  fleet.events.runUntil(40_000);
  const perSecond = (first.granted - before) / 20;
  assert.ok(perSecond >= 18, `${perSecond} a second`);
  assert.ok(fleet.worstWindow().over <= 0);
});
