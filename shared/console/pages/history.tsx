import { useState } from 'react';
import { runRecorded, isSuccess } from '../api/calls.ts';
import { CopyAs } from '../form/copy-as.tsx';
import { ReplyFacts } from '../form/result-view.tsx';
import { isReal, useConnection } from '../shell/offer.tsx';
import { callName, clearHistory, useHistory, type HistoryEntry } from '../state/history.ts';
import { hashOf, navigate } from '../state/route.ts';
import { announce } from '../ui/announcer.tsx';
import { StatusBadge } from '../ui/badge.tsx';
import { Json } from '../ui/code.tsx';
import { ConfirmDialog } from '../ui/confirm.tsx';
import { PageFrame } from '../ui/page.tsx';
import { EmptyState } from '../ui/states.tsx';
import { TimeText } from '../ui/value.tsx';

/** Calls of this page, in memory. */
export function HistoryPage({ selected }: { readonly selected: string | undefined }) {
  const entries = useHistory();
  const [only, setOnly] = useState('');
  const shown = entries.filter(({ reply }) => only === '' || isSuccess(reply) === (only === 'ok'));
  const entry = entries.find(({ number }) => String(number) === selected);
  return (
    <PageFrame
      title={entry === undefined ? 'History' : callName(entry.call)}
      crumbs={entry === undefined ? [] : [['History', '#/history']]}
      lead={
        entry === undefined
          ? 'Calls that you ran here. They are kept in memory, without card data, until you close the page.'
          : undefined
      }
      actions={
        entry === undefined &&
        entries.length > 0 && (
          <button type="button" onClick={clearHistory}>
            Clear
          </button>
        )
      }
    >
      {entry !== undefined && <EntryView entry={entry} />}
      {entry === undefined && selected !== undefined && (
        <EmptyState title={`Call ${selected} is no longer in memory`}>
          <a href="#/history">All calls</a>
        </EmptyState>
      )}
      {selected === undefined && entries.length === 0 && (
        <EmptyState title="You ran no call yet">
          <a href="#/browse">Choose an entity or an action</a>
        </EmptyState>
      )}
      {selected === undefined && entries.length > 0 && (
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
          <div className="scroll" tabIndex={0} role="region" aria-label="Calls">
            <table className="plain">
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">Call</th>
                  <th scope="col">Kind</th>
                  <th scope="col">Outcome</th>
                  <th scope="col">Took</th>
                </tr>
              </thead>
              <tbody>
                {shown.map(({ number, call, kind, reply, at }) => (
                  <tr key={number}>
                    <td>
                      <TimeText value={at.toISOString()} />
                    </td>
                    <td>
                      <a href={hashOf(['history', String(number)])}>{callName(call)}</a>
                    </td>
                    <td>{{ run: 'run', dryRun: 'plan', explain: 'explain' }[kind]}</td>
                    <td>
                      <StatusBadge status={isSuccess(reply) ? 'ok' : 'failed'} /> {reply.status}
                    </td>
                    <td>{reply.tookMs} ms</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </PageFrame>
  );
}

function EntryView({ entry }: { readonly entry: HistoryEntry }) {
  const { kind, call, reply, at } = entry;
  const [asking, setAsking] = useState(false);
  const connection = useConnection();
  const { operationId: _before, ...fresh } = call.body;
  const writes = kind === 'run' && call.functionName !== 'list-entities' && call.functionName !== 'get-entity';
  const again = async (): Promise<void> => {
    try {
      // A write gets a key of its own: it is a new operation. The page of the operation repeats the same one.
      const next = await runRecorded(kind, { ...call, body: fresh });
      announce(isSuccess(next.reply) ? 'The call succeeded' : 'The call failed');
      navigate(hashOf(['history', String(next.number)]));
    } catch {
      announce('The server does not respond');
    }
  };
  const asks = writes && (isReal(connection) || call.functionName === 'delete-entity');
  return (
    <>
      <ReplyFacts reply={reply} kind={kind} />
      <p className="muted">
        <TimeText value={at.toISOString()} />, POST /{call.functionName}
      </p>
      <div className="buttons">
        <button type="button" className="primary" onClick={() => (asks ? setAsking(true) : void again())}>
          Run again
        </button>
        <CopyAs call={call} />
      </div>
      {writes && <p className="muted">It runs as a new operation, with a new operationId.</p>}
      <div className="grid">
        <section className="card" aria-label="Request">
          <h2>Request</h2>
          <Json value={call.body} label="Request" />
        </section>
        <section className="card" aria-label="Response">
          <h2>Response</h2>
          <Json value={reply.body} label="Response" />
        </section>
      </div>
      {asking && (
        <ConfirmDialog
          request={{
            title: `${callName(call)} again?`,
            text: 'It is sent to Stripe as a new operation.',
            action: 'Run again',
            typed: callName(call),
            onConfirm: () => void again(),
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
