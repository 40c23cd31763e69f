/** The API key of the Stripe client: read once for many calls, and again after a rejection. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CachedSecret } from '../../shared/stripe/secrets/cached-secret.ts';
import type { StripeClient } from '../../shared/stripe/client.ts';
import { ConnectorError, isConnectorError, type Effect } from '../../shared/errors.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { testStripeClient } from '../support/stripe-client.ts';
import { stripeFailure } from '../support/stripe-results.ts';
import { ok, post, get, run } from './stripe-client-run.ts';

test('a rejected key is read again exactly once', async () => {
  const rotated = await run(post, [stripeFailure(401), ok], { keys: ['sk_test_old00000', 'sk_test_new00000'] });
  assert.deepEqual(rotated.keys, ['sk_test_old00000', 'sk_test_new00000']);
  assert.ok(!isConnectorError(rotated.result));
  const bad = await run(post, [stripeFailure(401)], {
    keys: ['sk_test_old00000', 'sk_test_new00000', 'sk_test_other000'],
  });
  assert.equal(bad.sent.length, 2);
  assert.ok(isConnectorError(bad.result) && bad.result.details.reason === 'API_KEY_REJECTED');
});

/** A client whose API key comes from `read`. */
function readingDoor(clock: VirtualClock, read: () => Promise<string>): StripeClient {
  return testStripeClient({
    stripe: fakeStripe(() => ({ id: 'cus_1' })),
    apiKey: new CachedSecret({ rotates: false, read }, clock),
    clock,
  });
}

test('a key that could not be read is read again for the next call, once for concurrent calls', async () => {
  const clock = new VirtualClock(1000);
  let reads = 0;
  const stripe = readingDoor(clock, () =>
    (reads += 1) === 1 ? Promise.reject(new Error('away')) : Promise.resolve('sk_test_a0000000'),
  );
  const call = (): Promise<unknown> => stripe.request(get, callContext(clock));
  const failed = Promise.allSettled([call(), call()]);
  await clock.advance(100);
  assert.deepEqual(
    (await failed).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(reads, 1, 'concurrent calls share one read');
  const answered = stripe.request(get, callContext(clock));
  await clock.advance(10_000);
  assert.equal((await answered).ok, true);
  assert.equal(reads, 2);
});

// contract 3, "What an effect word may say": one reading of the key serves many calls, and each knows its own effect.
test('calls that fail with the same error each get their own id and effect', async () => {
  const clock = new VirtualClock(1000);
  const read = async (): Promise<string> => {
    await clock.sleep(10);
    throw new ConnectorError('UNAVAILABLE', 'the secret cannot be read', { reason: 'SECRET_UNAVAILABLE' });
  };
  const stripe = readingDoor(clock, read);
  const run = (operationId: string | undefined, before?: Effect): Promise<unknown> => {
    const call = callContext(clock);
    const running =
      operationId === undefined
        ? stripe.request(get, call)
        : stripe.request(post, { ...call, operationId }, before ?? 'none');
    return running.catch((error: unknown) => error);
  };
  const all = Promise.all([run('first'), run('repeated', 'unknown'), run('done', 'done'), run(undefined)]);
  await clock.advance(20);
  const told = (await all).map((error) => {
    assert.ok(isConnectorError(error));
    return [error.operationId, error.effect];
  });
  assert.deepEqual(told, [
    ['first', 'none'],
    ['repeated', 'unknown'],
    ['done', 'done'],
    [undefined, undefined],
  ]);
});
