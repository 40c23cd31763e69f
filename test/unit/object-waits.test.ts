/** Calls that wait for an object which Stripe reported as locked: who is held back, what is reported, and what it costs. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { isConnectorError, type ConnectorError } from '../../shared/errors.ts';
import { idempotentRequest } from '../../shared/idempotency/idempotent-request.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { WaitReport } from '../../shared/stripe/call-context.ts';
import type { StripeFailure, StripeRequest, StripeResult } from '../../shared/stripe/transport.ts';
import { callContext } from '../support/calls.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { stripeFailure } from '../support/stripe-results.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const PATH = '/v1/payment_intents';
/** Stripe takes so long for a request. */
const STRIPE_MS = 200;

/** https://docs.stripe.com/rate-limits#object-lock-timeouts */
const LOCKED = { ...stripeFailure(429, { code: 'lock_timeout' }), retryAfterMs: 1000, shouldRetry: false };
/** https://docs.stripe.com/rate-limits: `Stripe-Rate-Limited-Reason` */
const OBJECT_LIMIT: StripeFailure = {
  ...stripeFailure(429, { code: 'rate_limit' }),
  rateLimitedReason: 'resource-specific',
  retryAfterMs: 1000,
  shouldRetry: false,
};

interface Stage {
  readonly clock: VirtualClock;
  readonly connector: TestConnector;
  readonly sent: { readonly request: StripeRequest; readonly atMs: number }[];
  /** The ids with which the store of operations was called. */
  readonly stored: string[];
}

/** Twelve requests a second; Stripe's first result is a failure. */
function stage(failure: StripeFailure): Stage {
  const clock = new VirtualClock(1000);
  const sent: { request: StripeRequest; atMs: number }[] = [];
  const stored: string[] = [];
  const memory = memoryOperations(clock);
  const noted = <T>(id: string, call: () => Promise<T>): Promise<T> => {
    stored.push(id);
    return call();
  };
  const operations: OperationStore = {
    create: (id, transition) => noted(id, () => memory.create(id, transition)),
    update: (id, transition) => noted(id, () => memory.update(id, transition)),
    replaceOwn: (id, transition) => noted(id, () => memory.replaceOwn(id, transition)),
  };
  const connector = testConnector({
    clock,
    operations,
    settings: { max_wait_ms: 3000, verbosity: '2' },
    stripe: {
      ready: () => Promise.resolve(),
      async send(request): Promise<StripeResult> {
        sent.push({ request, atMs: clock.monotonicMs() });
        const first = sent.length === 1;
        if (!first) await clock.sleep(STRIPE_MS);
        return first ? failure : { ok: true, body: { id: 'pi_1', object: 'payment_intent' } };
      },
    },
  });
  return { clock, connector, sent, stored };
}

interface Given {
  readonly id: string;
  readonly account?: string;
  readonly operationId?: string;
  readonly waits?: WaitReport;
}

let calls = 0;

/** A call to an object: a write, or a read without an operation id. */
function call(
  { clock, connector }: Stage,
  given: Given,
  method: 'GET' | 'POST' = 'POST',
): Promise<ConnectorError | 'done'> {
  const { id, account, waits, operationId = `call-${(calls += 1)}` } = given;
  const request: StripeRequest = {
    method,
    path: `${PATH}/${id}`,
    params: {},
    account,
    ...(method === 'POST' && { idempotencyKey: 'set by the lease' }),
  };
  const context = callContext(clock, { waits, ...(method === 'POST' && { operationId }), freshId: true });
  return idempotentRequest(connector.deps, request, context).then(
    () => 'done' as const,
    (cause: unknown) => {
      assert.ok(isConnectorError(cause));
      return cause;
    },
  );
}

/** A stage on which Stripe has reported `pi_1` at 1000 ms. */
async function held(failure: StripeFailure): Promise<Stage> {
  const ready = stage(failure);
  const [first] = await Promise.all([call(ready, { id: 'pi_1' }), ready.clock.advance(100)]);
  assert.notEqual(first, 'done');
  return ready;
}

const sentTo = ({ sent }: Stage, id: string): number[] =>
  sent.filter(({ request }) => request.path.endsWith(id)).map(({ atMs }) => atMs);

