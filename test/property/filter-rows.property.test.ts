/** However a clause is read (Stripe's list, its Search API, single objects, a scan), the rows are those that match it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import type { ConnectorDeps } from '../../shared/operations/connector.ts';
import { list, type ListRequest } from '../../shared/operations/list/list.ts';
import { planClause } from '../../shared/operations/list/plan.ts';
import { toStripeError } from '../../shared/stripe/errors.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { CATALOG, testDeps } from '../support/connector-deps.ts';
import { sized } from '../support/sizes.ts';
import { SEED, matches } from './filter-samples.ts';

const call = callContext(new VirtualClock(), { deadlineAt: 1e9 });

let sandbox: Sandbox;

let deps: ConnectorDeps;

/** How the clauses of a run were read: each way must have been taken. */
const taken = new Map<string, number>();

before(async () => {
  console.log(`seed ${SEED}`);
  sandbox = await startSandbox({ seed: SEED });
  const stripe = sdkTransport({ base: sandbox.url });
  const client = {
    async request(request: Parameters<typeof stripe.send>[0]) {
      const answer = await stripe.send(request, SANDBOX_KEY, 20_000);
      if (answer.ok) return answer;
      throw toStripeError(answer, false);
    },
  };
  deps = testDeps(client);
});

after(() => sandbox.close());

type Value = string | number | boolean | null;

type Row = Record<string, Value>;

/** A column of the test: where it is in Stripe's object, how it is written, which values it draws from. */
interface Drawn {
  readonly column: string;
  readonly path: readonly string[];
  readonly values: readonly Value[];
  readonly operators: readonly string[];
}

const TEXT = ['=', '!=', '<', '<=', '>', '>=', 'LIKE', 'NOT LIKE', 'IN', 'NOT IN', 'BETWEEN', 'IS NULL', 'IS NOT NULL'];

const NUMBER = TEXT.filter((one) => !one.includes('LIKE'));

const ENUM = ['=', '!=', 'IN', 'NOT IN', 'IS NOT NULL'];

const FLAG = ['=', '!=', 'IS NULL'];

const ENTITIES: Readonly<Record<string, readonly Drawn[]>> = {
  Customer: [
    { column: 'Email', path: ['email'], values: ['ann@x.y', 'bob@x.y', 'ANN@x.y', null], operators: TEXT },
    { column: 'Name', path: ['name'], values: ["o'hara", 'Hannah', 'anna', null], operators: TEXT },
    { column: 'Created', path: ['created'], values: [100, 200, 300], operators: NUMBER },
    { column: 'Balance', path: ['balance'], values: [-5, 0, 7], operators: NUMBER },
    { column: 'AddressCity', path: ['address', 'city'], values: ['Rome', 'Oslo', null], operators: TEXT },
    { column: "Metadata['a key']", path: ['metadata', 'a key'], values: ['x', 'X', null], operators: TEXT },
  ],
  Price: [
    { column: 'Active', path: ['active'], values: [true, false], operators: FLAG },
    { column: 'Currency', path: ['currency'], values: ['usd', 'eur'], operators: TEXT },
    { column: 'Type', path: ['type'], values: ['one_time', 'recurring'], operators: ENUM },
    { column: 'UnitAmount', path: ['unit_amount'], values: [0, 100, 2500, null], operators: NUMBER },
    {
      column: 'UnitAmountDecimal',
      path: ['unit_amount_decimal'],
      values: ['0.5', '100', '100.0', null],
      operators: ['=', '<', '>=', 'IN'],
    },
    { column: 'LookupKey', path: ['lookup_key'], values: ['gold', 'silver', null], operators: TEXT },
    { column: 'RecurringInterval', path: ['recurring', 'interval'], values: ['month', 'year'], operators: ENUM },
  ],
  Invoice: [
    { column: 'Status', path: ['status'], values: ['draft', 'open', 'paid'], operators: ENUM },
    { column: 'Customer', path: ['customer'], values: ['cus_1', 'cus_2', null], operators: TEXT },
    {
      column: 'CollectionMethod',
      path: ['collection_method'],
      values: ['send_invoice', 'charge_automatically'],
      operators: ENUM,
    },
    { column: 'DueDate', path: ['due_date'], values: [1_790_000_000, 1_790_000_500, null], operators: NUMBER },
    { column: 'Total', path: ['total'], values: [0, 50, 100], operators: NUMBER },
  ],
};

