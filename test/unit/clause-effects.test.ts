/** The effect of an Update or Delete by clause: done where every row has its end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StripeAnswer, StripeRequest } from '../../shared/ports/stripe.ts';
import { memoryOperations } from '../../shared/adapters/memory-operations.ts';
import { StoreUnanswered } from '../../shared/ports/token-store.ts';
import { unforeseen, type Effect } from '../../shared/errors.ts';
import { resolveOperation } from '../../shared/serve/connection/resolve-operation.ts';
import { entityService } from '../../shared/serve/services.ts';
import { testConnector } from '../connector.ts';
import { VirtualClock } from '../virtual-clock.ts';

type Fate = 'ok' | 'refused' | 'throttled' | 'lost';
const ROWS = ['cus_1', 'cus_2', 'cus_3'];

const refusal = (httpStatus: number, code: string): StripeAnswer => ({
  ok: false,
  kind: 'refused',
  httpStatus,
  message: code,
  said: { type: 'invalid_request_error', code },
});

/** Answers each row by its fate, call by call. */
function stripe(fates: Readonly<Record<string, Fate>>): {
  send: (request: StripeRequest) => Promise<StripeAnswer>;
  ready: () => void;
} {
  return {
    ready: () => undefined,
    send({ method, path }) {
      if (method === 'GET') {
        const data = ROWS.map((id) => ({ id, object: 'customer', email: 'a@b.c' }));
        return Promise.resolve({ ok: true, body: { object: 'list', data, has_more: false } });
      }
      const id = path.split('/').at(-1) ?? '';
      switch (fates[id] ?? 'ok') {
        case 'ok':
          return Promise.resolve({ ok: true, body: { id, object: 'customer' } });
        case 'refused':
          return Promise.resolve(refusal(400, 'parameter_invalid'));
        case 'throttled':
          return Promise.resolve(refusal(429, 'rate_limit'));
        case 'lost':
          return Promise.resolve({ ok: false, kind: 'lost', message: '', said: {} });
      }
    },
  };
}

function connectorOf(
  clock: VirtualClock,
  fates: Readonly<Record<string, Fate>>,
  operations = memoryOperations(clock),
): ReturnType<typeof testConnector> {
  return testConnector({ clock, stripe: stripe(fates), operations, settings: { min_nodes: 50 } });
}

async function effectOf(
  connector: ReturnType<typeof testConnector>,
  clock: VirtualClock,
  name = 'x',
  throws = false,
): Promise<Effect | undefined> {
  const body = { entity: 'Customer', filterClause: "Email = 'a@b.c'", connectorInputPayload: { Name: name } };
  const terms = { operationId: 'op', deadlineMs: 60_000, told: new Set<string>() };
  const told: (Effect | undefined)[] = [];
  let thrown: Error | undefined;
  void entityService('Update')
    .prepare(connector, body, terms)
    .run()
    .then(
      (answer) => told.push(answer.effect),
      (cause: unknown) => {
        const error = unforeseen(cause);
        told.push(error.effect);
        thrown = error;
      },
    );
  for (let waited = 0; waited < 200 && told.length === 0; waited += 1) await clock.advance(1000);
  assert.equal(told.length, 1);
  if (throws && thrown !== undefined) throw thrown;
  return told[0];
}

const CASES: readonly (readonly [string, Readonly<Record<string, Fate>>, Effect])[] = [
  ['all rows are done', {}, 'done'],
  ['one is refused for good', { cus_2: 'refused' }, 'done'],
  ['all are refused for good', { cus_1: 'refused', cus_2: 'refused', cus_3: 'refused' }, 'none'],
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

test('rows that an earlier try did are not forgotten where a repeat is stopped before them', async () => {
  const clock = new VirtualClock();
  const fates: Record<string, Fate> = { cus_3: 'throttled' };
  const connector = connectorOf(clock, fates);
  assert.equal(await effectOf(connector, clock), 'unknown');
  fates['cus_3'] = 'ok';
  assert.equal(await effectOf(connector, clock), 'done');
});

test('a row that is done but could not be recorded is not told as none', async () => {
  const clock = new VirtualClock();
  const memory = memoryOperations(clock);
  const connector = connectorOf(
    clock,
    {},
    {
      update: (id, change, likely) =>
        likely === 'own' && id === 'op row cus_1'
          ? Promise.reject(new StoreUnanswered('away'))
          : memory.update(id, change, likely),
    },
  );
  assert.equal(await effectOf(connector, clock), 'unknown');
});

test('a clause that changed nothing frees its id for a corrected question', async () => {
  const clock = new VirtualClock();
  const fates: Record<string, Fate> = { cus_1: 'refused', cus_2: 'refused', cus_3: 'refused' };
  const connector = connectorOf(clock, fates);
  assert.equal(await effectOf(connector, clock, 'wrong'), 'none');
  for (const id of ROWS) fates[id] = 'ok';
  assert.equal(await effectOf(connector, clock, 'corrected'), 'done');
});

test('a clause that an operator settled as done says that its rows are not known', async () => {
  for (const objectId of [undefined, 'cus_1']) {
    const clock = new VirtualClock();
    const operations = memoryOperations(clock);
    const connector = connectorOf(clock, { cus_2: 'lost' }, operations);
    assert.equal(await effectOf(connector, clock), 'unknown');
    const word = { effect: 'done', reason: 'looked at the rows', by: 'ada', ...(objectId && { objectId }) } as const;
    await resolveOperation(operations, 'op', word, 86_400_000_000);
    await assert.rejects(effectOf(connector, clock, 'x', true), /its result was not kept/);
  }
});

test('a caller whose lease has lapsed while it listed does not say that nothing was done', async () => {
  const clock = new VirtualClock();
  const memory = memoryOperations(clock);
  const connector = connectorOf(
    clock,
    {},
    {
      async update(id, change, likely) {
        // The list's own end comes after any lease: another caller may have done every row.
        if (likely === 'own' && id !== 'op') await clock.sleep(120_000);
        // Nothing can be renewed either.
        if (likely !== 'none') throw new StoreUnanswered('away');
        return memory.update(id, change, likely);
      },
    },
  );
  assert.equal(await effectOf(connector, clock), 'unknown');
});
