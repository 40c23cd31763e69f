/** The Stripe client and the rate limiter: a permit for each attempt, throttling by Stripe, object locks, leases. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PATIENCE_MS } from '../../shared/rate-limiter/queue/token-queue.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { LOST, stripeFailure, UNSENT } from '../support/stripe-results.ts';
import { ok, post, get, run } from './stripe-client-run.ts';

test('every attempt takes a token', async () => {
  const { at } = await run(get, [LOST, LOST, ok]);
  at.slice(1).forEach((time, index) => assert.ok(time - at[index]! >= 87, String(at)));
});

test('every attempt takes a token', async () => {
  const { sent, waited } = await run(post, [UNSENT, UNSENT, UNSENT, ok]);
  assert.equal(sent.length, 4);
  assert.equal(waited, 4);
});

test("Stripe's 429 slows the connection once, and the call and the log report it", async () => {
  const { paces, throttled, logged } = await run(post, [stripeFailure(429, { code: 'rate_limit' }), ok]);
  assert.deepEqual(paces, [1 / 2]);
  assert.deepEqual([...throttled], ['stripe_rate_limit; rate=0.5']);
  assert.ok(logged.some((line) => line.includes('throttled by Stripe')));
});

test('lock_timeout slows only its object, and the call and the log report it', async () => {
  const { paces, throttled, logged } = await run({ ...post, path: '/v1/payment_intents/pi_1/confirm' }, [
    stripeFailure(429, { code: 'lock_timeout' }),
    ok,
  ]);
  assert.deepEqual(paces, []);
  assert.deepEqual([...throttled], ['lock_timeout']);
  assert.ok(logged.some((line) => line.includes('object locked') && line.includes('/v1/payment_intents/pi_1')));
});

test('the first permit alone has a shorter maximum wait if the call was read late', async () => {
  const [inTime] = (await run(get, [ok])).maxWaits;
  const { maxWaits, patience } = await run(get, [LOST, LOST, ok], { lateMs: 800 });
  assert.deepEqual(maxWaits, [(inTime ?? NaN) - 800, inTime, inTime]);
  assert.deepEqual(patience, [PATIENCE_MS - 800, PATIENCE_MS, PATIENCE_MS]);
  const late = await run(get, [ok], { lateMs: 60_000 });
  assert.deepEqual([late.maxWaits, late.patience], [[0], [0]]);
});

test('slow preparation finishes before the token is taken', async () => {
  const { order } = await run(get, [ok]);
  assert.deepEqual(order, ['ready', 'token', 'send']);
});

test('a token that comes too late, because the process was paused, is lost: another is taken', async () => {
  const { sent, waited, at } = await run(get, [ok], { heldUpMs: 60 });
  assert.equal(sent.length, 1);
  assert.equal(waited, 2);
  assert.ok((at[0] ?? 0) >= 1060);
});

test('if the lease expires before the token comes, nothing is sent', async () => {
  const { result, sent } = await run(post, [ok], { leaseMs: 0 });
  assert.ok(isConnectorError(result));
  assert.deepEqual([result.details.reason, result.status, result.effect], ['LEASE_LOST', 'ABORTED', 'unknown']);
  assert.equal(sent.length, 0);
  const later = await run(post, [LOST], { leaseMs: 1500 });
  assert.ok(isConnectorError(later.result));
  assert.equal(later.result.details.reason, 'LEASE_LOST');
  assert.ok(later.sent.length > 0 && later.at.every((at) => at < 2500));
});
