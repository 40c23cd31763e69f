import type { OutputRow } from '../api/calls.ts';
import { currencyDecimals, isAmountName } from './money.ts';

export type FileFormat = 'csv' | 'json' | 'ndjson';

/** A CSV field as in RFC 4180. An apostrophe precedes a text that a spreadsheet would execute as a formula. */
function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const inert = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}

/** A row for people: amounts in the major unit with their currency, `120.00 USD`, and times in ISO 8601. */
export function shownRow(row: OutputRow, kinds: ReadonlyMap<string, string>): OutputRow {
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
  const lines = [columns.map(csvField), ...rows.map((row) => columns.map((name) => csvField(row[name])))];
  return lines.map((fields) => `${fields.join(',')}\r\n`).join('');
}
