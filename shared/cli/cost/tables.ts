/** The tables of the cost page, as Markdown. */
import { connectorCost, DESIGNS, monthlyCost, perMillion, RATES, total, type Cost } from './model.ts';
import { PRICES, type Price } from './prices.ts';

const PARTS: Readonly<Record<keyof Cost, string>> = {
  atWork: 'instances at work',
  warm: 'instances warm',
  requests: 'requests',
  limiter: "limiter's operations",
  records: 'record of the operation',
  storage: 'storage for 30 days',
};

const dollars = (value: number): string => `$${Math.round(value).toLocaleString('en')}`;
const cents = (value: number): string => `$${value.toFixed(2)}`;
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Dollars a month of each design, idle and at each rate, next to Google's connector. */
export function monthTable(): string {
  const rates = [0, ...RATES];
  const head = ['a month', 'idle', ...RATES.map((rate) => `${rate} a second`)];
  const rows = DESIGNS.map((design) => [
    design.name,
    ...rates.map((rate) => dollars(total(monthlyCost(design, rate)))),
  ]);
  return table(head, [...rows, ["Google's connector", ...rates.map((rate) => dollars(connectorCost(rate)))]]);
}

/** Dollars of a million calls by what they are for, with nothing warm. */
export function millionTable(): string {
  const designs = DESIGNS.filter(({ warm }) => warm === 0);
  const columns = designs.flatMap((design) => RATES.map((rate) => ({ design, rate, cost: monthlyCost(design, rate) })));
  const short = (name: string): string => name.replace(', nothing warm', '');
  const head = ['a million calls', ...columns.map(({ design, rate }) => `${short(design.name)}, ${rate} a second`)];
  const parts = (Object.keys(PARTS) as (keyof Cost)[]).filter((part) => part !== 'warm');
  const rows = parts.map((part) => [
    PARTS[part],
    ...columns.map(({ cost, rate }) => cents(perMillion(cost[part], rate))),
  ]);
  return table(head, [...rows, ['together', ...columns.map(({ cost, rate }) => cents(perMillion(total(cost), rate)))]]);
}

export function priceTable(): string {
  const rows = Object.values<Price>(PRICES).map(({ of, unit, dollars: price, source }) => [
    of,
    unit,
    String(price),
    `[source](${source})`,
  ]);
  return table(['price', 'of', 'dollars', 'from'], rows);
}
