import { OperationLink } from './operation-link.tsx';
import type { ListedOperation } from '../../api/operator.ts';
import { isIdLike } from '../../format/words.ts';
import { callName, useHistory } from '../../state/history.ts';
import { hashOf } from '../../state/route.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import type { TableColumn } from '../../ui/table/columns.ts';
import { DataTable } from '../../ui/table/data-table.tsx';
import { timeColumn } from '../../ui/table/time-column.tsx';
import { IdLink, Value } from '../../ui/value.tsx';
import { RecordTimeline } from './record-timeline.tsx';

const OPERATION_COLUMNS: readonly TableColumn<ListedOperation>[] = [
  { name: 'Call', value: ({ call }) => call ?? undefined, cell: ({ call }) => <strong>{call ?? '–'}</strong> },
  timeColumn('First called', ({ firstCalledAt }) => firstCalledAt ?? undefined, 'never'),
  {
    name: 'Object',
    cellStyle: 'path',
    value: ({ object }) => object?.id,
    cell: ({ call, object }) =>
      object === null ? '–' : <IdLink id={object.id} entity={isIdLike(object.id) ? undefined : entityOfCall(call)} />,
  },
  {
    name: 'Amount',
    cellStyle: 'numeric',
    secondary: true,
    value: ({ object }) => object?.amount,
    cell: ({ object }) => <Value name="Amount" value={object?.amount} currency={object?.currency} />,
  },
  { name: 'State', value: ({ state }) => state, cell: ({ state }) => <StatusBadge status={state} /> },
  { name: 'Effect', secondary: true, value: ({ effect }) => effect },
  { name: 'Tries', cellStyle: 'numeric', secondary: true, value: ({ attempts }) => attempts },
  {
    name: 'operationId',
    cellStyle: 'cut',
    secondary: true,
    value: ({ operationId }) => operationId,
    cell: ({ operationId }) => <OperationLink operationId={operationId} />,
  },
];

/**
 * The entity of a call: `Coupon` for `Coupon.Create`. Undefined for an action. Used for ids that do not have the format
 * of Stripe's ids, such as the id of a coupon.
 */
function entityOfCall(call: string | null): string | undefined {
  return call?.includes('.') === true ? call.slice(0, call.lastIndexOf('.')) : undefined;
}

export function OperationTable({ operations }: { readonly operations: readonly ListedOperation[] }) {
  // The server knows the names of calls for its latest requests only. The history of this page may have names of older
  // calls.
  const namesInHistory = new Map(
    useHistory().flatMap(({ call, reply }) =>
      reply.operationId === undefined ? [] : [[reply.operationId, callName(call)] as const],
    ),
  );
  const rows = operations.map((row) => ({ ...row, call: row.call ?? namesInHistory.get(row.operationId) ?? null }));
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
