import { readActivity } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { duration } from '../../format/time.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { TimeText } from '../../ui/value.tsx';

const LATEST_EVERY_MS = 1000;
const REQUESTS_SHOWN = 30;

/** The latest requests with their class and wait. */
export function LatestRequests() {
  const { data } = useLoaded('activity', readActivity, LATEST_EVERY_MS);
  const requests = data?.transactions.slice(0, REQUESTS_SHOWN) ?? [];
  return (
    <section className="card" aria-label="Latest requests">
      <h2>Latest requests</h2>
      {requests.length === 0 && <p className="muted">None yet.</p>}
      <div className="scroll" tabIndex={0} role="region" aria-label="Latest requests to Stripe">
        <table className="plain">
          <thead>
            <tr>
              <th scope="col">When</th>
              <th scope="col">Call</th>
              <th scope="col">Outcome</th>
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
                <td>{request.call}</td>
                <td>
                  <StatusBadge status={request.outcome} />
                </td>
                <td>{request.priority}</td>
                <td>
                  {duration(request.waitedMs)} {request.waitedFor !== undefined && `for ${request.waitedFor}`}
                </td>
                <td>{duration(request.durationMs)}</td>
                <td>
                  <code>{request.requestId ?? '–'}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
