import type { OutputRow } from '../api/calls.ts';
import { currencyDecimals, isAmountName } from './money.ts';

export type FileFormat = 'csv' | 'json' | 'ndjson';

/** A field of CSV as in RFC 4180. A text that a spreadsheet would execute as a formula is preceded by an apostrophe. */
function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A row with amounts in the major unit, `120.00`, and times in ISO 8601. The currency has a column of its own. */
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

/** Returns rows as a file's text, with the columns in this order. */
export function formatRows(rows: readonly OutputRow[], columns: readonly string[], format: FileFormat): string {
  const picked = rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null])));
  if (format === 'json') return `${JSON.stringify(picked, undefined, 2)}\n`;
  if (format === 'ndjson') return picked.map((row) => `${JSON.stringify(row)}\n`).join('');
  const lines = [columns.map(csvField), ...rows.map((row) => columns.map((name) => csvField(row[name])))];
  return lines.map((fields) => `${fields.join(',')}\r\n`).join('');
}
