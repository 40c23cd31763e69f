import { TimeText } from '../value.tsx';
import type { TableColumn } from './columns.ts';

/** A column of times in Unix seconds, or of texts in ISO 8601. Sorting such texts sorts them by time. */
export function timeColumn<Row>(
  name: string,
  at: (row: Row) => string | number | undefined,
  absent = '–',
): TableColumn<Row> {
  return {
    name,
    value: at,
    cell: (row) => {
      const value = at(row);
      return value === undefined ? absent : <TimeText value={value} />;
    },
  };
}
