import { OperationLink } from './operation-link.tsx';
import type { ListedOperation } from '../../api/operator.ts';
import { callName, useHistory } from '../../state/history.ts';
import { hashOf } from '../../state/route.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import type { TableColumn } from '../../ui/table/columns.ts';
import { DataTable } from '../../ui/table/data-table.tsx';
import { timeColumn } from '../../ui/table/time-column.tsx';
import { RecordTimeline } from './record-timeline.tsx';

const OPERATION_COLUMNS: readonly TableColumn<ListedOperation>[] = [
  { name: 'Call', value: ({ call }) => call ?? undefined, cell: ({ call }) => <strong>{call ?? '–'}</strong> },
  timeColumn('First called', ({ firstCalledAt }) => firstCalledAt ?? undefined, 'never'),
  { name: 'State', value: ({ state }) => state, cell: ({ state }) => <StatusBadge status={state} /> },
  { name: 'Effect', secondary: true, value: ({ effect }) => effect },
  { name: 'Tries', look: 'numeric', secondary: true, value: ({ attempts }) => attempts },
  {
    name: 'operationId',
    look: 'path',
    secondary: true,
    value: ({ operationId }) => operationId,
    cell: ({ operationId }) => <OperationLink operationId={operationId} />,
  },
];

export function OperationTable({ operations }: { readonly operations: readonly ListedOperation[] }) {
  // The instance forgets the call with its request; the history of the page may still know it.
  const known = new Map(
    useHistory().flatMap(({ call, reply }) =>
      reply.operationId === undefined ? [] : [[reply.operationId, callName(call)] as const],
    ),
  );
  const rows = operations.map((row) => ({ ...row, call: row.call ?? known.get(row.operationId) ?? null }));
  return (
    <DataTable
      label="Operations"
      rows={rows}
      columns={OPERATION_COLUMNS}
      rowKey={({ operationId }) => operationId}
      detail={(operation) => ({
        title: operation.call ?? 'Operation',
        body: (
          <>
            <RecordTimeline report={operation} />
            <p>{operation.whatToDo}</p>
            <a className="button" href={hashOf(['operations', operation.operationId])}>
              Open the record
            </a>
          </>
        ),
      })}
    />
  );
}
