/** One operation id, one effect: each state and what may be done in it, and every order of what three workers can do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  claim,
  canonical,
  complete,
  fingerprintOf,
  renew,
  resolve,
  REPEAT_WINDOW_US,
  markSucceeded,
  type ClaimResult,
  type AttemptResult,
  type Lease,
} from '../../shared/idempotency/record.ts';
import type { Effect, Evidence } from '../../shared/errors.ts';
import { stripeKey } from '../../shared/idempotency/derive-key.ts';
import { effectOf } from '../../shared/stripe/effect.ts';
import type { Change, OperationRecord } from '../../shared/idempotency/store.ts';

const NOW = 1_795_000_000_000_000;
const LEASE = 55_000_000;
const KEPT_US = 30 * 86_400 * 1_000_000;
const P = 'payload';
const Q = 'another payload';

/** A record and what happens to it, in steps at times. */
class History {
  record: OperationRecord | undefined;
  begin(payload: string, at = NOW): ClaimResult {
    return this.take(claim(payload, LEASE, KEPT_US)(this.record, at));
  }
  end(lease: Lease, ended: AttemptResult, at = NOW): boolean {
    return this.take(complete(lease, ended, KEPT_US)(this.record, at));
  }
  work(payload = P, at = NOW): Lease {
    const begun = this.begin(payload, at);
    assert.ok('lease' in begun);
    return begun.lease;
  }
  private take<T>({ record, result }: Change<T>): T {
    this.record = record ?? this.record;
    return result;
  }
}

/** Of a lease, what decides. */
const held = ({ fence, keyVersion, repeats }: Lease): object => ({ fence, keyVersion, repeats });

const done: AttemptResult = { event: 'success', outcome: '{"id":"pi_1"}', requestId: 'req_1' };
const declined: AttemptResult = { event: 'final refusal' };
const throttled: AttemptResult = { event: 'unprocessed refusal' };
const unknown: AttemptResult = { event: 'unclear' };

test('the first caller works, under the id itself', () => {
  const history = new History();
  const lease = history.work();
  assert.deepEqual(held(lease), { fence: 1, keyVersion: 0, repeats: false });
  assert.equal(stripeKey('order-1', lease), 'order-1');
  assert.equal(history.record?.state, 'calling');
});

test('another caller meanwhile is told to wait as long as the lease lasts', () => {
  const history = new History();
  history.work();
  assert.deepEqual(history.begin(P, NOW + 5_000_000), { kind: 'inProgress', retryAfterMs: 50_000 });
});

test('a done operation is answered from its record, for 30 days', () => {
  const history = new History();
  assert.ok(history.end(history.work(), done));
  assert.deepEqual(history.begin(P, NOW + KEPT_US - 1), { kind: 'completed', outcome: '{"id":"pi_1"}', expand: '' });
  assert.deepEqual(history.record?.requestIds, ['req_1']);
  assert.equal(history.begin(P, NOW + KEPT_US).kind, 'acquired', 'then it is forgotten, whenever it is removed');
});

test('the same id with another payload is refused, done, under way or unknown', () => {
  for (const ended of [done, undefined, unknown]) {
    const history = new History();
    const lease = history.work();
    if (ended !== undefined) history.end(lease, ended);
    assert.deepEqual(history.begin(Q), { kind: 'payloadMismatch', effect: ended === done ? 'done' : 'unknown' });
  }
});

test('a definite failure frees the id, for a corrected payload too, under a new key', () => {
  const history = new History();
  history.end(history.work(), declined);
  const lease = history.work(Q);
  assert.deepEqual(held(lease), { fence: 2, keyVersion: 1, repeats: false });
  assert.equal(stripeKey('order-1', lease), 'order-1~1');
  assert.match(stripeKey('x'.repeat(255), lease), /^[0-9a-f]{64}~sha256$/);
});

test('where nothing was sent the key is not used up', () => {
  const history = new History();
  history.end(history.work(), throttled);
  assert.deepEqual(held(history.work(Q)), { fence: 2, keyVersion: 0, repeats: false });
});

test('the 20 hours begin with the first request that may have left, not with a call that was throttled', () => {
  const history = new History();
  history.end(history.work(), throttled);
  const later = NOW + REPEAT_WINDOW_US;
  history.end(history.work(P, later), unknown, later);
  assert.equal(history.begin(P, later + REPEAT_WINDOW_US).kind, 'acquired');
});

test('what is not known is repeated under the same key, and stays unknown if nothing was sent this time', () => {
  const history = new History();
  history.end(history.work(), unknown);
  const repeat = history.work();
  assert.deepEqual(held(repeat), { fence: 2, keyVersion: 0, repeats: true });
  history.end(repeat, throttled);
  assert.equal(history.record?.state, 'indeterminate');
  history.end(history.work(), done);
  assert.equal(history.begin(P).kind, 'completed');
});

