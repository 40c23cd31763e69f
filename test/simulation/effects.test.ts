/**
 * Every effect word against the truth at Stripe: what happens to a first call, and then to a second call of the same
 * operation, all pairs, for each kind of write. `none` may be said only where Stripe has done nothing, `done` only where it
 * has, and no operation has two effects. From every pair a final state is reached: by a repeat, by what Stripe shows, or by
 * an operator's word. Time is virtual.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import { memoryTokens } from '../../shared/adapters/memory/tokens.ts';
import { toConnectorError, type ConnectorError, type Effect } from '../../shared/errors.ts';
import { REPEAT_WINDOW_US } from '../../shared/idempotency/record/claim.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { StoreUnavailableError } from '../../shared/ports/store-errors.ts';
import { operationReport } from '../../shared/idempotency/operation-report.ts';
import { resolveOperation } from '../../shared/idempotency/resolve-operation.ts';
import { priorEffect } from '../../shared/http/prior-effect.ts';
import type { PreparableOperation } from '../../shared/http/operation-handler.ts';
import { entityHandler, executeActionHandler } from '../../shared/http/operation-handlers.ts';
import { testConnector } from '../support/connector.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { interceptStore } from '../support/operation-stores.ts';
import { FULL_SIZES } from '../support/sizes.ts';
import { KeyedStripe, type Fate } from './keyed-stripe.ts';

const SIDES = ['before', 'after'] as const;
const WAYS = ['drop', 'time out', 'gateway 503', 'gateway 404', 'page 200', 'array 200', 'redirect'] as const;

/** How a read can fail that tells the outcome again. */
const READS: readonly Fate[] = [
  400,
  401,
  403,
  404,
  409,
  429,
  'no connection',
  ...WAYS.map((way): Fate => `${way} before`),
];

/** What happens to a call: to its requests, to its reads, to its record, or before any of them. */
interface Happening {
  readonly name: string;
  readonly fate?: Fate;
  readonly reads?: Fate;
  /** The step of the store that fails, counted from 0, before or after it is written. */
  readonly store?: { readonly step: number | 'all'; readonly side: 'before' | 'after' };
  readonly suspended?: true;
  readonly wrongInput?: true;
  readonly limiterAway?: true;
}

const HAPPENINGS: readonly Happening[] = [
  { name: 'all is well' },
  ...(
    ['declined', 'refused and saved', 'failed and saved', 400, 401, 403, 404, 409, 429, 'no connection'] as const
  ).map((fate) => ({ name: `Stripe: ${fate}`, fate })),
  ...WAYS.flatMap((way) => SIDES.map((side) => ({ name: `${way} ${side}`, fate: `${way} ${side}` as const }))),
  ...READS.map((reads) => ({ name: `reads: ${reads}`, reads })),
  ...([403, 404, 'drop before'] as const).map((fate) => ({ name: `all: ${fate}`, fate, reads: fate })),
  ...[0, 1].flatMap((step) =>
    SIDES.map((side) => ({ name: `store fails at step ${step}, ${side}`, store: { step, side } })),
  ),
  { name: 'the store is away', store: { step: 'all', side: 'before' } },
  { name: 'the answer is lost and then the store', fate: 'drop after', store: { step: 1, side: 'before' } },
  // A call that hangs renews its lease: its record is written more often.
  ...[1, 2, 3].flatMap((step) =>
    SIDES.map((side) => ({
      name: `time out after, and the store fails at step ${step}, ${side}`,
      fate: 'time out after' as const,
      store: { step, side },
    })),
  ),
  { name: 'the connection is suspended', suspended: true },
  { name: 'the connection is suspended and the store away', suspended: true, store: { step: 'all', side: 'before' } },
  { name: 'the input is wrong', wrongInput: true },
  { name: 'the limiter is away', limiterAway: true },
];

