/** The single door to Stripe: tokens, retries, keys, effects. Time is virtual, Stripe is a list of answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CachedSecret } from '../../shared/stripe/secrets/cached-secret.ts';
import type { StripeClient } from '../../shared/stripe/client.ts';
import { ConnectorError, isConnectorError, type Effect } from '../../shared/errors.ts';
import type { StripeResult, StripeRequest, StripeSuccess } from '../../shared/stripe/transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { testLimiter, testStripeClient } from '../support/stripe-client.ts';
import { LOST, stripeFailure, UNSENT } from '../support/stripe-results.ts';

const ok: StripeResult = { ok: true, body: { id: 'cus_1' } };
const post: StripeRequest = { method: 'POST', path: '/v1/customers', params: {}, idempotencyKey: 'op' };
const get: StripeRequest = { method: 'GET', path: '/v1/customers/cus_1', params: {} };
const del: StripeRequest = { method: 'DELETE', path: '/v1/customers/cus_1', params: {} };

interface Ran {
  readonly result: StripeSuccess | ConnectorError;
  readonly sent: StripeRequest[];
  readonly keys: string[];
  readonly at: number[];
  /** Tokens taken. */
  waited: number;
  /** The pace after each time that the limiter was asked to slow. */
  readonly paces: number[];
  readonly throttled: Set<string>;
  readonly logged: string[];
  readonly order: string[];
}

/** Runs one request against the answers, the last of which repeats. */
async function run(
  request: StripeRequest,
  answers: readonly StripeResult[],
  options: { keys?: string[]; deadlineMs?: number; heldUpMs?: number; leaseMs?: number; throws?: true } = {},
): Promise<Ran> {
  const clock = new VirtualClock(1000);
  const stored = [...(options.keys ?? ['sk_test_a0000000'])];
  const ran: Ran = {
    result: {} as StripeSuccess,
    sent: [],
    keys: [],
    at: [],
    waited: 0,
    paces: [],
    throttled: new Set(),
    logged: [],
    order: [],
  };
  const limiter = testLimiter(clock);
  const take = limiter.take.bind(limiter);
  limiter.take = async (...given) => {
    ran.waited += 1;
    const turn = await take(...given);
    // Between the first turn and whoever takes it nothing runs for so long.
    if (options.heldUpMs !== undefined && ran.waited === 1) await clock.sleep(options.heldUpMs);
    ran.order.push('token');
    return turn;
  };
  const slow = limiter.slow.bind(limiter);
  limiter.slow = (...given) => {
    const pace = slow(...given);
    ran.paces.push(pace);
    return pace;
  };
  const stripe = testStripeClient({
    stripe: {
      ready: () => Promise.resolve(void ran.order.push('ready')),
      send(sent, key) {
        ran.order.push('send');
        ran.sent.push(sent);
        ran.keys.push(key);
        ran.at.push(clock.monotonicMs());
        if (options.throws === true) return Promise.reject(new Error('nobody foresaw this'));
        return Promise.resolve(answers[Math.min(ran.sent.length, answers.length) - 1]!);
      },
    },
    apiKey: new CachedSecret(
      {
        rotates: stored.length > 1,
        read: () => Promise.resolve(stored.length > 1 ? stored.shift()! : stored[0]!),
      },
      clock,
    ),
    limiter,
    clock,
    log: { write: (_, message, facts) => void ran.logged.push(`${message} ${JSON.stringify(facts)}`) },
  });
  const call = callContext(clock, {
    deadlineAt: 1000 + (options.deadlineMs ?? 50_000),
    outputFormat: 'connector',
    responseFlags: ran.throttled,
    ...(request.method === 'GET' ? {} : { operationId: 'op' }),
    ...(options.leaseMs === undefined
      ? {}
      : { leaseLeftMs: () => 1000 + (options.leaseMs ?? 0) - clock.monotonicMs() }),
  });
  const running = stripe.request(request, call).catch((error: unknown) => {
    assert.ok(isConnectorError(error));
    return error;
  });
  await clock.advance(120_000);
  return { ...ran, result: await running };
}

interface Row {
  readonly request: StripeRequest;
  readonly answers: readonly StripeResult[];
  readonly tries: number;
  /** Undefined: it succeeds. */
  readonly status?: string;
  readonly effect?: string;
}

