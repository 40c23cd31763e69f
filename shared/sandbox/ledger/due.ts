import type { Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import type { Stored } from '../store.ts';

/** What Stripe does by itself later: funds become available, a refund fails, a payout arrives. */
export interface Due {
  /** Unix seconds. */
  readonly at: number;
  /** The name of a handler: `refund.fail`. */
  readonly what: string;
  readonly kind: string;
  readonly id: string;
  /** The test clock whose time counts. */
  readonly clock?: string;
}

const KEY = 'due';

function waiting({ account }: Context): readonly Due[] {
  return (account.hidden.get(KEY) ?? []) as readonly Due[];
}

/** The test clock of an object, or of its customer: its time is not the sandbox's. */
export function clockOf({ account }: Context, object: Stored): Stored | undefined {
  const customer = account.get('customer', String(object['customer']));
  const id = object['test_clock'] ?? customer?.['test_clock'];
  return typeof id === 'string' ? account.get('test_helpers.test_clock', id) : undefined;
}

/** Schedules work on an object. The first request at or after the time runs it; the time is the object's test clock's, if any. */
export function later(context: Context, at: number, what: string, object: Stored): void {
  const clock = clockOf(context, object)?.id;
  const entry: Due = { at, what, kind: object.object, id: object.id, ...(clock === undefined ? {} : { clock }) };
  context.account.hidden.set(KEY, [...waiting(context), entry]);
}

/** The earliest entry of a test clock; without a clock, of the sandbox's own time. */
export function nextDue(context: Context, clock?: string): Due | undefined {
  return waiting(context)
    .filter((entry) => entry.clock === clock)
    .reduce<Due | undefined>((first, entry) => (first === undefined || entry.at < first.at ? entry : first), undefined);
}

/** Handles one entry, at its own time. */
export function handle(context: Context, entry: Due, handlers: NonNullable<Feature['due']>): void {
  context.account.hidden.set(
    KEY,
    waiting(context).filter((one) => one !== entry),
  );
  const object = context.account.get(entry.kind, entry.id);
  if (object !== undefined) handlers[entry.what]?.({ ...context, now: entry.at, params: {} }, object);
  // What follows later has events of its own.
  context.account.changes.endStep();
}

/** Handles what is due, the oldest first, with what becomes due meanwhile. Whether there was anything. */
export function runDue(context: Context, handlers: NonNullable<Feature['due']>): boolean {
  for (let ran = false; ; ran = true) {
    const next = nextDue(context);
    if (next === undefined || next.at > context.now) return ran;
    handle(context, next, handlers);
  }
}
