/**
 * A backlog of messages against the limit, in virtual time: the real automation, limiter and idempotency, with Pub/Sub's
 * push played by the test: so many deliveries at once, a nack comes again after a back-off and counts.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json' with { type: 'json' };
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { memoryTokens } from '../../shared/adapters/memory/tokens.ts';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import type { PubsubMessage } from '../../shared/automation/push-message.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { sized } from '../support/sizes.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

interface Drain {
  readonly messages: number;
  readonly instances: number;
  /** Deliveries that one instance takes at once. */
  readonly concurrency: number;
  readonly settings?: object;
  readonly ask: (index: number) => object;
}

interface Drained {
  /** Of each message: how often it was delivered. */
  readonly deliveries: readonly number[];
  readonly released: readonly number[];
  readonly connectors: readonly TestConnector[];
}

async function drain({ messages, instances, concurrency, ask, ...more }: Drain): Promise<Drained> {
  const clock = new VirtualClock();
  const released: number[] = [];
  const stripe = fakeStripe(({ path }) => {
    released.push(clock.monotonicMs());
    // https://docs.stripe.com/api: the object of `/v1/refunds` is a `refund`
    return { id: `one_${released.length}`, object: path.split('/')[2]?.replace(/s$/, '') ?? '', path };
  });
  const [tokens, operations] = [memoryTokens(clock), memoryOperations(clock)];
  const settings = { min_nodes: instances, max_nodes: instances, ...more.settings };
  const connectors = Array.from({ length: instances }, () =>
    testConnector({ clock, stripe, tokens, operations, settings }),
  );
  const deliveries = Array.from({ length: messages }, () => 0);
  const waiting = deliveries.map((_, index) => index);
  let open = messages;
  const deliver = async (connector: TestConnector, index: number): Promise<void> => {
    deliveries[index] = (deliveries[index] ?? 0) + 1;
    const arrived: PubsubMessage = {
      id: `m-${index}`,
      data: Buffer.from(JSON.stringify(ask(index))).toString('base64'),
      attributes: {},
      publishedMs: clock.epochMs() - clock.monotonicMs(),
      orderingKey: '',
      deliveryAttempt: deliveries[index],
    };
    const { retry: again } = await handleMessage(connector, arrived, manifest.functions);
    if (again === undefined) open -= 1;
    else {
      await clock.sleep(Math.min(600_000, 10_000 * 2 ** ((deliveries[index] ?? 1) - 1)));
      waiting.push(index);
    }
  };
  const worker = async (connector: TestConnector): Promise<void> => {
    while (open > 0) {
      const index = waiting.shift();
      if (index === undefined) await clock.sleep(1000);
      else await deliver(connector, index);
    }
  };
  const workers = connectors.flatMap((one) => Array.from({ length: concurrency }, () => worker(one)));
  const through = Promise.all(workers);
  while (open > 0) await clock.advance(10_000);
  await clock.advance(10_000);
  await through;
  return { deliveries, released, connectors };
}

function check({ deliveries, released, connectors }: Drained, perSecond: number, mostDeliveries: number): void {
  const messages = deliveries.length;
  const took = ((released.at(-1) ?? 0) - (released[0] ?? 0)) / 1000;
  const used = messages / took / perSecond;
  console.log(
    `${messages} messages in ${Math.round(took)} s: ${used.toFixed(3)} of ${perSecond} a second, at most ${Math.max(...deliveries)} deliveries`,
  );
  const published = connectors.flatMap((one) => one.published);
  assert.equal(published.filter(({ topic }) => topic.endsWith('/dead-letters')).length, 0);
  assert.equal(new Set(published.map(({ attributes }) => attributes['operationId'])).size, messages);
  assert.equal(released.length, messages, 'each is sent once');
  assert.ok(used >= 0.9, String(used));
  assert.ok(Math.max(...deliveries) <= mostDeliveries, String(Math.max(...deliveries)));
  for (let at = 0; at + perSecond < released.length; at += 1)
    assert.ok(
      (released[at + perSecond] ?? Infinity) - (released[at] ?? 0) >= 1000,
      `more than ${perSecond} in a second`,
    );
}

const WRITES = sized(600, 10_000);
test(`${WRITES} writes for two instances of 20 drain at the capacity: every message is executed once`, async () => {
  const ask = (index: number): object => ({
    function: 'create-entity',
    entity: 'Customer',
    connectorInputPayload: { Name: `n ${index}` },
  });
  check(await drain({ messages: WRITES, instances: 2, concurrency: 20, ask }), 12, 1);
});

/** At this rate the messages need longer than the ack deadline of 600 s. */
const [LATE, PER_SECOND] = sized([650, 1], [1500, 2]);
test('more messages than fit into the ack deadline, delivered at once: held, nacked, and none dead-lettered', async () => {
  const ask = (): object => ({ operation: 'Get', entity: 'Customer', entityId: 'cus_1234567' });
  const drained = await drain({
    messages: LATE,
    instances: 1,
    concurrency: LATE,
    settings: { account_ceiling: PER_SECOND },
    ask,
  });
  check(drained, PER_SECOND, 5);
  assert.ok(Math.max(...drained.deliveries) > 1, 'some had to come again');
});
