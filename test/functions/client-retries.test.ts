/** The typed client repeats what a repeat can help, with the same operation id, and no longer than it is allowed to. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ConnectorFailure,
  stripeConnector,
  type Client,
  type ClientOptions,
  type WriteOptions,
} from '../../shared/schema/client/runtime.ts';

interface Reply {
  readonly status: number;
  readonly retryAfter?: string;
  readonly retryable?: boolean;
}

const OK: Reply = { status: 200 };
/** https://www.rfc-editor.org/rfc/rfc9110#field.retry-after */
const LIMITED: Reply = { status: 429, retryAfter: '2', retryable: true };
const UNAVAILABLE: Reply = { status: 503, retryable: true };

function responseOf({ status, retryAfter, retryable = false }: Reply): Response {
  const details = [{ reason: 'TEST', metadata: { retryable: String(retryable) } }];
  const error = { code: status, status: 'TEST', message: `status ${status}`, details };
  const body =
    status === 200 ? { connectorOutputPayload: { Id: 'cus_1' }, operationId: 'x', effect: 'done' } : { error };
  return Response.json(body, { status, headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter } });
}

/** The runtime on its own accepts every entity. */
interface AnyEntity {
  create(input: object, options?: WriteOptions): Promise<unknown>;
  get(id: string): Promise<unknown>;
}

const customersOf = (client: Client): AnyEntity => client.entity('Customer') as AnyEntity;

/** A client whose server gives these replies, the last one from then on. */
function clientWith(replies: readonly Reply[], options: Partial<ClientOptions> = {}) {
  const bodies: Record<string, unknown>[] = [];
  const waits: number[] = [];
  const stripe = stripeConnector({
    address: 'http://connector.test',
    fetch: (_url, init) => {
      bodies.push(JSON.parse(String(init?.body)) as Record<string, unknown>);
      return Promise.resolve(responseOf(replies[bodies.length - 1] ?? replies.at(-1) ?? OK));
    },
    sleep: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    ...options,
  });
  return { stripe, bodies, waits, create: () => customersOf(stripe).create({ Email: 'a@example.com' }) };
}

for (const [sentence, replies, options, sends, status] of [
  ['a call that succeeds is sent once', [OK], {}, 1, 200],
  ['429 is repeated', [LIMITED, LIMITED, OK], {}, 3, 200],
  ['503 is repeated if the connector says that it can help', [UNAVAILABLE, OK], {}, 2, 200],
  ['503 without that word is reported at once', [{ status: 503 }, OK], {}, 1, 503],
  ['a wrong call is reported at once', [{ status: 400 }, OK], {}, 1, 400],
  ['an unknown outcome is reported at once', [{ status: 504, retryable: true }, OK], {}, 1, 504],
  ['four attempts are the default', [LIMITED], {}, 4, 429],
  ['maxAttempts bounds the attempts', [LIMITED], { maxAttempts: 2 }, 2, 429],
  ['maxAttempts 1 never repeats', [LIMITED], { maxAttempts: 1 }, 1, 429],
  ['maxTotalMs bounds the waiting', [LIMITED], { maxTotalMs: 5000, maxAttempts: 10 }, 3, 429],
  ['a wait beyond maxTotalMs does not begin', [{ ...LIMITED, retryAfter: '60' }], { maxTotalMs: 5000 }, 1, 429],
] as const)
  test(sentence, async () => {
    const { create, bodies } = clientWith(replies, options);
    const outcome = await create().catch((error: unknown) => error);
    assert.equal(outcome instanceof ConnectorFailure ? outcome.httpStatus : 200, status);
    assert.equal(bodies.length, sends);
    assert.equal(new Set(bodies.map((body) => JSON.stringify(body))).size, 1, 'every attempt is the same request');
    assert.match(String(bodies[0]?.['operationId']), /^[\w-]{36}$/);
  });

test('it waits as long as Retry-After says, else longer each time', async () => {
  const limited = clientWith([LIMITED, OK]);
  await limited.create();
  assert.deepEqual(limited.waits, [2000]);
  const { create, waits } = clientWith([UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, OK]);
  await create();
  assert.equal(waits.length, 3);
  for (const [index, wait] of waits.entries()) {
    const longest = 500 * 2 ** index;
    assert.ok(wait >= longest / 2 && wait <= longest, `${wait}`);
  }
});

test('the operation id of the caller is kept, two calls have two ids, and a read has none', async () => {
  const { stripe, bodies, create } = clientWith([OK]);
  await customersOf(stripe).create({}, { operationId: 'mine-1' });
  await create();
  await create();
  await customersOf(stripe).get('cus_1');
  const ids = bodies.map((body) => body['operationId']);
  assert.equal(ids[0], 'mine-1');
  assert.notEqual(ids[1], ids[2]);
  assert.equal(ids[3], undefined);
});

