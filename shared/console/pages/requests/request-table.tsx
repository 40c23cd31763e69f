import type { RequestLogEntry } from '../../api/operator.ts';
import { duration } from '../../format/time.ts';
import { isIdLike } from '../../format/words.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { IdLink, TimeText } from '../../ui/value.tsx';

/** Requests to Stripe: what each waited for, took and returned. */
export function RequestTable({ requests }: { readonly requests: readonly RequestLogEntry[] }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Requests to Stripe">
      <table className="plain requests">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Call</th>
            <th scope="col">Outcome</th>
            <th scope="col">Request</th>
            <th scope="col">Class</th>
            <th scope="col">Waited</th>
            <th scope="col">Took</th>
            <th scope="col">Stripe's request</th>
          </tr>
        </thead>
        <tbody>
          {requests.map((request, index) => (
            <tr key={`${request.atMs}-${request.requestId ?? ''}-${index}`}>
              <td>
                <TimeText value={request.atMs / 1000} />
              </td>
              <td>
                {request.call}
                {request.attempt > 1 && <span className="muted"> try {request.attempt}</span>}
              </td>
              <td>
                <StatusBadge status={request.outcome} />
              </td>
              <td>
                <PathText method={request.method} path={request.path} />
              </td>
              <td>{request.priority}</td>
              <td>
                {duration(request.waitedMs)}
                {request.waitedFor !== undefined && <span className="muted"> for {request.waitedFor}</span>}
              </td>
              <td>{duration(request.durationMs)}</td>
              <td>{request.requestId === undefined ? '–' : <code>{request.requestId}</code>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A path whose ids are links to their objects. */
export function PathText({ method, path }: { readonly method: string; readonly path: string }) {
  return (
    <code className="path">
      {method}{' '}
      {path.split(/(?<=\/)/).map((part, index) => {
        const [id = '', slash = ''] = part.split(/(?=\/$)/);
        return isIdLike(id) ? (
          <span key={index}>
            <IdLink id={id} />
            {slash}
          </span>
        ) : (
          part
        );
      })}
    </code>
  );
}
