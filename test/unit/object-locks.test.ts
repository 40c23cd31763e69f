/** Objects that Stripe found locked: held back, then one after the other; nothing else waits. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ObjectLocks, objectOf, type LockResult } from '../../shared/stripe/object-locks.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

for (const [path, object] of [
  ['/v1/payment_intents/pi_3Ab/confirm', '/v1/payment_intents/pi_3Ab'],
  ['/v1/customers/cus_1/sources/card_2', '/v1/customers/cus_1'],
  ['/v1/issuing/cards/ic_1', '/v1/issuing/cards/ic_1'],
  ['/v1/coupons/SUMMER', '/v1/coupons/SUMMER'],
  ['/v2/core/accounts/acct_1', '/v2/core/accounts/acct_1'],
  ['/v1/payment_intents', undefined],
  ['/v1/billing_portal/sessions', undefined],
] as const) {
  test(`the object of ${path} is ${object ?? 'none'}`, () => assert.equal(objectOf(path), object));
}

/** Who goes when: enters, works for a while, leaves. */
async function visits(
  lines: ObjectLocks,
  clock: VirtualClock,
  object: string | undefined,
  workMs: number,
  patienceMs = 60_000,
): Promise<{ at: number; place: LockResult }> {
  const place = await lines.acquire(object, patienceMs);
  const at = clock.monotonicMs();
  if ('release' in place) {
    await clock.sleep(workMs);
    place.release();
  }
  return { at, place };
}

test('objects that are not held back have no queue', async () => {
  const clock = new VirtualClock(1000);
  const lines = new ObjectLocks(clock);
  const both = Promise.all([visits(lines, clock, 'a', 100), visits(lines, clock, 'a', 100)]);
  await clock.advance(500);
  assert.deepEqual(
    (await both).map(({ at }) => at),
    [1000, 1000],
  );
});

test('a held object waits, then its writes run one after the other in order; other objects continue', async () => {
  const clock = new VirtualClock(1000);
  const lines = new ObjectLocks(clock);
  lines.backOff('a', 500);
  const held = Promise.all([1, 2, 3].map(() => visits(lines, clock, 'a', 100)));
  const others = Promise.all([visits(lines, clock, 'b', 100), visits(lines, clock, undefined, 100)]);
  await clock.advance(2000);
  assert.deepEqual(
    (await held).map(({ at }) => at),
    [1500, 1600, 1700],
  );
  assert.deepEqual(
    (await others).map(({ at }) => at),
    [1000, 1000],
  );
});

test('a caller that cannot wait that long gets the time and does not block those behind it', async () => {
  const clock = new VirtualClock(1000);
  const lines = new ObjectLocks(clock);
  lines.backOff('a', 800);
  const first = visits(lines, clock, 'a', 1000);
  const hasty = visits(lines, clock, 'a', 1000, 300);
  const last = visits(lines, clock, 'a', 1000);
  await clock.advance(5000);
  assert.equal((await first).at, 1800);
  const refused = await hasty;
  assert.ok('retryAfterMs' in refused.place && refused.place.retryAfterMs === 500, JSON.stringify(refused));
  assert.equal(refused.at, 1300);
  assert.equal((await last).at, 2800);
});

test('an object is free again ten seconds after its lock', async () => {
  const clock = new VirtualClock(1000);
  const lines = new ObjectLocks(clock);
  lines.backOff('a', 500);
  await clock.advance(10_600);
  const both = Promise.all([visits(lines, clock, 'a', 100), visits(lines, clock, 'a', 100)]);
  await clock.advance(500);
  const [one, other] = await both;
  assert.equal(one.at, other.at);
});
