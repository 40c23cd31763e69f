import { type RequestLogEntry } from '../../api/operator.ts';
import { countedNoun } from '../../format/words.ts';
import { EmptyState } from '../../ui/states.tsx';
import { hashOf } from '../../state/route.ts';
import { PathText } from '../requests/request-table.tsx';
import { TimeText } from '../../ui/value.tsx';

interface ErrorGroup {
  readonly outcome: string;
  readonly call: string;
  readonly count: number;
  readonly last: RequestLogEntry;
}

function groupErrors(requests: readonly RequestLogEntry[]): readonly ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const request of requests) {
    if (request.outcome === 'ok') continue;
    const name = `${request.outcome} ${request.call}`;
    const before = groups.get(name);
    groups.set(name, {
      outcome: request.outcome,
      call: request.call,
      count: (before?.count ?? 0) + 1,
      last: before?.last ?? request,
    });
  }
  return [...groups.values()];
}

export function RecentErrors({ requests }: { readonly requests: readonly RequestLogEntry[] }) {
  const groups = groupErrors(requests);
  return (
    <section className="card" aria-label="Recent errors">
      <h2>Recent errors</h2>
      {groups.length === 0 ? (
        <EmptyState title={`No error among the last ${countedNoun(requests.length, 'request')}`} />
      ) : (
        <ul className="timeline">
          {groups.map(({ outcome, call, count, last }) => (
            <li key={outcome + call}>
              <a href={hashOf(['requests'], { call, outcome })}>
                <strong className="bad-text">{outcome}</strong> {call}
              </a>{' '}
              <PathText method={last.method} path={last.path} /> <span className="muted">{count}×, last</span>{' '}
              <TimeText value={last.atMs / 1000} />
              {last.requestId !== undefined && <code className="muted"> {last.requestId}</code>}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
