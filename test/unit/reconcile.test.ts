/** Events that no webhook delivered are read from Stripe and published once; a gap is reported. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { reconcile, type ReconcileSummary } from '../../shared/webhooks/reconcile/reconcile-list.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { countedTransport, inVirtualTime, type CountedTransport } from '../support/virtual-time.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

let offsetMs = 0;
/** A wall clock that a test may move on by days. */
class MovedClock extends VirtualClock {
  override epochMs(): number {
    return super.epochMs() + offsetMs;
  }
}
const clock = new MovedClock();
let sandbox: Sandbox;
let stripe: CountedTransport;
let connector: TestConnector;

before(async () => {
  sandbox = await startSandbox({ seed: 61, now: () => Math.floor(clock.epochMs() / 1000) });
  stripe = countedTransport(sdkTransport({ base: sandbox.url }));
});
after(() => sandbox.close());
beforeEach(() => {
  offsetMs += 100 * DAY;
  sandbox.faults.clear();
  connector = fresh();
});

function fresh(settings: object = {}): TestConnector {
  return testConnector({
    clock,
    stripe,
    operations: memoryOperations(clock),
    settings: { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000, ...settings },
  });
}

async function make(name: string): Promise<void> {
  const response = await fetch(`${sandbox.url}/v1/customers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SANDBOX_KEY}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: `name=${name}`,
  });
  assert.equal(response.status, 200);
}

async function run(one = connector, ms = 60_000): Promise<ReconcileSummary> {
  const running = reconcile(one, undefined, clock.monotonicMs() + ms);
  const { summary, failure } = await inVirtualTime(clock, running, stripe.busy);
  if (failure !== undefined) throw failure;
  return summary;
}
const names = (one = connector): string[] =>
  one.published.map(
    ({ data }) => (JSON.parse(data) as { data?: { object?: { name?: string } } }).data?.object?.name ?? '',
  );
const later = (ms: number): void => void (offsetMs += ms);

test('publishes events that were missed since the last success once, oldest first', async () => {
  for (const name of ['one', 'two', 'three']) {
    await make(name);
    later(5 * MINUTE);
  }
  const first = await run();
  assert.deepEqual(names(), ['one', 'two', 'three']);
  assert.deepEqual([first.counts, first.complete, first.gap], [{ published: 3 }, true, undefined]);
  later(30 * MINUTE);
  await make('four');
  later(2 * MINUTE);
  await run();
  assert.deepEqual(names(), ['one', 'two', 'three', 'four']);
  await run();
  assert.equal(connector.published.length, 4, 'what is looked at again is not published again');
});

test('does not publish an event again that a webhook delivered', async () => {
  await make('brought');
  later(2 * MINUTE);
  const list = (await (
    await fetch(`${sandbox.url}/v1/events?limit=1`, { headers: { authorization: `Bearer ${SANDBOX_KEY}` } })
  ).json()) as { data: unknown[] };
  assert.equal(await publishEvent(connector, parseEvent(list.data[0])), 'published');
  assert.deepEqual((await run()).counts, { duplicate: 1 });
  assert.equal(connector.published.length, 1);
});

test('leaves the last minute to the webhook', async () => {
  await make('new');
  assert.deepEqual((await run()).counts, {});
  later(2 * MINUTE);
  assert.deepEqual((await run()).counts, { published: 1 });
});

test('skips types that event_types does not select', async () => {
  connector = fresh({ event_types: ['invoice.*'] });
  await make('unsubscribed');
  later(2 * MINUTE);
  assert.deepEqual((await run()).counts, { ignored_type: 1 });
  assert.equal(connector.published.length, 0);
});

test('misses nothing after days, many pages and empty windows', async () => {
  await run();
  for (let n = 0; n < 230; n += 1) await make(`many-${n}`);
  later(20 * DAY);
  await make('after');
  later(2 * DAY);
  const { counts, complete } = await run();
  assert.ok(complete);
  assert.deepEqual(counts, { published: 231 });
  assert.deepEqual(names(), [...Array.from({ length: 230 }, (_, n) => `many-${n}`), 'after']);
});

test('reports a gap of more than 30 days in the log, in the response and as an event', async () => {
  later(MINUTE);
  await run();
  await make('lost permanently');
  later(31 * DAY);
  await make('seen');
  later(2 * MINUTE);
  const { gap, complete } = await run();
  assert.ok(complete && gap !== undefined && gap.toS > gap.fromS);
  assert.ok(connector.logged.some(({ severity, message }) => severity === 'ERROR' && message.includes('event gap')));
  assert.equal(connector.published[0]?.attributes['ce-type'], 'stripe-connector.events.gap.v1');
  assert.deepEqual(JSON.parse(connector.published[0].data), { account: null, list: 'v1', reason: 'retention', ...gap });
  assert.deepEqual(names().slice(1), ['seen']);
});

test('if Stripe or Pub/Sub fails the cursor stays, and the next run publishes the missing events', async () => {
  await run();
  later(10 * MINUTE);
  await make('a');
  await make('b');
  later(2 * MINUTE);
  sandbox.faults.add({ kind: 'error_500', times: 9, path: '/v1/events' });
  await assert.rejects(run());
  sandbox.faults.clear();
  let fail = true;
  const publish = connector.publisher.publish.bind(connector.publisher);
  const flaky: TestConnector = {
    ...connector,
    publisher: {
      publish(topic, message) {
        if (!fail || message.data.includes('"a"')) return publish(topic, message);
        return Promise.reject(new Error('Pub/Sub is away'));
      },
    },
  };
  await assert.rejects(run(flaky), /away/);
  fail = false;
  assert.deepEqual((await run(flaky)).counts, { duplicate: 1, published: 1 });
  assert.deepEqual(names(), ['a', 'b']);
});

test('at the deadline the next run continues where this one stopped', async () => {
  await run();
  await make('x');
  later(3 * DAY);
  assert.equal((await run(connector, 0)).complete, false);
  assert.equal((await run()).complete, true);
  assert.deepEqual(names(), ['x']);
});

test('of two concurrent runs one reads, the other is rejected as retryable', async () => {
  await make('once');
  later(2 * MINUTE);
  const [one, other] = await Promise.allSettled([run(), run()]);
  assert.equal(one.status, 'fulfilled');
  assert.ok(other.status === 'rejected' && isConnectorError(other.reason));
  assert.equal(other.reason.details.reason, 'RECONCILE_RUNNING');
  assert.equal(connector.published.length, 1);
});
