/** The ceilings of endpoints over the whole fleet in simulated time. https://docs.stripe.com/rate-limits */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Limits } from '../../shared/rate-limiter/capacity.ts';
import type { Endpoint } from '../../shared/rate-limiter/ceilings/endpoint.ts';
import { sized } from '../support/sizes.ts';
import { busy, FAIR, Fleet, type Instance, type Weather } from './fleet.ts';

const LIVE: Limits = {
  minNodes: 2,
  maxNodes: 50,
  limitScope: 'node',
  accountCeiling: 100,
  endpointCeiling: 25,
  searchCeiling: 20,
  filesCeiling: 20,
};
const LIFTED: Limits = { ...LIVE, endpointCeiling: 10_000, searchCeiling: 10_000, filesCeiling: 10_000 };
const FOUL: Weather = {
  ...FAIR,
  wayMs: [3, 40],
  lostQuestion: 0.01,
  lostAnswer: 0.01,
  lateTimer: 0.2,
  latestTimerMs: 120,
  driftPpm: 90,
};

const endpoint = (number: number): Endpoint => ({ kind: 'endpoint', key: `POST.v1.kind${number}` });
const SEARCH: Endpoint = { kind: 'search', key: 'search' };
const ONE = (): Endpoint => endpoint(0);
const FIVE = (caller: number): Endpoint => endpoint(caller % 5);
const WITH_SEARCH = (caller: number): Endpoint => (caller % 3 === 0 ? SEARCH : endpoint(caller % 3));

function most(times: readonly number[]): number {
  let [worst, end] = [0, 0];
  times.forEach((atMs, index) => {
    while (end < times.length && (times[end] ?? Infinity) < atMs + 1000) end += 1;
    worst = Math.max(worst, end - index);
  });
  return worst;
}

/** No window of one second holds more than the account's capacity, or than the ceiling of an endpoint. */
function assertStrict(fleet: Fleet): void {
  assert.ok(fleet.worstWindow().over <= 0, `${fleet.worstWindow().most} of the account in one second`);
  for (const [key, times] of fleet.releasedOf) {
    const ceiling = key === SEARCH.key ? (fleet.limits.searchCeiling ?? NaN) : fleet.limits.endpointCeiling;
    assert.ok(most(times) <= ceiling, `${most(times)} of ${key} in one second`);
  }
}

interface Load {
  readonly nodes: number;
  /** Nodes that call; the others make one call of another endpoint every 9 s. */
  readonly busy?: number;
  readonly callers: number;
  readonly endpointOf: (caller: number) => Endpoint;
}

function fleetOf({ nodes, busy: calling = nodes, callers, endpointOf }: Load, limits: Limits, weather = FAIR): Fleet {
  const fleet = new Fleet(limits, weather, 1);
  const quiet = (one: Instance): void => {
    one.take(5000, () => undefined, undefined, endpoint(99));
    fleet.events.after(9000, () => quiet(one));
  };
  Array.from({ length: nodes }, () => fleet.instance()).forEach((one, index) => {
    if (index < calling) busy(one, fleet, callers, 60_000, 0, endpointOf);
    else quiet(one);
  });
  return fleet;
}

/** Releases a second of an endpoint, or of all, and calls to the store for each, once the fleet knows itself. */
function measured(fleet: Fleet, key?: string): { readonly rate: number; readonly calls: number } {
  const [fromMs, forMs] = [25_000, sized(15_000, 60_000)];
  fleet.events.runUntil(fromMs);
  const asked = fleet.asked;
  fleet.events.runUntil(fromMs + forMs);
  const times = key === undefined ? fleet.released : (fleet.releasedOf.get(key) ?? []);
  const count = times.filter((atMs) => atMs >= fromMs).length;
  return { rate: (count * 1000) / forMs, calls: (fleet.asked - asked) / count };
}

const MIXED: Load = { nodes: 18, callers: 15, endpointOf: FIVE };
const SINGLE: Load = { nodes: 18, callers: 12, endpointOf: ONE };

test('calls of five endpoints use most of the account, and few more calls to the store than without ceilings', () => {
  const fleet = fleetOf(MIXED, LIVE);
  const { rate, calls } = measured(fleet);
  // 86 to 91 by the phase of the borders; 95 without ceilings.
  assert.ok(rate >= 84, `${rate} a second`);
  const without = measured(fleetOf(MIXED, LIFTED)).calls;
  assert.ok(calls <= without + 0.2, `${calls} calls to the store per grant, ${without} without ceilings`);
  assertStrict(fleet);
});

