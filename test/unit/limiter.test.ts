import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryTokens } from '../../shared/adapters/memory/tokens.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { capacity, laneCount, laneRate, lanesOf, shardCount, type Limits } from '../../shared/rate-limiter/capacity.ts';
import { memoryAllocations } from '../../shared/adapters/memory/allocations.ts';
import { assignedLanes } from '../../shared/rate-limiter/lanes/assigned.ts';
import { allLanes } from '../../shared/rate-limiter/lanes/lane-set.ts';
import { priorityOf } from '../../shared/stripe/call-context.ts';
import { Limiter, type Priority, type Turn } from '../../shared/rate-limiter/limiter.ts';
import { brake, stretch } from '../../shared/rate-limiter/throttle.ts';
import { NodeState } from '../../shared/rate-limiter/node.ts';
import { StoreTime } from '../../shared/rate-limiter/server-clock.ts';
import { soonestSlots } from '../../shared/rate-limiter/lanes/soonest-slots.ts';
import { SUSPENDED_US } from '../../shared/rate-limiter/suspension.ts';
import {
  blurUs,
  LATENESS_US,
  reserveSlots,
  slotAt,
  slotInterval,
  slotState,
  type Now,
} from '../../shared/rate-limiter/gcra.ts';
import { StoreUnavailableError } from '../../shared/ports/store-errors.ts';
import type { ReservationRequest, TokenStore } from '../../shared/rate-limiter/store.ts';
import { OPEN_LIMITS } from '../support/limits.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const MS = 1000;
const SECOND = 1_000_000;

test('six a second are slots 175 ms apart: one second and the lateness, shared by six', () => {
  assert.equal(slotInterval(6), (SECOND + LATENESS_US) / 6);
});

test('an invalid rate is rejected', () => {
  for (const rate of [0, -1, NaN, Infinity]) assert.throws(() => slotInterval(rate), RangeError);
});

test('slots begin at the later of the next free slot and now', () => {
  assert.deepEqual(reserveSlots(100, 50, 20), { firstUs: 100, tatUs: 120 });
  assert.deepEqual(reserveSlots(100, 500, 20), { firstUs: 500, tatUs: 520 });
});

test('a slot is early until its time has surely come, due, and late once its time may have passed', () => {
  const slot = slotAt(100 * MS, 0);
  for (const [leastMs, mostMs, state] of [
    [99, 99, 'early'],
    [99, 120, 'early'],
    [100, 100, 'due'],
    [100, 150, 'due'],
    [140, 150.001, 'late'],
    [99, 151, 'late'],
  ] as const)
    assert.equal(slotState(slot, { earliestUs: leastMs * MS, latestUs: mostMs * MS }), state, `${leastMs} ${mostMs}`);
});

test('a time that is known well costs nothing, a blurred one as much as the window must be wider', () => {
  assert.deepEqual(
    [0, 38, 39, 60, 200].map((uncertainMs) => blurUs(uncertainMs * MS) / MS),
    [0, 0, 1, 22, 162],
  );
  for (const uncertainMs of [0, 10, 38, 43, 100, 1000]) {
    const { fromUs, untilUs } = slotAt(0, blurUs(uncertainMs * MS));
    assert.ok(untilUs - fromUs >= (uncertainMs + 12) * MS, String(uncertainMs));
  }
});

const limits: Limits = {
  minNodes: 2,
  maxNodes: 50,
  limitScope: 'node',
  accountCeiling: 1000,
  endpointCeiling: 1000,
  searchCeiling: 1000,
  filesCeiling: 1000,
};
for (const [sentence, live, settings, perSecond] of [
  ['the floor counts while fewer live', 1, limits, 12],
  ['live nodes count between floor and ceiling', 7, limits, 42],
  ['nodes beyond the ceiling share what there is', 80, limits, 300],
  ['at least one node counts', 0, { ...limits, minNodes: 0 }, 6],
  ['limit_scope connection is six in all', 40, { ...limits, limitScope: 'connection' as const }, 6],
  ["the account's ceiling cuts", 50, { ...limits, accountCeiling: 100 }, 100],
  ['a ceiling below one node cuts too', 50, { ...limits, accountCeiling: 0.5 }, 0.5],
  ['a window holds no part of a release: fractions above one are cut off', 50, { ...limits, accountCeiling: 25.9 }, 25],
] as const) {
  test(sentence, () => assert.equal(capacity(live, settings).perSecond, perSecond));
}

