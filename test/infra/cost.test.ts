/** The cost table of infra/README.md is what its prices and its formula give. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

const readme = readFileSync('infra/README.md', 'utf8').replace(/ +/g, ' ');

function price(what: string, of: string): number {
  const found = new RegExp(`\\| ${what} \\| ${of} \\| ([\\d.]+) \\|`).exec(readme)?.[1];
  assert.ok(found, `${what}, ${of}`);
  return Number(found);
}

const MONTH_S = 2_628_000;
const GIB = 0.25;
const FUNCTIONS = 3;

function row(r: number): string {
  const inFlight = (0.6 * r) / FUNCTIONS;
  const busy = FUNCTIONS * Math.max(1 - Math.exp(-inFlight), inFlight / 12);
  const second = (how: string): number =>
    price(`Cloud Run functions, ${how}`, 'vCPU second') + GIB * price(`Cloud Run functions, ${how}`, 'GiB second');
  const atWork = busy * MONTH_S * second('at work');
  const requests = (r * MONTH_S * price('requests', 'a million')) / 1e6;
  const [write = 0, remove = 0] = ['writes', 'deletes'].map((kind) => price('Firestore', `100,000 ${kind}`) / 1e5);
  const state = r * MONTH_S * (3 * write + remove);
  const warm = 28 * MONTH_S * second('warm');
  const nodes = Math.max(2, Math.ceil(r / 6));
  const whole = (value: number): string => Math.round(value).toLocaleString('en');
  const bare = atWork + requests + state;
  const cells = [
    r,
    ...[atWork, requests, state, bare, bare + warm].map((value) => `$${whole(value)}`),
    nodes,
    whole(nodes * 730),
  ];
  return `| ${cells.join(' | ')} |`;
}

void test('the table says what the formula gives for 1, 12 and 100 transactions a second', () => {
  for (const r of [1, 12, 100]) assert.ok(readme.includes(row(r)), `infra/README.md lacks: ${row(r)}`);
});
