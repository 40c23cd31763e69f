import { useMemo, useState } from 'react';
import type { ColumnDescriptor } from '../../schema/columns.ts';
import { descriptionOf } from '../format/description.ts';
import { humanName } from '../format/words.ts';
import type { OutputRow } from '../api/calls.ts';
import type { TableColumn, TableSort } from '../ui/table/columns.ts';
import { DataTable, type DataTableProps } from '../ui/table/data-table.tsx';
import { Value } from '../ui/value.tsx';
import { CellDetails } from './cell-details.tsx';

interface RowsTableProps extends Pick<DataTableProps<OutputRow>, 'pagination' | 'footer' | 'busy'> {
  readonly entity: string;
  readonly rows: readonly OutputRow[];
  readonly columns: readonly ColumnDescriptor[];
  /** Names of the shown columns, in this order. */
  readonly shown: readonly string[];
  /** `Created DESC`; empty for Stripe's order. */
  readonly sort: string;
  readonly onSort: (sort: string) => void;
  readonly onFilter: (condition: string) => void;
}

/** The rows of an entity. The connector sorts the rows, so a click on a header only changes the order in the query. */
export function RowsTable({ entity, columns, shown, sort, onSort, onFilter, ...table }: RowsTableProps) {
  const [details, setDetails] = useState<{ row: OutputRow; column: ColumnDescriptor }>();
  const tableColumns = useMemo(
    () =>
      shown.flatMap((name) =>
        columns.filter((column) => column.name === name).map((column) => tableColumn(entity, column)),
      ),
    [entity, shown, columns],
  );
  return (
    <>
      <DataTable
        {...table}
        label={`Rows of ${entity}`}
        className="table-scroll"
        columns={tableColumns}
        rowKey={({ Id: id }, index) => (typeof id === 'string' ? id : String(index))}
        serverSort={{
          sort: parsedSort(sort),
          onSort: (next) => onSort(next === undefined ? '' : `${next.name} ${next.descending ? 'DESC' : 'ASC'}`),
        }}
        onCell={(row, name) => {
          const column = columns.find((candidate) => candidate.name === name);
          if (column !== undefined) setDetails({ row, column });
        }}
      />
      {details !== undefined && <CellDetails {...details} onFilter={onFilter} onClose={() => setDetails(undefined)} />}
    </>
  );
}

function parsedSort(sort: string): TableSort | undefined {
  const [name = '', direction = 'ASC'] = sort.split(' ');
  return name === '' ? undefined : { name, descending: direction === 'DESC' };
}

/**
 * The style of a column's cells. Numbers are aligned at the right, so that people can compare them. Values of an enum,
 * such as a status, are never cut.
 */
function cellStyleOf({ kind, reference }: ColumnDescriptor): TableColumn<OutputRow>['cellStyle'] {
  if (/^(integer|number|decimal)$/.test(kind)) return 'numeric';
  if (kind === 'enum') return undefined;
  return reference === undefined ? 'cut' : 'brief';
}

function tableColumn(entity: string, column: ColumnDescriptor): TableColumn<OutputRow> {
  const { name, kind, sortable } = column;
  const reference = column.key ? entity : column.reference;
  return {
    name,
    sortable,
    description: descriptionOf(column),
    cellStyle: cellStyleOf(column),
    value: ({ [name]: value }) => {
      if (typeof value === 'number' || typeof value === 'string') return value;
      return value === null || value === undefined ? undefined : JSON.stringify(value);
    },
    cell: (row) => (
      <>
        <Value name={name} value={row[name]} kind={kind} reference={reference} currency={rowCurrency(row)} />
        {name === 'Status' && <FailureNote row={row} />}
      </>
    ),
  };
}

/**
 * Why the last attempt of a payment failed. The status does not show this: Stripe reports `requires_payment_method`
 * for a failed payment and also for a payment without an attempt.
 */
function FailureNote({ row }: { readonly row: OutputRow }) {
  const code = row['LastPaymentErrorDeclineCode'] ?? row['LastPaymentErrorCode'] ?? row['FailureCode'];
  return typeof code === 'string' && code !== '' ? <span className="bad-text"> {humanName(code)}</span> : null;
}

function rowCurrency({ Currency: currency }: OutputRow): string | undefined {
  return typeof currency === 'string' ? currency : undefined;
}
