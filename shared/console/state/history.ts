import type { CallKind, CallReply, FunctionCall } from '../api/calls.ts';
import { withoutSecrets } from '../format/secrets.ts';
import { createConsoleStore, useConsoleStore, type ConsoleStore } from './store.ts';

/** A call that the user requested, with its response. The history is kept in memory only. */
export interface HistoryEntry {
  readonly number: number;
  readonly at: Date;
  readonly kind: CallKind;
  /** Without card data and secrets. */
  readonly call: FunctionCall;
  readonly reply: CallReply;
}

/**
 * Maximum number of calls in the history. Older calls are removed, because responses can be large and stay in memory.
 */
const MAX_HISTORY = 200;

const historyStore: ConsoleStore<readonly HistoryEntry[]> = createConsoleStore<readonly HistoryEntry[]>([]);
let lastNumber = 0;

export function addToHistory(kind: CallKind, call: FunctionCall, reply: CallReply, at: Date): HistoryEntry {
  lastNumber += 1;
  const callWithoutSecrets = { ...call, body: withoutSecrets(call.body) };
  const entry = { number: lastNumber, at, kind, call: callWithoutSecrets, reply };
  historyStore.set((entries) => [entry, ...entries].slice(0, MAX_HISTORY));
  return entry;
}

/** The calls of the history, the newest first. */
export const useHistory = (): readonly HistoryEntry[] => useConsoleStore(historyStore);

export function clearHistory(): void {
  historyStore.set(() => []);
}

/** `PaymentIntent.Create`, `ConfirmPaymentIntent` */
export function callName({ functionName, body }: FunctionCall): string {
  const { action, entity } = body;
  if (typeof action === 'string') return action;
  const operation = functionName.replace(/-entit(y|ies)$/, '');
  return `${String(entity)}.${operation.charAt(0).toUpperCase()}${operation.slice(1)}`;
}

/** The kinds of calls as the console shows them. */
export const CALL_KIND_LABELS: Readonly<Record<CallKind, string>> = { run: 'run', dryRun: 'plan', explain: 'explain' };

/** Numbers of two calls as segments of an address, the earlier call first. */
export function orderedPair(first: number, second: number): readonly [string, string] {
  return [String(Math.min(first, second)), String(Math.max(first, second))];
}
