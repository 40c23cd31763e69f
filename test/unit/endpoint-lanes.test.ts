/** The lanes of endpoints: how revisions agree on them, and what an operator reads if they are unknown. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import { memoryAllocations } from '../../shared/adapters/memory/allocations.ts';
import { memoryTokens } from '../../shared/adapters/memory/tokens.ts';
import { isLaterVersion } from '../../shared/ports/store-errors.ts';
import type { Limits } from '../../shared/rate-limiter/capacity.ts';
import { AllocationSteps } from '../../shared/rate-limiter/endpoints/allocation-steps.ts';
import { AllocationView } from '../../shared/rate-limiter/endpoints/allocation-view.ts';
import type { Endpoint } from '../../shared/rate-limiter/endpoints/endpoint.ts';
import { LEAD_US, type Allocation, type Layout } from '../../shared/rate-limiter/endpoints/ring.ts';
import { allLanes } from '../../shared/rate-limiter/lanes/lane-set.ts';
import { LaneRecords } from '../../shared/rate-limiter/lanes/records.ts';
import { LaneSelector } from '../../shared/rate-limiter/selection/selector.ts';
import { Limiter } from '../../shared/rate-limiter/limiter.ts';
import { TokenQueues } from '../../shared/rate-limiter/queues.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const LIMITS: Limits = {
  minNodes: 2,
  maxNodes: 50,
  limitScope: 'node',
  accountCeiling: 100,
  endpointCeiling: 25,
  searchCeiling: 20,
  filesCeiling: 20,
};
const PAYMENTS: Endpoint = { kind: 'endpoint', key: 'POST.v1.payment_intents' };
const REFUNDS: Endpoint = { kind: 'endpoint', key: 'POST.v1.refunds' };
const NOW = { earliestUs: 2 * LEAD_US, latestUs: 2 * LEAD_US };

/** What revisions with version 1 of the positions use of 100 lanes at position 3, by their own source. */
const EARLIER = [3, 5, 10, 12, 18, 23, 25, 31, 32, 38, 43, 45, 51, 52, 58, 60, 65, 71, 73, 78, 80, 86, 91, 93, 99];

function viewOf(layout: Layout): AllocationView {
  const view = new AllocationView(LIMITS);
  const positions = { [PAYMENTS.key]: 3 };
  const ring = { before: 100, after: 100, changedUs: 0 };
  view.learn({ ring, positions, positionsChangedUs: 7, layout, atUs: NOW.earliestUs });
  return view;
}

function usedBy(view: AllocationView): number[] {
  return view.lanes(PAYMENTS, NOW, 100).lanes.toSorted((a, b) => a - b);
}

test('where an earlier revision began the positions, an endpoint has the lanes that it has there', () => {
  assert.deepEqual(usedBy(viewOf(1)), EARLIER);
  assert.notDeepEqual(usedBy(viewOf(2)), EARLIER);
  for (let lane = 0; lane < 100; lane += 1)
    assert.equal(viewOf(1).window(PAYMENTS, lane) !== undefined, EARLIER.includes(lane), String(lane));
});

test('the position of one more endpoint keeps the layout of the others', () => {
  for (const layout of [1, 2] as const) {
    const step = new AllocationSteps(viewOf(layout), LIMITS).next(0, NOW, undefined, [REFUNDS]);
    const positions = { [PAYMENTS.key]: 3, [REFUNDS.key]: 1 };
    assert.deepEqual(step, { kind: 'position', positions, positionsChangedUs: 7, layout });
  }
});

test('the version of the stored positions is their layout, and a newer one fails with a clear error', () => {
  const fields = (v: number): object => ({
    v: { integerValue: String(v) },
    positions: { mapValue: { fields: { [PAYMENTS.key]: { integerValue: '3' } } } },
  });
  for (const layout of [1, 2])
    assert.deepEqual(storedDocuments.positions(fields(layout)), { positions: { [PAYMENTS.key]: 3 }, layout });
  assert.throws(
    () => storedDocuments.positions(fields(3)),
    (error) => isLaterVersion(error) && /has version 3, but this revision supports up to 2/.test(String(error)),
  );
});

