/**
 * Every write, crashed at every step: each question to a store, to Stripe and to a topic, before and after it took place,
 * where the worker is killed, the call throws, or gets no response. The next worker must end in exactly one effect
 * or in a definite failure. In virtual time, so that leases lapse at once.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryDeadLetters } from '../../shared/adapters/memory/dead-letters.ts';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { memoryTokens } from '../../shared/adapters/memory/tokens.ts';
import { ConnectorError } from '../../shared/errors.ts';
import { StoreUnavailableError } from '../../shared/ports/store-errors.ts';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { FULL_SIZES, sized } from '../support/sizes.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { interceptStore } from '../support/operation-stores.ts';
import { LISTED, stripeDouble, type StripeDouble } from './stripe-double.ts';

const NINE: readonly (readonly [string, object])[] = [
  ['ConfirmPaymentIntent', { PaymentIntentId: 'pi_1234567', ReturnUrl: 'https://a.b' }],
  ['CapturePaymentIntent', { PaymentIntentId: 'pi_1234567' }],
  ['CancelPaymentIntent', { PaymentIntentId: 'pi_1234567' }],
  ['AttachPaymentMethodToCustomer', { PaymentMethodId: 'pm_1234567', CustomerId: 'cus_1234567' }],
  ['DetachPaymentMethodFromCustomer', { PaymentMethodId: 'pm_1234567' }],
  ['FinalizeInvoice', { InvoiceId: 'in_1234567' }],
  ['FinalizeQuote', { QuoteId: 'qt_1234567' }],
  ['AcceptQuote', { QuoteId: 'qt_1234567' }],
  ['CancelQuote', { QuoteId: 'qt_1234567' }],
];
const clause = { entity: 'Customer', filterClause: "Email = 'a@b.c'" };
/** One of the actions in `npm test`: all of them run the same steps. */
const EVERY = sized(9, 1);
const WRITES: readonly { readonly name: string; readonly ask: object; readonly effects: number }[] = [
  ...NINE.filter((_, index) => index % EVERY === 0).map(([action, connectorInputPayload]) => ({
    name: action,
    ask: { action, connectorInputPayload },
    effects: 1,
  })),
  {
    name: 'Create',
    ask: { operation: 'Create', entity: 'Customer', connectorInputPayload: { Name: 'x' } },
    effects: 1,
  },
  {
    name: 'Update',
    ask: { operation: 'Update', entity: 'Customer', entityId: 'cus_1234567', connectorInputPayload: { Name: 'x' } },
    effects: 1,
  },
  { name: 'Delete', ask: { operation: 'Delete', entity: 'Customer', entityId: 'cus_1234567' }, effects: 1 },
  {
    name: 'Update by clause',
    ask: { operation: 'Update', ...clause, connectorInputPayload: { Name: 'x' } },
    effects: LISTED.length,
  },
  { name: 'Delete by clause', ask: { operation: 'Delete', ...clause }, effects: LISTED.length },
];

/** `away`: from this step on the store gives no answer, until the next delivery. */
const CRASHES = ['kill', 'throw', 'hang', 'away'] as const;
type Crash = (typeof CRASHES)[number];

/** One step, and what happens there. */
interface Fate {
  readonly step: number;
  readonly moment: 'before' | 'after';
  readonly crash: Crash;
}

/** What outlives a worker. */
class World {
  readonly clock = new VirtualClock();
  readonly stripe: StripeDouble = stripeDouble();
  readonly operations = memoryOperations(this.clock);
  readonly tokens = memoryTokens(this.clock);
  readonly deadLetters = memoryDeadLetters();
  readonly published: { topic: string; id: string | undefined; outcome: string | undefined }[] = [];
  /** Of the first worker: its steps, by name. */
  readonly steps: string[] = [];

