import type { ReactNode } from 'react';

/** A column of a table of the console. */
export interface TableColumn<Row> {
  /** The header, and the name of the column in the sort order. */
  readonly name: string;
  /** The value by which the column is sorted, and which the user can copy from the cell. */
  readonly value: (row: Row) => string | number | undefined;
  /** What the cell shows. Default: the value. */
  readonly cell?: ((row: Row) => ReactNode) | undefined;
  /** What the column means. The header shows it as a tooltip. */
  readonly description?: string | undefined;
  readonly sortable?: boolean | undefined;
  /**
   * `numeric` is aligned at the right. `cut` is one line, which ends with an ellipsis if it is too long. `brief` is cut
   * at a smaller width, for example for the id of another object. `path` is cut on a wide page and has a line of its
   * own on a phone. `wide` wraps.
   */
  readonly cellStyle?: 'numeric' | 'cut' | 'brief' | 'path' | 'wide' | undefined;
  /** Hidden while the details of a row are next to the table. */
  readonly secondary?: boolean | undefined;
  /** Shown in the details of a row only, not in the table. */
  readonly detailOnly?: boolean | undefined;
  /** The header is visible to screen readers only, for example of a column with buttons. */
  readonly unnamed?: boolean | undefined;
}

export interface TableSort {
  readonly name: string;
  readonly descending: boolean;
}

/** The order after a click on the header `name`. Repeated clicks give descending, ascending and no order in turn. */
export function nextSort(name: string, sort: TableSort | undefined): TableSort | undefined {
  if (sort?.name !== name) return { name, descending: true };
  return sort.descending ? { name, descending: false } : undefined;
}

/** The classes of a column's cells and header. */
export function cellClass<Row>({ cellStyle, secondary = false }: TableColumn<Row>): string | undefined {
  return [cellStyle, ...(secondary ? ['secondary'] : [])].filter(Boolean).join(' ') || undefined;
}
