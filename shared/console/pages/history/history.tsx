import { useState } from 'react';
import { isSuccess } from '../../api/calls.ts';
import { callName, clearHistory, useHistory } from '../../state/history.ts';
import { PageFrame } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { CallTable } from './call-table.tsx';
import { CompareView } from './compare-view.tsx';
import { EntryView } from './entry-view.tsx';

interface HistoryPageProps {
  /** Numbers of calls from the address: none for the list, one for a call, two to compare. */
  readonly selected: readonly string[];
}

/** Calls of this page, in memory. */
export function HistoryPage({ selected }: HistoryPageProps) {
  const entries = useHistory();
  if (selected.length === 0) return <CallList />;
  const found = selected.map((number) => entries.find((entry) => String(entry.number) === number));
  const [first, second] = found;
  const missing = selected.filter((_, index) => found[index] === undefined);
  const title =
    missing.length > 0 || first === undefined
      ? 'History'
      : second === undefined
        ? callName(first.call)
        : `Calls ${first.number} and ${second.number}`;
  return (
    <PageFrame title={title} crumbs={[['History', '#/history']]}>
      {missing.length > 0 ? (
        <EmptyState title={`Call ${missing.join(' and ')} is no longer in memory`}>
          <a href="#/history">All calls</a>
        </EmptyState>
      ) : first !== undefined && second !== undefined ? (
        <CompareView first={first} second={second} />
      ) : (
        first !== undefined && <EntryView entry={first} />
      )}
    </PageFrame>
  );
}

function CallList() {
  const entries = useHistory();
  const [only, setOnly] = useState('');
  const shown = entries.filter(({ reply }) => only === '' || isSuccess(reply) === (only === 'ok'));
  return (
    <PageFrame
      title="History"
      lead="Calls that you ran here. They are kept in memory, without card data, until you close the page. Choose two to compare them."
      actions={
        entries.length > 0 && (
          <button type="button" onClick={clearHistory}>
            Clear
          </button>
        )
      }
    >
      {entries.length === 0 ? (
        <EmptyState title="You ran no call yet">
          <a href="#/browse">Choose an entity or an action</a>
        </EmptyState>
      ) : (
        <>
          <div className="toolbar">
            <label className="field">
              <span>Outcome</span>
              <select value={only} onChange={(event) => setOnly(event.target.value)}>
                <option value="">All</option>
                <option value="ok">Succeeded</option>
                <option value="failed">Failed</option>
              </select>
            </label>
          </div>
          <CallTable entries={shown} />
        </>
      )}
    </PageFrame>
  );
}
