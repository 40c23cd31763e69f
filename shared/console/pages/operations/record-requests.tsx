import { readActivity } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { rowsOfReply } from '../../api/calls.ts';
import { useHistory } from '../../state/history.ts';
import { IdLink } from '../../ui/value.tsx';
import { RequestTable } from '../requests/request-table.tsx';

/** The requests of an operation, as far as this instance still knows them, and the object that it made. */
export function RecordRequests({ id, ids }: { readonly id: string; readonly ids: readonly string[] }) {
  const { data } = useLoaded(`requests of ${ids.join()}`, readActivity);
  const requests =
    data?.transactions.filter(({ requestId }) => requestId !== undefined && ids.includes(requestId)) ?? [];
  const made = useHistory()
    .filter(({ kind, reply }) => kind === 'run' && reply.operationId === id)
    .flatMap(({ reply }) => rowsOfReply(reply))
    .find(({ Id: object }) => typeof object === 'string');
  if (requests.length === 0 && made === undefined) return null;
  return (
    <section className="card" aria-label="Requests of the operation">
      <h2>Requests</h2>
      {made !== undefined && (
        <p>
          It returned <IdLink id={String(made['Id'])} />
        </p>
      )}
      {requests.length > 0 && <RequestTable requests={requests} />}
    </section>
  );
}
