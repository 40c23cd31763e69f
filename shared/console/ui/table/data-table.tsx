import {
  createSortedRowModel,
  FlexRender,
  rowSortingFeature,
  sortFn_alphanumeric,
  tableFeatures,
  useTable,
  type ColumnDef,
  type RowData,
} from '@tanstack/react-table';
import { useLayoutEffect, useMemo, useRef, useState, type MouseEvent, type ReactNode } from 'react';
import { countedNoun } from '../../format/words.ts';
import { cellClass, type TableColumn, type TableSort } from './columns.ts';
import { handleGridKey } from './grid-keys.ts';
import { Pager, type Pagination } from './pager.tsx';
import { detailOf, NO_DETAIL, RowDetail } from './row-detail.tsx';
import { SortChoice, TableHeader } from './table-header.tsx';

const features = tableFeatures({ rowSortingFeature, sortedRowModel: createSortedRowModel() });
const PAGE_SIZE = 25;

export interface DataTableProps<Row extends RowData> {
  readonly label: string;
  readonly rows: readonly Row[];
  readonly columns: readonly TableColumn<Row>[];
  readonly rowKey: (row: Row, index: number) => string;
  /** The order, if the server sorts. If absent, the table sorts the rows. */
  readonly serverSort?: {
    readonly sort: TableSort | undefined;
    readonly onSort: (sort: TableSort | undefined) => void;
  };
  /** The current page, if the server divides the rows into pages. If absent, the table divides them. */
  readonly pagination?: Pagination;
  /** Controls next to the pages. */
  readonly footer?: ReactNode;
  readonly busy?: boolean;
  readonly className?: string;
  /** Called for a click on a cell. If absent, a click shows the details of the row. */
  readonly onCell?: (row: Row, column: string) => void;
  /** The details of a row. Default: its cells and its JSON. */
  readonly detail?: (row: Row) => { readonly title: ReactNode; readonly body: ReactNode };
}