test('a lease that lapsed is taken over under the same key; the old owner writes no more', () => {
  const history = new History();
  const zombie = history.work();
  const owner = history.work(P, NOW + LEASE);
  assert.deepEqual(held(owner), { fence: 2, keyVersion: 0, repeats: true });
  assert.equal(history.end(zombie, declined), false);
  assert.equal(history.record?.state, 'calling');
  assert.ok(history.end(owner, done));
  assert.equal(history.end(zombie, declined), false);
  assert.equal(history.begin(P).kind, 'completed');
});

test('past 20 hours nothing is sent again', () => {
  for (const ended of [unknown, undefined]) {
    const history = new History();
    const lease = history.work();
    if (ended !== undefined) history.end(lease, ended);
    assert.deepEqual(history.begin(P, NOW + REPEAT_WINDOW_US + 1), {
      kind: 'expired',
      period: { firstUs: NOW, lastUs: NOW, fence: 1, keyVersion: 0 },
    });
    assert.equal(history.begin(P, NOW + REPEAT_WINDOW_US).kind, 'acquired');
  }
});

test('what is read back settles the operation; who knew better meanwhile is not overwritten', () => {
  const history = new History();
  history.end(history.work(), unknown);
  const late = NOW + REPEAT_WINDOW_US + 1;
  const begun = history.begin(P, late);
  assert.ok('period' in begun);
  assert.equal(markSucceeded({ ...begun.period, fence: 7 }, '{}', KEPT_US)(history.record, late).result, false);
  const settled = markSucceeded(begun.period, '{"id":"pi_1"}', KEPT_US)(history.record, late);
  assert.ok(settled.result);
  assert.equal(settled.record?.state, 'succeeded');
  assert.equal(markSucceeded(begun.period, '{}', KEPT_US)(settled.record, late).result, false);
});

test('a lease is renewed by its holder alone', () => {
  const history = new History();
  const lease = history.work();
  const renewed = renew(lease, LEASE)(history.record, NOW + 10);
  assert.equal(renewed.record?.leaseEndsUs, NOW + 10 + LEASE);
  history.work(P, NOW + LEASE);
  assert.deepEqual(renew(lease, LEASE)(history.record, NOW + LEASE), { result: false });
  history.end(lease, done);
  assert.equal(history.record?.state, 'calling');
});

test('a payload is the same in whatever order its keys come', () => {
  assert.equal(canonical({ b: [1, { d: null, c: 'x' }], a: undefined }), '{"b":[1,{"c":"x","d":null}]}');
  assert.equal(fingerprintOf({ a: 1, b: 2 }), fingerprintOf({ b: 2, a: 1 }));
  assert.notEqual(fingerprintOf({ a: 1 }), fingerprintOf({ a: '1' }));
  assert.match(fingerprintOf({}), /^[0-9a-f]{64}$/);
});

/** A moment of the model: three workers, the record, and what Stripe has under each key. */
interface Moment {
  readonly record: OperationRecord | undefined;
  readonly workers: readonly Worker[];
  /** What Stripe saved under a key: it answers the same again. */
  readonly stripe: Readonly<Record<string, 'ok' | 'declined'>>;
  /** Leases up to this fence have lapsed. */
  readonly lapsed: number;
}
interface Worker {
  readonly at: 'idle' | 'leased' | 'answered' | 'through';
  readonly lease?: Lease;
  readonly ended?: AttemptResult;
  readonly crashes: number;
}

interface Model {
  readonly workers: number;
  readonly crashes: number;
  readonly endStep: typeof complete;
  /** What is known after an answer. */
  readonly after?: typeof effectAfter;
  /** A holder's clock may be so wrong that it takes its lease for good when it has lapsed. */
  readonly skew?: true;
}

const effectAfter = (prior: Effect, event: Evidence): Effect => effectOf({ prior, event, method: 'POST' }).effect;

/** How an attempt ends if `known` is what the model knows after its event. Few different ends: few states. */
function endedAfter(known: Effect, event: Evidence): AttemptResult {
  if (known === 'done') return done;
  if (known === 'unknown') return unknown;
  return event === 'unsent' ? throttled : declined;
}

