/** The ceilings of endpoints over the whole fleet in simulated time. https://docs.stripe.com/rate-limits */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Limits } from '../../shared/rate-limiter/capacity.ts';
import { AllocationView } from '../../shared/rate-limiter/endpoints/allocation-view.ts';
import type { Endpoint } from '../../shared/rate-limiter/endpoints/endpoint.ts';
import { lanesOfEndpoint, LEAD_US } from '../../shared/rate-limiter/endpoints/ring.ts';
import type { Turn } from '../../shared/rate-limiter/queue/turn.ts';
import { NO_CEILINGS } from '../support/limits.ts';
import { sized } from '../support/sizes.ts';
import { assertStrict, endpoint, LIVE, SEARCH } from './ceilings.ts';
import { busy, FAIR, Fleet, FOUL, type Instance } from './fleet.ts';

const LIFTED: Limits = { ...LIVE, ...NO_CEILINGS, accountCeiling: LIVE.accountCeiling };

const ONE = (): Endpoint => endpoint(0);
const FIVE = (caller: number): Endpoint => endpoint(caller % 5);
const WITH_SEARCH = (caller: number): Endpoint => (caller % 3 === 0 ? SEARCH : endpoint(caller % 3));

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
  // The ring follows the nodes after 30 seconds.
  const [fromMs, forMs] = sized([50_000, 12_000] as const, [75_000, 60_000] as const);
  fleet.events.runUntil(fromMs);
  const asked = fleet.asked;
  fleet.events.runUntil(fromMs + forMs);
  const times = key === undefined ? fleet.released : (fleet.releasedOf.get(key) ?? []);
  const count = times.filter((atMs) => atMs >= fromMs).length;
  return { rate: (count * 1000) / forMs, calls: (fleet.asked - asked) / count };
}

const MIXED: Load = { nodes: 18, callers: sized(8, 15), endpointOf: FIVE };
const SINGLE: Load = { nodes: 18, callers: 12, endpointOf: ONE };

let mixed: { readonly fleet: Fleet; readonly rate: number; readonly calls: number } | undefined;

/** The fleet of `MIXED` once it was measured: two tests look at it. */
function mixedFleet(): NonNullable<typeof mixed> {
  if (mixed === undefined) {
    const fleet = fleetOf(MIXED, LIVE);
    mixed = { fleet, ...measured(fleet) };
  }
  return mixed;
}

