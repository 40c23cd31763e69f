import {
  FlexRender,
  tableFeatures,
  useTable,
  columnVisibilityFeature,
  rowSortingFeature,
  type ColumnDef,
} from '@tanstack/react-table';
import { useMemo, useState } from 'react';
import type { ColumnDescriptor } from '../../schema/columns.ts';
import { descriptionOf } from '../format/description.ts';
import type { OutputRow } from '../api/calls.ts';
import { Value } from '../ui/value.tsx';
import { CellDetails } from './cell-details.tsx';
import { moveInGrid } from './grid-keys.ts';

interface RowsTableProps {
  readonly entity: string;
  readonly rows: readonly OutputRow[];
  readonly columns: readonly ColumnDescriptor[];
  /** Names of the shown columns, in this order. */
  readonly shown: readonly string[];
  readonly sort: string;
  readonly busy: boolean;
  readonly onSort: (sort: string) => void;
  readonly onFilter: (condition: string) => void;
}

const features = tableFeatures({ columnVisibilityFeature, rowSortingFeature });

/** The rows as a table with one tab stop. The connector sorts, so the headers only set the order of the query. */
export function RowsTable({ entity, rows, columns, shown, sort, busy, onSort, onFilter }: RowsTableProps) {
  const [details, setDetails] = useState<{ row: OutputRow; column: ColumnDescriptor }>();
  const [sortedBy = '', direction = 'ASC'] = sort.split(' ');
  const definitions = useMemo(
    () =>
      shown.flatMap((name) =>
        columns.filter((column) => column.name === name).map((column) => tableColumn(entity, column)),
      ),
    [entity, shown, columns],
  );
  const data = useMemo(() => [...rows], [rows]);
  const table = useTable({
    features,
    data,
    columns: definitions,
    manualSorting: true,
    state: { sorting: sortedBy === '' ? [] : [{ id: sortedBy, desc: direction === 'DESC' }] },
  });
  const open = (row: number, index: number): void => {
    const [record, column] = [rows[row], columns.find(({ name }) => name === shown[index])];
    if (record !== undefined && column !== undefined) setDetails({ row: record, column });
  };
  return (
    <>
      <div className="scroll table-scroll" aria-busy={busy}>
        <table
          className="rows"
          role="grid"
          aria-label={`Rows of ${entity}`}
          aria-rowcount={rows.length + 1}
          onKeyDown={(event) => moveInGrid(event, open)}
        >
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id}>
                {group.headers.map((header) => (
                  <HeaderCell
                    key={header.id}
                    column={columns.find(({ name }) => name === header.column.id)}
                    sorted={header.column.id === sortedBy ? direction : undefined}
                    onSort={onSort}
                  />
                ))}
              </tr>
            ))}
          </thead>
          <tbody>
            {table.getRowModel().rows.map((row, rowIndex) => (
              <tr key={row.id}>
                {row.getVisibleCells().map((cell, columnIndex) => (
                  <td
                    key={cell.id}
                    role="gridcell"
                    tabIndex={rowIndex === 0 && columnIndex === 0 ? 0 : -1}
                    data-cell={`${rowIndex},${columnIndex}`}
                    className={isNumericColumn(columns, shown[columnIndex]) ? 'numeric' : undefined}
                    onClick={(event) => {
                      if (!(event.target instanceof Element && event.target.closest('a') !== null))
                        open(rowIndex, columnIndex);
                    }}
                  >
                    <div className="cell">
                      <FlexRender cell={cell} />
                    </div>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {details !== undefined && <CellDetails {...details} onFilter={onFilter} onClose={() => setDetails(undefined)} />}
    </>
  );
}

/** Amounts and counts are compared by their digits, so they are aligned on the right. */
function isNumericColumn(columns: readonly ColumnDescriptor[], name: string | undefined): boolean {
  return columns.some((column) => column.name === name && /^(integer|number|decimal)$/.test(column.kind));
}

function tableColumn(entity: string, column: ColumnDescriptor): ColumnDef<typeof features, OutputRow> {
  const { name, kind } = column;
  const reference = column.key ? entity : column.reference;
  return {
    id: name,
    accessorFn: (row) => row[name],
    header: name,
    cell: ({ row }) => (
      <Value
        name={name}
        value={row.original[name]}
        kind={kind}
        reference={reference}
        currency={rowCurrency(row.original)}
      />
    ),
  };
}

function rowCurrency({ Currency: currency }: OutputRow): string | undefined {
  return typeof currency === 'string' ? currency : undefined;
}

interface HeaderCellProps {
  readonly column: ColumnDescriptor | undefined;
  readonly sorted: string | undefined;
  readonly onSort: (sort: string) => void;
}

/** Each press changes the order: descending, ascending, Stripe's order. */
function HeaderCell({ column, sorted, onSort }: HeaderCellProps) {
  if (column === undefined) return null;
  const { name, sortable } = column;
  if (!sortable)
    return (
      <th scope="col" title={`${name} cannot be sorted`}>
        {name}
      </th>
    );
  const next = sorted === undefined ? `${name} DESC` : sorted === 'DESC' ? `${name} ASC` : '';
  return (
    <th
      scope="col"
      className={/^(integer|number|decimal)$/.test(column.kind) ? 'numeric' : undefined}
      aria-sort={sorted === undefined ? 'none' : sorted === 'DESC' ? 'descending' : 'ascending'}
    >
      <button
        type="button"
        className="sort"
        onClick={() => onSort(next)}
        title={[descriptionOf(column), next === '' ? 'Remove the order' : `Sort by ${next}`].filter(Boolean).join(' ')}
      >
        {name} <span aria-hidden="true">{sorted === undefined ? '↕' : sorted === 'DESC' ? '↓' : '↑'}</span>
      </button>
    </th>
  );
}
