import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryTokens } from '../../shared/adapters/memory-tokens.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { Limiter, type Turn } from '../../shared/limiter/limiter.ts';
import { capacity, LATENESS_NS, reserveSlots, slotInterval, slotState } from '../../shared/limiter/token-bucket.ts';
import { StoreUnanswered, type TokenStore } from '../../shared/ports/token-store.ts';
import { VirtualClock } from '../virtual-clock.ts';

const MS = 1_000_000n;

test('six a second are slots 175 ms apart: one second and the lateness, shared by six', () => {
  assert.equal(slotInterval(6), (1_000_000_000n + LATENESS_NS) / 6n);
});

test('a rate that is none is refused', () => {
  for (const rate of [0, -1, NaN, Infinity]) assert.throws(() => slotInterval(rate), RangeError);
});

test('slots begin at the later of the next free slot and now', () => {
  assert.deepEqual(reserveSlots(100n, 50n, 2, 10n), { firstNs: 100n, tatNs: 120n });
  assert.deepEqual(reserveSlots(100n, 500n, 2, 10n), { firstNs: 500n, tatNs: 520n });
});

test('a slot is early before its time, due within the lateness, late after it', () => {
  assert.equal(slotState(100n * MS, 99n * MS), 'early');
  assert.equal(slotState(100n * MS, 100n * MS), 'due');
  assert.equal(slotState(100n * MS, 150n * MS), 'due');
  assert.equal(slotState(100n * MS, 150n * MS + 1n), 'late');
});

const limits = { minNodes: 2, maxNodes: 50, limitScope: 'node' as const, accountCeiling: 1000, endpointCeiling: 1000 };
for (const [sentence, live, settings, perSecond] of [
  ['the floor counts while fewer live', 1, limits, 12],
  ['live nodes count between floor and ceiling', 7, limits, 42],
  ['nodes beyond the ceiling share what there is', 80, limits, 300],
  ['at least one node counts', 0, { ...limits, minNodes: 0 }, 6],
  ['limit_scope connection is six in all', 40, { ...limits, limitScope: 'connection' as const }, 6],
  ["the account's ceiling cuts", 50, { ...limits, accountCeiling: 100 }, 100],
  ["an endpoint's ceiling cuts", 50, { ...limits, endpointCeiling: 25 }, 25],
] as const) {
  test(sentence, () => assert.equal(capacity(live, settings).perSecond, perSecond));
}

function limiter(clock: VirtualClock, store: TokenStore = memoryTokens(clock), perSecond = 6): Limiter {
  return new Limiter({ bucket: 'c', perSecond, store, clock });
}

test('the first caller of an idle connection does not wait', async () => {
  const clock = new VirtualClock(1000);
  const turn = limiter(clock).take(5000);
  await clock.advance(0);
  assert.deepEqual(await turn, { granted: true, waitedMs: 0 });
});

test('callers are served first come, first served, at the rate', async () => {
  const clock = new VirtualClock(1000);
  const one = limiter(clock);
  const served: { caller: number; at: number }[] = [];
  for (let caller = 0; caller < 12; caller += 1)
    void one.take(5000).then(() => served.push({ caller, at: clock.monotonicMs() }));
  await clock.advance(5000);
  assert.deepEqual(
    served.map(({ caller }) => caller),
    Array.from({ length: 12 }, (_, index) => index),
  );
  assert.equal(Math.round((served[11]?.at ?? 0) - (served[0]?.at ?? 0)), 11 * 175);
});

test('a caller that would wait too long is refused at once, with its wait, and spends nothing', async () => {
  const clock = new VirtualClock(1000);
  let reservations = 0;
  const memory = memoryTokens(clock);
  const one = limiter(clock, {
    ...memory,
    reserve: (request) => ((reservations += request.count), memory.reserve(request)),
  });
  const turns = Array.from({ length: 30 }, () => one.take(10_000));
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
  const first = one.take(0);
  await clock.advance(0);
  assert.equal((await first).granted, true);
  const second = await one.take(0);
  assert.equal(second.granted, false);
  await clock.advance(200);
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
    reserve: (request) => ask(() => memory.reserve(request)),
    nowNs: (bucket) => ask(() => memory.nowNs(bucket)),
  };
  return { store, state };
}

const limiterIsDown = (error: unknown): boolean =>
  isConnectorError(error) && error.status === 'UNAVAILABLE' && error.facts.reason === 'LIMITER_UNAVAILABLE';

test('a store that refuses for good grants nothing: a clear error at once', async () => {
  const clock = new VirtualClock(1000);
  const { store, state } = failingStore(clock);
  state.failure = new Error('no permission');
  const failure = assert.rejects(limiter(clock, store).take(5000), limiterIsDown);
  await clock.advance(0);
  await failure;
  assert.equal(state.questions, 1);
});

test('a store that does not answer is asked again while there is time, at most three times a second', async () => {
  const clock = new VirtualClock(1000);
  const { store, state } = failingStore(clock);
  state.failure = new StoreUnanswered('slow');
  const one = limiter(clock, store);
  const failure = assert.rejects(one.take(5000), limiterIsDown);
  await clock.advance(5100);
  await failure;
  assert.ok(state.questions >= 10 && state.questions <= 16, String(state.questions));
});

test('a caller without time for another question fails at once', async () => {
  const clock = new VirtualClock(1000);
  const { store, state } = failingStore(clock);
  state.failure = new StoreUnanswered('refused');
  const failure = assert.rejects(limiter(clock, store).take(300), limiterIsDown);
  await clock.advance(0);
  await failure;
});

test('a store that is back serves at the full rate within a second', async () => {
  const clock = new VirtualClock(1000);
  const { store, state } = failingStore(clock);
  state.failure = new StoreUnanswered('slow');
  const one = limiter(clock, store);
  const served: number[] = [];
  const turns = Array.from({ length: 12 }, () =>
    one.take(20_000).then((turn) => (served.push(clock.monotonicMs()), turn)),
  );
  await clock.advance(3000);
  assert.equal(served.length, 0);
  delete state.failure;
  const back = clock.monotonicMs();
  await clock.advance(5000);
  for (const turn of await Promise.all(turns)) assert.equal(turn.granted, true);
  assert.ok((served[0] ?? Infinity) - back <= 1000);
  assert.equal(Math.round((served[11] ?? 0) - (served[0] ?? 0)), 11 * 175);
});

test('a store that hangs grants nothing and answers within the bound', async () => {
  const clock = new VirtualClock(1000);
  const one = limiter(clock, {
    nowNs: () => new Promise(() => undefined),
    reserve: () => new Promise(() => undefined),
  });
  const failure = assert.rejects(one.take(2000), (error) => isConnectorError(error) && error.status === 'UNAVAILABLE');
  await clock.advance(2600);
  await failure;
});

test('slots that come after a freeze are thrown away, callers are served by new ones', async () => {
  let freezeMs = 0;
  const clock = new VirtualClock(1000, () => freezeMs);
  const one = limiter(clock);
  const served: number[] = [];
  const turns: Promise<Turn>[] = [];
  for (let i = 0; i < 6; i += 1) turns.push(one.take(60_000));
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
    nowNs: (bucket) => memory.nowNs(bucket),
    async reserve(request) {
      most = Math.max(most, (asking += 1));
      await clock.sleep(20);
      asking -= 1;
      return memory.reserve(request);
    },
  };
  const one = limiter(clock, slow, 60);
  const turns = Array.from({ length: 80 }, () => one.take(10_000));
  await clock.advance(10_000);
  await Promise.all(turns);
  assert.equal(most, 1);
});
