import type { Context } from '../context.ts';
import type { Account } from '../store.ts';

/** What Stripe does by itself later: funds become available, a refund fails, a payout arrives. */
interface Due {
  /** Unix seconds. */
  readonly at: number;
  readonly run: (context: Context) => void;
}

const waiting = new WeakMap<Account, Due[]>();

/** Runs something in this account with the first request at or after a time. */
export function later(context: Context, at: number, run: Due['run']): void {
  const all = waiting.get(context.account) ?? [];
  waiting.set(context.account, all);
  all.push({ at, run });
}

/** Runs what is due, the oldest first. Whether there was anything. */
export function runDue(context: Context): boolean {
  const all = waiting.get(context.account);
  if (all === undefined || !all.some(({ at }) => at <= context.now)) return false;
  const due = all.filter(({ at }) => at <= context.now).sort((a, b) => a.at - b.at);
  waiting.set(
    context.account,
    all.filter(({ at }) => at > context.now),
  );
  for (const { run } of due) run({ ...context, params: {} });
  return true;
}