test('lanes are the capacity in pieces of 1, the only one of a capacity below 1 is slower', () => {
  const rates = (perSecond: number): number[] =>
    Array.from({ length: laneCount(perSecond) }, (_, lane) => laneRate(lane, perSecond));
  assert.deepEqual(rates(3), [1, 1, 1]);
  assert.deepEqual(rates(0.5), [0.5]);
});

test('a shard is a document of six lanes, the last one may be used in part', () => {
  assert.deepEqual([0.5, 6, 12, 25].map(shardCount), [1, 1, 2, 5]);
  assert.deepEqual(lanesOf(1), [6, 7, 8, 9, 10, 11]);
  assert.deepEqual(lanesOf(4, 25), [24]);
});

for (const [sentence, rank, live, perSecond, lanes, exclusive] of [
  ['six for each node where nodes and shards are as many', 3, 8, 48, [18, 19, 20, 21, 22, 23], true],
  ['one node at a floor of two has twelve', 0, 1, 12, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], true],
  ['two nodes at a floor of three have nine each', 1, 2, 18, [9, 10, 11, 12, 13, 14, 15, 16, 17], true],
  ['two for each of fifty nodes at a ceiling of a hundred', 49, 50, 100, [98, 99], true],
  ['more nodes than lanes take turns at the lanes of a shard', 13, 50, 25, [6, 7, 8, 9, 10, 11], false],
  ['the last, shorter shard has its nodes too', 49, 50, 25, [24], false],
  ['a capacity below one a second is one lane', 1, 2, 0.5, [0], false],
  ['a rank that a count saw too large still has a place', 9, 8, 48, [6, 7, 8, 9, 10, 11], true],
] as const) {
  test(`assigned lanes: ${sentence}`, () =>
    assert.deepEqual(assignedLanes({ rank, live, all: allLanes(perSecond), lanes: allLanes(perSecond), nowUs: 0 }), {
      lanes,
      exclusive,
    }));
}

test('every lane has one node at any time, and over five minutes all nodes have equal parts', () => {
  for (const [live, perSecond] of [
    [1, 12],
    [2, 18],
    [7, 42],
    [5, 48],
    [18, 25],
    [80, 300],
    [50, 100],
  ] as const) {
    const parts = Array.from({ length: live }, () => 0);
    for (let round = 0; round < 60; round += 1) {
      const nowUs = 1_795_000_000_000_000 + round * 5 * SECOND;
      const all = parts.flatMap((_, rank) => {
        const { lanes, exclusive } = assignedLanes({
          rank,
          live,
          all: allLanes(perSecond),
          lanes: allLanes(perSecond),
          nowUs,
        });
        assert.ok(exclusive);
        parts[rank] = (parts[rank] ?? 0) + lanes.length / 60;
        return lanes;
      });
      assert.deepEqual(
        all,
        Array.from({ length: laneCount(perSecond) }, (_, lane) => lane),
      );
    }
    for (const part of parts) assert.ok(Math.abs(part / (perSecond / live) - 1) < 0.1, `${live} ${perSecond} ${part}`);
  }
});

test('the soonest slots of lanes come in the order of their times, to the microsecond', () => {
  const soonest = soonestSlots([
    { nextUs: 100, spacingUs: 1050, lanes: 2 },
    { nextUs: 900, spacingUs: 1050, lanes: 1 },
  ]);
  assert.deepEqual([1, 2, 3, 4, 5, 6, 7].map(soonest), [100, 100, 900, 1150, 1150, 1950, 2200]);
  assert.equal(soonestSlots([])(1), Infinity);
});

test("Stripe's 429 halves the pace for ten seconds, another one in that time halves it again, down to an eighth", () => {
  const now = 1000 * SECOND;
  assert.equal(stretch(0, now), 1);
  const at = (us: number): Now => ({ earliestUs: us, latestUs: us + 20 * MS });
  const first = brake(0, at(now), 0);
  assert.deepEqual(
    [0, 9.8, 10].map((later) => stretch(first.throttledUntilUs, now + later * SECOND)),
    [2, 2, 1],
  );
  const second = brake(first.throttledUntilUs, at(now + SECOND), 0);
  assert.deepEqual(
    [1, 10.8, 11, 20.8, 21].map((later) => stretch(second.throttledUntilUs, now + later * SECOND)),
    [4, 4, 2, 2, 1],
  );
  let calm = 0;
  for (let i = 0; i < 9; i += 1) calm = brake(calm, at(now), 0).throttledUntilUs;
  assert.equal(stretch(calm, now), 8);
});

