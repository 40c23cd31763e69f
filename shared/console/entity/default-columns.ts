import type { ColumnDescriptor } from '../../schema/columns.ts';

/** Names that say most about an object, in the order of the table. Entities have some of them. */
export const TELLING = [
  'Id',
  'Name',
  'Email',
  'Number',
  'Amount',
  'Total',
  'AmountDue',
  'UnitAmount',
  'Net',
  'PercentOff',
  'Code',
  'Status',
  'Active',
  'Type',
  'Reason',
  'Url',
  'Customer',
  'Product',
  'PaymentIntent',
  'Charge',
  'CardBrand',
  'CardLast4',
  'Description',
  'Created',
  'ArrivalDate',
];
const MAX_DEFAULT = 8;
const MIN_DEFAULT = 4;

/** Columns that are shown before the user chooses some: telling ones, then the first others. */
export function defaultColumns(columns: readonly ColumnDescriptor[], inClause: readonly string[]): readonly string[] {
  const inRows = columns.filter((column) => column.inRows);
  const names = new Set(inRows.map(({ name }) => name));
  const all = TELLING.filter((name) => names.has(name));
  const kept = all.slice(0, MAX_DEFAULT);
  // Lists are in the order of the time, so it is always shown.
  const telling = all.includes('Created') && !kept.includes('Created') ? [...kept.slice(0, -1), 'Created'] : kept;
  const others = inRows
    .filter(({ kind, name }) => kind !== 'json' && !['Object', 'Livemode', ...telling].includes(name))
    .map(({ name }) => name);
  const chosen = [...telling, ...others.slice(0, Math.max(0, MIN_DEFAULT - telling.length))];
  const extra = inClause.filter((name) => names.has(name) && !chosen.includes(name));
  // The column that the user filters by is next to the id.
  return [...chosen.slice(0, 1), ...extra, ...chosen.slice(1)];
}
