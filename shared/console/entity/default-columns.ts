import type { ColumnDescriptor } from '../../schema/columns.ts';

/**
 * Names of the most informative columns, in the order in which a table shows them. An entity may lack some of these
 * columns.
 */
export const INFORMATIVE_COLUMNS = [
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

/**
 * The columns that the table shows until the user chooses columns: the informative columns, at most MAX_DEFAULT, and
 * the columns of the filter. If an entity has fewer than MIN_DEFAULT informative columns, its first other columns are
 * added.
 */
export function defaultColumns(
  columns: readonly ColumnDescriptor[],
  filterColumns: readonly string[],
): readonly string[] {
  const inRows = columns.filter((column) => column.inRows);
  const names = new Set(inRows.map(({ name }) => name));
  const found = INFORMATIVE_COLUMNS.filter((name) => names.has(name));
  const kept = found.slice(0, MAX_DEFAULT);
  // Stripe lists objects by their time of creation, so the column Created is always shown if the entity has it.
  const informative = found.includes('Created') && !kept.includes('Created') ? [...kept.slice(0, -1), 'Created'] : kept;
  const others = inRows
    .filter(({ kind, name }) => kind !== 'json' && !['Object', 'Livemode', ...informative].includes(name))
    .map(({ name }) => name);
  const chosen = [...informative, ...others.slice(0, Math.max(0, MIN_DEFAULT - informative.length))];
  const extra = filterColumns.filter((name) => names.has(name) && !chosen.includes(name));
  // The columns that the user filters by follow the first column, which usually is the id.
  return [...chosen.slice(0, 1), ...extra, ...chosen.slice(1)];
}
