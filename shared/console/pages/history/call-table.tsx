import { useState } from 'react';
import { isSuccess, rowsOfReply, type CallReply } from '../../api/calls.ts';
import { effectOfReply } from '../../form/result/reply-error.ts';
import { duration } from '../../format/time.ts';
import { callName, CALL_KIND_LABELS, orderedPair, type HistoryEntry } from '../../state/history.ts';
import { hashOf } from '../../state/route.ts';
import { StatusBadge } from '../../ui/badge.tsx';
import { Json } from '../../ui/code.tsx';
import { DataTable } from '../../ui/table/data-table.tsx';
import { timeColumn } from '../../ui/table/time-column.tsx';

/**
 * The text that describes a call in the table: the id or clause of the call, else the first text among its inputs, else
 * the id of its first row.
 */
function callSubject({ call, reply }: HistoryEntry): string | undefined {
  const [row] = rowsOfReply(reply);
  const inputs: readonly unknown[] = Object.values(call.body['connectorInputPayload'] ?? {});
  return [call.body['entityId'], call.body['filterClause'], ...inputs, row?.['Id']].find(
    (value): value is string => typeof value === 'string' && value !== '',
  );
}

function replyOutcome(reply: CallReply): 'ok' | 'unknown' | 'failed' {
  if (isSuccess(reply)) return 'ok';
  return effectOfReply(reply) === 'unknown' ? 'unknown' : 'failed';
}

/** Calls of the history. The user can choose two calls to compare them. */
export function CallTable({ entries }: { readonly entries: readonly HistoryEntry[] }) {
  const [chosen, setChosen] = useState<readonly number[]>([]);
  const pair = chosen.filter((number) => entries.some((entry) => entry.number === number));
  const [first, second] = pair;
  // A third choice replaces the earliest choice.
  const toggle = (number: number): void =>
    setChosen(pair.includes(number) ? pair.filter((other) => other !== number) : [...pair, number].slice(-2));
  return (
    <>
      <div className="buttons">
        {first !== undefined && second !== undefined ? (
          <a className="button primary" href={hashOf(['history', ...orderedPair(first, second)])}>
            Compare {orderedPair(first, second).join(' with ')}
          </a>
        ) : (
          <button type="button" disabled>
            Compare
          </button>
        )}
        <span className="muted" role="status">
          {pair.length} of 2 chosen
        </span>
      </div>
      <DataTable
        label="Calls"
        rows={entries}
        rowKey={({ number }) => String(number)}
        detail={({ number, call, reply }) => ({
          title: `${number}. ${callName(call)}`,
          body: (
            <>
              <a className="button" href={hashOf(['history', String(number)])}>
                Open the call
              </a>
              <h3>Request</h3>
              <Json value={call.body} label="Request" />
              <h3>Response</h3>
              <Json value={reply.body} label="Response" />
            </>
          ),
        })}
        columns={[
          {
            name: 'Compare',
            unnamed: true,
            value: () => undefined,
            cell: ({ number }) => (
              <label className="choose">
                <input type="checkbox" checked={pair.includes(number)} onChange={() => toggle(number)} />
                <span className="visually-hidden">Compare call </span>
                {number}
              </label>
            ),
          },
          {
            name: 'Call',
            value: ({ call }) => callName(call),
            cell: ({ number, call }) => <a href={hashOf(['history', String(number)])}>{callName(call)}</a>,
          },
          {
            name: 'About',
            cellStyle: 'cut',
            secondary: true,
            value: (entry) => callSubject(entry),
            cell: (entry) => callSubject(entry) ?? '–',
          },
          { name: 'Kind', secondary: true, value: ({ kind }) => CALL_KIND_LABELS[kind] },
          {
            name: 'Outcome',
            value: ({ reply }) => reply.status,
            cell: ({ reply }) => (
              <>
                <StatusBadge status={replyOutcome(reply)} /> {reply.status}
              </>
            ),
          },
          {
            name: 'Took',
            cellStyle: 'numeric',
            secondary: true,
            value: ({ reply }) => reply.tookMs,
            cell: ({ reply }) => duration(reply.tookMs),
          },
          timeColumn('When', ({ at }: HistoryEntry) => at.toISOString()),
        ]}
      />
    </>
  );
}
