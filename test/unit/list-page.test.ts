import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { catalogueFiles } from '../../shared/adapters/catalogue-files.ts';
import type { Call } from '../../shared/core/call.ts';
import { listPage, type Page, type PageRequest } from '../../shared/core/list-page.ts';
import { isConnectorError } from '../../shared/errors.ts';
import type { StripeRequest } from '../../shared/ports/stripe.ts';
import { VirtualClock } from '../virtual-clock.ts';

const catalogue = catalogueFiles(path.resolve('shared/catalog'));
const call: Call = { name: 'test', clock: new VirtualClock(), deadlineAt: 1e9, outputFormat: 'connector' };

/** Lists an entity of which Stripe has `rows`; answers the page and what was sent. */
async function list(name: string, rows: number, request: PageRequest): Promise<{ page: Page; sent: StripeRequest[] }> {
  const all = Array.from({ length: rows }, (_, index) => ({ id: `x_${index}` }));
  const sent: StripeRequest[] = [];
  const door = {
    run(one: StripeRequest) {
      sent.push(one);
      const after = one.params['starting_after'];
      const start = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
      const data = all.slice(start, start + Number(one.params['limit'] ?? rows));
      return Promise.resolve({ ok: true as const, body: { data, has_more: start + data.length < rows } });
    },
  };
  const entity = catalogue.entity(name);
  return {
    page: await listPage({ catalogue, door, strict: true }, entity, entity.operations.List!, request, call),
    sent,
  };
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
  test(`${pageSize} of ${rows} rows are ${transactions} transactions`, async () => {
    const { page, sent } = await list('Customer', rows, { pageSize });
    assert.deepEqual([sent.length, page.objects.length, page.nextToken !== null], [transactions, got, more]);
  });
}

test('the token leads on to every row, once', async () => {
  const seen: unknown[] = [];
  let token: string | undefined;
  do {
    const { page } = await list('Customer', 260, { pageSize: 60, pageToken: token });
    seen.push(...page.objects.map(({ id }) => id));
    token = page.nextToken ?? undefined;
  } while (token !== undefined);
  assert.equal(new Set(seen).size, 260);
  assert.equal(seen.length, 260);
});

test('a list that Stripe answers whole is cut into pages here', async () => {
  const first = await list('Reporting.ReportType', 30, { pageSize: 25 });
  assert.deepEqual([first.page.objects.length, first.sent[0]?.params], [25, {}]);
  const second = await list('Reporting.ReportType', 30, { pageSize: 25, pageToken: first.page.nextToken! });
  assert.deepEqual([second.page.objects.length, second.page.nextToken], [5, null]);
});

test('a cursor that does not move is an error, not a loop', async () => {
  const door = { run: () => Promise.resolve({ ok: true as const, body: { data: [{ id: 'x' }], has_more: true } }) };
  const entity = catalogue.entity('Customer');
  await assert.rejects(
    listPage({ catalogue, door, strict: true }, entity, entity.operations.List!, { pageSize: 25 }, call),
    (error) => isConnectorError(error) && error.status === 'UNAVAILABLE',
  );
});