test('the header, the log and the recent requests say that a call waited for its object, and how long', async () => {
  const ready = await held(LOCKED);
  const waits = new WaitReport();
  await Promise.all([call(ready, { id: 'pi_1', waits }), ready.clock.advance(3000)]);
  const header = /^interactive; object=(\d+)$/.exec(waits.toHeader() ?? '');
  assert.ok(header !== null, waits.toHeader());
  const waitedMs = Number(header[1]);
  assert.ok(waitedMs > 800 && waitedMs <= 1000, header[0]);
  const { facts } =
    ready.connector.logged.filter(({ message }) => message === 'stripe request').at(-1) ?? assert.fail();
  const line = facts as Record<string, unknown>;
  assert.deepEqual([line['waitedFor'], line['objectWaitMs'], line['priority']], ['object', waitedMs, 'interactive']);
  assert.ok(Number(line['tokenWaitMs']) < 50);
  const [entry] = ready.connector.recentRequests.recent();
  assert.equal(entry?.waitedFor, 'object');
  assert.ok(entry.waitedMs >= waitedMs && entry.waitedMs < waitedMs + 50, String(entry.waitedMs));
});

test('a call that its object held back for too long is logged, and its error names class and reason', async () => {
  const ready = await held({ ...LOCKED, retryAfterMs: 9000 });
  const [error] = await Promise.all([call(ready, { id: 'pi_1' }), ready.clock.advance(9000)]);
  assert.ok(error !== 'done');
  assert.equal(error.details.reason, 'LOCK_TIMEOUT');
  assert.match(error.message, /\(class interactive, waits for object\)/);
  assert.ok(
    ready.connector.logged.some(
      ({ severity, message, facts }) =>
        severity === 'WARNING' && message === 'object in use' && 'waitsFor' in facts && facts.waitsFor === 'object',
    ),
  );
});

test('the object of one account is held back, not that of another account with the same id', async () => {
  const ready = await held(LOCKED);
  const both = Promise.all([call(ready, { id: 'pi_1' }), call(ready, { id: 'pi_1', account: 'acct_other' })]);
  await ready.clock.advance(3000);
  assert.deepEqual(await both, ['done', 'done']);
  const [, other = 0, own = 0] = sentTo(ready, 'pi_1');
  assert.ok(other < 1200 && own >= 2000, `${other}, ${own}`);
});

test("reads of an object wait too after Stripe's 429 about it, and no read waits after a lock_timeout", async () => {
  for (const [failure, earliestMs] of [
    [OBJECT_LIMIT, 2000],
    [LOCKED, 1100],
  ] as const) {
    const ready = await held(failure);
    const both = Promise.all([call(ready, { id: 'pi_1' }, 'GET'), call(ready, { id: 'pi_2' }, 'GET')]);
    await ready.clock.advance(3000);
    assert.deepEqual(await both, ['done', 'done']);
    const [at = 0] = sentTo(ready, 'pi_1').slice(1);
    assert.ok(at >= earliestMs && at < earliestMs + 150, String(at));
    assert.ok((sentTo(ready, 'pi_2')[0] ?? Infinity) < 1250, 'another object');
  }
});

test('calls that wait for one object take no place from calls of other objects', async () => {
  const ready = await held({ ...LOCKED, retryAfterMs: 2500 });
  const waiting = Promise.all(Array.from({ length: 200 }, () => call(ready, { id: 'pi_1' })));
  await ready.clock.advance(100);
  const others = Promise.all(Array.from({ length: 6 }, () => call(ready, { id: 'pi_2' })));
  await ready.clock.advance(500);
  assert.deepEqual(sentTo(ready, 'pi_2').length, 6);
  await ready.clock.advance(10_000);
  assert.deepEqual([...new Set(await others)], ['done']);
  await waiting;
});

test('of 1,000 writes to a held object, those that it cannot serve in time cost no call to the store', async () => {
  const ready = await held(LOCKED);
  ready.stored.length = 0;
  const all = Promise.all(
    Array.from({ length: 1000 }, (_, index) => call(ready, { id: 'pi_1', operationId: `o${index}` })),
  );
  await ready.clock.advance(20_000);
  const ended = await all;
  const refused = new Set(ended.flatMap((one, index) => (one === 'done' ? [] : [`o${index}`])));
  assert.ok(refused.size >= 980 && refused.size < 1000, String(refused.size));
  const stored = ready.stored.filter((id) => refused.has(id));
  assert.ok(stored.length <= 0.05 * refused.size, `${stored.length} calls to the store for ${refused.size}`);
});