test("Stripe's Retry-After holds everything back, half a minute at most", () => {
  const now: Now = { earliestUs: 900, latestUs: 1000 };
  assert.equal(brake(0, now, 3 * SECOND).notBeforeUs, 1000 + 3 * SECOND);
  assert.equal(brake(0, now, 3600 * SECOND).notBeforeUs, 1000 + 30 * SECOND);
});

test("the store's time lies between two bounds that answers tighten and drift widens", () => {
  const time = new StoreTime();
  assert.equal(time.now(0), undefined);
  // Left at 100 ms, came at 150 ms, said 5,000,000 ms at some moment in between.
  time.learn(100 * MS, 150 * MS, 5_000_000 * MS);
  assert.deepEqual(time.now(150 * MS), { earliestUs: 5_000_000 * MS, latestUs: 5_000_051 * MS });
  // A quicker one tightens both.
  time.learn(1000 * MS, 1010 * MS, 5_000_880 * MS);
  const { earliestUs, latestUs } = time.now(1010 * MS) ?? { earliestUs: 0, latestUs: 0 };
  assert.ok(earliestUs <= 5_000_885 * MS && latestUs >= 5_000_885 * MS && latestUs - earliestUs <= 12 * MS);
  // A slow one changes nothing but what drift widened.
  time.learn(2000 * MS, 2900 * MS, 5_002_000 * MS);
  const later = time.now(2900 * MS) ?? { earliestUs: 0, latestUs: 0 };
  assert.ok(later.latestUs - later.earliestUs <= 13 * MS, JSON.stringify(later));
  const muchLater = time.now(102_900 * MS) ?? { earliestUs: 0, latestUs: 0 };
  assert.ok(muchLater.latestUs - muchLater.earliestUs >= 40 * MS, 'after 100 s two clocks may be 20 ms off each way');
});

// The time of a read is at most that of the answer. No page of Firestore says that it is not before the request.
// https://firebase.google.com/docs/firestore/reference/rpc/google.firestore.v1#batchgetdocumentsresponse
test('the time of a read never makes the store seem earlier than it may be', () => {
  const node = new NodeState(limits, 0.5, false);
  node.learnReadTime(70, 90, 5_000_060 * MS);
  assert.equal(node.now(90), undefined, 'a read alone has no upper bound');
  node.learnTime(100, 150, 5_000_140 * MS);
  const before = node.now(200);
  node.learnReadTime(190, 200, 5_000_000 * MS);
  assert.deepEqual(node.now(200), before);
  // A fresh one tightens the lower bound.
  node.learnReadTime(200, 210, 5_000_205 * MS);
  assert.equal(node.now(210)?.earliestUs, 5_000_205 * MS);
});

test('after a read that contradicts the upper bound the time is unknown until the next commit', () => {
  const time = new StoreTime();
  time.learn(100 * MS, 110 * MS, 5_000_100 * MS);
  time.learnRead(990 * MS, 1000 * MS, 5_009_000 * MS);
  assert.equal(time.now(1000 * MS), undefined);
  time.learn(1100 * MS, 1110 * MS, 5_009_105 * MS);
  assert.equal((time.now(1110 * MS)?.earliestUs ?? 0) >= 5_009_105 * MS, true);
});

const SIX: Limits = { ...limits, limitScope: 'connection' };

function limiter(clock: VirtualClock, store: TokenStore = memoryTokens(clock), its: Limits = SIX): Limiter {
  const member = { connection: 'c', id: 'm', place: 0.5 };
  return new Limiter({
    member,
    limits: its,
    store,
    allocations: memoryAllocations(clock),
    clock,
    log: { write: () => undefined },
  });
}

test('the first caller of an idle connection does not wait', async () => {
  const clock = new VirtualClock(1000);
  const turn = limiter(clock).take(5000);
  await clock.advance(0);
  assert.deepEqual(await turn, { granted: true, waitedMs: 0, untilMs: 1049, pace: 1 });
});

