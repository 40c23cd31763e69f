import { useState } from 'react';
import { isSuccess } from '../../api/calls.ts';
import { callName, clearHistory, useHistory } from '../../state/history.ts';
import { PageFrame } from '../../ui/page.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { CallTable } from './call-table.tsx';
import { CompareView } from './compare-view.tsx';
import { EntryView } from './entry-view.tsx';

interface HistoryPageProps {
  /** Numbers of calls from the address: none for the list, one for a call, two for a comparison. */
  readonly selected: readonly string[];
}

const HISTORY_CRUMBS = [['History', '#/history']] as const;

/** The calls of this page: the list, one call, or two calls compared. */
export function HistoryPage({ selected }: HistoryPageProps) {
  const entries = useHistory();
  if (selected.length === 0) return <CallList />;
  const found = selected.map((number) => entries.find((entry) => String(entry.number) === number));
  const [first, second] = found;
  const missing = selected.filter((_, index) => found[index] === undefined);
  if (missing.length > 0 || first === undefined)
    return (
      <PageFrame title="History" crumbs={HISTORY_CRUMBS}>
        <EmptyState title={`Call ${missing.join(' and ')} is no longer in memory`}>
          <a href="#/history">All calls</a>
        </EmptyState>
      </PageFrame>
    );
  if (second === undefined)
    return (
      <PageFrame title={callName(first.call)} crumbs={HISTORY_CRUMBS}>
        <EntryView entry={first} />
      </PageFrame>
    );
  return (
    <PageFrame title={`Calls ${first.number} and ${second.number}`} crumbs={HISTORY_CRUMBS}>
      <CompareView first={first} second={second} />
    </PageFrame>
  );
}

function CallList() {
  const entries = useHistory();
  const [outcome, setOutcome] = useState('');
  const shown = entries.filter(({ reply }) => outcome === '' || isSuccess(reply) === (outcome === 'ok'));
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
              <select value={outcome} onChange={(event) => setOutcome(event.target.value)}>
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