/** Every step that can follow. */
function* next(moment: Moment, { crashes, endStep, skew, after = effectAfter }: Model): Generator<Moment> {
  // A lease lapses only in time: whoever holds it sends no more, unless its clock deceives it.
  const { record, workers, stripe, lapsed } = moment;
  if (record?.state === 'calling' && record.fence > lapsed) yield { ...moment, lapsed: record.fence };
  for (const [index, worker] of workers.entries()) {
    const put = (changed: Partial<Worker>, more: Partial<Moment> = {}): Moment => ({
      ...moment,
      ...more,
      workers: workers.map((one, other) => (other === index ? { ...worker, ...changed } : one)),
    });
    if (worker.at === 'idle') {
      const now = record !== undefined && record.fence <= lapsed ? NOW + LEASE : NOW;
      const { record: written, result } = claim(P, LEASE, KEPT_US)(record, now);
      // Times are not told apart but by lapsing.
      const timeless =
        written === undefined
          ? record
          : { ...written, leaseEndsUs: NOW + LEASE, firstCalledUs: NOW, expiresUs: NOW * 2 };
      if (result.kind === 'acquired')
        yield put({ at: 'leased', lease: { ...result.lease, firstUs: NOW, lastUs: NOW } }, { record: timeless });
      if (result.kind === 'completed') yield put({ at: 'through' });
      if (result.kind === 'payloadMismatch') yield put({ at: 'through' });
    }
    if (worker.at === 'leased' && worker.lease !== undefined) {
      const { lease } = worker;
      const key = stripeKey('op', lease);
      const before = lease.repeats ? 'unknown' : 'none';
      const told = (evidence: Evidence): AttemptResult => endedAfter(after(before, evidence), evidence);
      // The next try of the same lease, after one whose answer never came.
      const again = { lease: { ...lease, repeats: true } };
      if (lease.fence > lapsed || skew === true) {
        const saved = stripe[key];
        const answers: readonly ('ok' | 'declined')[] = saved === undefined ? ['ok', 'declined'] : [saved];
        for (const answer of answers) {
          const kept = { stripe: { ...stripe, [key]: answer } };
          yield put({ at: 'answered', ended: told(answer === 'ok' ? 'success' : 'final refusal') }, kept);
          yield put({ at: 'answered', ended: told('unclear') }, kept);
          yield put(again, kept);
        }
        yield put({ at: 'answered', ended: told('unclear') });
        // Before Stripe's idempotency layer: whatever is saved under the key, this says nothing of it.
        yield put({ at: 'answered', ended: told('early refusal') });
      }
      yield put({ at: 'answered', ended: told('unsent') });
    }
    if (worker.at === 'answered' && worker.lease !== undefined && worker.ended !== undefined) {
      const { record: written } = endStep(worker.lease, worker.ended, KEPT_US)(record, NOW);
      const timeless = written === undefined ? record : { ...written, expiresUs: NOW * 2 };
      const at = worker.ended.event === 'success' ? 'through' : 'idle';
      yield put({ at }, { record: timeless === undefined ? record : { ...timeless, attempts: 0, requestIds: [] } });
    }
    if (worker.at !== 'idle' && worker.at !== 'through' && worker.crashes < crashes)
      yield put({ at: 'idle', crashes: worker.crashes + 1 });
  }
}

/** What must never be. */
function violation({ record, stripe }: Moment): string | undefined {
  const effects = Object.values(stripe).filter((one) => one === 'ok').length;
  if (effects > 1) return 'two effects';
  if (record?.state === 'failed' && stripe[stripeKey('op', record)] === 'ok') return 'a failure that had its effect';
  if (record?.state === 'succeeded' && effects !== 1) return 'a success without an effect';
  return undefined;
}

/** Steps share what they do not change: most parts of a moment were numbered before, and a number is quickly compared. */
const numbered = new WeakMap<object, number>();
const numbers = new Map<string, number>();
function numberOf(part: object, as: object = part): number {
  const known = numbered.get(part);
  if (known !== undefined) return known;
  const text = canonical(as);
  const number = numbers.get(text) ?? numbers.size;
  numbers.set(text, number);
  numbered.set(part, number);
  return number;
}

/** Workers are alike: it is the same moment whichever of them is where. How often it was tried changes nothing. */
function nameOf({ record, workers, stripe, lapsed }: Moment): string {
  const alike = workers.map((one) => numberOf(one)).sort((a, b) => a - b);
  const called = record === undefined ? '' : numberOf(record, { ...record, tries: 0 });
  return `${alike.join()} ${called} ${numberOf(stripe)} ${lapsed}`;
}

function explore(model: Model, most: number): { states: number; whole: boolean; violation?: string } {
  const idle: Worker = { at: 'idle', crashes: 0 };
  const first: Moment = {
    record: undefined,
    workers: Array.from({ length: model.workers }, () => idle),
    stripe: {},
    lapsed: 0,
  };
  const seen = new Set<string>();
  const open = [first];
  // Breadth first: the shortest way to every moment, so that none within reach is passed over.
  for (let at = 0; at < open.length && seen.size < most; at += 1) {
    const moment = open[at]!;
    const name = nameOf(moment);
    if (seen.has(name)) continue;
    seen.add(name);
    const wrong = violation(moment);
    if (wrong !== undefined) return { states: seen.size, whole: false, violation: wrong };
    // Keys go on for ever: four generations and six leases show all that there is.
    if ((moment.record?.keyVersion ?? 0) < 4 && (moment.record?.fence ?? 0) < 6) open.push(...next(moment, model));
  }
  return { states: seen.size, whole: seen.size < most };
}

