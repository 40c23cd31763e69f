/** The cost tables: from sourced prices, and from Firestore operations that the simulated limiter is counted to make. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { capacity } from '../../shared/rate-limiter/capacity.ts';
import { LIMITER_COUNTS, DESIGNS, TARGET_CONCURRENCY, type LimiterCount } from '../../shared/cli/cost/designs.ts';
import { connectorCost, monthlyCost, MONTH_S, perMillion, total } from '../../shared/cli/cost/model.ts';
import { PRICES, type Price } from '../../shared/cli/cost/prices.ts';
import { callsAmounts, monthAmounts } from '../../shared/cli/cost/amounts.ts';
import {
  alignedCosts,
  callsTable,
  describeCalls,
  markdownCosts,
  millionTable,
  monthTable,
  priceTable,
  storageTable,
} from '../../shared/cli/cost/tables.ts';
import { OPEN_LIMITS } from '../support/limits.ts';
import { sized } from '../support/sizes.ts';
import { countLimiter, type Counted } from './limiter-counts.ts';

/** The formatter pads tables. */
const page = (file: string): string => readFileSync(file, 'utf8').replace(/ +/g, ' ').replace(/-{3,}/g, '---');

void test('the pages have the tables that stripe-connector cost prints', () => {
  for (const line of markdownCosts(monthTable()).split('\n')) assert.ok(page('infra/README.md').includes(line), line);
  for (const table of [millionTable(), storageTable(), priceTable()])
    for (const line of markdownCosts(table).split('\n')) assert.ok(page('infra/cost.md').includes(line), line);
});

void test('the front page has what a month of a million calls costs in the designs that cost nothing when idle', () => {
  const costs = DESIGNS.filter(({ warm }) => warm === 0).map((design) => total(monthlyCost(design, 1e6 / MONTH_S)));
  const [least, most] = [Math.min(...costs), Math.max(...costs)].map(Math.round);
  const row = `| a million calls a month | $${least} to $${most}, $0 idle | $1,022 | none |`;
  assert.ok(page('README.md').includes(row), row);
});

void test('a month of some calls is between those of the rates around it', () => {
  for (const design of DESIGNS) {
    const at = (perSecond: number): number => total(monthlyCost(design, perSecond));
    assert.ok(at(0.5) < at(1) && at(1) < at(6) && at(6) < at(12), design.name);
  }
  assert.equal(describeCalls(1_000_000), '1,000,000 calls a month, 0.38 a second');
  assert.equal(callsTable(1_000_000).length, DESIGNS.length + 2);
});

