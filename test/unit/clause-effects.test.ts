/** The effect of an Update or Delete by clause: done where every row has its end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StripeFailure } from '../../shared/stripe/transport.ts';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import type { OperationStore } from '../../shared/idempotency/store.ts';
import { StoreUnavailableError } from '../../shared/ports/store-errors.ts';
import type { RowResult } from '../../shared/operations/bulk-write-result.ts';
import { toConnectorError, type Effect } from '../../shared/errors.ts';
import type { OperationResult } from '../../shared/operations/connector.ts';
import { operationRoute } from '../../shared/management/operation-route.ts';
import { operationReport } from '../../shared/idempotency/operation-report.ts';
import { resolveOperation } from '../../shared/idempotency/resolve-operation.ts';
import { entityHandler } from '../../shared/http/operation-handlers.ts';
import { testConnector } from '../support/connector.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { fakeStripe, type FakeStripe } from '../support/fake-stripe.ts';
import { LOST, stripeFailure } from '../support/stripe-results.ts';
import { inVirtualTime } from '../support/virtual-time.ts';
import { failingStore, interceptStore } from '../support/operation-stores.ts';

type Fate = 'ok' | 'refused' | 'declined' | 'throttled' | 'lost';
const ROWS = ['cus_1', 'cus_2', 'cus_3'];

const rejected = (httpStatus: number, code: string): StripeFailure =>
  stripeFailure(httpStatus, { type: 'invalid_request_error', code }, { message: code });

/** Replies to each row by its fate, call by call. */
function stripe(fates: Readonly<Record<string, Fate>>, met: readonly string[]): FakeStripe {
  return fakeStripe(({ method, path }) => {
    if (method === 'GET') {
      const data = met.map((id) => ({ id, object: 'customer', email: 'a@b.c' }));
      return { object: 'list', data, has_more: false };
    }
    const id = path.split('/').at(-1) ?? '';
    switch (fates[id] ?? 'ok') {
      case 'ok':
        return { id, object: 'customer' };
      case 'refused':
        return rejected(400, 'parameter_invalid');
      case 'declined':
        return { ...rejected(400, 'parameter_invalid'), replayed: true };
      case 'throttled':
        return rejected(429, 'rate_limit');
      case 'lost':
        return LOST;
    }
  });
}

function connectorOf(
  clock: VirtualClock,
  fates: Readonly<Record<string, Fate>>,
  operations: OperationStore = memoryOperations(clock),
  met: readonly string[] = ROWS,
): ReturnType<typeof testConnector> {
  return testConnector({ clock, stripe: stripe(fates, met), operations, settings: { min_nodes: 50 } });
}

async function effectOf(
  connector: ReturnType<typeof testConnector>,
  clock: VirtualClock,
  name = 'x',
  throws = false,
): Promise<Effect | undefined> {
  const body = { entity: 'Customer', filterClause: "Email = 'a@b.c'", connectorInputPayload: { Name: name } };
  const terms = { operationId: 'op', deadlineMs: 60_000, responseFlags: new Set<string>() };
  const running = entityHandler('Update').prepare(connector, body, terms).run();
  const result = await inVirtualTime(clock, running.catch(toConnectorError));
  if (throws && result instanceof Error) throw result;
  return result.effect;
}

const CASES: readonly (readonly [string, Readonly<Record<string, Fate>>, Effect])[] = [
  ['all rows are done', {}, 'done'],
  ['one fails permanently', { cus_2: 'refused' }, 'done'],
  ['all fail permanently', { cus_1: 'refused', cus_2: 'refused', cus_3: 'refused' }, 'none'],
  ['the answer of one is lost', { cus_2: 'lost' }, 'unknown'],
  ['one is throttled, a repeat goes on with it', { cus_3: 'throttled' }, 'unknown'],
  ['the first is throttled, nothing was changed', { cus_1: 'throttled', cus_2: 'refused', cus_3: 'refused' }, 'none'],
];
for (const [sentence, fates, effect] of CASES)
  test(`${sentence}: ${effect}`, async () => {
    const clock = new VirtualClock();
    const connector = connectorOf(clock, fates);
    assert.equal(await effectOf(connector, clock), effect);
  });