test('two workers, two crashes each: in no order of steps is there a second effect, all orders tried', () => {
  const { states, whole, violation: wrong } = explore({ workers: 2, crashes: 2, endStep: complete }, 1_000_000);
  console.log(`two workers: ${states} states, all of them`);
  assert.equal(wrong, undefined);
  assert.ok(whole);
});

/** States of the larger models: all that the quick run has time for, or what `npm run test:full` walks. */
const MOST = process.env['FULL_SIZES'] === '1' ? 1_000_000 : 60_000;

test('a clock that is wrong by any amount: a holder that sends after its lease has no second effect', () => {
  for (const workers of [2, 3]) {
    const { states, violation: wrong } = explore({ workers, crashes: 2, endStep: complete, skew: true }, MOST);
    console.log(`${workers} workers with wrong clocks: ${states} states`);
    assert.equal(wrong, undefined);
    assert.ok(states >= Math.min(MOST, 200_000), String(states));
  }
});

test('three workers, two crashes each: in no order of steps is there a second effect, the nearest states', () => {
  const { states, violation: wrong } = explore({ workers: 3, crashes: 2, endStep: complete }, MOST);
  console.log(`three workers: ${states} states`);
  assert.equal(wrong, undefined);
  assert.ok(states >= Math.min(MOST, 200_000), String(states));
});

test('the model finds a planted bug: an owner who lost its lease writes all the same', () => {
  const unfenced: typeof complete = (lease, ended, keptUs) => (record, nowUs) =>
    complete(
      lease,
      ended,
      keptUs,
    )(record === undefined ? undefined : { ...record, state: 'calling', fence: lease.fence }, nowUs);
  assert.notEqual(explore({ workers: 3, crashes: 2, endStep: unfenced }, 200_000).violation, undefined);
});

test('the model finds the rule of before: a refusal that stands before the idempotency layer settles an unknown try', () => {
  const settles: typeof effectAfter = (before, evidence) =>
    evidence === 'early refusal' ? 'none' : effectAfter(before, evidence);
  const found = explore({ workers: 2, crashes: 0, endStep: complete, after: settles }, 200_000);
  assert.equal(found.violation, 'a failure that had its effect');
});

test('an operator settles what is not known, once, and nothing else', () => {
  const word = (
    record: OperationRecord | undefined,
    effect: 'done' | 'none',
    at = NOW,
  ): ReturnType<ReturnType<typeof resolve>> =>
    resolve(effect, '{"id":"pi_1"}', { reason: 'looked', by: 'ops' }, KEPT_US)(record, at);
  assert.equal(word(undefined, 'done').result, 'not found');
  const history = new History();
  const lease = history.work();
  assert.equal(word(history.record, 'done').result, 'in flight');
  history.end(lease, unknown);
  for (const [effect, state] of [
    ['done', 'succeeded'],
    ['none', 'failed'],
  ] as const) {
    const { record } = word(history.record, effect);
    assert.equal(record?.state, state);
    assert.deepEqual(JSON.parse(record.resolution), { effect, reason: 'looked', by: 'ops', atUs: NOW });
    assert.equal(word(record, 'done').result, 'known');
    // A caller that comes back from a pause writes no more.
    assert.equal(complete(lease, done, KEPT_US)(record, NOW).result, false);
  }
  const crashed = new History();
  crashed.work();
  assert.equal(word(crashed.record, 'none', NOW + LEASE + 1).record?.state, 'failed');
});

test('two ids never share a key at Stripe', () => {
  const ids = [
    'x',
    'x~0',
    'x~1',
    'x~1~0',
    'x~1~1',
    'x~',
    '~1',
    'x~a',
    'x'.repeat(255),
    'x'.repeat(254),
    `${'x'.repeat(252)}~1`,
  ];
  const long = stripeKey('x'.repeat(255), { keyVersion: 1 });
  const keys = new Map<string, string>();
  for (const id of [...ids, long, long.replace('~sha256', '')])
    for (let keyVersion = 0; keyVersion < 20; keyVersion += 1) {
      const key = stripeKey(id, { keyVersion });
      assert.ok(key.length <= 255);
      assert.equal(keys.get(key), undefined, `${key}: ${id}, keyVersion ${keyVersion}, and ${keys.get(key) ?? ''}`);
      keys.set(key, `${id}, keyVersion ${keyVersion}`);
    }
  assert.equal(stripeKey('order-1', { keyVersion: 0 }), 'order-1');
});
