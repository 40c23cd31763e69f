import { readActivity } from '../api/operator.ts';
import { useLoaded } from '../api/use-loaded.ts';
import { callName, useHistory } from '../state/history.ts';
import { hashOf } from '../state/route.ts';
import { StatusBadge } from '../ui/badge.tsx';
import { TimeText } from '../ui/value.tsx';

/** Calls of this page and requests of this instance that name an object. */
export function ObjectOperations({ id }: { readonly id: string }) {
  const history = useHistory().filter(
    ({ call, reply }) => JSON.stringify(call.body).includes(id) || JSON.stringify(reply.body).includes(id),
  );
  const { data } = useLoaded('activity', readActivity);
  const requests = data?.transactions.filter(({ path }) => path.includes(id)) ?? [];
  return (
    <>
      <h2>Calls from this page</h2>
      {history.length === 0 && <p className="muted">None yet.</p>}
      <ul className="timeline">
        {history.map(({ number, call, reply, at }) => (
          <li key={number}>
            <a href={hashOf(['history', String(number)])}>{callName(call)}</a>{' '}
            <StatusBadge status={reply.status < 300 ? 'ok' : 'failed'} /> <TimeText value={at.toISOString()} />{' '}
            {reply.operationId !== undefined && (
              <a href={hashOf(['operations', reply.operationId])} className="muted">
                {reply.operationId}
              </a>
            )}
          </li>
        ))}
      </ul>
      <h2>Requests to Stripe</h2>
      {requests.length === 0 && <p className="muted">None among the latest of this instance.</p>}
      <ul className="timeline">
        {requests.map((request) => (
          <li key={`${request.atMs}-${request.requestId ?? ''}`}>
            <strong>{request.method}</strong> <code>{request.path}</code> <StatusBadge status={request.outcome} />{' '}
            <TimeText value={request.atMs / 1000} /> <span className="muted">{request.requestId}</span>
          </li>
        ))}
      </ul>
    </>
  );
}
