/** The tables of the cost page, as Markdown. */
import { countOf, DESIGNS, RATES } from './designs.ts';
import {
  connectorCost,
  MONTH_S,
  monthlyCost,
  perMillion,
  RECORD_BYTES,
  storageOfMillion,
  total,
  type Cost,
} from './model.ts';
import { PRICES, type Price } from './prices.ts';

const PARTS: Readonly<Record<keyof Cost, string>> = {
  atWork: 'instances at work',
  warm: 'instances warm',
  requests: 'requests',
  limiter: "limiter's operations",
  records: 'record of the operation',
  storage: 'storage of the records',
};

const dollars = (value: number): string => `$${Math.round(value).toLocaleString('en')}`;
const cents = (value: number): string => `$${value.toFixed(2)}`;
const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Returns a table of the dollars a month of each design and of Google's connector, idle and at each rate. */
export function monthTable(): string {
  const rates = [0, ...RATES];
  const head = ['a month', 'idle', ...RATES.map((rate) => `${rate} a second`)];
  const rows = DESIGNS.map((design) => [
    design.name,
    ...rates.map((rate) =>
      rate > 0 && countOf(design, rate) === undefined ? '-' : dollars(total(monthlyCost(design, rate))),
    ),
  ]);
  return table(head, [...rows, ["Google's connector", ...rates.map((rate) => dollars(connectorCost(rate)))]]);
}

/** Returns a table of the dollars of a million calls by what they are for, with no warm instance. */
export function millionTable(): string {
  const parts = (Object.keys(PARTS) as (keyof Cost)[]).filter((part) => part !== 'warm');
  const rows = DESIGNS.filter(({ warm }) => warm === 0).flatMap((design) =>
    RATES.filter((rate) => countOf(design, rate) !== undefined).map((rate) => {
      const cost = monthlyCost(design, rate);
      const name = `${design.name.replace(', nothing warm', '')}, ${rate} a second`;
      const amounts = [...parts.map((part) => cost[part]), total(cost)];
      return [name, ...amounts.map((amount) => cents(perMillion(amount, rate)))];
    }),
  );
  return table(['a million calls', ...parts.map((part) => PARTS[part]), 'together'], rows);
}

const RETENTION_DAYS = [2, 7, 30, 365];

/** Returns a table of the storage of a million operations, by `operation_record` and `operation_retention_days`. */
export function storageTable(): string {
  const rows = (Object.keys(RECORD_BYTES) as (keyof typeof RECORD_BYTES)[]).map((part) => [
    `\`${part}\``,
    String(RECORD_BYTES[part]),
    ...RETENTION_DAYS.map((days) => `$${storageOfMillion(part, days).toFixed(3)}`),
  ]);
  return table(['`operation_record`', 'bytes', ...RETENTION_DAYS.map((days) => `${days} days`)], rows);
}

/** Returns a table of the monthly cost in dollars at this number of calls: each design, and Google's connector. */
export function callsTable(calls: number): string {
  const perSecond = calls / MONTH_S;
  const parts = Object.keys(PARTS) as (keyof Cost)[];
  const rows = DESIGNS.map((design) => {
    if (countOf(design, perSecond) === undefined) return [design.name, ...parts.map(() => '-'), '-'];
    const cost = monthlyCost(design, perSecond);
    return [design.name, ...[...parts.map((part) => cost[part]), total(cost)].map(cents)];
  });
  const connector = ["Google's connector", ...parts.map(() => ''), cents(connectorCost(perSecond))];
  const head = `${calls.toLocaleString('en')} calls a month, ${shownRate(perSecond)} a second`;
  return table([head, ...parts.map((part) => PARTS[part]), 'together'], [...rows, connector]);
}

function shownRate(perSecond: number): string {
  return perSecond < 0.01 ? 'less than 0.01' : String(Number(perSecond.toPrecision(2)));
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