test("a caller who comes with the store's time from another answer: its turn is the first question, and makes a member", async () => {
  const clock = new VirtualClock(1000);
  const memory = memoryTokens(clock);
  const asked: string[] = [];
  const told =
    <A extends unknown[], T>(name: string, ask: (...given: A) => Promise<T>) =>
    (...given: A): Promise<T> => {
      asked.push(name);
      return ask(...given);
    };
  const one = limiter(
    clock,
    {
      ...memory,
      join: told('join', (member) => memory.join(member)),
      countMembers: told('countMembers', (...given) => memory.countMembers(...given)),
      reserve: told('reserve', (request) => {
        assert.equal(request.renew, asked.length === 1);
        return memory.reserve(request);
      }),
    },
    limits,
  );
  one.learnTime(990, 1000, 995 * MS);
  const first = one.take(5000);
  await clock.advance(10);
  assert.equal((await first).granted, true);
  assert.deepEqual(asked, ['reserve']);
  assert.equal((await memory.countMembers({ connection: 'c', id: 'm', place: 0.5 }, 0)).live, 1);
  // From a second on it wants to know the others, as every member does.
  await clock.advance(1200);
  const second = one.take(5000);
  await clock.advance(500);
  assert.equal((await second).granted, true);
  assert.deepEqual(asked, ['reserve', 'countMembers', 'reserve']);
});

test('callers are served first come, first served, at the rate', async () => {
  const clock = new VirtualClock(1000);
  const one = limiter(clock);
  const served: { caller: number; at: number }[] = [];
  for (let caller = 0; caller < 12; caller += 1)
    void Promise.resolve(one.take(5000)).then(() => served.push({ caller, at: clock.monotonicMs() }));
  await clock.advance(5000);
  assert.deepEqual(
    served.map(({ caller }) => caller),
    Array.from({ length: 12 }, (_, index) => index),
  );
  assert.deepEqual(
    served.map(({ at }) => Math.round(at - (served[0]?.at ?? 0))),
    [0, 0, 0, 0, 0, 0, 1050, 1050, 1050, 1050, 1050, 1050],
  );
});

const slotsOf = ({ requests }: ReservationRequest): number => requests.reduce((sum, { count }) => sum + count, 0);

test('a caller that would wait too long is refused at once, with its wait, and spends nothing', async () => {
  const clock = new VirtualClock(1000);
  let reservations = 0;
  const memory = memoryTokens(clock);
  const one = limiter(clock, {
    ...memory,
    reserve: (request) => ((reservations += slotsOf(request)), memory.reserve(request)),
  });
  const turns = Array.from({ length: 30 }, async () => one.take(10_000));
  await clock.advance(0);
  // 30 callers at 175 ms: the next would wait about 5 s.
  const before = reservations;
  const refusal = await one.take(1000);
  assert.ok(!refusal.granted);
  assert.ok(refusal.retryAfterMs > 4500 && refusal.retryAfterMs <= 5300, JSON.stringify(refusal));
  for (let i = 0; i < 100; i += 1) assert.equal((await one.take(0)).granted, false);
  assert.equal(reservations, before);
  await clock.advance(20_000);
  for (const turn of await Promise.all(turns)) assert.equal(turn.granted, true);
});

test('with max_wait_ms 0 a call goes at once or not at all', async () => {
  const clock = new VirtualClock(1000);
  const one = limiter(clock);
  const first = Array.from({ length: 6 }, () => one.take(0));
  await clock.advance(0);
  for (const turn of first) assert.equal((await turn).granted, true);
  const second = await one.take(0);
  assert.equal(second.granted, false);
  await clock.advance(1100);
  const third = one.take(0);
  await clock.advance(0);
  assert.equal((await third).granted, true);
});

/** A memory store that fails while `failure` is set; counts its questions. */
function failingStore(clock: VirtualClock): { store: TokenStore; state: { failure?: Error; questions: number } } {
  const memory = memoryTokens(clock);
  const state: { failure?: Error; questions: number } = { questions: 0 };
  const ask = <T>(answer: () => Promise<T>): Promise<T> => {
    state.questions += 1;
    return state.failure === undefined ? answer() : Promise.reject(state.failure);
  };
  const store: TokenStore = {
    join: (member) => ask(() => memory.join(member)),
    countMembers: (member, sinceUs) => ask(() => memory.countMembers(member, sinceUs)),
    reserve: (request) => ask(() => memory.reserve(request)),
    throttle: (request) => ask(() => memory.throttle(request)),
    set: (...given) => ask(() => memory.set(...given)),
    leave: (member) => memory.leave(member),
  };
  return { store, state };
}