const rows: Record<string, Row> = {
  'a success is one try': { request: post, answers: [ok], tries: 1 },
  'a reset is tried again with the same key': { request: post, answers: [LOST, ok], tries: 2 },
  'a connection that was never made is tried again': { request: post, answers: [UNSENT, ok], tries: 2 },
  'a 409 is tried again': { request: post, answers: [stripeFailure(409), ok], tries: 2 },
  'a 429 is tried again': { request: post, answers: [stripeFailure(429), ok], tries: 2 },
  'a 500 is tried again': { request: get, answers: [stripeFailure(500), ok], tries: 2 },
  'a refusal stands': {
    request: post,
    answers: [stripeFailure(400, { param: 'x' })],
    tries: 1,
    status: 'INVALID_ARGUMENT',
    effect: 'none',
  },
  'a declined card stands': {
    request: post,
    answers: [stripeFailure(402, { code: 'card_declined' })],
    tries: 1,
    status: 'FAILED_PRECONDITION',
    effect: 'none',
  },
  'Stripe-Should-Retry false is obeyed': {
    request: post,
    answers: [stripeFailure(500, {}, { shouldRetry: false })],
    tries: 1,
    status: 'UNAVAILABLE',
    effect: 'unknown',
  },
  'Stripe-Should-Retry true is obeyed': {
    request: post,
    answers: [stripeFailure(400, { param: 'x' }, { shouldRetry: true }), ok],
    tries: 2,
  },
  'lock_timeout has three tries': {
    request: post,
    answers: [stripeFailure(429, { code: 'lock_timeout' })],
    tries: 3,
    status: 'RESOURCE_EXHAUSTED',
    effect: 'none',
  },
  'an outcome that stays unknown says so': {
    request: post,
    answers: [LOST],
    tries: 4,
    status: 'UNAVAILABLE',
    effect: 'unknown',
  },
  'a read that is LOST has no effect': { request: get, answers: [LOST], tries: 4, status: 'UNAVAILABLE' },
  'what was never sent has no effect': {
    request: post,
    answers: [UNSENT],
    tries: 4,
    status: 'UNAVAILABLE',
    effect: 'none',
  },
  'a 429 after an unknown outcome leaves it unknown': {
    request: post,
    answers: [LOST, stripeFailure(429)],
    tries: 4,
    status: 'RESOURCE_EXHAUSTED',
    effect: 'unknown',
  },
  // https://docs.stripe.com/api/idempotent_requests: a validation error is not saved, and may stand before the endpoint.
  'a refusal after an unknown outcome leaves it unknown': {
    request: post,
    answers: [LOST, stripeFailure(400, { param: 'x' })],
    tries: 2,
    status: 'INVALID_ARGUMENT',
    effect: 'unknown',
  },
  'a refusal that Stripe marks as replayed settles an unknown outcome': {
    request: post,
    answers: [LOST, stripeFailure(400, { param: 'x' }, { replayed: true })],
    tries: 2,
    status: 'INVALID_ARGUMENT',
    effect: 'none',
  },
  'a declined card settles an unknown outcome': {
    request: post,
    answers: [LOST, stripeFailure(402, { type: 'card_error', code: 'card_declined' })],
    tries: 2,
    status: 'FAILED_PRECONDITION',
    effect: 'none',
  },
  'a hang is the deadline': {
    request: post,
    answers: [{ ...LOST, timedOut: true }],
    tries: 4,
    status: 'DEADLINE_EXCEEDED',
    effect: 'unknown',
  },
  'a POST without an idempotency key is not sent': {
    request: { method: 'POST', path: '/v1/customers', params: {} },
    answers: [ok],
    tries: 0,
    status: 'INTERNAL',
    effect: 'none',
  },
  'a POST with an empty idempotency key is not sent': {
    request: { method: 'POST', path: '/v1/customers', params: {}, idempotencyKey: '' },
    answers: [ok],
    tries: 0,
    status: 'INTERNAL',
    effect: 'none',
  },
  'a DELETE of API v2 without an idempotency key is not sent': {
    request: { method: 'DELETE', path: '/v2/core/event_destinations/ed_1', params: {} },
    answers: [ok],
    tries: 0,
    status: 'INTERNAL',
    effect: 'none',
  },
  'the same key in flight is ABORTED, the effect unknown': {
    request: post,
    answers: [stripeFailure(409, { code: 'idempotency_key_in_use', type: 'idempotency_error' })],
    tries: 4,
    status: 'ABORTED',
    effect: 'unknown',
  },
  'the same key with another payload is ALREADY_EXISTS': {
    request: post,
    answers: [stripeFailure(400, { type: 'idempotency_error' })],
    tries: 1,
    status: 'ALREADY_EXISTS',
    effect: 'none',
  },
  // The object may never have been: what Stripe shows of it decides (read-back.test.ts).
  'a DELETE that was LOST and then finds nothing is unknown': {
    request: del,
    answers: [LOST, stripeFailure(404, { code: 'resource_missing' })],
    tries: 2,
    status: 'NOT_FOUND',
    effect: 'unknown',
  },
  'a DELETE of what never was is NOT_FOUND': {
    request: del,
    answers: [stripeFailure(404, { code: 'resource_missing' })],
    tries: 1,
    status: 'NOT_FOUND',
    effect: 'none',
  },
  "Stripe's 401 is our key": { request: get, answers: [stripeFailure(401)], tries: 1, status: 'FAILED_PRECONDITION' },
  "Stripe's 403 is a permission": {
    request: get,
    answers: [stripeFailure(403)],
    tries: 1,
    status: 'PERMISSION_DENIED',
  },
  'a wrong state is FAILED_PRECONDITION': {
    request: post,
    answers: [stripeFailure(400, { code: 'payment_intent_unexpected_state' })],
    tries: 1,
    status: 'FAILED_PRECONDITION',
    effect: 'none',
  },
};