void test('a terminal has the tables in columns of one width, with the amounts at their right', () => {
  for (const table of [monthTable(), millionTable('short'), callsTable(1_000_000)]) {
    const lines = alignedCosts(table).split('\n');
    assert.deepEqual(new Set(lines.map((line) => line.length)).size, 1);
    assert.ok((lines[0]?.length ?? 0) <= 125, lines[0]);
    assert.doesNotMatch(lines.join('\n'), /[|`]/);
  }
  const [head = '', row = ''] = alignedCosts(callsTable(2_000_000)).split('\n');
  for (const name of ['at work', 'storage', 'together'])
    assert.match(row.slice(0, head.indexOf(name) + name.length), / \$[\d,]+\.\d\d$/, name);
});

void test('the amounts of the tables are numbers for a program; a rate that a design does not serve has none', () => {
  const amount = (name: string, rate: number): number | null | undefined =>
    monthAmounts().find(({ design, perSecond }) => design === name && perSecond === rate)?.dollars;
  assert.equal(amount("Google's connector", 0), 1022);
  assert.equal(amount('one service, nothing warm', 0), 0);
  assert.equal(amount('one service, half a vCPU', 100), null);
  for (const { design, together, ...parts } of callsAmounts(1_000_000)) {
    const sum = Object.values<number>(parts).reduce((all, dollars) => all + dollars, 0);
    if (design !== "Google's connector") assert.ok(Math.abs(sum - (together ?? NaN)) < 0.05, design);
  }
});

void test('each price cites its page', () => {
  for (const { of, source } of Object.values<Price>(PRICES)) assert.match(source, /^https:\/\//, of);
});

/** Milliseconds by calls a second: at one call a second, two minutes have too few calls. */
const MEASURED_MS: ReadonlyMap<number, number> = new Map([
  [1, 600_000],
  [12, sized(120_000, 600_000)],
  [100, sized(60_000, 600_000)],
]);
const TOLERANCE = 0.2;
/** Part of the calls that may get no turn within `max_wait_ms`. */
const MAX_REJECTED = 0.002;

const simulated = new Map<string, Counted>();

/** Counts of a row. Two designs with the same arrivals, instances and nodes have one simulation. */
function countsOf(row: LimiterCount, measuredMs: number): Counted {
  const key = [row.perSecond, row.instances, row.minNodes].join(' ');
  const counted = simulated.get(key) ?? countLimiter(row, measuredMs);
  simulated.set(key, counted);
  return counted;
}

for (const row of LIMITER_COUNTS) {
  void test(`the limiter makes the counted operations at ${row.perSecond} a second on ${row.instances} instances`, () => {
    const measuredMs = MEASURED_MS.get(row.perSecond) ?? assert.fail();
    const counted = countsOf(row, measuredMs);
    // Now and then an instance drops a view of the lanes, and with it slots that it had reserved ahead.
    assert.ok(counted.rejected <= MAX_REJECTED * row.perSecond * (measuredMs / 1000), `${counted.rejected} rejected`);
    for (const key of ['writes', 'reads', 'waitS'] as const) {
      const allowed = Math.max(row[key] * TOLERANCE, 0.05);
      assert.ok(Math.abs(counted[key] - row[key]) <= allowed, `${key}: ${counted[key]}, the table has ${row[key]}`);
    }
  });

  void test(`min_nodes serves ${row.perSecond} a second on ${row.instances} instances within their concurrency`, () => {
    const limits = { ...OPEN_LIMITS, minNodes: row.minNodes };
    assert.ok(capacity(row.instances, limits).perSecond * 0.95 >= row.perSecond);
    const calls = Math.max(1, TARGET_CONCURRENCY * Math.min(...row.concurrencies));
    assert.ok((row.perSecond * (0.6 + row.waitS)) / calls <= row.instances);
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

/** The bounds of a million calls, nothing warm, and what meets each. */
const BOUNDS: readonly (readonly [perSecond: number, dollars: number, design: string])[] = [
  [1, 13.5, 'one service, half a vCPU'],
  [12, 8, 'one service, nothing warm'],
  [100, 3.6, 'one service, 80 calls at a time, records for 7 days'],
];
const ofMillion = (name: string, rate: number): number => {
  const design = DESIGNS.find((one) => one.name === name) ?? assert.fail(name);
  return perMillion(total(monthlyCost(design, rate)), rate);
};

for (const [rate, dollars, name] of BOUNDS)
  void test(`a million calls at ${rate} a second cost at most $${dollars}: ${name}`, () => {
    assert.ok(ofMillion(name, rate) <= dollars, String(ofMillion(name, rate)));
  });

void test('the page says what the defaults cost at each bound, and what is left for instances', () => {
  const cents = (dollars: number): string => `$${dollars.toFixed(2)}`;
  for (const [rate, dollars, name] of BOUNDS) {
    const each = ofMillion('a function each, nothing warm', rate);
    const single = ofMillion('one service, nothing warm', rate);
    assert.ok(each > dollars, 'the default meets the bound: change the page');
    const row = [`${rate} a second`, cents(dollars), cents(each), cents(single), `${cents(ofMillion(name, rate))}: `];
    assert.ok(page('infra/cost.md').includes(`| ${row.join(' | ')}${name.replace(', nothing warm', '')} |`), name);
  }
  const parts = (rate: number): { rest: number; atWork: number } => {
    const cost = monthlyCost(DESIGNS.find(({ name }) => name === 'one service, nothing warm') ?? assert.fail(), rate);
    return { rest: perMillion(total(cost) - cost.atWork, rate), atWork: perMillion(cost.atWork, rate) };
  };
  const vcpuS = PRICES.vcpu.dollars + 0.25 * PRICES.memory.dollars;
  const text = readFileSync('infra/cost.md', 'utf8').replace(/\s+/g, ' ');
  for (const figures of [
    `take ${cents(parts(1).rest)}, so ${cents(13.5 - parts(1).rest)} are left for instances: ${((13.5 - parts(1).rest) / 1e6 / vcpuS).toFixed(2)} s`,
    `take ${cents(parts(100).rest)}, so ${cents(3.6 - parts(100).rest)} are left for instances`,
    `the ${cents(parts(100).atWork)} that 20 calls at a time take`,
  ])
    assert.ok(text.includes(figures), figures);
});

void test('the page says what fewer writes and instance-based billing would save', () => {
  const design = DESIGNS.find(({ name }) => name === 'a function each, nothing warm') ?? assert.fail();
  const text = readFileSync('infra/cost.md', 'utf8').replace(/\s+/g, ' ');
  const write = PRICES.write.dollars * 10;
  const [low, middle, high] = BOUNDS.map(([rate, bound]) => {
    const dollars = ofMillion(design.name, rate) - write;
    assert.ok(dollars > bound - 0.005, `${rate} a second`);
    return `$${dollars.toFixed(2)}`;
  });
  assert.ok(
    text.includes(
      `costs $${write.toFixed(2)} a million. Without it the default would take ${low}, ${middle} and ${high},`,
    ),
  );
  // One instance of each of the three functions, for the whole month. https://cloud.google.com/run/pricing
  const { atWork, requests, ...others } = monthlyCost(design, 12);
  assert.ok(atWork > 0 && requests > 0);
  const instances = design.busyServices * MONTH_S * (0.000018 * design.cpu + 0.000002 * design.gib);
  const billed = perMillion(instances + total({ ...others, atWork: 0, requests: 0 }), 12);
  assert.ok(
    text.includes(`from $${ofMillion(design.name, 12).toFixed(2)} to $${billed.toFixed(2)}.`),
    billed.toFixed(2),
  );
});

void test('a design has no figure for a rate that more than 50 instances would serve', () => {
  const half = DESIGNS.find(({ cpu }) => cpu < 1) ?? assert.fail();
  assert.throws(() => monthlyCost(half, 100), /does not serve 100 a second/);
  assert.ok(100 * 0.6 > 50 * Math.max(1, TARGET_CONCURRENCY * half.concurrency));
});

void test('the sizes of the designs are those that the module gives', () => {
  const module = readFileSync('infra/blueprint/main.tf', 'utf8');
  assert.match(module, /var\.cpu < 1 \? 1 : coalesce\(var\.concurrency, /);
  assert.match(module, /concurrency > 2 \* local\.base_rows\[name\]\.concurrency \? "\$\{2 \* /);
  for (const { cpu, gib, concurrency } of DESIGNS) {
    assert.ok(cpu >= 1 || concurrency === 1);
    assert.equal(gib, concurrency > 40 ? 0.5 : 0.25);
  }
});
