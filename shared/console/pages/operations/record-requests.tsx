import { readActivity, type ListedOperation } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { rowsOfReply } from '../../api/calls.ts';
import { useHistory } from '../../state/history.ts';
import { IdLink } from '../../ui/value.tsx';
import { RequestTable } from '../requests/request-table.tsx';

interface RecordRequestsProps {
  readonly id: string;
  readonly ids: readonly string[];
  /** The object that the operation wrote. Null if this instance does not know it. */
  readonly object: ListedOperation['object'];
}

/** The requests of an operation that this instance still has, and the object that the operation wrote. */
export function RecordRequests({ id, ids, object }: RecordRequestsProps) {
  const { data } = useLoaded(`requests of ${ids.join()}`, readActivity);
  const requests =
    data?.transactions.filter(({ requestId }) => requestId !== undefined && ids.includes(requestId)) ?? [];
  const writtenRow = useHistory()
    .filter(({ kind, reply }) => kind === 'run' && reply.operationId === id)
    .flatMap(({ reply }) => rowsOfReply(reply))
    .find(({ Id: rowId }) => typeof rowId === 'string');
  const objectId = object?.id ?? writtenRow?.['Id'];
  if (requests.length === 0 && objectId === undefined) return null;
  return (
    <section className="card" aria-label="Requests of the operation">
      <h2>Requests</h2>
      {objectId !== undefined && (
        <p>
          Object <IdLink id={String(objectId)} />
        </p>
      )}
      {requests.length > 0 && <RequestTable requests={requests} />}
    </section>
  );
}