test('a call with a slot takes no later one', () => {
  const fromUs = 1_000_000;
  const records = new LaneRecords();
  const lanes = allLanes(12).lanes.map((lane) => ({ lane, nextUs: fromUs + 2_000_000 }));
  records.learn([], { atUs: fromUs, grants: [], lanes }, fromUs);
  const view = { all: allLanes(12), lanes: allLanes(12), live: 2, rank: 0, blurUs: 0, stretch: 1 };
  const slots = (latestUs: number): number =>
    new LaneSelector(records)
      .plan(
        {
          wanted: 1,
          latestUs,
          paymentLanes: [],
          expectedCallers: 0,
          patient: 0,
          othersStarve: false,
          lone: false,
          lease: 0,
          rare: false,
        },
        fromUs,
        view,
      )
      .reduce((sum, { count }) => sum + count, 0);
  assert.equal(slots(fromUs + 500_000), 0);
  assert.equal(slots(Infinity), 1);
});

/** Counts the timers that are set from now on. */
function countTimers(clock: VirtualClock): { count: number } {
  const timers = { count: 0 };
  const setTimer = clock.setTimer.bind(clock);
  clock.setTimer = (...given) => {
    timers.count += 1;
    return setTimer(...given);
  };
  return timers;
}

test('an allocation that cannot be read is logged once, until it was read again', async () => {
  const clock = new VirtualClock(1000);
  const memory = memoryAllocations(clock);
  let [fails, reads] = [true, 0];
  const lines: string[] = [];
  const limiter = new Limiter({
    member: { connection: 'c', id: 'm', place: 0.5 },
    limits: LIMITS,
    store: memoryTokens(clock),
    allocations: {
      ...memory,
      read: (connection) => {
        reads += 1;
        return fails ? Promise.reject(new Error('permission denied')) : memory.read(connection);
      },
    },
    clock,
    log: { write: (severity, message) => void lines.push(`${severity} ${message}`) },
  });
  const run = async (seconds: number): Promise<number> => {
    const before = reads;
    for (let second = 0; second < seconds; second += 1) {
      void Promise.resolve(limiter.take(5000, undefined, undefined, PAYMENTS)).catch(() => undefined);
      await clock.advance(1000);
    }
    return reads - before;
  };
  const timers = countTimers(clock);
  const warning = 'WARNING failed to read which endpoints use which lanes';
  assert.ok((await run(20)) >= 3, 'asks again');
  assert.deepEqual(lines, [warning]);
  // A slot that is due cannot be used while the lanes are unknown. It is no reason to try again and again.
  assert.ok(timers.count <= 20 * 20, `${timers.count} timers in 20 s`);
  fails = false;
  assert.ok((await run(20)) >= 1);
  fails = true;
  assert.ok((await run(30)) >= 3);
  assert.deepEqual(lines, [warning, warning]);
});

/**
 * A limiter whose calls to the store are recorded and take `wayMs` each way, and whose reads of the lanes are of
 * `pastMs` before.
 */
function recorded(clock: VirtualClock, pastMs = 0, wayMs = 0): { readonly limiter: Limiter; readonly calls: string[] } {
  const tokens = memoryTokens(clock);
  const memory = memoryAllocations(clock);
  const calls: string[] = [];
  const ask = async <T>(call: string, effect: () => Promise<T>): Promise<T> => {
    calls.push(call);
    if (wayMs > 0) await clock.sleep(wayMs);
    const answer = await effect();
    if (wayMs > 0) await clock.sleep(wayMs);
    return answer;
  };
  const limiter = new Limiter({
    member: { connection: 'c', id: 'm', place: 0.5 },
    limits: LIMITS,
    store: {
      ...tokens,
      join: (member) => ask('join', () => tokens.join(member)),
      reserve: (request) => ask('reserve', () => tokens.reserve(request)),
    },
    allocations: {
      ...memory,
      async read(connection) {
        const allocation = await ask('read', () => memory.read(connection));
        return { ...allocation, atUs: allocation.atUs - pastMs * 1000 };
      },
    },
    clock,
    log: { write: () => undefined },
  });
  return { limiter, calls };
}

test('a lone caller of a cold instance reserves by the time of the read of the lanes, without a join', async () => {
  for (const { callers, first } of [
    { callers: 1, first: ['read', 'reserve'] },
    { callers: 2, first: ['read', 'join'] },
  ]) {
    const clock = new VirtualClock(1000);
    const { limiter, calls } = recorded(clock);
    const turns = Array.from({ length: callers }, () => Promise.resolve(limiter.take(5000)));
    await clock.advance(2000);
    for (const turn of await Promise.all(turns)) assert.equal(turn.granted, true);
    assert.deepEqual(calls.slice(0, 2), first);
  }
});

