import assert from 'node:assert/strict';
import { test } from 'node:test';
import { list, type ListRequest } from '../../shared/operations/list/list.ts';
import type { StripeClient } from '../../shared/stripe/client.ts';
import { ConnectorError, isConnectorError } from '../../shared/errors.ts';
import type { StripeObject, StripeRequest } from '../../shared/stripe/transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { testDeps } from '../support/connector-deps.ts';

const call = callContext(new VirtualClock(), { deadlineAt: 1e9 });

/** Stripe's list over objects that a test may change between pages. */
function stripe(all: StripeObject[]): { client: StripeClient; sent: StripeRequest[] } {
  const sent: StripeRequest[] = [];
  const stripe: StripeClient = {
    request(one) {
      sent.push(one);
      const after = one.params['starting_after'];
      const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
      if (after !== undefined && start === 0)
        return Promise.reject(
          new ConnectorError('INVALID_ARGUMENT', 'No such customer', {
            reason: 'RESOURCE_MISSING',
            stripe: { param: 'starting_after' },
          }),
        );
      const data = all.slice(start, start + Number(one.params['limit'] ?? all.length));
      return Promise.resolve({ ok: true, body: { data, has_more: start + data.length < all.length } });
    },
  };
  return { client: stripe, sent };
}

const rowsOf = (count: number): StripeObject[] =>
  Array.from({ length: count }, (_, index) => ({ id: `x_${index}`, created: 1000 - index, balance: index % 7 }));

interface Got {
  readonly ids: string[];
  readonly token: string | undefined;
}

async function page(
  stripe: StripeClient,
  request: Partial<ListRequest>,
  entity = 'Customer',
  scanLimit = 10_000,
): Promise<Got> {
  const whole: ListRequest = { pageSize: 25, consistency: 'strong', explain: false, ...request };
  const { body } = await list(testDeps(stripe, { scanLimit }), entity, whole, call);
  const objects = body['connectorOutputPayload'] as { id: string }[];
  return {
    ids: objects.map(({ id }) => id),
    token: (body['listEntitiesNextPageToken'] as string | null) ?? undefined,
  };
}

async function pages(
  stripe: StripeClient,
  request: Partial<ListRequest>,
  between: () => void = () => undefined,
): Promise<string[]> {
  const seen: string[] = [];
  let token: string | undefined;
  do {
    const got = await page(stripe, { ...request, pageToken: token });
    seen.push(...got.ids);
    token = got.token;
    between();
  } while (token !== undefined);
  return seen;
}

for (const [rows, pageSize, transactions, got, more] of [
  [0, 25, 1, 0, false],
  [25, 25, 1, 25, false],
  [26, 25, 1, 25, true],
  [300, 100, 1, 100, true],
  [300, 101, 2, 101, true],
  [300, 200, 2, 200, true],
  [150, 200, 2, 150, false],
] as const) {
  test(`${pageSize} of ${rows} rows take ${transactions} transactions`, async () => {
    const { client, sent } = stripe(rowsOf(rows));
    const { ids, token } = await page(client, { pageSize });
    assert.deepEqual([sent.length, ids.length, token !== undefined], [transactions, got, more]);
  });
}

test('the token leads to every row, once', async () => {
  const seen = await pages(stripe(rowsOf(260)).client, { pageSize: 60 });
  assert.equal(new Set(seen).size, 260);
  assert.equal(seen.length, 260);
});

// stripe-node, ProductListParams.ids: "Cannot be used with starting_after or ending_before".
test('reads products by ids without a cursor, page by page', async () => {
  const { client, sent } = stripe(rowsOf(60));
  const filterClause = `Ids IN (${rowsOf(60)
    .map(({ id }) => `'${String(id)}'`)
    .join(', ')})`;
  const seen: string[] = [];
  let token: string | undefined;
  do {
    const got = await page(client, { filterClause, pageToken: token }, 'Product');
    seen.push(...got.ids);
    token = got.token;
  } while (token !== undefined);
  assert.deepEqual(
    seen,
    rowsOf(60).map(({ id }) => id),
  );
  for (const { params } of sent) assert.deepEqual([params['limit'], 'starting_after' in params], [100, false]);
});

test('closed and open accounts of API v2 are two lists, page by page', async () => {
  const sent: unknown[] = [];
  const stripe: StripeClient = {
    request(one) {
      const { closed, page: at } = one.params;
      sent.push(closed);
      const data = [
        { id: `acct_${String(closed)}_${at === undefined ? 1 : 2}`, ...(closed === true ? { closed } : {}) },
      ];
      const next = at === undefined ? { next_page_url: '/v2/core/accounts?page=2' } : {};
      return Promise.resolve({ ok: true, body: { data, ...next } });
    },
  };
  const { ids } = await page(stripe, { filterClause: 'Closed IN (false, true)' }, 'V2.Core.Account');
  assert.deepEqual(ids, ['acct_false_1', 'acct_false_2', 'acct_true_1', 'acct_true_2']);
  assert.deepEqual(sent, [false, false, true, true]);
});

