import type { ListedEvent } from '../../api/operator.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { DataTable, type DataTableProps } from '../../ui/table/data-table.tsx';
import { timeColumn } from '../../ui/table/time-column.tsx';
import { IdLink } from '../../ui/value.tsx';
import { EventDetail, ReplayButton } from './event-detail.tsx';

interface EventTableProps extends Pick<DataTableProps<ListedEvent>, 'pagination'> {
  readonly events: readonly ListedEvent[];
  readonly onChange: () => void;
}

export function EventTable({ events, onChange, ...paging }: EventTableProps) {
  return (
    <DataTable
      {...paging}
      label="Events that arrived"
      rows={events}
      rowKey={({ id }) => id}
      detail={(event) => ({
        title: event.type,
        body: <EventDetail key={event.id} id={event.id} arrived={event} onChange={onChange} />,
      })}
      columns={[
        { name: 'Type', value: ({ type }) => type, cell: ({ type }) => <strong>{type}</strong> },
        timeColumn('Received', ({ received }: ListedEvent) => received),
        {
          name: 'Object',
          cellStyle: 'cut',
          secondary: true,
          value: ({ objectId }) => objectId,
          cell: ({ objectId }) => (objectId === '' ? '–' : <IdLink id={objectId} />),
        },
        {
          name: 'Outcome',
          value: ({ outcome }) => outcome,
          cell: ({ outcome, reason }) => (
            <>
              <StatusBadge status={outcome} /> {reason !== '' && <code>{reason}</code>}
            </>
          ),
        },
        {
          name: 'Handled',
          secondary: true,
          value: ({ attempts }) => attempts,
          cell: ({ attempts, via }) => (attempts === 1 ? `by ${via}` : `${attempts} times, last by ${via}`),
        },
        {
          name: 'Replay',
          unnamed: true,
          secondary: true,
          value: () => undefined,
          cell: ({ id }) => <ReplayButton id={id} onChange={onChange} />,
        },
      ]}
    />
  );
}
