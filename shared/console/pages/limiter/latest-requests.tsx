import { readActivity } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { RequestTable } from '../requests/request-table.tsx';

const LATEST_EVERY_MS = 1000;
const LATEST_SHOWN = 15;

/** The latest requests with their class and wait. */
export function LatestRequests() {
  const { data } = useLoaded('activity', readActivity, LATEST_EVERY_MS);
  const requests = data?.transactions.slice(0, LATEST_SHOWN) ?? [];
  return (
    <section className="card" aria-label="Latest requests">
      <h2>
        Latest requests <a href="#/requests">All</a>
      </h2>
      {requests.length === 0 ? <p className="muted">None yet.</p> : <RequestTable requests={requests} />}
    </section>
  );
}
