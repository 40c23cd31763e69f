import { useState } from 'react';
import { ReplySummary } from '../../form/result/result-view.tsx';
import { compareJson } from '../../format/differences.ts';
import { callName, CALL_KIND_LABELS, type HistoryEntry } from '../../state/history.ts';
import { hashOf } from '../../state/route.ts';
import { DifferenceTable } from '../../ui/difference-table.tsx';
import { TimeText } from '../../ui/value.tsx';

interface CompareViewProps {
  readonly first: HistoryEntry;
  readonly second: HistoryEntry;
}

/**
 * Compares two calls: status, duration and effect of both side by side, and the differences of their requests and
 * responses.
 */
export function CompareView({ first, second }: CompareViewProps) {
  const [showsEqual, setShowsEqual] = useState(false);
  return (
    <>
      <div className="grid">
        {[first, second].map((entry) => (
          <section key={entry.number} className="card" aria-label={`Call ${entry.number}`}>
            <h2>
              {entry.number}. <a href={hashOf(['history', String(entry.number)])}>{callName(entry.call)}</a>
            </h2>
            <ReplySummary reply={entry.reply} kind={entry.kind} />
            <p className="muted">
              {CALL_KIND_LABELS[entry.kind]}, <TimeText value={entry.at.toISOString()} />
            </p>
          </section>
        ))}
      </div>
      <label className="choose compare-all">
        <input type="checkbox" checked={showsEqual} onChange={() => setShowsEqual(!showsEqual)} /> Show equal fields too
      </label>
      {(['Request', 'Response'] as const).map((part) => (
        <ComparedPart
          key={part}
          part={part}
          showsEqual={showsEqual}
          sides={[first, second].map(({ call, reply }) =>
            part === 'Request'
              ? { function: call.functionName, ...call.body }
              : { status: reply.status, ...reply.body },
          )}
          numbers={[first.number, second.number]}
        />
      ))}
    </>
  );
}

interface ComparedPartProps {
  readonly part: 'Request' | 'Response';
  /** Whether equal fields are also shown. */
  readonly showsEqual: boolean;
  readonly sides: readonly unknown[];
  readonly numbers: readonly [first: number, second: number];
}

function ComparedPart({ part, showsEqual, sides: [before, after], numbers: [first, second] }: ComparedPartProps) {
  const fields = compareJson(before, after);
  const differences = fields.filter(({ kind }) => kind !== 'equal');
  const shown = showsEqual ? fields : differences;
  return (
    <section className="card" aria-label={part}>
      <h2>{part}</h2>
      <p className="muted" role="status">
        {differences.length === 0
          ? `The ${fields.length} fields are equal`
          : `${differences.length} of ${fields.length} fields differ`}
      </p>
      {shown.length > 0 && (
        <DifferenceTable
          label={`${part} of both calls`}
          differences={shown}
          sides={[`Call ${first}`, `Call ${second}`]}
        />
      )}
    </section>
  );
}
