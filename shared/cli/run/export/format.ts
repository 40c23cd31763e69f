import { csvField } from '../../../console/format/csv.ts';
import { isoTime, isStripeTime } from '../../io/print.ts';
import type { JsonBody } from '../../io/server.ts';

export type ExportFormat = 'ndjson' | 'csv';

/** Writes rows of one format. */
export interface RowFormat {
  /** The beginning of the file: the header line of CSV. */
  readonly head: string;
  row(row: JsonBody): string;
}

/** One JSON object per line: https://github.com/ndjson/ndjson-spec */
const NDJSON: RowFormat = { head: '', row: (row) => `${JSON.stringify(row)}\n` };

/** Comma-separated values with a header line, CRLF and quotes: https://www.rfc-editor.org/rfc/rfc4180 */
function csv({ columns, isoTimes, raw }: CsvOptions): RowFormat {
  const line = (cells: readonly unknown[]): string => `${cells.map((value) => csvField(value, raw)).join(',')}\r\n`;
  const cell = (name: string, value: unknown): unknown =>
    isoTimes && isStripeTime(name, value) ? isoTime(value) : value;
  return { head: line(columns), row: (row) => line(columns.map((name) => cell(name, row[name]))) };
}

interface CsvOptions {
  readonly columns: readonly string[];
  /** True if Stripe's times are written in RFC 3339. */
  readonly isoTimes: boolean;
  /** True if every text is written unchanged, even one that a spreadsheet would run as a formula. */
  readonly raw: boolean;
}

export function rowFormat(options: CsvOptions & { readonly format: ExportFormat }): RowFormat {
  return options.format === 'csv' ? csv(options) : NDJSON;
}
