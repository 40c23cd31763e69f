import type { ReactNode } from 'react';
import { readActivity } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { RequestTable } from '../requests/request-table.tsx';
import { LatencyChart } from './latency-chart.tsx';

const LATEST_POLL_MS = 1000;
const LATEST_SHOWN = 15;

/** The latency of the latest requests, then `children`, then a table of these requests. */
export function LatestRequests({ children }: { readonly children: ReactNode }) {
  const { data } = useLoaded('activity', readActivity, LATEST_POLL_MS);
  const requests = data?.transactions ?? [];
  return (
    <>
      <section className="card" aria-label="Latency">
        <h2>Latency of the latest requests</h2>
        <LatencyChart requests={requests} />
      </section>
      {children}
      <section className="card" aria-label="Latest requests">
        <h2>
          Latest requests <a href="#/requests">All</a>
        </h2>
        {requests.length === 0 ? (
          <p className="muted">None yet.</p>
        ) : (
          <RequestTable requests={requests.slice(0, LATEST_SHOWN)} />
        )}
      </section>
    </>
  );
}
