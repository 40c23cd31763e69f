import type { Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import type { Stored } from '../store.ts';

/** What Stripe does by itself later: funds become available, a refund fails, a payout arrives. */
interface Due {
  /** Unix seconds. */
  readonly at: number;
  /** The name of a handler: `refund.fail`. */
  readonly what: string;
  readonly kind: string;
  readonly id: string;
}

const KEY = 'due';

function waiting({ account }: Context): readonly Due[] {
  return (account.hidden.get(KEY) ?? []) as readonly Due[];
}

/** Has an object of this account handled with the first request at or after a time. */
export function later(context: Context, at: number, what: string, object: Stored): void {
  const known = context.account.hidden.get(KEY) as Due[] | undefined;
  const entry = { at, what, kind: object.object, id: object.id };
  if (known === undefined) context.account.hidden.set(KEY, [entry]);
  else known.push(entry);
}

/** Handles what is due, the oldest first. Whether there was anything. */
export function runDue(context: Context, handlers: NonNullable<Feature['due']>): boolean {
  const all = waiting(context);
  if (!all.some(({ at }) => at <= context.now)) return false;
  context.account.hidden.set(
    KEY,
    all.filter(({ at }) => at > context.now),
  );
  for (const { at, what, kind, id } of all.filter((one) => one.at <= context.now).sort((a, b) => a.at - b.at)) {
    const object = context.account.get(kind, id);
    if (object !== undefined) handlers[what]?.({ ...context, now: at, params: {} }, object);
  }
  return true;
}