interface Write {
  readonly name: string;
  readonly service: PreparableOperation;
  readonly body: Readonly<Record<string, unknown>>;
}
const DESTINATION = {
  Name: 'x',
  Type: 'webhook_endpoint',
  EventPayload: 'thin',
  EnabledEvents: ['v1.billing.meter.no_meter_found'],
};
const WRITES: readonly Write[] = [
  {
    name: 'Create',
    service: entityHandler('Create'),
    body: { entity: 'Customer', connectorInputPayload: { Name: 'x' } },
  },
  {
    name: 'an action that answers a client secret',
    service: executeActionHandler(),
    body: { action: 'ConfirmPaymentIntent', connectorInputPayload: { PaymentIntentId: 'pi_1234567' } },
  },
  {
    name: 'Create in format native',
    service: entityHandler('Create'),
    body: { entity: 'PaymentIntent', outputFormat: 'native', connectorInputPayload: { Amount: 1, Currency: 'usd' } },
  },
  {
    name: 'Delete of an object that Stripe keeps',
    service: entityHandler('Delete'),
    body: { entity: 'Customer', entityId: 'cus_1234567' },
  },
  {
    name: 'Create of API v2',
    service: entityHandler('Create'),
    body: { entity: 'V2.Core.EventDestination', connectorInputPayload: DESTINATION },
  },
  {
    name: 'Delete of API v2',
    service: entityHandler('Delete'),
    body: { entity: 'V2.Core.EventDestination', entityId: 'ed_1234567' },
  },
];

class Fleet {
  readonly clock = new VirtualClock();
  readonly stripe = new KeyedStripe(() => this.clock.epochMs());
  readonly operations = memoryOperations(this.clock);
  readonly tokens = memoryTokens(this.clock);

  /** One call, by an instance of its own, to its end. */
  async call(
    write: Write,
    happening: Happening,
    lastRetriedKeyVersion?: number,
  ): Promise<{ effect: Effect; error?: ConnectorError }> {
    let over = false;
    const working = this.begin(write, happening, lastRetriedKeyVersion).finally(() => (over = true));
    for (let waited = 0; !over; waited += 1) {
      assert.ok(waited < 200, 'a call does not come to an end');
      await this.clock.advance(1000);
    }
    return working;
  }

  async begin(
    write: Write,
    happening: Happening,
    lastRetriedKeyVersion?: number,
  ): Promise<{ effect: Effect; error?: ConnectorError }> {
    const { clock, stripe, tokens } = this;
    stripe.fate = happening.fate ?? 'ok';
    stripe.reads = happening.reads ?? 'ok';
    const connector = testConnector({
      clock,
      stripe,
      settings: { min_nodes: 50, suspended: happening.suspended === true },
      operations: failing(this.operations, happening.store),
      tokens:
        happening.limiterAway === true
          ? { ...tokens, reserve: () => Promise.reject(new StoreUnavailableError('away')) }
          : tokens,
    });
    const body = happening.wrongInput === true ? { ...write.body, nosuch: 1 } : write.body;
    try {
      const terms = { operationId: ID, deadlineMs: 50_000, responseFlags: new Set<string>() };
      const more = lastRetriedKeyVersion === undefined ? {} : { lastRetriedKeyVersion };
      return { effect: (await write.service.prepare(connector, body, { ...terms, ...more }).run()).effect };
    } catch (cause) {
      const error = toConnectorError(cause);
      return { effect: await priorEffect(connector, error, { operationId: ID, fresh: false }), error };
    }
  }

  report(): Promise<{ readonly state: string; readonly effect: Effect } | undefined> {
    return operationReport(this.operations, ID).catch(() => undefined);
  }
}

const ID = 'order-1';

function failing(store: OperationStore, failure: Happening['store']): OperationStore {
  let steps = 0;
  return interceptStore(store, async (_, proceed) => {
    const met = failure !== undefined && (failure.step === 'all' || failure.step === steps);
    steps += 1;
    if (met && failure.side === 'before') throw new StoreUnavailableError('away');
    const result = await proceed();
    if (met) throw new StoreUnavailableError('its answer is lost');
    return result;
  });
}

/** What may be said, by the truth. */
function holds(fleet: Fleet, said: Effect, where: string): void {
  const { effects } = fleet.stripe;
  assert.ok(effects <= 1, `${where}: ${effects} effects`);
  if (said === 'none') assert.equal(effects, 0, `${where}: none is said of what is done`);
  if (said === 'done') assert.equal(effects, 1, `${where}: done is said of what is not`);
}

/** Every happening comes before and after each of these, also in the small sizes. */
const FIRSTS = ['all is well', 'drop after', 'drop before', 'the answer is lost and then the store'];