/** A clause as text, and what it means by SQL's rules: true, false, or null for unknown. It does not use the product's evaluation. */
interface Meaning {
  readonly text: string;
  readonly holds: (row: Row) => boolean | null;
}

function quoted(value: Value): string {
  return `'${String(value).replaceAll("'", "''")}'`;
}

/** Decimals of the rows compare as numbers, texts by code point. */
function order(a: Value, b: Value, decimal: boolean): number {
  const [one, other] = decimal ? [Number(a), Number(b)] : [a, b];
  return one === other ? 0 : (one as never) < (other as never) ? -1 : 1;
}

function termOf(columns: readonly Drawn[]): fc.Arbitrary<Meaning> {
  return fc.constantFrom(...columns).chain(({ column, values, operators }) => {
    const decimal = column.endsWith('Decimal');
    const present = values.filter((value) => value !== null);
    const value = fc.constantFrom(...present);
    const known = (row: Row, test: (actual: Value) => boolean): boolean | null =>
      row[column] === null || row[column] === undefined ? null : test(row[column] ?? null);
    return fc
      .record({
        operator: fc.constantFrom(...operators),
        one: value,
        other: value,
        pattern: fc.constantFrom('%ann%', 'a%', '%y', '_nn%', '%'),
      })
      .map(({ operator, one, other, pattern }): Meaning => {
        const compared = (row: Row, to: Value, test: (found: number) => boolean): boolean | null =>
          known(row, (actual) => test(order(actual, to, decimal)));
        switch (operator) {
          case 'IS NULL':
            return { text: `${column} IS NULL`, holds: (row) => row[column] === null || row[column] === undefined };
          case 'IS NOT NULL':
            return { text: `${column} IS NOT NULL`, holds: (row) => row[column] !== null && row[column] !== undefined };
          case 'LIKE':
            return {
              text: `${column} LIKE ${quoted(pattern)}`,
              holds: (row) => known(row, (actual) => matches(String(actual), pattern)),
            };
          case 'NOT LIKE':
            return {
              text: `${column} NOT LIKE ${quoted(pattern)}`,
              holds: (row) => known(row, (actual) => !matches(String(actual), pattern)),
            };
          case 'IN':
            return {
              text: `${column} IN (${quoted(one)}, ${quoted(other)})`,
              holds: (row) => known(row, (actual) => [one, other].some((each) => order(actual, each, decimal) === 0)),
            };
          case 'NOT IN':
            return {
              text: `${column} NOT IN (${quoted(one)}, ${quoted(other)})`,
              holds: (row) => known(row, (actual) => [one, other].every((each) => order(actual, each, decimal) !== 0)),
            };
          case 'BETWEEN':
            return {
              text: `${column} BETWEEN ${quoted(one)} AND ${quoted(other)}`,
              holds: (row) =>
                known(row, (actual) => order(actual, one, decimal) >= 0 && order(actual, other, decimal) <= 0),
            };
          case '=':
            return { text: `${column} = ${quoted(one)}`, holds: (row) => compared(row, one, (found) => found === 0) };
          case '!=':
            return { text: `${column} != ${quoted(one)}`, holds: (row) => compared(row, one, (found) => found !== 0) };
          case '<':
            return { text: `${column} < ${quoted(one)}`, holds: (row) => compared(row, one, (found) => found < 0) };
          case '<=':
            return { text: `${column} <= ${quoted(one)}`, holds: (row) => compared(row, one, (found) => found <= 0) };
          case '>':
            return { text: `${column} > ${quoted(one)}`, holds: (row) => compared(row, one, (found) => found > 0) };
          default:
            return { text: `${column} >= ${quoted(one)}`, holds: (row) => compared(row, one, (found) => found >= 0) };
        }
      });
  });
}

