/** The tables of the cost page and of `stripe-connector cost`. */
import { callsAmounts, CONNECTOR_NAME, millionAmounts, monthAmounts, type AmountParts } from './amounts.ts';
import { DESIGNS, RATES } from './designs.ts';
import { MONTH_S, RECORD_BYTES, storageOfMillion, type Cost } from './model.ts';
import { PRICES, type Price } from './prices.ts';

/** A head and rows, as texts. */
export type CostTable = readonly [head: readonly string[], ...rows: readonly (readonly string[])[]];

const PARTS: Readonly<Record<keyof Cost, string>> = {
  atWork: 'instances at work',
  warm: 'instances warm',
  requests: 'requests',
  limiter: "limiter's operations",
  records: 'record of the operation',
  storage: 'storage of the records',
};
/** Shorter names of the same parts, for the lines of a terminal. */
const SHORT_PARTS: Readonly<Record<keyof Cost, string>> = {
  atWork: 'at work',
  warm: 'warm',
  requests: 'requests',
  limiter: 'limiter',
  records: 'record',
  storage: 'storage',
};

const dollars = (value: number): string => `$${Math.round(value).toLocaleString('en')}`;
const cents = (value: number | null | undefined): string =>
  typeof value === 'number' ? `$${value.toLocaleString('en', { minimumFractionDigits: 2 })}` : '-';

/** Returns a table of the monthly cost, idle and at each rate, for each design and for Google's connector. */
export function monthTable(): CostTable {
  const rates = [0, ...RATES];
  const amounts = monthAmounts();
  const cell = (name: string, rate: number): string => {
    const amount = amounts.find(({ design, perSecond }) => design === name && perSecond === rate)?.dollars;
    return typeof amount === 'number' ? dollars(amount) : '-';
  };
  const names = [...DESIGNS.map(({ name }) => name), CONNECTOR_NAME];
  return [
    ['a month', 'idle', ...RATES.map((rate) => `${rate} a second`)],
    ...names.map((name) => [name, ...rates.map((rate) => cell(name, rate))]),
  ];
}

/** Returns a table of the cost of a million calls by resource, for the designs without warm instances. */
export function millionTable(names: 'short' | 'long' = 'long'): CostTable {
  const parts = (Object.keys(PARTS) as (keyof Cost)[]).filter((part) => part !== 'warm');
  const shown = names === 'short' ? SHORT_PARTS : PARTS;
  return [
    ['a million calls', ...parts.map((part) => shown[part]), 'together'],
    ...millionAmounts().map((row) => [
      `${row.design.replace(', nothing warm', '')}, ${row.perSecond} a second`,
      ...amountCells(row, parts),
    ]),
  ];
}

/** Returns a table of the cost of a month with this number of calls, for each design and for Google's connector. */
export function callsTable(calls: number): CostTable {
  const parts = Object.keys(PARTS) as (keyof Cost)[];
  return [
    ['a month', ...parts.map((part) => SHORT_PARTS[part]), 'together'],
    ...callsAmounts(calls).map((row) => [row.design, ...amountCells(row, parts)]),
  ];
}

function amountCells(row: AmountParts, parts: readonly (keyof Cost)[]): string[] {
  return [...parts.map((part) => cents(row[part])), cents(row.together)];
}

const RETENTION_DAYS = [2, 7, 30, 365];

/** Returns a table of the storage of a million operations, by `operation_record` and `operation_retention_days`. */
export function storageTable(): CostTable {
  return [
    ['`operation_record`', 'bytes', ...RETENTION_DAYS.map((days) => `${days} days`)],
    ...(Object.keys(RECORD_BYTES) as (keyof typeof RECORD_BYTES)[]).map((part) => [
      `\`${part}\``,
      String(RECORD_BYTES[part]),
      ...RETENTION_DAYS.map((days) => `$${storageOfMillion(part, days).toFixed(3)}`),
    ]),
  ];
}

export function priceTable(): CostTable {
  return [
    ['price', 'of', 'dollars', 'from'],
    ...Object.values<Price>(PRICES).map(({ of, unit, dollars: price, source }) => [of, unit, String(price), source]),
  ];
}

/** `1,000,000 calls a month, 0.38 a second` */
export function describeCalls(calls: number): string {
  const perSecond = calls / MONTH_S;
  const rate = perSecond < 0.01 ? 'less than 0.01' : String(Number(perSecond.toPrecision(2)));
  return `${calls.toLocaleString('en')} calls a month, ${rate} a second`;
}

/** The table in Markdown, for the page. URLs become links. */
export function markdownCosts([head, ...rows]: CostTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const linked = rows.map((cells) => cells.map((cell) => (cell.startsWith('https:') ? `[source](${cell})` : cell)));
  return [head, head.map(() => '---'), ...linked].map(line).join('\n');
}

const AMOUNT = /^(-|\$[\d,.]+|[\d,.]+)$/;

/** The table in columns, for a terminal. Amounts are aligned on the right. */
export function alignedCosts([head, ...rows]: CostTable): string {
  const widths = head.map((name, column) => Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const isAmount = head.map((_, column) => column > 0 && rows.every((row) => AMOUNT.test(row[column] ?? '')));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        isAmount[column] === true ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}