test('rows that are filtered locally appear once each at every page size', async () => {
  const wanted = rowsOf(260).filter(({ balance }) => balance === 3);
  for (const pageSize of [1, 2, 7, 36, 37, 38, 200]) {
    const seen = await pages(stripe(rowsOf(260)).client, { pageSize, filterClause: 'Balance = 3' });
    assert.deepEqual(
      seen,
      wanted.map(({ id }) => id),
    );
  }
});

test('the row of a token may be deleted: the remaining rows appear once each', async () => {
  const all = rowsOf(120);
  const gone: unknown[] = [];
  const seen = await pages(stripe(all).client, { pageSize: 10 }, () => {
    // The last two rows of each page.
    const at = all.findIndex(({ id }) => id === `x_${gone.length * 5 + 9}`);
    if (at > 0) gone.push(...all.splice(at - 1, 2).map(({ id }) => id));
  });
  assert.equal(new Set(seen).size, seen.length);
  for (const { id } of rowsOf(120)) assert.ok(seen.includes(String(id)), String(id));
});

test('if all rows of a token are deleted, the error says so', async () => {
  const all = rowsOf(60);
  const { client } = stripe(all);
  const { token } = await page(client, { pageSize: 10 });
  all.splice(0, 10);
  await assert.rejects(
    page(client, { pageSize: 10, pageToken: token }),
    (error) => isConnectorError(error) && error.details.reason === 'PAGE_TOKEN_EXPIRED',
  );
});

test('sorted by a column: every page in one order, ties by id, rows without a value last', async () => {
  const all = [...rowsOf(50), { id: 'none', created: 1, balance: null }];
  for (const pageSize of [1, 8, 200]) {
    const seen = await pages(stripe(all).client, { pageSize, sortByColumns: ['Balance DESC'] });
    const expected = [...rowsOf(50)].sort(
      (a, b) => Number(b['balance']) - Number(a['balance']) || (String(a['id']) < String(b['id']) ? -1 : 1),
    );
    assert.deepEqual(seen, [...expected.map(({ id }) => id), 'none']);
  }
});

test("Created DESC is Stripe's own order: no scan", async () => {
  const { client, sent } = stripe(rowsOf(300));
  await page(client, { pageSize: 25, sortByColumns: ['Created DESC'] });
  assert.equal(sent.length, 1);
});

// stripe-node, Treasury.TransactionListParams.order_by: "The default is `created`".
test('a list that a parameter sorts in another order is sorted locally', async () => {
  const all = [3, 1, 2].map((created) => ({ id: `x_${created}`, created, financial_account: 'f' }));
  const filterClause = "FinancialAccount = 'f' AND OrderBy = 'posted_at'";
  const { ids } = await page(
    stripe(all).client,
    { filterClause, sortByColumns: ['Created DESC'] },
    'Treasury.Transaction',
  );
  assert.deepEqual(ids, ['x_3', 'x_2', 'x_1']);
});

test('an account without the field closed is not closed', async () => {
  const client = stripe([{ id: 'acct_1' }, { id: 'acct_2', closed: false }]).client;
  const { ids } = await page(client, { filterClause: 'Closed = false' }, 'V2.Core.Account');
  assert.deepEqual(ids, ['acct_1', 'acct_2']);
});

test('a scan beyond its bound is an error with its progress and what would narrow it', async () => {
  const { client } = stripe(rowsOf(1000));
  await assert.rejects(
    page(client, { filterClause: "Name = 'nobody'" }, 'Customer', 500),
    (error) =>
      isConnectorError(error) &&
      error.details.reason === 'SCAN_LIMIT' &&
      /stopped after 500 rows .*; 0 rows matched so far\. The connector evaluates: Name = 'nobody'\. .* by: Created, Email, TestClock/.test(
        error.message,
      ),
  );
  const full = await page(client, { filterClause: 'Balance = 3', pageSize: 20 }, 'Customer', 500);
  assert.equal(full.ids.length, 20);
});

test('a list that Stripe returns in one response is divided into pages', async () => {
  const { client, sent } = stripe(rowsOf(30));
  const first = await page(client, { pageSize: 25 }, 'Reporting.ReportType');
  assert.deepEqual([first.ids.length, sent[0]?.params], [25, {}]);
  const second = await page(client, { pageSize: 25, pageToken: first.token }, 'Reporting.ReportType');
  assert.deepEqual([second.ids.length, second.token], [5, undefined]);
});

test('a cursor that does not advance is an error, not a loop', async () => {
  const stripe: StripeClient = {
    request: () => Promise.resolve({ ok: true, body: { data: [{ id: 'x' }], has_more: true } }),
  };
  await assert.rejects(
    page(stripe, { pageSize: 25 }),
    (error) => isConnectorError(error) && error.status === 'UNAVAILABLE',
  );
});
