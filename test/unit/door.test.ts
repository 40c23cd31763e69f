/** The single door to Stripe: tokens, retries, keys, effects. Time is virtual, Stripe is a list of answers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALLOW_ALL } from '../../shared/stripe/write-policy/enforce.ts';
import { memoryTokens } from '../../shared/adapters/memory/tokens.ts';
import { CachedSecret } from '../../shared/stripe/secrets/cached-secret.ts';
import type { CallContext } from '../../shared/stripe/call-context.ts';
import { ObjectLocks } from '../../shared/stripe/object-locks.ts';
import { createStripeClient, type StripeClient } from '../../shared/stripe/client.ts';
import { ConnectorError, isConnectorError, type Effect } from '../../shared/errors.ts';
import { Limiter } from '../../shared/rate-limiter/limiter.ts';
import type { StripeResult, StripeFailure, StripeRequest, StripeSuccess } from '../../shared/stripe/transport.ts';
import { VirtualClock } from '../virtual-clock.ts';

const ok: StripeResult = { ok: true, body: { id: 'cus_1' } };
const lost: StripeFailure = { ok: false, kind: 'lost', message: '', stripeError: {} };
const unsent: StripeFailure = { ...lost, kind: 'unsent' };
const refused = (
  httpStatus: number,
  said: StripeFailure['stripeError'] = {},
  more: Partial<StripeFailure> = {},
): StripeFailure => ({ ok: false, kind: 'refused', httpStatus, message: 'no', stripeError: said, ...more });

const post: StripeRequest = { method: 'POST', path: '/v1/customers', params: {}, idempotencyKey: 'op' };
const get: StripeRequest = { method: 'GET', path: '/v1/customers/cus_1', params: {} };
const del: StripeRequest = { method: 'DELETE', path: '/v1/customers/cus_1', params: {} };

const MEMBER = { connection: 'c', id: 'm', place: 0.5 };
const LIMITS = { minNodes: 2, maxNodes: 50, limitScope: 'node' as const, accountCeiling: 100, endpointCeiling: 100 };

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
  const limiter = new Limiter({
    member: MEMBER,
    limits: LIMITS,
    store: memoryTokens(clock),
    clock,
    log: { write: () => undefined },
  });
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
  const stripe = createStripeClient({
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
    objects: new ObjectLocks(clock),
    clock,
    random: { next: () => 0.5, uuid: () => 'uuid' },
    log: { write: (_, message, facts) => void ran.logged.push(`${message} ${JSON.stringify(facts)}`) },
    policy: ALLOW_ALL,
    maxWaitMs: 5000,
  });
  const call: CallContext = {
    name: 'test',
    clock,
    deadlineAt: 1000 + (options.deadlineMs ?? 50_000),
    outputFormat: 'connector',
    responseFlags: ran.throttled,
    ...(request.method === 'GET' ? {} : { operationId: 'op' }),
    ...(options.leaseMs === undefined
      ? {}
      : { leaseLeftMs: () => 1000 + (options.leaseMs ?? 0) - clock.monotonicMs() }),
  };
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
  'a reset is tried again with the same key': { request: post, answers: [lost, ok], tries: 2 },
  'a connection that was never made is tried again': { request: post, answers: [unsent, ok], tries: 2 },
  'a 409 is tried again': { request: post, answers: [refused(409), ok], tries: 2 },
  'a 429 is tried again': { request: post, answers: [refused(429), ok], tries: 2 },
  'a 500 is tried again': { request: get, answers: [refused(500), ok], tries: 2 },
  'a refusal stands': {
    request: post,
    answers: [refused(400, { param: 'x' })],
    tries: 1,
    status: 'INVALID_ARGUMENT',
    effect: 'none',
  },
  'a declined card stands': {
    request: post,
    answers: [refused(402, { code: 'card_declined' })],
    tries: 1,
    status: 'FAILED_PRECONDITION',
    effect: 'none',
  },
  'Stripe-Should-Retry false is obeyed': {
    request: post,
    answers: [refused(500, {}, { shouldRetry: false })],
    tries: 1,
    status: 'UNAVAILABLE',
    effect: 'unknown',
  },
  'Stripe-Should-Retry true is obeyed': {
    request: post,
    answers: [refused(400, { param: 'x' }, { shouldRetry: true }), ok],
    tries: 2,
  },
  'lock_timeout has three tries': {
    request: post,
    answers: [refused(429, { code: 'lock_timeout' })],
    tries: 3,
    status: 'RESOURCE_EXHAUSTED',
    effect: 'none',
  },
  'an outcome that stays unknown says so': {
    request: post,
    answers: [lost],
    tries: 4,
    status: 'UNAVAILABLE',
    effect: 'unknown',
  },
  'a read that is lost has no effect': { request: get, answers: [lost], tries: 4, status: 'UNAVAILABLE' },
  'what was never sent has no effect': {
    request: post,
    answers: [unsent],
    tries: 4,
    status: 'UNAVAILABLE',
    effect: 'none',
  },
  'a 429 after an unknown outcome leaves it unknown': {
    request: post,
    answers: [lost, refused(429)],
    tries: 4,
    status: 'RESOURCE_EXHAUSTED',
    effect: 'unknown',
  },
  // https://docs.stripe.com/api/idempotent_requests: a validation error is not saved, and may stand before the endpoint.
  'a refusal after an unknown outcome leaves it unknown': {
    request: post,
    answers: [lost, refused(400, { param: 'x' })],
    tries: 2,
    status: 'INVALID_ARGUMENT',
    effect: 'unknown',
  },
  'a refusal that Stripe marks as replayed settles an unknown outcome': {
    request: post,
    answers: [lost, refused(400, { param: 'x' }, { replayed: true })],
    tries: 2,
    status: 'INVALID_ARGUMENT',
    effect: 'none',
  },
  'a declined card settles an unknown outcome': {
    request: post,
    answers: [lost, refused(402, { type: 'card_error', code: 'card_declined' })],
    tries: 2,
    status: 'FAILED_PRECONDITION',
    effect: 'none',
  },
  'a hang is the deadline': {
    request: post,
    answers: [{ ...lost, timedOut: true }],
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
    answers: [refused(409, { code: 'idempotency_key_in_use', type: 'idempotency_error' })],
    tries: 4,
    status: 'ABORTED',
    effect: 'unknown',
  },
  'the same key with another payload is ALREADY_EXISTS': {
    request: post,
    answers: [refused(400, { type: 'idempotency_error' })],
    tries: 1,
    status: 'ALREADY_EXISTS',
    effect: 'none',
  },
  // The object may never have been: what Stripe shows of it decides (read-back.test.ts).
  'a DELETE that was lost and then finds nothing is unknown': {
    request: del,
    answers: [lost, refused(404, { code: 'resource_missing' })],
    tries: 2,
    status: 'NOT_FOUND',
    effect: 'unknown',
  },
  'a DELETE of what never was is NOT_FOUND': {
    request: del,
    answers: [refused(404, { code: 'resource_missing' })],
    tries: 1,
    status: 'NOT_FOUND',
    effect: 'none',
  },
  "Stripe's 401 is our key": { request: get, answers: [refused(401)], tries: 1, status: 'FAILED_PRECONDITION' },
  "Stripe's 403 is a permission": { request: get, answers: [refused(403)], tries: 1, status: 'PERMISSION_DENIED' },
  'a wrong state is FAILED_PRECONDITION': {
    request: post,
    answers: [refused(400, { code: 'payment_intent_unexpected_state' })],
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
  const { at } = await run(get, [lost, lost, ok]);
  at.slice(1).forEach((time, index) => assert.ok(time - at[index]! >= 87, String(at)));
});

test('Retry-After is kept, jitter comes on top', async () => {
  const { at } = await run(post, [refused(429, {}, { retryAfterMs: 3000 }), ok]);
  assert.ok(at[1]! - at[0]! >= 3000);
});

test('no retry goes past the deadline', async () => {
  const { sent, result } = await run(post, [refused(429, {}, { retryAfterMs: 3000 }), ok], { deadlineMs: 2000 });
  assert.equal(sent.length, 1);
  assert.ok(isConnectorError(result) && result.details.retryAfterMs === 3000);
});

test('a rejected key is read again once, and only once', async () => {
  const rotated = await run(post, [refused(401), ok], { keys: ['sk_test_old00000', 'sk_test_new00000'] });
  assert.deepEqual(rotated.keys, ['sk_test_old00000', 'sk_test_new00000']);
  assert.ok(!isConnectorError(rotated.result));
  const bad = await run(post, [refused(401)], { keys: ['sk_test_old00000', 'sk_test_new00000', 'sk_test_other000'] });
  assert.equal(bad.sent.length, 2);
  assert.ok(isConnectorError(bad.result) && bad.result.details.reason === 'API_KEY_REJECTED');
});

test('every try takes a token of its own', async () => {
  const { sent, waited } = await run(post, [unsent, unsent, unsent, ok]);
  assert.equal(sent.length, 4);
  assert.equal(waited, 4);
});

test("Stripe's 429 slows the connection once, and the call and the log say so", async () => {
  const { paces, throttled, logged } = await run(post, [refused(429, { code: 'rate_limit' }), ok]);
  assert.deepEqual(paces, [1 / 2]);
  assert.deepEqual([...throttled], ['stripe_rate_limit; rate=0.5']);
  assert.ok(logged.some((line) => line.includes('throttled by Stripe')));
});

test('lock_timeout slows nothing but its object, and the call and the log say so', async () => {
  const { paces, throttled, logged } = await run({ ...post, path: '/v1/payment_intents/pi_1/confirm' }, [
    refused(429, { code: 'lock_timeout' }),
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

test('a turn that comes too late, because the process was held up, is lost: another is taken', async () => {
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
  const later = await run(post, [lost], { leaseMs: 1500 });
  assert.ok(isConnectorError(later.result));
  assert.equal(later.result.details.reason, 'LEASE_LOST');
  assert.ok(later.sent.length > 0 && later.at.every((at) => at < 2500));
});

test('what nobody foresaw may have happened after the request left: the effect is unknown', async () => {
  const { result, sent } = await run(post, [ok], { throws: true });
  assert.ok(isConnectorError(result));
  assert.deepEqual([result.status, result.effect, sent.length], ['INTERNAL', 'unknown', 1]);
});

/** A door to a Stripe that answers, with a key that is read so. */
function readingDoor(clock: VirtualClock, read: () => Promise<string>): StripeClient {
  return createStripeClient({
    stripe: { ready: () => Promise.resolve(), send: () => Promise.resolve(ok) },
    apiKey: new CachedSecret({ rotates: false, read }, clock),
    limiter: new Limiter({
      member: MEMBER,
      limits: LIMITS,
      store: memoryTokens(clock),
      clock,
      log: { write: () => undefined },
    }),
    objects: new ObjectLocks(clock),
    clock,
    random: { next: () => 0.5, uuid: () => 'uuid' },
    log: { write: () => undefined },
    policy: ALLOW_ALL,
    maxWaitMs: 5000,
  });
}

test('a key that could not be read is read again for the next call, once for concurrent calls', async () => {
  const clock = new VirtualClock(1000);
  let reads = 0;
  const stripe = readingDoor(clock, () =>
    (reads += 1) === 1 ? Promise.reject(new Error('away')) : Promise.resolve('sk_test_a0000000'),
  );
  const call = (): Promise<unknown> =>
    stripe.request(get, { name: 'test', clock, deadlineAt: 60_000, outputFormat: 'connector' });
  const failed = Promise.allSettled([call(), call()]);
  await clock.advance(100);
  assert.deepEqual(
    (await failed).map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(reads, 1, 'concurrent calls share one read');
  const answered = stripe.request(get, { name: 'test', clock, deadlineAt: 60_000, outputFormat: 'connector' });
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
    const call: CallContext = { name: 'test', clock, deadlineAt: 50_000, outputFormat: 'connector' };
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
