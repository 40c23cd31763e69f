import { Menu, MenuButton, MenuItem, MenuProvider } from '@ariakit/react';
import { useState } from 'react';
import { runAndRecord, isSuccess } from '../../api/calls.ts';
import { CopyAs } from '../../form/snippets/copy-as.tsx';
import { ReplySummary } from '../../form/result/result-view.tsx';
import { movesRealMoney, useConnection } from '../../shell/console-context.tsx';
import { callName, orderedPair, useHistory, type HistoryEntry } from '../../state/history.ts';
import { hashOf, navigate } from '../../state/route.ts';
import { announce } from '../../ui/announcer.tsx';
import { Json } from '../../ui/code.tsx';
import { ConfirmDialog } from '../../ui/confirm.tsx';
import { TimeText } from '../../ui/value.tsx';

const MAX_COMPARED = 20;

/** One call of the history: its request and response, with buttons to run it again and to compare it. */
export function EntryView({ entry }: { readonly entry: HistoryEntry }) {
  const { kind, call, reply, at } = entry;
  const [isConfirming, setIsConfirming] = useState(false);
  const connection = useConnection();
  const { operationId: _before, ...fresh } = call.body;
  const isWrite = kind === 'run' && call.functionName !== 'list-entities' && call.functionName !== 'get-entity';
  const runAgain = async (): Promise<void> => {
    try {
      // A write gets a new operationId. RecordPage repeats a write with the same operationId.
      const next = await runAndRecord(kind, { ...call, body: fresh });
      if (isSuccess(next.reply)) announce('The call succeeded', 'good');
      else announce('The call failed');
      navigate(hashOf(['history', String(next.number)]));
    } catch {
      announce('The server does not respond', 'bad');
    }
  };
  const needsConfirmation = isWrite && (movesRealMoney(connection) || call.functionName === 'delete-entity');
  return (
    <>
      <ReplySummary reply={reply} kind={kind} />
      <p className="muted">
        <TimeText value={at.toISOString()} />, POST /{call.functionName}
      </p>
      <div className="buttons">
        <button
          type="button"
          className="primary"
          onClick={() => (needsConfirmation ? setIsConfirming(true) : void runAgain())}
        >
          Run again
        </button>
        <CopyAs call={call} />
        <CompareMenu entry={entry} />
        {isWrite && reply.operationId !== undefined && (
          <a className="button" href={hashOf(['operations', reply.operationId])}>
            Its operation
          </a>
        )}
      </div>
      {isWrite && (
        <p className="muted">
          It runs as a new operation, with a new operationId. The page of its operation repeats it without a second
          effect.
        </p>
      )}
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
      {isConfirming && (
        <ConfirmDialog
          request={{
            title: `${callName(call)} again?`,
            text: 'It is sent to Stripe as a new operation.',
            buttonLabel: 'Run again',
            textToType: callName(call),
            onConfirm: () => void runAgain(),
          }}
          onClose={() => setIsConfirming(false)}
        />
      )}
    </>
  );
}

/** A menu of the calls to compare with. Calls with the same name come first. */
function CompareMenu({ entry }: { readonly entry: HistoryEntry }) {
  const name = callName(entry.call);
  const others = useHistory()
    .filter(({ number }) => number !== entry.number)
    .sort((a, b) => Number(callName(b.call) === name) - Number(callName(a.call) === name))
    .slice(0, MAX_COMPARED);
  if (others.length === 0) return null;
  return (
    <MenuProvider placement="bottom-start">
      <MenuButton>Compare with</MenuButton>
      <Menu className="menu" gutter={4}>
        {others.map(({ number, call, reply, at }) => (
          <MenuItem
            key={number}
            className="menu-item"
            render={<a href={hashOf(['history', ...orderedPair(entry.number, number)])} />}
          >
            {number}. {callName(call)} <span className="muted">{reply.status}</span>{' '}
            <TimeText value={at.toISOString()} />
          </MenuItem>
        ))}
      </Menu>
    </MenuProvider>
  );
}