for (const [sentence, row] of Object.entries(rows)) {
  test(sentence, async () => {
    const { result, sent } = await run(row.request, row.answers);
    assert.equal(sent.length, row.tries);
    for (const one of sent) assert.deepEqual(one, row.request);
    if (row.status === undefined) return assert.ok(!isConnectorError(result), String(result));
    assert.ok(isConnectorError(result));
    assert.equal(result.status, row.status);
    assert.equal(result.effect, row.effect);
  });
}

test('every try takes a token of its own', async () => {
  const { at } = await run(get, [LOST, LOST, ok]);
  at.slice(1).forEach((time, index) => assert.ok(time - at[index]! >= 87, String(at)));
});

test('Retry-After is kept, jitter comes on top', async () => {
  const { at } = await run(post, [stripeFailure(429, {}, { retryAfterMs: 3000 }), ok]);
  assert.ok(at[1]! - at[0]! >= 3000);
});

test('no retry goes past the deadline', async () => {
  const { sent, result } = await run(post, [stripeFailure(429, {}, { retryAfterMs: 3000 }), ok], { deadlineMs: 2000 });
  assert.equal(sent.length, 1);
  assert.ok(isConnectorError(result) && result.details.retryAfterMs === 3000);
});

test('a rejected key is read again once, and only once', async () => {
  const rotated = await run(post, [stripeFailure(401), ok], { keys: ['sk_test_old00000', 'sk_test_new00000'] });
  assert.deepEqual(rotated.keys, ['sk_test_old00000', 'sk_test_new00000']);
  assert.ok(!isConnectorError(rotated.result));
  const bad = await run(post, [stripeFailure(401)], {
    keys: ['sk_test_old00000', 'sk_test_new00000', 'sk_test_other000'],
  });
  assert.equal(bad.sent.length, 2);
  assert.ok(isConnectorError(bad.result) && bad.result.details.reason === 'API_KEY_REJECTED');
});

test('every try takes a token of its own', async () => {
  const { sent, waited } = await run(post, [UNSENT, UNSENT, UNSENT, ok]);
  assert.equal(sent.length, 4);
  assert.equal(waited, 4);
});

test("Stripe's 429 slows the connection once, and the call and the log say so", async () => {
  const { paces, throttled, logged } = await run(post, [stripeFailure(429, { code: 'rate_limit' }), ok]);
  assert.deepEqual(paces, [1 / 2]);
  assert.deepEqual([...throttled], ['stripe_rate_limit; rate=0.5']);
  assert.ok(logged.some((line) => line.includes('throttled by Stripe')));
});

test('lock_timeout slows nothing but its object, and the call and the log say so', async () => {
  const { paces, throttled, logged } = await run({ ...post, path: '/v1/payment_intents/pi_1/confirm' }, [
    stripeFailure(429, { code: 'lock_timeout' }),
    ok,
  ]);
  assert.deepEqual(paces, []);
  assert.deepEqual([...throttled], ['lock_timeout']);
  assert.ok(logged.some((line) => line.includes('object locked') && line.includes('/v1/payment_intents/pi_1')));
});

test('what takes time is done before the token is taken', async () => {
  const { order } = await run(get, [ok]);
  assert.deepEqual(order, ['ready', 'token', 'send']);
});

test('a turn that comes too late, because the process was held up, is LOST: another is taken', async () => {
  const { sent, waited, at } = await run(get, [ok], { heldUpMs: 60 });
  assert.equal(sent.length, 1);
  assert.equal(waited, 2);
  assert.ok((at[0] ?? 0) >= 1060);
});

test('a lease that is over when the turn comes: nothing is sent, and another caller may be at work', async () => {
  const { result, sent } = await run(post, [ok], { leaseMs: 0 });
  assert.ok(isConnectorError(result));
  assert.deepEqual([result.details.reason, result.status, result.effect], ['LEASE_LOST', 'ABORTED', 'unknown']);
  assert.equal(sent.length, 0);
  const later = await run(post, [LOST], { leaseMs: 1500 });
  assert.ok(isConnectorError(later.result));
  assert.equal(later.result.details.reason, 'LEASE_LOST');
  assert.ok(later.sent.length > 0 && later.at.every((at) => at < 2500));
});

test('what nobody foresaw may have happened after the request left: the effect is unknown', async () => {
  const { result, sent } = await run(post, [ok], { throws: true });
  assert.ok(isConnectorError(result));
  assert.deepEqual([result.status, result.effect, sent.length], ['INTERNAL', 'unknown', 1]);
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
test('calls that fail with the same error are each told their own id and effect', async () => {
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