test('a lone caller reserves at once if another answer told the time, however slow that answer was', async () => {
  for (const tookMs of [10, 100, 900]) {
    const clock = new VirtualClock(1000);
    const { limiter, calls } = recorded(clock);
    limiter.learnTime(1000 - tookMs, 1000, 1_000_000);
    const turn = Promise.resolve(limiter.take(5000));
    await clock.advance(2000);
    const granted = await turn;
    assert.ok(granted.granted && granted.waitedMs < 26, JSON.stringify(granted));
    assert.deepEqual(calls, ['read', 'reserve'], String(tookMs));
  }
});

test('a lone caller on a slow path to the store reserves twice, and not until the time is exact', async () => {
  for (const wayMs of [60, 200]) {
    const clock = new VirtualClock(1000);
    const { limiter, calls } = recorded(clock, 0, wayMs);
    const turn = Promise.resolve(limiter.take(5000));
    await clock.advance(5000);
    assert.equal((await turn).granted, true);
    // A join may follow while the caller waits for its slot, because the time becomes less exact.
    assert.deepEqual(
      calls.filter((call) => call !== 'join'),
      ['read', 'reserve', 'reserve'],
      String(wayMs),
    );
  }
});

// Firestore's documentation does not promise that a read happens after its request was sent.
// https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1#batchgetdocumentsresponse
test('a slot that was planned by a read of the past ends as if its time had been known', async () => {
  for (const pastMs of [0, 49, 51, 99, 101, 500]) {
    const clock = new VirtualClock(1000);
    const { limiter, calls } = recorded(clock, pastMs);
    const turn = Promise.resolve(limiter.take(5000));
    await clock.advance(2000);
    const granted = await turn;
    assert.ok(granted.granted);
    // A lone caller has two more slots, 25 and 50 ms later. If all three have passed, it reserves again.
    const laterMs = [0, 25, 50].find((ms) => pastMs - ms < 50);
    assert.equal(granted.untilMs, laterMs === undefined ? 1049 : 1049 - pastMs + laterMs, String(pastMs));
    assert.equal(calls.filter((call) => call === 'reserve').length, laterMs === undefined ? 2 : 1, String(pastMs));
  }
});

test('no slot is released by the time of a read alone', () => {
  const queues = new TokenQueues<string>(LIMITS, 0.5);
  const startUs = NOW.earliestUs;
  const ring = { before: 20, after: 20, changedUs: undefined };
  const readAt = (atUs: number): Allocation => ({
    ring,
    positions: {},
    positionsChangedUs: undefined,
    layout: 2,
    atUs,
  });
  queues.join(0, { caller: 'a', maxWaitMs: 5000 });
  assert.equal(queues.step(0).allocation?.kind, 'allocation');
  queues.allocationRead(readAt(startUs), 0, 0);
  const { commit } = queues.step(0);
  assert.equal(commit?.kind, 'reserve');
  const grants = commit.requests.map(() => ({ firstUs: startUs + 500_000, throttledUntilUs: 0 }));
  queues.committed(commit, 0, 20, { atUs: startUs + 10_000, grants, lanes: [] });
  assert.deepEqual(queues.step(20).settled, []);
  // The read proves that the slot has begun. Whether it has ended is unknown until the next commit.
  queues.allocationRead(readAt(startUs + 520_000), 20, 30);
  assert.deepEqual(queues.step(30).settled, []);
});

test('a caller whose time ends while the read of the lanes hangs learns that the limiter is unavailable', async () => {
  const clock = new VirtualClock(1000);
  const limiter = new Limiter({
    member: { connection: 'c', id: 'm', place: 0.5 },
    limits: LIMITS,
    store: memoryTokens(clock),
    allocations: { ...memoryAllocations(clock), read: () => new Promise(() => undefined) },
    clock,
    log: { write: () => undefined },
  });
  const failure = assert.rejects(Promise.resolve(limiter.take(2000)), /store of the rate limiter did not respond/);
  await clock.advance(2600);
  await failure;
});
