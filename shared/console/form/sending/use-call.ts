import { useState } from 'react';
import {
  rowsOfReply,
  runFunction,
  runAndRecord,
  isSuccess,
  type CallKind,
  type CallReply,
  type FunctionCall,
} from '../../api/calls.ts';
import { countedNoun } from '../../format/words.ts';
import type { HistoryEntry } from '../../state/history.ts';
import { announce } from '../../ui/announcer.tsx';

export interface CallState {
  readonly busy: boolean;
  /** The last call with its response. */
  readonly entry: HistoryEntry | undefined;
  /** Why the last call has no response. */
  readonly problem: Error | undefined;
  readonly run: (kind: CallKind, call: FunctionCall) => Promise<HistoryEntry | undefined>;
}

const SUCCEEDED: Readonly<Record<CallKind, string>> = {
  run: 'The call succeeded',
  dryRun: 'Planned: nothing was sent',
  explain: 'Explained: nothing was sent',
};

/** Sends the calls of one form and keeps the last response. */
export function useCall(): CallState {
  const [busy, setBusy] = useState(false);
  const [entry, setEntry] = useState<HistoryEntry>();
  const [problem, setProblem] = useState<Error>();
  const run = async (kind: CallKind, call: FunctionCall): Promise<HistoryEntry | undefined> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const next = await runAndRecord(kind, call);
      setEntry(next);
      // An error response needs no announcement: ResultView shows it as an alert, which screen readers read aloud.
      if (isSuccess(next.reply)) announce(SUCCEEDED[kind], 'good');
      return next;
    } catch (cause) {
      setEntry(undefined);
      announce('The server does not respond', 'bad');
      setProblem(cause instanceof Error ? cause : new Error(String(cause)));
      return undefined;
    } finally {
      setBusy(false);
    }
  };
  return { busy, entry, problem, run };
}

/**
 * Counts the rows that a clause matches on the first page: `12 rows`, `100 rows or more`. Undefined if the call fails.
 */
export async function countRows(entity: string, filterClause: string): Promise<string | undefined> {
  const reply: CallReply = await runFunction({
    functionName: 'list-entities',
    body: { entity, filterClause, listEntitiesPageSize: 100 },
  });
  if (!isSuccess(reply)) return undefined;
  const { length } = rowsOfReply(reply);
  const rows = countedNoun(length, 'row');
  return typeof reply.body['listEntitiesNextPageToken'] === 'string' ? `${rows} or more` : rows;
}
