import type { OutputRow } from '../api/calls.ts';
import { csvField } from './csv.ts';
import { currencyDecimals, isAmountName } from './money.ts';

export type FileFormat = 'csv' | 'json' | 'ndjson';

/**
 * A row for people: amounts in the major unit with their currency, `120.00 USD`, and times in ISO 8601. An amount
 * without a currency in its row is left unchanged.
 */
export function formattedRow(row: OutputRow, kinds: ReadonlyMap<string, string>): OutputRow {
  const { Currency: currency } = row;
  return Object.fromEntries(
    Object.entries(row).map(([name, value]): [string, unknown] => {
      if (typeof value !== 'number') return [name, value];
      if (kinds.get(name) === 'seconds') return [name, new Date(value * 1000).toISOString()];
      if (!isAmountName(name) || typeof currency !== 'string') return [name, value];
      const decimals = currencyDecimals(currency);
      return [name, `${(value / 10 ** decimals).toFixed(decimals)} ${currency.toUpperCase()}`];
    }),
  );
}

/** Returns the text of a file with these rows. `columns` gives the columns and their order. */
export function formatRows(rows: readonly OutputRow[], columns: readonly string[], format: FileFormat): string {
  const picked = rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null])));
  if (format === 'json') return `${JSON.stringify(picked, undefined, 2)}\n`;
  if (format === 'ndjson') return picked.map((row) => `${JSON.stringify(row)}\n`).join('');
  const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))];
  return lines.map((line) => `${line.map((value) => csvField(value)).join(',')}\r\n`).join('');
}
