import type { RequestLogEntry } from '../../api/operator.ts';
import { isSuccess } from '../../api/calls.ts';
import { errorOfReply } from '../../form/result/reply-error.ts';
import { countedNoun } from '../../format/words.ts';
import { EmptyState } from '../../ui/states.tsx';
import { callName, useHistory } from '../../state/history.ts';
import { hashOf } from '../../state/route.ts';
import { PathText } from '../requests/request-table.tsx';
import { TimeText } from '../../ui/value.tsx';

const MAX_FAILED_CALLS = 5;

/** Failed requests with the same outcome and call. */
interface ErrorGroup {
  readonly outcome: string;
  readonly call: string;
  readonly count: number;
  readonly last: RequestLogEntry;
}

/** Groups failed requests. `requests` are ordered by time, the newest first. */
function groupErrors(requests: readonly RequestLogEntry[]): readonly ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>();
  for (const request of requests) {
    if (request.outcome === 'ok') continue;
    const name = `${request.outcome} ${request.call}`;
    const group = groups.get(name);
    groups.set(name, {
      outcome: request.outcome,
      call: request.call,
      count: (group?.count ?? 0) + 1,
      last: group?.last ?? request,
    });
  }
  return [...groups.values()];
}

/** The failures among the latest requests, and the failed calls of this page. */
export function RecentErrors({ requests }: { readonly requests: readonly RequestLogEntry[] }) {
  const groups = groupErrors(requests);
  const failedCalls = useHistory()
    .filter(({ kind, reply }) => kind === 'run' && !isSuccess(reply))
    .slice(0, MAX_FAILED_CALLS);
  return (
    <section className="card" aria-label="Recent errors">
      <h2>Recent errors</h2>
      {groups.length + failedCalls.length === 0 ? (
        <EmptyState title={`No error among the last ${countedNoun(requests.length, 'request')}`} />
      ) : (
        groups.length > 0 && (
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
        )
      )}
      {failedCalls.length > 0 && (
        <>
          <h3>Calls of this page that failed</h3>
          <ul className="timeline">
            {failedCalls.map(({ number, at, call, reply }) => (
              <li key={number}>
                <a href={hashOf(['history', String(number)])}>{callName(call)}</a> {errorOfReply(reply).message}{' '}
                <span className="muted">{errorOfReply(reply).reason}</span> <TimeText value={at.toISOString()} />
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
