/** The cost tables: from sourced prices, and from Firestore operations that the simulated limiter is counted to make. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { capacity } from '../../shared/rate-limiter/capacity.ts';
import { connectorCost, COUNTS, DESIGNS, monthlyCost, perMillion, total } from '../../shared/cli/cost/model.ts';
import { PRICES, type Price } from '../../shared/cli/cost/prices.ts';
import { millionTable, monthTable, priceTable } from '../../shared/cli/cost/tables.ts';
import { countLimiter } from './limiter-counts.ts';

/** The formatter pads tables. */
const page = (file: string): string => readFileSync(file, 'utf8').replace(/ +/g, ' ').replace(/-{3,}/g, '---');

void test('the pages have the tables that stripe-connector cost prints', () => {
  for (const line of monthTable().split('\n')) assert.ok(page('infra/README.md').includes(line), line);
  for (const table of [millionTable(), priceTable()])
    for (const line of table.split('\n')) assert.ok(page('infra/cost.md').includes(line), line);
});

void test('each price cites its page', () => {
  for (const { of, source } of Object.values<Price>(PRICES)) assert.match(source, /^https:\/\//, of);
});

const MEASURED_MS = process.env['FULL_SIZES'] === '1' ? 600_000 : 120_000;
const TOLERANCE = 0.2;
/** Part of the calls that may get no turn within `max_wait_ms`. */
const MAX_REJECTED = 0.002;

for (const row of COUNTS) {
  void test(`the limiter makes the counted operations at ${row.perSecond} a second on ${row.instances} instances`, () => {
    const counted = countLimiter(row, MEASURED_MS);
    // Now and then an instance drops a view of the lanes, and with it slots that it had reserved ahead.
    assert.ok(counted.rejected <= MAX_REJECTED * row.perSecond * (MEASURED_MS / 1000), `${counted.rejected} rejected`);
    for (const key of ['writes', 'reads', 'waitS'] as const) {
      const allowed = Math.max(row[key] * TOLERANCE, 0.05);
      assert.ok(Math.abs(counted[key] - row[key]) <= allowed, `${key}: ${counted[key]}, the table has ${row[key]}`);
    }
  });

  void test(`min_nodes serves ${row.perSecond} a second on ${row.instances} instances within their concurrency`, () => {
    const ceilings = { accountCeiling: 10_000, endpointCeiling: 10_000 };
    const limits = { minNodes: row.minNodes, maxNodes: 50, limitScope: 'node' as const, ...ceilings };
    assert.ok(capacity(row.instances, limits).perSecond * 0.95 >= row.perSecond);
    assert.ok((row.perSecond * (0.6 + row.waitS)) / 12 <= row.instances);
  });
}

void test('an idle month costs nothing if no function is warm', () => {
  for (const design of DESIGNS) assert.equal(total(monthlyCost(design, 0)) === 0, design.warm === 0, design.name);
});

void test("Google's connector costs its nodes: at least two, one for each 6 a second", () => {
  assert.deepEqual(
    [0, 1, 12, 13, 100].map((rate) => Math.round(connectorCost(rate))),
    [1022, 1022, 1022, 1533, 8687],
  );
});

void test('a million calls: which bounds are met, and what exceeds the others', () => {
  const designOf = (services: number) =>
    DESIGNS.find(({ warm, busyServices }) => warm === 0 && busyServices === services) ?? assert.fail();
  const ofMillion = (services: number, rate: number): number =>
    perMillion(total(monthlyCost(designOf(services), rate)), rate);
  assert.ok(ofMillion(1, 12) <= 8);
  // A vCPU for Stripe's 0.6 s, alone with one call, is more than the bound of $13.50 by itself.
  assert.ok(0.6 * (PRICES.vcpu.dollars + 0.25 * PRICES.memory.dollars) * 1e6 > 13.5);
  assert.ok(ofMillion(1, 1) > 13.5 && ofMillion(1, 1) < 16);
  // The record, the request and the storage leave $1.02 of $3.60 for nine instances and the limiter.
  const { records, requests, storage } = monthlyCost(designOf(1), 100);
  assert.equal(Math.round(100 * (3.6 - perMillion(records + requests + storage, 100))), 102);
  assert.ok(ofMillion(1, 100) < 6);
});