  /** A worker whose steps have a fate; the next ones have none. */
  worker(fate?: Fate): { connector: TestConnector; killed: () => boolean } {
    let dead = false;
    let storeAway = false;
    let count = 0;
    const isDead = (): boolean => dead;
    const never = new Promise<never>(() => undefined);
    const step = async <T>(name: string, work: () => Promise<T>, unanswered: () => Promise<T>): Promise<T> => {
      if (dead) return never;
      const mine = count;
      count += 1;
      this.steps.push(name);
      if (storeAway && name === 'record') return unanswered();
      const met = fate?.step === mine ? fate : undefined;
      if (met?.crash === 'away') storeAway = true;
      if (met?.moment === 'after') await work();
      if (met === undefined) {
        const result = await work();
        return isDead() ? never : result;
      }
      if (met.crash === 'kill') {
        dead = true;
        return never;
      }
      if (met.crash === 'throw') throw new Error('an unexpected error');
      return unanswered();
    };
    const { clock, stripe, operations, tokens } = this;
    const silent = async <T>(ms: number): Promise<T> => {
      await clock.sleep(ms);
      throw new StoreUnavailableError('no response');
    };
    const letters = this.deadLetters;
    const connector = testConnector({
      clock,
      open: true,
      settings: { min_nodes: 10, max_nodes: 10, max_delivery_attempts: 10 },
      tokens: {
        ...tokens,
        reserve: (request) =>
          step(
            'take a turn',
            () => tokens.reserve(request),
            () => silent(2000),
          ),
      },
      operations: interceptStore(operations, (_, proceed) => step('record', proceed, () => silent(2000))),
      stripe: {
        ready: () => Promise.resolve(),
        send: (request, key, timeoutMs) =>
          step(
            `${request.method} Stripe`,
            () => stripe.send(request, key, timeoutMs),
            async () => {
              await clock.sleep(timeoutMs);
              return { ok: false, kind: 'lost', message: 'timeout', stripeError: {} };
            },
          ),
      },
      publisher: {
        publish: (topic, { attributes }) =>
          step(
            `publish ${topic.split('/').at(-1) ?? ''}`,
            () =>
              Promise.resolve(
                void this.published.push({ topic, id: attributes['ce-id'], outcome: attributes['outcome'] }),
              ),
            async () => {
              await clock.sleep(3000);
              throw new ConnectorError('UNAVAILABLE', 'no response', { reason: 'PUBSUB_UNAVAILABLE' });
            },
          ),
      },
    });
    const deadLetters = {
      ...letters,
      put: (...one: Parameters<typeof letters.put>) =>
        step(
          'dead-lettered',
          () => letters.put(...one),
          () => silent(2000),
        ),
    };
    return { connector: { ...connector, deadLetters }, killed: isDead };
  }

  /** Delivers the message again and again, each time to a fresh worker, until one acknowledges it. How often. */
  async deliver(ask: object, fate?: Fate, afterFirst?: () => void): Promise<number> {
    for (let deliveries = 1; deliveries <= 20; deliveries += 1) {
      if (deliveries === 2) afterFirst?.();
      const { connector, killed } = this.worker(deliveries === 1 ? fate : undefined);
      let acknowledged: boolean | undefined;
      const arrived = {
        id: 'm-1',
        data: Buffer.from(JSON.stringify({ ...ask, operationId: 'op' })).toString('base64'),
        attributes: {},
        publishedMs: undefined,
        orderingKey: '',
        // The last one is acknowledged, with a dead letter: an outcome that stays unknown does not come for ever.
        deliveryAttempt: deliveries,
      };
      void handleMessage(connector, arrived, []).then(
        ({ retry: again }) => (acknowledged = again === undefined),
        () => (acknowledged = false),
      );
      for (let waited = 0; acknowledged === undefined && !killed(); waited += 1) {
        assert.ok(waited < 700, 'a worker does not come to an end');
        await this.clock.advance(1000);
      }
      if (acknowledged === true) return deliveries;
      await this.clock.advance(10_000);
    }
    return Infinity;
  }
}