const limiterIsDown = (error: unknown): boolean =>
  isConnectorError(error) && error.status === 'UNAVAILABLE' && error.details.reason === 'LIMITER_UNAVAILABLE';

test('a store that fails permanently grants nothing: a clear error at once', async () => {
  const clock = new VirtualClock(1000);
  const { store, state } = failingStore(clock);
  state.failure = new Error('no permission');
  const failure = assert.rejects(Promise.resolve(limiter(clock, store).take(5000)), limiterIsDown);
  await clock.advance(0);
  await failure;
  assert.equal(state.questions, 1);
});

test('a store that does not answer is asked again while there is time, at most three times a second', async () => {
  const clock = new VirtualClock(1000);
  const { store, state } = failingStore(clock);
  state.failure = new StoreUnavailableError('slow');
  const one = limiter(clock, store);
  const failure = assert.rejects(Promise.resolve(one.take(5000)), limiterIsDown);
  await clock.advance(5100);
  await failure;
  assert.ok(state.questions >= 10 && state.questions <= 15, String(state.questions));
});

test('a caller without time for another question fails at once', async () => {
  const clock = new VirtualClock(1000);
  const { store, state } = failingStore(clock);
  state.failure = new StoreUnavailableError('refused');
  const failure = assert.rejects(Promise.resolve(limiter(clock, store).take(300)), limiterIsDown);
  await clock.advance(0);
  await failure;
});

test('a store that is back serves at the full rate within a second', async () => {
  const clock = new VirtualClock(1000);
  const { store, state } = failingStore(clock);
  state.failure = new StoreUnavailableError('slow');
  const one = limiter(clock, store);
  const served: number[] = [];
  const turns = Array.from({ length: 12 }, () =>
    Promise.resolve(one.take(20_000)).then((turn) => (served.push(clock.monotonicMs()), turn)),
  );
  await clock.advance(3000);
  assert.equal(served.length, 0);
  delete state.failure;
  const back = clock.monotonicMs();
  await clock.advance(5000);
  for (const turn of await Promise.all(turns)) assert.equal(turn.granted, true);
  assert.ok((served[0] ?? Infinity) - back <= 1000);
  assert.equal(Math.round((served[11] ?? 0) - (served[0] ?? 0)), 1050);
});

test('a store that hangs grants nothing and answers within the bound', async () => {
  const clock = new VirtualClock(1000);
  const never = (): Promise<never> => new Promise(() => undefined);
  const one = limiter(clock, {
    join: never,
    countMembers: never,
    reserve: never,
    throttle: never,
    set: never,
    leave: never,
  });
  const failure = assert.rejects(
    Promise.resolve(one.take(2000)),
    (error) => isConnectorError(error) && error.status === 'UNAVAILABLE',
  );
  await clock.advance(2600);
  await failure;
});

test('slots that come after a freeze are thrown away, callers are served by new ones', async () => {
  let freezeMs = 0;
  const clock = new VirtualClock(1000, () => freezeMs);
  const one = limiter(clock);
  const served: number[] = [];
  const turns: Promise<Turn>[] = [];
  for (let i = 0; i < 6; i += 1) turns.push(Promise.resolve(one.take(60_000)));
  for (const turn of turns) void turn.then(() => served.push(clock.monotonicMs()));
  await clock.advance(100);
  freezeMs = 3000;
  await clock.advance(200);
  freezeMs = 0;
  await clock.advance(30_000);
  assert.equal(served.length, 6);
  for (const [index, at] of served.entries()) {
    const within = served.slice(index).filter((other) => other < at + 1000);
    assert.ok(within.length <= 6);
  }
});

test('a reservation is single flight: many callers, one question at a time', async () => {
  const clock = new VirtualClock(1000);
  const memory = memoryTokens(clock);
  let asking = 0;
  let most = 0;
  const slow: TokenStore = {
    ...memory,
    async reserve(request) {
      most = Math.max(most, (asking += 1));
      await clock.sleep(20);
      asking -= 1;
      return memory.reserve(request);
    },
  };
  const one = limiter(clock, slow, { ...limits, minNodes: 10 });
  const turns = Array.from({ length: 80 }, async () => one.take(10_000));
  await clock.advance(10_000);
  await Promise.all(turns);
  assert.equal(most, 1);
});