/**
 * The table of the console. A click on a header sorts the rows, and long tables have pages. The table has one tab stop,
 * and keys to move between cells and to copy them. The details of a row open next to the table. On a phone each row is
 * a card.
 */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { label, rows, rowKey, serverSort, busy = false, className = '', onCell, detail, footer } = props;
  const columns = useMemo(() => props.columns.filter(({ detailOnly }) => detailOnly !== true), [props.columns]);
  const [localSort, setLocalSort] = useState<TableSort>();
  const [localPage, setLocalPage] = useState(0);
  const [openKey, setOpenKey] = useState<string>();
  const [focused, setFocused] = useState({ key: '', column: '' });
  const { sort, onSort } = serverSort ?? { sort: localSort, onSort: setLocalSort };
  const definitions = useMemo(() => columns.map((column) => columnDefinition(column)), [columns]);
  const table = useTable({
    features,
    data: useMemo(() => [...rows], [rows]),
    columns: definitions,
    manualSorting: serverSort !== undefined,
    getRowId: rowKey,
    state: { sorting: sort === undefined ? [] : [{ id: sort.name, desc: sort.descending }] },
  });
  const sorted = table.getRowModel().rows;
  const pageCount = Math.max(1, Math.ceil(sorted.length / PAGE_SIZE));
  const page = Math.min(localPage, pageCount - 1);
  const shown = props.pagination === undefined ? sorted.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE) : sorted;
  const pagination: Pagination = props.pagination ?? {
    number: page + 1,
    next: page + 1 < pageCount ? () => setLocalPage(page + 1) : undefined,
    previous: page > 0 ? () => setLocalPage(page - 1) : undefined,
    summary: `${shown.length} of ${countedNoun(sorted.length, 'row')}`,
  };
  const opened = onCell === undefined ? sorted.find(({ id }) => id === openKey) : undefined;
  const tabStop = shown.some(({ id }) => id === focused.key)
    ? focused
    : { key: shown[0]?.id, column: columns[0]?.name };
  const body = useRef<HTMLTableSectionElement>(null);
  const open = (cell: HTMLElement): void => {
    const [row = 0, column = 0] = (cell.dataset['cell'] ?? '').split(',').map(Number);
    const [record, name] = [shown[row], columns[column]?.name];
    if (record === undefined || name === undefined) return;
    if (onCell === undefined) {
      setOpenKey(record.id === openKey ? undefined : record.id);
      // The details hide secondary columns, so the focus moves to the first cell of the row.
      if (columns[column]?.secondary === true && cell === document.activeElement)
        body.current?.querySelector<HTMLElement>(`[data-cell="${row},0"]`)?.focus();
    } else onCell(record.original, name);
  };
  const isPageChanged = useRef(false);
  // Page Up and Page Down remove the focused cell, so the focus moves to the new rows when they are rendered.
  useLayoutEffect(() => {
    if (!isPageChanged.current || busy || document.activeElement !== document.body) return;
    isPageChanged.current = false;
    body.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
  });
  // The grid has one tab stop, so controls in cells have none. Enter on a cell presses its link or button.
  useLayoutEffect(() => {
    for (const control of body.current?.querySelectorAll<HTMLElement>('a, button, input') ?? []) control.tabIndex = -1;
  });
  const { title, body: details } = opened === undefined ? NO_DETAIL : detailOf(opened.original, props.columns, detail);
  return (
    <div className={opened === undefined ? 'data-table' : 'data-table with-detail'}>
      <div>
        <SortChoice columns={columns} sort={sort} onSort={onSort} />
        <div className={`scroll ${className}`} aria-busy={busy}>
          <table
            className={onCell === undefined ? 'log' : 'rows'}
            role="grid"
            aria-label={label}
            aria-rowcount={sorted.length + 1}
            onKeyDown={(event) =>
              handleGridKey(event, {
                onOpen: open,
                onPage: (by) => {
                  isPageChanged.current = true;
                  (by === 1 ? pagination.next : pagination.previous)?.();
                },
                onClose: () => setOpenKey(undefined),
              })
            }
          >
            <TableHeader columns={columns} sort={sort} onSort={onSort} />
            <tbody role="rowgroup" ref={body}>
              {shown.map((row, rowIndex) => (
                <tr
                  key={row.id}
                  role="row"
                  aria-selected={opened?.id === row.id ? true : undefined}
                  onClick={(event) => {
                    const cell = pressedCell(event);
                    if (cell !== null) open(cell);
                  }}
                >
                  {row.getAllCells().map((cell, index) => {
                    const column = columns[index] as TableColumn<Row>;
                    const { name, value, unnamed } = column;
                    return (
                      <td
                        key={name}
                        role="gridcell"
                        className={cellClass(column)}
                        data-label={unnamed === true ? undefined : name}
                        data-cell={`${rowIndex},${index}`}
                        data-value={value(row.original)}
                        tabIndex={tabStop.key === row.id && tabStop.column === name ? 0 : -1}
                        onFocus={() => setFocused({ key: row.id, column: name })}
                      >
                        <div className="cell">
                          <FlexRender cell={cell} />
                        </div>
                      </td>
                    );
                  })}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {(props.pagination !== undefined || pageCount > 1 || footer !== undefined) && (
          <Pager pagination={pagination}>{footer}</Pager>
        )}
      </div>
      {opened !== undefined && (
        <RowDetail title={title} onClose={() => setOpenKey(undefined)}>
          {details}
        </RowDetail>
      )}
    </div>
  );
}

/**
 * The clicked cell of a row. For a click between the cells of a card, the first cell. Null for a click on a link or a
 * control, and for a click that ends a selection of text.
 */
function pressedCell({ target, currentTarget }: MouseEvent): HTMLElement | null {
  const clicked = target as Element;
  if (clicked.closest('a, button, input, label') !== null || document.getSelection()?.toString() !== '') return null;
  return clicked.closest<HTMLElement>('[data-cell]') ?? currentTarget.querySelector<HTMLElement>('[data-cell]');
}

function columnDefinition<Row extends RowData>({
  name,
  value,
  cell,
}: TableColumn<Row>): ColumnDef<typeof features, Row> {
  return {
    id: name,
    accessorFn: value,
    header: name,
    sortFn: sortFn_alphanumeric,
    sortUndefined: 'last',
    cell: ({ row }) => (cell === undefined ? (value(row.original) ?? '–') : cell(row.original)),
  };
}
