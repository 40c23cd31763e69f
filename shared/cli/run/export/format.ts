import type { JsonBody } from '../../io/server.ts';

export type ExportFormat = 'ndjson' | 'csv';

/** Writes rows of one format. */
export interface RowFormat {
  /** The beginning of the file. */
  readonly head: string;
  row(row: JsonBody): string;
}

/** One JSON object per line: https://github.com/ndjson/ndjson-spec */
const NDJSON: RowFormat = { head: '', row: (row) => `${JSON.stringify(row)}\n` };

/** Comma-separated values with a head, CRLF and quotes: https://www.rfc-editor.org/rfc/rfc4180 */
function csv(columns: readonly string[]): RowFormat {
  const line = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`;
  return { head: line(columns), row: (row) => line(columns.map((name) => cellText(row[name]))) };
}

/** `columns`: the columns of a CSV file. */
export function rowFormat(format: ExportFormat, columns: readonly string[]): RowFormat {
  return format === 'csv' ? csv(columns) : NDJSON;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function csvCell(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
