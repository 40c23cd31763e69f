import { subjectOf, type StripeEvent } from '../event.ts';

/**
 * Groups events by their object, so that the events of one object share one read of the object. The groups are in the
 * order of their first events, and the events of a group keep their order. An event without an object is a group of its
 * own.
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