test('rows of an earlier attempt count if a repeat stops before them', async () => {
  const clock = new VirtualClock();
  const fates: Record<string, Fate> = { cus_3: 'throttled' };
  const connector = connectorOf(clock, fates);
  assert.equal(await effectOf(connector, clock), 'unknown');
  fates['cus_3'] = 'ok';
  assert.equal(await effectOf(connector, clock), 'done');
});

test('a completed row that could not be recorded does not report the effect none', async () => {
  const clock = new VirtualClock();
  const memory = memoryOperations(clock);
  const connector = connectorOf(
    clock,
    {},
    failingStore(memory, ({ method, id }) => method === 'replaceOwn' && id === 'op row cus_1'),
  );
  assert.equal(await effectOf(connector, clock), 'unknown');
});

test('a clause that changed nothing frees its id for a corrected request', async () => {
  const clock = new VirtualClock();
  const fates: Record<string, Fate> = { cus_1: 'refused', cus_2: 'refused', cus_3: 'refused' };
  const connector = connectorOf(clock, fates);
  assert.equal(await effectOf(connector, clock, 'wrong'), 'none');
  for (const id of ROWS) fates[id] = 'ok';
  assert.equal(await effectOf(connector, clock, 'corrected'), 'done');
});

test('a clause that an operator settled as done reports that its rows are unknown', async () => {
  for (const objectId of [undefined, 'cus_1']) {
    const clock = new VirtualClock();
    const operations = memoryOperations(clock);
    const connector = connectorOf(clock, { cus_2: 'lost' }, operations);
    assert.equal(await effectOf(connector, clock), 'unknown');
    const word = { effect: 'done', reason: 'looked at the rows', by: 'ada', objectId } as const;
    await resolveOperation(operations, 'op', word, 86_400_000_000);
    await assert.rejects(effectOf(connector, clock, 'x', true), /the result was not stored/);
  }
});

/** What a call of the clause answers. */
async function answerOf(
  connector: ReturnType<typeof testConnector>,
  clock: VirtualClock,
  name = 'x',
  lastRetriedKeyVersion?: number,
): Promise<OperationResult> {
  const body = { entity: 'Customer', filterClause: "Email = 'a@b.c'", connectorInputPayload: { Name: name } };
  const terms = { operationId: 'op', deadlineMs: 60_000, responseFlags: new Set<string>() };
  const more = lastRetriedKeyVersion === undefined ? {} : { lastRetriedKeyVersion };
  const working = entityHandler('Update')
    .prepare(connector, body, { ...terms, ...more })
    .run();
  return inVirtualTime(clock, working);
}

const HOURS_21 = 21 * 3_600_000;

test('a clause with completed and permanently failed rows is final: a repeat returns the same response', async () => {
  const clock = new VirtualClock();
  const fates: Record<string, Fate> = { cus_2: 'refused' };
  const connector = connectorOf(clock, fates);
  const first = await answerOf(connector, clock);
  assert.deepEqual([first.status, first.effect], [207, 'done']);
  fates['cus_2'] = 'ok';
  for (const passed of [0, HOURS_21]) {
    await clock.advance(passed);
    assert.deepEqual(await answerOf(connector, clock), first);
    assert.equal((await operationReport(connector.deps.operations, 'op')).state, 'succeeded');
  }
});

for (const [sentence, last] of [
  ['a clause of which no row was changed by a repeat either frees its id', 'refused'],
  ['a clause that stopped before it changed a row, on a repeat too, frees its id', 'throttled'],
] as const)
  test(sentence, async () => {
    const clock = new VirtualClock();
    const fates: Record<string, Fate> = { cus_1: 'lost', cus_2: 'refused', cus_3: last };
    const connector = connectorOf(clock, fates);
    assert.equal(await effectOf(connector, clock, 'wrong'), 'unknown');
    fates['cus_1'] = 'declined';
    assert.equal(await effectOf(connector, clock, 'wrong'), 'none');
    for (const id of ROWS) fates[id] = 'ok';
    assert.equal(await effectOf(connector, clock, 'corrected'), 'done');
  });

