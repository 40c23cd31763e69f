import { useState } from 'react';
import { readOperations, type ListedOperation } from '../../api/operator.ts';
import { useLoaded } from '../../api/use-loaded.ts';
import { countedNoun } from '../../format/words.ts';
import { hashOf, navigate, replaceHash } from '../../state/route.ts';
import { PageFrame } from '../../ui/page.tsx';
import { EmptyState, LoadState } from '../../ui/states.tsx';
import { OperationTable } from './operation-table.tsx';

const OPERATIONS_POLL_MS = 5000;
/** What each state of a record means. */
const RECORD_STATES: Readonly<Record<ListedOperation['state'], string>> = {
  received: 'received: nothing sent yet',
  calling: 'calling: in progress, or its instance ended',
  succeeded: 'succeeded',
  failed: 'failed: nothing took effect',
  indeterminate: 'indeterminate: the outcome is unknown',
};

/**
 * The records of the writes that this instance handled. A record of another instance can be opened by its operationId.
 */
export function OperationsPage({ params }: { readonly params: URLSearchParams }) {
  const { data, error, reload } = useLoaded('operations', readOperations, OPERATIONS_POLL_MS);
  const [id, setId] = useState('');
  const state = params.get('state') ?? '';
  const since = params.get('since') ?? '';
  const setFilter = (change: Readonly<Record<string, string>>): void =>
    replaceHash(hashOf(['operations'], { state, since, ...change }));
  const sinceMs = since === '' ? 0 : new Date(since).getTime();
  const shown = data?.operations.filter(
    (operation) =>
      (state === '' || operation.state === state) &&
      (sinceMs === 0 || (operation.firstCalledAt !== null && Date.parse(operation.firstCalledAt) >= sinceMs)),
  );
  return (
    <PageFrame
      title="Operations"
      lead="Each write has an operationId. Its record says what happened, so a repeat takes effect once."
    >
      <form
        className="toolbar"
        role="search"
        onSubmit={(event) => {
          event.preventDefault();
          if (id.trim() !== '') navigate(hashOf(['operations', id.trim()]));
        }}
      >
        <label className="field grow">
          <span>Find by operationId, also of other instances</span>
          <input type="search" data-page-search="" value={id} onChange={(event) => setId(event.target.value)} />
        </label>
        <button type="submit">Open</button>
        <label className="field">
          <span>State</span>
          <select value={state} onChange={(event) => setFilter({ state: event.target.value })}>
            <option value="">All</option>
            {Object.entries(RECORD_STATES).map(([name, text]) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>Called since</span>
          <input type="datetime-local" value={since} onChange={(event) => setFilter({ since: event.target.value })} />
        </label>
      </form>
      {data === undefined && <LoadState what="operations" shape="table" error={error} onRetry={reload} />}
      {shown?.length === 0 && (
        <EmptyState
          title={state === '' && since === '' ? 'This instance handled no write yet' : 'No operation matches'}
        >
          <p>Operations of other instances are found by their id.</p>
        </EmptyState>
      )}
      {shown !== undefined && shown.length > 0 && (
        <>
          <p className="muted" role="status">
            {countedNoun(shown.length, 'operation')} of this instance, the last first
          </p>
          <OperationTable operations={shown} />
        </>
      )}
    </PageFrame>
  );
}