test('calls of five endpoints use most of the account, and few more calls to the store than without ceilings', () => {
  const { fleet, rate, calls } = mixedFleet();
  assert.ok(rate >= 90, `${rate} a second`);
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

test('a connection of at most the lowest ceiling reserves what it reserves without ceilings', () => {
  const run = (limits: Limits): Fleet => {
    const fleet = fleetOf({ nodes: 3, callers: 12, endpointOf: FIVE }, limits);
    measured(fleet);
    return fleet;
  };
  const settings = { ...LIVE, maxNodes: 3 };
  const [with_, without] = [run(settings), run({ ...LIFTED, maxNodes: 3 })];
  assert.deepEqual(with_.released, without.released);
  assert.deepEqual([...with_.commitsOfShard], [...without.commitsOfShard]);
});

test('where only searches have a lower ceiling than the connection, they have its first lanes', () => {
  const fleet = fleetOf({ nodes: 4, callers: 20, endpointOf: WITH_SEARCH }, { ...LIVE, accountCeiling: 25 });
  const { rate } = measured(fleet);
  assert.ok(rate >= 0.9 * 24, `${rate} a second`);
  assert.equal(fleet.allocations, 0);
  assertStrict(fleet);
});

test('nodes that see fewer nodes than there are keep the ceilings too', () => {
  const fleet = fleetOf({ nodes: 3, callers: 30, endpointOf: ONE }, LIVE);
  fleet.events.runUntil(12_000);
  // The three do not see the others for some seconds, and use lanes without a count.
  for (let node = 0; node < 15; node += 1) busy(fleet.instance(), fleet, 12, 60_000, 0, ONE);
  fleet.events.runUntil(50_000);
  fleet.blind = true;
  fleet.events.runUntil(90_000);
  fleet.blind = false;
  fleet.events.runUntil(130_000);
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
    for (let atMs = 5000; atMs < sized(65_000, 600_000); atMs += 5000) {
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
    assert.ok(fleet.released.length > 150, String(fleet.released.length));
    assertStrict(fleet);
  });

test('calls of a full endpoint wait for its ceiling, others for the rate of the connection', () => {
  const fleet = fleetOf({ nodes: 18, callers: 12, endpointOf: ONE }, LIVE);
  const one = fleet.instance();
  for (let atMs = 0; atMs < 65_000; atMs += 5000)
    fleet.events.at(atMs, () => one.take(5000, () => undefined, undefined, endpoint(7)));
  fleet.events.runUntil(65_000);
  assert.equal(one.queue.boundOf(one.nowMs, ONE()), 'endpoint');
  const small = fleetOf({ nodes: 2, callers: 1, endpointOf: ONE }, LIVE);
  const other = small.instance();
  other.take(5000, () => undefined, undefined, ONE());
  small.events.runUntil(5000);
  assert.equal(other.queue.boundOf(other.nowMs, ONE()), 'rate');
});

test('a fleet that shrinks and grows keeps the ceilings while the ring changes', () => {
  const fleet = new Fleet(LIVE, FAIR, 3);
  const nodes = Array.from({ length: 20 }, () => fleet.instance());
  const callers = sized(3, 10);
  for (const node of nodes) busy(node, fleet, callers, 60_000, 0, FIVE);
  fleet.events.runUntil(65_000);
  for (const node of nodes.splice(6)) node.end();
  fleet.events.runUntil(130_000);
  for (let node = 0; node < 10; node += 1) busy(fleet.instance(), fleet, callers, 60_000, 0, ONE);
  fleet.events.runUntil(sized(180_000, 400_000));
  assertStrict(fleet);
  assert.ok(fleet.rings.length >= 3, fleet.rings.join());
});

test('callers of a full endpoint do not hold back a call of another endpoint', () => {
  const fleet = new Fleet(LIVE, FAIR, 1);
  const nodes = Array.from({ length: 50 }, () => fleet.instance());
  for (const node of nodes) busy(node, fleet, 12, 60_000, 0, ONE);
  const waits: number[] = [];
  Array.from({ length: sized(5, 10) }, (_, call) =>
    fleet.events.at(65_000 + call * 3100, () => {
      const atMs = fleet.events.now;
      const note = (turn: Turn | 'unanswered', endMs: number): void =>
        void waits.push(turn !== 'unanswered' && turn.granted ? endMs - atMs : Infinity);
      nodes[(call * 5) % nodes.length]?.take(3000, note, 'read', endpoint(7));
    }),
  );
  fleet.events.runUntil(65_000 + 3100 * sized(5, 10) + 3000);
  assert.equal(waits.length, sized(5, 10));
  assert.ok(Math.max(...waits) <= 3000, waits.join());
});

test('no lane is reserved far ahead, however the callers of its endpoints queue', () => {
  const { fleet } = mixedFleet();
  assert.ok(fleet.furthestUs() <= 20_000_000, `${fleet.furthestUs()} us`);
});

test('instances that cannot read the ring stop at the end of what they know, and no ceiling is exceeded', () => {
  const fleet = new Fleet(LIVE, FAIR, 5);
  const [first, ...others] = Array.from({ length: 18 }, () => fleet.instance());
  for (const one of [first, ...others]) if (one !== undefined) busy(one, fleet, 10, 60_000, 0, ONE);
  fleet.events.runUntil(60_000);
  // The first instance has its lanes, and reads the ring no more.
  if (first !== undefined) fleet.unread.add(first.id);
  fleet.events.runUntil(100_000);
  const atMs = fleet.events.now;
  const before = first?.granted;
  fleet.events.runUntil(120_000);
  assert.equal(first?.granted, before, `granted at ${atMs}`);
  fleet.unread.clear();
  fleet.events.runUntil(140_000);
  assert.notEqual(first?.granted, before);
  assertStrict(fleet);
});

test('a slot is used in its own ring only', () => {
  const view = new AllocationView(LIVE);
  const positions = { [ONE().key]: 3 };
  view.learn({ ring: { before: 48, after: 100, changedUs: 0 }, positions, positionsChangedUs: 0, layout: 2, atUs: 0 });
  const [old, next] = [lanesOfEndpoint(48, 3, 25), lanesOfEndpoint(100, 3, 25)];
  for (let lane = 0; lane < 100; lane += 1) {
    const window = view.window(ONE(), lane);
    const [before, after] = [old.includes(lane), next.includes(lane)];
    if (!before && !after) assert.equal(window, undefined);
    else {
      assert.equal(window?.fromUs, before ? -Infinity : LEAD_US);
      assert.equal(window.untilUs, after ? Infinity : LEAD_US - 1_000_000);
      assert.equal(window.knownUntilUs, LEAD_US - 1_000_000);
    }
  }
});