test('a clause that matched no row frees its id and lists again; its message is executed once', async () => {
  const clock = new VirtualClock();
  const met: string[] = [];
  const connector = connectorOf(clock, {}, memoryOperations(clock), met);
  const none = await answerOf(connector, clock);
  assert.deepEqual([none.status, none.effect], [200, 'none']);
  met.push(...ROWS);
  assert.deepEqual(await answerOf(connector, clock, 'x', -1), none, 'as its message comes again');
  assert.equal((await answerOf(connector, clock)).effect, 'done');
});

// An operator settled it, although its object is unknown.
for (const passed of [0, HOURS_21])
  test(`a row that an operator settled without an object completes its clause, ${passed} ms later`, async () => {
    const clock = new VirtualClock();
    const operations = memoryOperations(clock);
    const connector = connectorOf(clock, { cus_2: 'lost' }, operations);
    assert.equal(await effectOf(connector, clock), 'unknown');
    await clock.advance(passed);
    const row = 'op row cus_2';
    assert.equal((await operationRoute(connector, row)).effect, 'unknown');
    await resolveOperation(operations, row, { effect: 'done', reason: 'looked', by: 'ada' }, 30 * 86_400_000_000);
    const { status, effect } = await answerOf(connector, clock);
    assert.deepEqual([status, effect], [200, 'done']);
  });

for (const [days, minutes, effect] of [
  [29, 0, 'done'],
  [30, -30, 'unknown'],
] as const)
  test(`a clause whose remaining rows are repeated after ${days} days and ${minutes} minutes is ${effect}`, async () => {
    const clock = new VirtualClock();
    const fates: Record<string, Fate> = { cus_3: 'throttled' };
    const connector = connectorOf(clock, fates);
    assert.equal(await effectOf(connector, clock), 'unknown');
    fates['cus_3'] = 'ok';
    // The records of rows that are done may be gone then, by operation_retention_days.
    await clock.advance(days * 86_400_000 + minutes * 60_000);
    assert.equal(await effectOf(connector, clock), effect);
  });

test('a caller whose lease expired during the list does not report the effect none', async () => {
  const clock = new VirtualClock();
  const memory = memoryOperations(clock);
  const connector = connectorOf(
    clock,
    {},
    interceptStore(memory, async ({ method, id }, proceed) => {
      // The list's own end comes after any lease: another caller may have done every row.
      if (method === 'replaceOwn' && id !== 'op') await clock.sleep(120_000);
      // Nothing can be renewed either.
      if (method !== 'create') throw new StoreUnavailableError('away');
      return proceed();
    }),
  );
  assert.equal(await effectOf(connector, clock), 'unknown');
});

// The contract's bound of an answer of our own: errors of rows are ours, their ids are what was asked for.
test('of hundreds of failed rows the first errors are complete, the others have the fields for programs', async () => {
  const clock = new VirtualClock();
  const ids = Array.from({ length: 400 }, (_, index) => `cus_${index}`);
  const list = { object: 'list', data: ids.map((id) => ({ id, object: 'customer', email: 'a@b.c' })), has_more: false };
  const stripe = fakeStripe(({ method }) => (method === 'GET' ? list : rejected(400, 'x'.repeat(1500))));
  const settings = { min_nodes: 50, account_ceiling: 1000, endpoint_ceiling: 1000 };
  const connector = testConnector({ clock, stripe, settings });
  const body = {
    entity: 'Customer',
    filterClause: "Email = 'a@b.c'",
    maxAffected: 400,
    connectorInputPayload: { Name: 'x' },
  };
  const terms = { operationId: 'op', deadlineMs: 60_000, responseFlags: new Set<string>() };
  const answer = await inVirtualTime(clock, entityHandler('Update').prepare(connector, body, terms).run());
  const { connectorOutputPayload: told } = answer.body as { connectorOutputPayload: { rows: RowResult[] } };
  assert.equal(told.rows.length, 400);
  const whole = told.rows.filter(({ error }) => JSON.stringify(error).includes('"message"'));
  assert.ok(whole.length > 5 && whole.length < 40, String(whole.length));
  assert.deepEqual(told.rows[399]?.error, {
    code: 400,
    status: 'INVALID_ARGUMENT',
    details: [{ reason: whole[0]?.error?.details?.[0]?.reason, metadata: { retryable: 'false' } }],
  });
  assert.ok(Buffer.byteLength(JSON.stringify(told)) < 130_000);
});
