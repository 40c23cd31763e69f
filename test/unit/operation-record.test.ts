/** The record of one operation id: each state, and what may be done in it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonical, fingerprintOf } from '../../shared/idempotency/fingerprint.ts';
import { claim, REPEAT_WINDOW_US, type ClaimResult } from '../../shared/idempotency/record/claim.ts';
import { complete, markSucceeded, type AttemptResult } from '../../shared/idempotency/record/complete.ts';
import { renew, type Lease } from '../../shared/idempotency/record/lease.ts';
import { resolve } from '../../shared/idempotency/record/resolve.ts';
import { stripeKey } from '../../shared/idempotency/derive-key.ts';
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
const declined: AttemptResult = { event: 'saved error' };
const throttled: AttemptResult = { event: 'not processed' };
const unknown: AttemptResult = { event: 'unclear' };

test('the first caller works, under the id itself', () => {
  const history = new History();
  const lease = history.work();
  assert.deepEqual(held(lease), { fence: 1, keyVersion: 0, repeats: false });
  assert.equal(stripeKey('order-1', lease), 'order-1');
  assert.equal(history.record?.state, 'calling');
});

test('another caller meanwhile must wait until the lease ends', () => {
  const history = new History();
  history.work();
  assert.deepEqual(history.begin(P, NOW + 5_000_000), { kind: 'inProgress', retryAfterMs: 50_000 });
});

test('a done operation is answered from its record, for 30 days', () => {
  const history = new History();
  assert.ok(history.end(history.work(), done));
  assert.deepEqual(history.begin(P, NOW + KEPT_US - 1), {
    kind: 'completed',
    outcome: '{"id":"pi_1"}',
    expand: '',
    firstUs: NOW,
  });
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
      attempts: { firstUs: NOW, lastUs: NOW, fence: 1, keyVersion: 0 },
    });
    assert.equal(history.begin(P, NOW + REPEAT_WINDOW_US).kind, 'acquired');
  }
});

test('what is read back settles the operation; who knew better meanwhile is not overwritten', () => {
  const history = new History();
  history.end(history.work(), unknown);
  const late = NOW + REPEAT_WINDOW_US + 1;
  const begun = history.begin(P, late);
  assert.ok('attempts' in begun);
  assert.equal(markSucceeded({ ...begun.attempts, fence: 7 }, '{}', KEPT_US)(history.record, late).result, false);
  const settled = markSucceeded(begun.attempts, '{"id":"pi_1"}', KEPT_US)(history.record, late);
  assert.ok(settled.result);
  assert.equal(settled.record?.state, 'succeeded');
  assert.equal(markSucceeded(begun.attempts, '{}', KEPT_US)(settled.record, late).result, false);
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