function clauseOf(columns: readonly Drawn[]): fc.Arbitrary<Meaning> {
  const { clause } = fc.letrec<{ clause: Meaning; group: Meaning }>((tie) => ({
    clause: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'clause' },
      { arbitrary: termOf(columns), weight: 3 },
      { arbitrary: tie('group'), weight: 4 },
    ),
    group: fc
      .record({ kind: fc.constantFrom('AND', 'AND', 'OR', 'NOT'), one: tie('clause'), other: tie('clause') })
      .map(({ kind, one, other }): Meaning => {
        if (kind === 'NOT') return { text: `NOT (${one.text})`, holds: (row) => negated(one.holds(row)) };
        const all = kind === 'AND';
        return {
          text: `(${one.text}) ${kind} ${other.text.includes(' OR ') || other.text.includes(' AND ') ? `(${other.text})` : other.text}`,
          holds(row) {
            const [a, b] = [one.holds(row), other.holds(row)];
            if (all) return a === false || b === false ? false : a === null || b === null ? null : true;
            return a === true || b === true ? true : a === null || b === null ? null : false;
          },
        };
      }),
  }));
  return clause;
}

function negated(value: boolean | null): boolean | null {
  return value === null ? null : !value;
}

/** Puts rows into the sandbox; answers their ids with what was drawn. */
function store(
  account: string,
  entity: string,
  columns: readonly Drawn[],
  rows: readonly Row[],
): { id: string; row: Row }[] {
  return rows.map((row, index) => {
    const object = sandbox.seed(entity, {}, {}, account);
    for (const {
      column,
      path: [outer = '', inner],
    } of columns) {
      const value = row[column] ?? null;
      if (inner === undefined) object[outer] = value;
      else if (value !== null || outer !== 'metadata') object[outer] = { ...(object[outer] ?? {}), [inner]: value };
    }
    if (!columns.some(({ column }) => column === 'Created')) object['created'] = 1000 + index;
    return { id: object.id, row };
  });
}

let accounts = 0;

for (const [entity, columns] of Object.entries(ENTITIES)) {
  test(`${entity}: push-down, search and scan return the matching rows at every page size`, async () => {
    const row = fc.record(
      Object.fromEntries(columns.map(({ column, values }) => [column, fc.constantFrom(...values)])),
    );
    const found = CATALOG.entity(entity);
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 0, maxLength: 30 }),
        clauseOf(columns),
        fc.constantFrom(1, 2, 7, 25, 200),
        fc.boolean(),
        fc.constantFrom(undefined, 'Created DESC', columns[0]?.column ?? ''),
        async (rows, { text, holds }, pageSize, eventual, sort) => {
          const account = `acct_${(accounts += 1)}`;
          const stored = store(account, entity, columns, rows);
          const request: ListRequest = {
            filterClause: text,
            pageSize,
            consistency: eventual ? 'eventual' : 'strong',
            explain: false,
            sortByColumns: sort === undefined ? undefined : [sort],
          };
          const plan = planClause(found, found.operations.List!, text, { eventual });
          for (const { source } of plan.paths) taken.set(source.by, (taken.get(source.by) ?? 0) + 1);
          if (plan.paths.length > 1) taken.set('union', (taken.get('union') ?? 0) + 1);
          if (plan.clientFilters.length > 0) taken.set('scan', (taken.get('scan') ?? 0) + 1);
          const ids = await every(entity, request, account);
          const wanted = stored.filter((one) => holds(one.row) === true).map(({ id }) => id);
          assert.equal(new Set(ids).size, ids.length, 'each row once');
          assert.deepEqual([...ids].sort(), [...wanted].sort(), text);
        },
      ),
      { seed: SEED, numRuns: sized(300, 800) },
    );
  });
}

async function every(entity: string, request: ListRequest, account: string): Promise<string[]> {
  const ids: string[] = [];
  for (let token: string | undefined, pages = 0; ; pages += 1) {
    assert.ok(pages < 100, 'the pages end');
    const { body } = await list(deps, entity, { ...request, pageToken: token }, { ...call, account });
    ids.push(...(body['connectorOutputPayload'] as { id: string }[]).map(({ id }) => id));
    token = (body['listEntitiesNextPageToken'] as string | null) ?? undefined;
    if (token === undefined) return ids;
  }
}

test('the runs used lists, searches, unions and scans', () => {
  for (const way of ['list', 'search', 'union', 'scan'])
    assert.ok((taken.get(way) ?? 0) >= 20, `${way}: ${taken.get(way)}`);
});