test('calls of one endpoint from all nodes use four fifths of its ceiling', () => {
  const fleet = fleetOf(SINGLE, LIVE);
  const { rate, calls } = measured(fleet);
  assert.ok(rate >= 0.8 * 25, `${rate} a second`);
  const without = measured(fleetOf(SINGLE, { ...LIFTED, accountCeiling: 25 })).calls;
  assert.ok(calls <= without + 0.2, `${calls} calls to the store per grant, ${without} without ceilings`);
  assertStrict(fleet);
});

for (const nodes of [1, 2])
  test(`calls of one endpoint from ${nodes} of eighteen nodes use half of its ceiling`, () => {
    const fleet = fleetOf({ ...SINGLE, busy: nodes, callers: 30 }, LIVE);
    const { rate } = measured(fleet, ONE().key);
    assert.ok(rate >= 0.5 * 25, `${rate} a second`);
    assertStrict(fleet);
  });

test('a connection of at most the ceiling counts no endpoint: it reserves what it reserves without ceilings', () => {
  const run = (limits: Limits): Fleet => {
    const fleet = fleetOf({ nodes: 4, callers: 12, endpointOf: FIVE }, limits);
    measured(fleet);
    return fleet;
  };
  const [with_, without] = [run(LIVE), run(LIFTED)];
  assert.deepEqual(with_.released, without.released);
  assert.deepEqual([...with_.commitsOfShard], [...without.commitsOfShard]);
});

test('nodes that see fewer nodes than there are keep the ceilings too', () => {
  const fleet = fleetOf({ nodes: 3, callers: 30, endpointOf: ONE }, LIVE);
  fleet.events.runUntil(12_000);
  // The three do not see the others for some seconds, and use lanes without a count.
  for (let node = 0; node < 15; node += 1) busy(fleet.instance(), fleet, 12, 60_000, 0, ONE);
  fleet.events.runUntil(30_000);
  fleet.blind = true;
  fleet.events.runUntil(70_000);
  fleet.blind = false;
  fleet.events.runUntil(90_000);
  assertStrict(fleet);
});

for (const [what, endpointOf] of [
  ['one endpoint', ONE],
  ['five endpoints', FIVE],
  ['searches and two endpoints', WITH_SEARCH],
] as const)
  test(`in foul weather, with nodes that start, stop, crash and freeze, no endpoint is over its ceiling: ${what}`, () => {
    const fleet = new Fleet(LIVE, FOUL, 7);
    const { chance, events } = fleet;
    const living: Instance[] = [];
    const start = (): void => {
      const one = fleet.instance();
      living.push(one);
      busy(one, fleet, 8, 60_000, 0, endpointOf);
    };
    for (let node = 0; node < 12; node += 1) start();
    for (let atMs = 5000; atMs < sized(60_000, 600_000); atMs += 5000) {
      events.runUntil(atMs);
      const pick = Math.floor(chance.fraction() * living.length);
      if (chance.happens(0.3) && living.length > 3)
        living.splice(pick, 1).forEach((one) => (chance.happens(0.5) ? one.kill() : one.end()));
      if (chance.happens(0.4) && living.length < 24) start();
      if (chance.happens(0.2)) living[pick]?.freeze(chance.between(100, 6000));
      if (chance.happens(0.1)) {
        fleet.hang();
        events.after(chance.between(500, 6000), () => fleet.recover());
      }
    }
    assert.ok(fleet.released.length > 300, String(fleet.released.length));
    assertStrict(fleet);
  });

test('a call that is rejected because its endpoint is full says so', () => {
  const fleet = fleetOf({ nodes: 18, callers: 12, endpointOf: ONE }, LIVE);
  const one = fleet.instance();
  for (let atMs = 0; atMs < 25_000; atMs += 5000)
    fleet.events.at(atMs, () => one.take(5000, () => undefined, undefined, endpoint(7)));
  fleet.events.runUntil(25_000);
  const answers: { readonly granted: boolean; readonly heldBack: boolean }[] = [];
  for (let call = 0; call < 12; call += 1)
    one.take(2000, (turn) => void (turn !== 'unanswered' && answers.push(turn)), undefined, ONE());
  fleet.events.runUntil(30_000);
  assert.equal(answers.length, 12);
  assert.ok(answers.filter(({ granted, heldBack }) => !granted && heldBack).length >= 6, JSON.stringify(answers));
});