/**
 * Small sizes: of the first kind of write also a fourth of all other pairs, in which each happening comes first and
 * second. Each other kind has half of the happenings after `FIRSTS`, the next kind has the other half.
 */
function isTried(kind: number, first: number, second: number): boolean {
  if (FULL_SIZES) return true;
  const isKnown = (place: number): boolean => FIRSTS.includes(HAPPENINGS[place]?.name ?? '');
  if (kind > 0) return isKnown(first) && (kind + first + second) % 2 === 0;
  return isKnown(first) || (first + second) % (isKnown(second) ? 2 : 8) === 0;
}

let pairs = 0;
let byOperator = 0;
WRITES.forEach((write, kind) => {
  test(`${write.name}: two calls, every pair of events`, async () => {
    for (const [firstPlace, first] of HAPPENINGS.entries())
      for (const [secondPlace, second] of HAPPENINGS.entries()) {
        if (!isTried(kind, firstPlace, secondPlace)) continue;
        const where = `${write.name}: ${first.name}, then ${second.name}`;
        const fleet = new Fleet();
        const one = await fleet.call(write, first);
        holds(fleet, one.effect, `${where}: first`);
        const wasDone = (await fleet.report())?.state === 'succeeded';
        const two = await fleet.call(write, second);
        holds(fleet, two.effect, `${where}: second`);
        if (wasDone && second.store?.step !== 'all' && second.store?.step !== 0)
          assert.equal(two.effect, 'done', `${where}: what is done stays done`);
        await becomesFinal(fleet, write, where);
        pairs += 1;
      }
  });
});

/** All is well again: a repeat, later what Stripe shows, at last an operator. Nothing is sent after that. */
async function becomesFinal(fleet: Fleet, write: Write, where: string): Promise<void> {
  // A lease of a caller that failed lapses.
  await fleet.clock.advance(60_000);
  const repeated = await fleet.call(write, { name: 'repeat' });
  holds(fleet, repeated.effect, `${where}: repeat`);
  if (repeated.effect !== 'unknown') return;
  const writes = (): number => fleet.stripe.sent.filter(({ method }) => method !== 'GET').length;
  await fleet.clock.advance(REPEAT_WINDOW_US / 1000);
  const before = writes();
  const late = await fleet.call(write, { name: 'late' });
  holds(fleet, late.effect, `${where}: late`);
  assert.equal(writes(), before, `${where}: past the life of the key nothing is sent`);
  if (late.effect !== 'unknown') return;
  assert.equal(late.error?.details.reason, 'OPERATION_EXPIRED', where);
  const effect = fleet.stripe.effects === 1 ? 'done' : 'none';
  const report = await resolveOperation(fleet.operations, ID, { effect, reason: 'looked at it', by: 'ops' }, 1e15);
  assert.deepEqual([report.effect, report.resolution?.by], [effect, 'ops'], where);
  // A message with this payload is not executed again.
  const after = await fleet.call(write, { name: 'after' }, -1);
  assert.equal(after.effect, effect, `${where}: after the operator's word`);
  assert.equal(writes(), before, `${where}: nothing is sent after the operator's word`);
  byOperator += 1;
}

test('while a call is in flight another reports unknown, whatever happens to it', async () => {
  for (const write of WRITES)
    for (const second of HAPPENINGS) {
      const fleet = new Fleet();
      const { clock, stripe } = fleet;
      let answer: () => void = () => undefined;
      stripe.pause = () => new Promise((go) => (answer = go));
      const first = fleet.begin(write, { name: 'under way' });
      await clock.advance(2000);
      stripe.pause = () => Promise.resolve();
      const { effect } = await fleet.call(write, second);
      assert.equal(effect, 'unknown', `${write.name}: ${second.name}`);
      assert.equal(stripe.sent.length, 1);
      stripe.fate = 'ok';
      answer();
      await clock.advance(5000);
      assert.equal((await first).effect, 'done');
    }
});

test('the walk had pairs', () => {
  console.log(`${pairs} pairs of calls, ${byOperator} of them settled by an operator`);
  assert.ok(pairs > HAPPENINGS.length ** 2 / (FULL_SIZES ? 1 : 4) && byOperator > 0);
});
