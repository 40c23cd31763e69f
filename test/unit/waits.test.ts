/** What a call waited for before its requests, and for how long: header, log, console, explain, error. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseResponse, RawResponse } from '../../shared/adapters/stripe/response.ts';
import { entityHandler } from '../../shared/http/operation-handlers.ts';
import { capacity, type Limits } from '../../shared/rate-limiter/capacity.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { WaitReport } from '../../shared/stripe/call-context.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { stripeFailure } from '../support/stripe-results.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { ok, post, run } from './stripe-client-run.ts';

const LIMITS: Limits = {
  minNodes: 2,
  maxNodes: 50,
  limitScope: 'node',
  accountCeiling: 100,
  endpointCeiling: 1000,
  searchCeiling: 1000,
  filesCeiling: 1000,
};

for (const [live, limits, bound] of [
  [1, LIMITS, 'rate'],
  [16, LIMITS, 'rate'],
  [17, LIMITS, 'account'],
] as const)
  test(`${live} instances are bound by ${bound}`, () => assert.equal(capacity(live, limits).bound, bound));

test('a report names the class and the milliseconds of each wait', () => {
  const report = new WaitReport();
  assert.equal(report.toHeader(), undefined);
  // The way to the store.
  report.add('read', 'rate', 24);
  assert.deepEqual([report.toHeader(), report.waited], ['read', false]);
  report.add('bulk', 'rate', 300);
  report.add('bulk', 'rate', 60.4);
  report.add('bulk', 'object', 120);
  assert.deepEqual([report.toHeader(), report.waited], ['read; rate=360; object=120', true]);
});

const READ = { entity: 'Customer', entityId: 'cus_1' };

/** Reads at once on an instance that may send six a second. */
async function reads(connector: TestConnector, clock: VirtualClock, count: number) {
  const handler = entityHandler('Get');
  const all = Array.from({ length: count }, () => {
    const waits = new WaitReport();
    const { run: send } = handler.prepare(connector, READ, { deadlineMs: 20_000, responseFlags: new Set(), waits });
    return send().then(
      () => ({ waits, error: undefined }),
      (error: unknown) => ({ waits, error }),
    );
  });
  await clock.advance(10_000);
  return Promise.all(all);
}

test('calls report their wait for the rate; a rejected one names its class and what it waits for', async () => {
  const clock = new VirtualClock(1000);
  const stripe = fakeStripe({ 'GET /v1/customers/cus_1': { id: 'cus_1', object: 'customer' } });
  const settings = { limit_scope: 'connection', max_wait_ms: 1500, verbosity: '2' };
  const connector = testConnector({ clock, stripe, settings });
  const ended = await reads(connector, clock, 20);
  const served = ended.filter(({ error }) => error === undefined);
  assert.equal(served.length, 12);
  assert.equal(served.filter(({ waits }) => waits.toHeader() === 'read').length, 6);
  for (const { waits } of served.slice(6)) assert.match(waits.toHeader() ?? '', /^read; rate=10[45]\d$/);
  for (const { error } of ended.slice(12)) {
    assert.ok(isConnectorError(error));
    assert.match(error.message, /\(class read, waits for rate\)/);
  }
  const logged = connector.logged.filter(({ message }) => message === 'stripe request').map(({ facts }) => facts);
  assert.equal(logged.filter((facts) => 'waitedFor' in facts && facts.waitedFor === 'rate').length, 6);
  const entries = connector.recentRequests.recent();
  assert.ok(entries.every(({ priority }) => priority === 'read'));
  assert.equal(entries.filter(({ waitedFor }) => waitedFor === 'rate').length, 6 + 8);
});

for (const [operation, body, priority] of [
  ['List', { entity: 'Customer' }, 'read'],
  ['List', { entity: 'Customer', priority: 'bulk' }, 'bulk'],
  ['Update', { entity: 'Customer', entityId: 'cus_1', connectorInputPayload: { Name: 'Jane' } }, 'interactive'],
  ['Delete', { entity: 'Customer', filterClause: "Email = 'a@example.com'" }, 'bulk'],
] as const)
  test(`explain of ${operation} names the class ${priority}`, async () => {
    const clock = new VirtualClock();
    const connector = testConnector({ clock, stripe: fakeStripe({}) });
    const terms = { operationId: 'op', deadlineMs: 1000, responseFlags: new Set<string>() };
    const { body: answer } = await entityHandler(operation)
      .prepare(connector, { ...body, explain: true }, terms)
      .run();
    assert.equal((answer['explain'] as { priority: string }).priority, priority);
  });

test('explain of a later page names the class of its requests', async () => {
  const customers = ['cus_1', 'cus_2'].map((id) => ({ id, object: 'customer' }));
  const stripe = fakeStripe({ 'GET /v1/customers': { object: 'list', data: customers, has_more: true } });
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe });
  const terms = { deadlineMs: 1000, responseFlags: new Set<string>() };
  const list = (more: object) =>
    entityHandler('List')
      .prepare(connector, { entity: 'Customer', listEntitiesPageSize: 1, ...more }, terms)
      .run();
  const [{ body: first }] = await Promise.all([list({}), clock.advance(500)]);
  const { body: later } = await list({ listEntitiesPageToken: first['listEntitiesNextPageToken'], explain: true });
  assert.equal((later['explain'] as { priority: string }).priority, 'bulk');
});

test("Stripe's 429 about one object holds back that object, and the connection keeps its pace", async () => {
  const failure = { ...stripeFailure(429, { code: 'rate_limit' }), rateLimitedReason: 'resource-specific' };
  const { paces, throttled, logged } = await run({ ...post, path: '/v1/payment_intents/pi_1' }, [failure, ok]);
  assert.deepEqual(paces, []);
  assert.deepEqual([...throttled], ['object_rate_limit']);
  assert.ok(logged.some((line) => line.includes('object locked') && line.includes('/v1/payment_intents/pi_1')));
});

// https://docs.stripe.com/rate-limits
test("Stripe's header names why a request was limited", () => {
  const headers = { 'stripe-rate-limited-reason': 'resource-specific', 'request-id': 'req_1' };
  const error = { error: { type: 'invalid_request_error', code: 'rate_limit' } };
  const result = parseResponse(new RawResponse(429, headers, error, () => undefined));
  assert.ok(!result.ok);
  assert.equal(result.rateLimitedReason, 'resource-specific');
});
