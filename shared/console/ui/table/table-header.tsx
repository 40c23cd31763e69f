import { cellClass, nextSort, type TableColumn, type TableSort } from './columns.ts';

interface TableHeaderProps<Row> {
  readonly columns: readonly TableColumn<Row>[];
  readonly sort: TableSort | undefined;
  readonly onSort: (sort: TableSort | undefined) => void;
}

export function TableHeader<Row>({ columns, sort, onSort }: TableHeaderProps<Row>) {
  return (
    <thead role="rowgroup">
      <tr role="row">
        {columns.map((column, index) => (
          <HeaderCell
            key={column.name}
            index={index}
            column={column}
            sort={sort?.name === column.name ? sort : undefined}
            onSort={onSort}
          />
        ))}
      </tr>
    </thead>
  );
}

interface HeaderCellProps<Row> extends Pick<TableHeaderProps<Row>, 'onSort'> {
  readonly column: TableColumn<Row>;
  /** The index of the column, which the keyboard navigation uses. */
  readonly index: number;
  /** Undefined unless this column is sorted. */
  readonly sort: TableSort | undefined;
}

function HeaderCell<Row>({ column, index, sort, onSort }: HeaderCellProps<Row>) {
  const { name, sortable = true, unnamed = false, description } = column;
  const className = cellClass(column);
  if (unnamed || !sortable)
    return (
      <th
        role="columnheader"
        scope="col"
        className={className}
        title={unnamed ? undefined : `${name} cannot be sorted`}
      >
        <span className={unnamed ? 'visually-hidden' : undefined}>{name}</span>
      </th>
    );
  const next = nextSort(name, sort);
  const effect =
    next === undefined ? 'Remove the order' : `Sort by ${name}, ${next.descending ? 'descending' : 'ascending'}`;
  return (
    <th
      role="columnheader"
      scope="col"
      className={className}
      aria-sort={sort === undefined ? 'none' : sort.descending ? 'descending' : 'ascending'}
    >
      <button
        type="button"
        className="sort"
        // The table has one tab stop. The arrow keys reach this button.
        tabIndex={-1}
        data-cell={`-1,${index}`}
        onClick={() => onSort(next)}
        title={description === undefined ? effect : `${description} ${effect}`}
      >
        {name} <span aria-hidden="true">{sort === undefined ? '↕' : sort.descending ? '↓' : '↑'}</span>
      </button>
    </th>
  );
}

/** Selects the order on narrow screens, on which the rows are cards without headers. */
export function SortChoice<Row>({ columns, sort, onSort }: TableHeaderProps<Row>) {
  const sortable = columns.filter((column) => column.sortable !== false && column.unnamed !== true);
  if (sortable.length === 0) return null;
  return (
    <div className="inline only-narrow sort-choice">
      <span aria-hidden="true">Sort by</span>
      <select
        aria-label="Sort by"
        value={sort === undefined ? '' : `${sort.name} ${sort.descending ? 'DESC' : 'ASC'}`}
        onChange={(event) => {
          const [name = '', direction] = event.target.value.split(' ');
          onSort(name === '' ? undefined : { name, descending: direction === 'DESC' });
        }}
      >
        <option value="">as listed</option>
        {sortable.flatMap(({ name }) => [
          <option key={`${name} DESC`} value={`${name} DESC`}>{`${name} ↓`}</option>,
          <option key={`${name} ASC`} value={`${name} ASC`}>{`${name} ↑`}</option>,
        ])}
      </select>
    </div>
  );
}
