import type { OutputRow } from '../api/calls.ts';

export type FileFormat = 'csv' | 'json' | 'ndjson';

/** A field of CSV as in RFC 4180. A text that a spreadsheet would execute as a formula is preceded by an apostrophe. */
function csvField(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Returns rows as a file's text, with the columns in this order. */
export function formatRows(rows: readonly OutputRow[], columns: readonly string[], format: FileFormat): string {
  const picked = rows.map((row) => Object.fromEntries(columns.map((name) => [name, row[name] ?? null])));
  if (format === 'json') return `${JSON.stringify(picked, undefined, 2)}\n`;
  if (format === 'ndjson') return picked.map((row) => `${JSON.stringify(row)}\n`).join('');
  const lines = [columns.map(csvField), ...rows.map((row) => columns.map((name) => csvField(row[name])))];
  return lines.map((fields) => `${fields.join(',')}\r\n`).join('');
}