for (const everyMs of [250, 1000])
  test(`a suspended connection: every instance refuses within 2 s of its traffic, a call every ${everyMs} ms, asks once a second at most, and goes on when resumed`, async () => {
    const clock = new VirtualClock(1000);
    const { store, state } = failingStore(clock);
    const instances = Array.from({ length: 3 }, () => limiter(clock, store, { ...OPEN_LIMITS, minNodes: 2 }));
    const outcomes: { readonly at: number; readonly refused: boolean }[] = [];
    const call = (one: Limiter): void =>
      void Promise.resolve(one.take(5000)).then(
        ({ granted }) => granted && outcomes.push({ at: clock.monotonicMs(), refused: false }),
        (error: unknown) => {
          assert.ok(isConnectorError(error));
          assert.equal(error.details.reason, 'CONNECTION_SUSPENDED');
          outcomes.push({ at: clock.monotonicMs(), refused: true });
        },
      );
    const traffic = async (ms: number): Promise<void> => {
      for (let left = ms; left > 0; left -= everyMs) {
        instances.forEach(call);
        await clock.advance(everyMs);
      }
    };
    await traffic(5000);
    assert.ok(outcomes.some(({ refused }) => !refused) && outcomes.every(({ refused }) => !refused));
    await store.set('c', 100, SUSPENDED_US);
    await traffic(2000);
    state.questions = 0;
    outcomes.length = 0;
    await traffic(10_000);
    assert.ok(
      outcomes.length >= 25_000 / everyMs && outcomes.every(({ refused }) => refused),
      'nothing starts any more',
    );
    // One of them may also request the time.
    assert.ok(state.questions <= 3 * 12, `${state.questions} questions of three instances in ten seconds`);
    await store.set('c', 100, 0);
    await traffic(2000);
    outcomes.length = 0;
    await traffic(5000);
    assert.ok(outcomes.length > 0 && outcomes.every(({ refused }) => !refused), 'all goes on');
  });

test('a class goes before the lower ones, first come, first served within it, and its wait counts only those before it', async () => {
  const clock = new VirtualClock(1000);
  const one = limiter(clock);
  const order: string[] = [];
  const take = (name: string, priority?: Priority, maxWaitMs = 60_000): Promise<void> =>
    Promise.resolve(one.take(maxWaitMs, undefined, priority)).then(
      (turn) => void order.push(turn.granted ? name : `${name}: ${Math.round(turn.retryAfterMs / 1050)} rounds`),
    );
  const filler = Array.from({ length: 6 }, () => take('first'));
  await clock.advance(0);
  await Promise.all(filler);
  const all = [
    ...Array.from({ length: 12 }, (_, i) => take(`bulk ${i}`, 'bulk')),
    ...Array.from({ length: 6 }, (_, i) => take(`read ${i}`, 'read')),
    take('payment'),
    take('rejected bulk', 'bulk', 1500),
    take('payment in time', 'interactive', 1500),
  ];
  await clock.advance(20_000);
  await Promise.all(all);
  assert.equal(order.indexOf('rejected bulk: 4 rounds'), 6, order.join());
  assert.deepEqual(order.slice(7, 15), ['payment', 'payment in time', ...[0, 1, 2, 3, 4, 5].map((i) => `read ${i}`)]);
  assert.equal(order[15], 'bulk 0');
});

for (const [sentence, call, request, priority] of [
  ['a write', { operationId: 'o' }, { method: 'POST', params: {} }, 'interactive'],
  ['what an action reads first', { operationId: 'o' }, { method: 'GET', params: {} }, 'interactive'],
  ['a Get, and the first page of a List', {}, { method: 'GET', params: { limit: 100 } }, 'read'],
  ['a further page', {}, { method: 'GET', params: { limit: 100, starting_after: 'cus_1' } }, 'bulk'],
  ['a further page of a search', {}, { method: 'GET', params: { page: 'p' } }, 'bulk'],
  ['a row of a clause', { operationId: 'o', part: true }, { method: 'POST', params: {} }, 'bulk'],
] as const)
  test(`the class of a request: ${sentence} is ${priority}`, () => assert.equal(priorityOf(call, request), priority));