test('the signal of the caller ends the waiting, and nothing more is sent', async () => {
  const abort = new AbortController();
  const { stripe, bodies } = clientWith([LIMITED], {
    sleep: (_ms, signal) =>
      new Promise((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        abort.abort(new Error('the caller left'));
      }),
  });
  await assert.rejects(customersOf(stripe).create({}, { signal: abort.signal }), /the caller left/);
  assert.equal(bodies.length, 1);
  await assert.rejects(customersOf(stripe).create({}, { signal: abort.signal }), /the caller left/);
  assert.equal(bodies.length, 1);
});

test('its own wait ends with the signal too', async () => {
  const abort = new AbortController();
  const stripe = stripeConnector({
    address: 'http://connector.test',
    fetch: () => {
      setImmediate(() => abort.abort(new Error('the caller left')));
      return Promise.resolve(responseOf({ ...LIMITED, retryAfter: '100' }));
    },
  });
  await assert.rejects(customersOf(stripe).create({}, { signal: abort.signal }), /the caller left/);
});

test('a declined card differs from other errors', () => {
  const failure = (domain: string, metadata: object): ConnectorFailure =>
    new ConnectorFailure(400, {
      error: { status: 'FAILED_PRECONDITION', details: [{ reason: 'X', domain, metadata }] },
    });
  // https://docs.stripe.com/error-handling: card_error
  const declined = failure('stripe.com', { type: 'card_error', declineCode: 'insufficient_funds' });
  assert.deepEqual([declined.isDeclined, declined.metadata['declineCode']], [true, 'insufficient_funds']);
  assert.equal(failure('stripe.com', { type: 'invalid_request_error' }).isDeclined, false);
  assert.equal(failure('stripe-connector', {}).isDeclined, false);
});

test('an attempt that takes too long fails with the operation id to repeat it with', async () => {
  const stripe = stripeConnector({
    address: 'http://connector.test',
    timeoutMs: 60_000,
    fetch: (_url, init) =>
      new Promise((_, reject) => {
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error));
      }),
  });
  // The timer of the time limit does not keep the process alive.
  const alive = setInterval(() => undefined, 1000);
  const failure = await customersOf(stripe)
    .create({}, { operationId: 'slow-1', timeoutMs: 1 })
    .catch((error: unknown) => error);
  clearInterval(alive);
  assert.ok(failure instanceof ConnectorFailure);
  assert.deepEqual(
    [failure.httpStatus, failure.reason, failure.retryable, failure.operationId, failure.effect],
    [504, 'CLIENT_TIMEOUT', true, 'slow-1', 'unknown'],
  );
});

for (const [sentence, respond, httpStatus, message] of [
  [
    'a connection that breaks',
    // Node.js reports it so: https://nodejs.org/api/globals.html#fetch
    () => Promise.reject(new TypeError('fetch failed', { cause: new Error('read ECONNRESET') })),
    503,
    /^no response: fetch failed: read ECONNRESET$/,
  ],
  [
    'a response that breaks off',
    () =>
      Promise.resolve(
        new Response(new ReadableStream({ start: (stream) => stream.error(new TypeError('terminated')) })),
      ),
    503,
    /^no response: terminated$/,
  ],
  ['the page of a proxy', () => Promise.resolve(new Response('<html>', { status: 502 })), 502, /^HTTP 502 without/],
  ['a page in place of a result', () => Promise.resolve(new Response('<html>')), 200, /^HTTP 200 without/],
] as const)
  test(`${sentence} leaves the outcome of a write open, and has its operation id`, async () => {
    let sent: unknown;
    const stripe = stripeConnector({
      address: 'http://connector.test',
      maxAttempts: 1,
      fetch: (_url, init) => {
        ({ operationId: sent } = JSON.parse(String(init?.body)) as { operationId?: unknown });
        return respond();
      },
    });
    const failure = await customersOf(stripe)
      .create({})
      .catch((error: unknown) => error);
    assert.ok(failure instanceof ConnectorFailure);
    assert.equal(typeof sent, 'string');
    assert.deepEqual(
      [failure.httpStatus, failure.reason, failure.operationId, failure.effect],
      [httpStatus, 'CLIENT_NO_RESPONSE', sent, 'unknown'],
    );
    assert.match(failure.message, message);
    const read = await customersOf(stripe)
      .get('cus_1')
      .catch((error: unknown) => error);
    assert.equal((read as ConnectorFailure).effect, undefined);
  });

test('a rejection by Cloud Run did not reach the connector', async () => {
  const stripe = stripeConnector({
    address: 'http://connector.test',
    fetch: () => Promise.resolve(new Response('<html>', { status: 403 })),
  });
  const failure = await customersOf(stripe)
    .create({})
    .catch((error: unknown) => error);
  assert.ok(failure instanceof ConnectorFailure);
  assert.deepEqual([failure.httpStatus, failure.effect], [403, undefined]);
});
