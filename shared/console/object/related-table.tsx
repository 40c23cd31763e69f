import type { OutputRow } from '../api/calls.ts';
import { StatusBadge } from '../ui/badge.tsx';
import type { TableColumn } from '../ui/table/columns.ts';
import { DataTable } from '../ui/table/data-table.tsx';
import { timeColumn } from '../ui/table/time-column.tsx';
import { IdLink, NameText, Value } from '../ui/value.tsx';
import { rowAmount } from './row-title.ts';

/** An object that refers to the shown object, or that the shown object refers to. */
export interface RelatedObject {
  readonly id: string;
  readonly entity: string;
  /** The field of the shown object with the id. Undefined for a row of a list. */
  readonly field?: string;
  /** Undefined if the object is not read. */
  readonly row: OutputRow | undefined;
}

/** The text of the first of these columns that has one. */
function relatedText({ row }: RelatedObject, ...names: readonly string[]): string | undefined {
  return names.map((name) => row?.[name]).find((value): value is string => typeof value === 'string' && value !== '');
}

const RELATED_COLUMNS: readonly TableColumn<RelatedObject>[] = [
  { name: 'Field', value: ({ field }) => field, cell: ({ field = '' }) => <NameText text={field} /> },
  {
    name: 'Object',
    cellStyle: 'cut',
    value: ({ id }) => id,
    cell: ({ id, entity, field }) => (
      <>
        <IdLink id={id} entity={entity} /> {field !== undefined && <span className="muted">{entity}</span>}
      </>
    ),
  },
  {
    name: 'About',
    cellStyle: 'cut',
    value: (object) => relatedText(object, 'Name', 'Email', 'Number', 'Description', 'Type'),
  },
  {
    name: 'Amount',
    cellStyle: 'numeric',
    value: ({ row }) => rowAmount(row ?? {}),
    cell: (object) => (
      <Value name="Amount" value={rowAmount(object.row ?? {})} currency={relatedText(object, 'Currency')} />
    ),
  },
  {
    name: 'Status',
    value: (object) => relatedText(object, 'Status'),
    cell: (object) => {
      const status = relatedText(object, 'Status');
      return status === undefined ? '–' : <StatusBadge status={status} />;
    },
  },
  timeColumn('Created', ({ row }) => (typeof row?.['Created'] === 'number' ? row['Created'] : undefined)),
];

/** Related objects with amount, status and time. Columns without any value are omitted. */
export function RelatedTable({
  label,
  objects,
}: {
  readonly label: string;
  readonly objects: readonly RelatedObject[];
}) {
  return (
    <DataTable
      label={label}
      rows={objects}
      columns={RELATED_COLUMNS.filter(({ value }) => objects.some((object) => value(object) !== undefined))}
      rowKey={({ id, field = '' }) => field + id}
    />
  );
}
