import { readActivity } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { countedNoun, humanName, searchKey } from '../../format/words.ts';
import { hashOf, replaceHash } from '../../state/route.ts';
import { PageFrame } from '../../ui/page.tsx';
import { EmptyState, LoadState } from '../../ui/states.tsx';
import { LatencyChart } from '../limiter/latency-chart.tsx';
import { REQUEST_CLASSES } from '../limiter/limit-graph.tsx';
import { RequestTable } from './request-table.tsx';

const REQUESTS_POLL_MS = 2000;
/**
 * Name of the call that checks the health of the connection. The console and clients of the runtime API cause it often,
 * so its requests are hidden at first.
 */
const HEALTH_CHECK = 'checkStatus';

/** The latest requests to Stripe of this instance, filtered by the parameters of the address. */
export function RequestsPage({ params }: { readonly params: URLSearchParams }) {
  const { data, error, reload } = useLoaded('requests', readActivity, REQUESTS_POLL_MS);
  const call = params.get('call') ?? '';
  const outcome = params.get('outcome') ?? '';
  const priority = params.get('class') ?? '';
  const checks = params.get('checks') ?? '';
  const setFilter = (change: Readonly<Record<string, string>>): void =>
    replaceHash(hashOf(['requests'], { call, outcome, class: priority, checks, ...change }));
  const all = data?.transactions ?? [];
  const outcomes = [...new Set(['ok', 'error', ...all.map((request) => request.outcome)])];
  const shown = all.filter(
    (request) =>
      (checks !== '' || request.call !== HEALTH_CHECK || call !== '') &&
      searchKey(`${request.call} ${request.path}`).includes(searchKey(call)) &&
      (outcome === '' || request.outcome === outcome || (outcome === 'error' && request.outcome !== 'ok')) &&
      (priority === '' || request.priority === priority),
  );
  return (
    <PageFrame
      title="Requests"
      lead="The last 100 requests of this instance, those that ended last first. Calls over the limit are among them: nothing was sent. Bodies are not kept; History has those of your calls."
    >
      <div className="toolbar" role="search">
        <label className="field grow">
          <span>Call or path</span>
          <input
            type="search"
            data-page-search=""
            value={call}
            placeholder="PaymentIntent.Create, cus_..."
            onChange={(event) => setFilter({ call: event.target.value })}
          />
        </label>
        <FilterSelect
          label="Outcome"
          value={outcome}
          options={outcomes}
          onChange={(next) => setFilter({ outcome: next })}
        />
        <FilterSelect
          label="Class"
          value={priority}
          options={REQUEST_CLASSES}
          onChange={(next) => setFilter({ class: next })}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={checks !== ''}
            onChange={(event) => setFilter({ checks: event.target.checked ? 'shown' : '' })}
          />{' '}
          Show checks of the health
        </label>
      </div>
      {data === undefined && <LoadState what="requests" shape="table" error={error} onRetry={reload} />}
      {data !== undefined && shown.length === 0 && (
        <EmptyState title={all.length === 0 ? 'This instance sent no request yet' : 'No request matches'}>
          {all.length > 0 && (
            <button type="button" onClick={() => replaceHash('#/requests')}>
              Clear the filters
            </button>
          )}
        </EmptyState>
      )}
      {shown.length > 0 && (
        <>
          <p className="muted" role="status">
            {countedNoun(shown.length, 'request')}
          </p>
          <RequestTable requests={shown} />
          <section className="card" aria-label="Latency">
            <h2>Latency of these requests</h2>
            <LatencyChart requests={shown} />
          </section>
        </>
      )}
    </PageFrame>
  );
}

interface FilterSelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly string[];
  readonly onChange: (value: string) => void;
}

function FilterSelect({ label, value, options, onChange }: FilterSelectProps) {
  return (
    <label className="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">All</option>
        {[...new Set([...options, ...(value === '' ? [] : [value])])].map((option) => (
          <option key={option} value={option}>
            {humanName(option)}
          </option>
        ))}
      </select>
    </label>
  );
}
