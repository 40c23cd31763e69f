import { subjectOf, type StripeEvent } from '../event.ts';

/**
 * Groups the events by their object, so that those of one object share one read of it. Objects come in the order of their
 * first event, and the events of an object keep their order. An event without an object is a group of its own.
 */
export function groupsByObject(events: readonly StripeEvent[]): StripeEvent[][] {
  const groups = new Map<unknown, StripeEvent[]>();
  for (const event of events) {
    const key = subjectOf(event).id ?? event;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  return [...groups.values()];
}