/** What must hold whatever happened. */
function check(world: World, deliveries: number, effects: number, where: string): void {
  const { stripe, published } = world;
  assert.ok(deliveries < 20, `${where}: never acknowledged`);
  const all = [...stripe.effects.values()];
  assert.deepEqual(
    all,
    Array.from({ length: effects }, () => 1),
    `${where}: effects`,
  );
  const keys = new Map<string, Set<string>>();
  for (const { method, path, idempotencyKey } of stripe.sent)
    if (method === 'POST') keys.set(path, (keys.get(path) ?? new Set()).add(idempotencyKey ?? ''));
  for (const [path, used] of keys) assert.equal(used.size, 1, `${where}: ${path} under ${[...used].join()}`);
  const results = published.filter(({ topic }) => topic.endsWith('/results'));
  assert.ok(results.length >= 1, `${where}: no result`);
  assert.equal(new Set(results.map(({ id }) => id)).size, 1, `${where}: results of two ids`);
}

/** In the small size, half of the crashes of writes by clause: their steps repeat for each row. */
const isSkipped = (name: string, step: number, crash: (typeof CRASHES)[number]): boolean =>
  !FULL_SIZES && name.endsWith('by clause') && (step + CRASHES.indexOf(crash)) % 2 === 1;

let swept = 0;
for (const { name, ask, effects } of WRITES) {
  for (const declines of [false, true]) {
    test(`${name}, ${declines ? 'declined by Stripe' : 'completed'}: a crash at every step`, async () => {
      const expected = declines ? 0 : effects;
      const calm = new World();
      calm.stripe.declines = declines;
      check(calm, await calm.deliver(ask), expected, 'without a crash');
      const steps = [...calm.steps];
      assert.ok(
        steps.includes('record') && steps.some((one) => one.endsWith('Stripe')) && steps.includes('publish results'),
      );
      for (let step = 0; step < steps.length; step += 1)
        for (const moment of ['before', 'after'] as const)
          for (const crash of CRASHES) {
            if ((crash === 'away' && steps[step] !== 'record') || isSkipped(name, step, crash)) continue;
            const world = new World();
            world.stripe.declines = declines;
            const where = `${crash} ${moment} step ${step} (${steps[step] ?? ''})`;
            check(world, await world.deliver(ask, { step, moment, crash }), expected, where);
            swept += 1;
          }
    });
  }
}
// https://docs.stripe.com/api/idempotent_requests: an error before the endpoint runs says nothing about an earlier attempt.
for (const { name, ask, effects } of WRITES) {
  test(`${name}: the response is lost, then access is missing, then it is back, with a crash at every step`, async () => {
    const steps = await stepsOf(ask);
    for (let step = 0; step < steps.length; step += 1)
      for (const moment of ['before', 'after'] as const)
        for (const crash of CRASHES) {
          if ((crash === 'away' && steps[step] !== 'record') || isSkipped(name, step, crash)) continue;
          for (const withoutAccess of sized(step % 2 === 0 ? [1] : [5], [1, 5])) {
            const world = new World();
            const where = `${crash} ${moment} step ${step} (${steps[step] ?? ''}), ${withoutAccess} times without access`;
            const deliveries = await world.deliver(ask, { step, moment, crash }, () => {
              world.stripe.withoutAccess = withoutAccess;
            });
            assert.ok(deliveries < 20, `${where}: never acknowledged`);
            saysTheTruth(world, effects, where);
            swept += 1;
          }
        }
  });
}

/** The steps of a delivery in which nothing goes wrong. */
async function stepsOf(ask: object): Promise<readonly string[]> {
  const calm = new World();
  await calm.deliver(ask);
  return [...calm.steps];
}

/** No effect twice, no success without all effects, and none at all behind a message that failed as a whole. */
function saysTheTruth({ stripe, published }: World, effects: number, where: string): void {
  const all = [...stripe.effects.values()];
  assert.ok(
    all.every((one) => one === 1),
    `${where}: ${all.join()} effects`,
  );
  const outcomes = new Set(published.filter(({ topic }) => topic.endsWith('/results')).map(({ outcome }) => outcome));
  assert.equal(outcomes.size, 1, `${where}: outcomes ${[...outcomes].join()}`);
  if (outcomes.has('succeeded')) assert.equal(all.length, effects, `${where}: succeeded`);
  // Of several rows some may be done.
  else if (effects === 1) assert.equal(all.length, 0, `${where}: failed`);
}

test('the sweep had crashes', () => {
  console.log(`${swept} crashes of ${WRITES.length * 2} writes`);
  assert.ok(swept > sized(600, 1000), String(swept));
});
