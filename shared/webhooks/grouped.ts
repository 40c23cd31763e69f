import { isObject } from '../is-object.ts';

/**
 * Puts the events of one object next to each other, so that they share one read of it. Objects come in the order of
 * their first event, and the events of an object keep their order.
 */
export function groupedByObject(listed: readonly unknown[]): unknown[] {
  const groups = new Map<unknown, unknown[]>();
  for (const event of listed) {
    const key = objectIdIn(event) ?? event;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [event]);
    else group.push(event);
  }
  return [...groups.values()].flat();
}

function objectIdIn(event: unknown): string | undefined {
  if (!isObject(event)) return undefined;
  const { data, related_object: related } = event;
  const object = isObject(data) && isObject(data['object']) ? data['object'] : related;
  return isObject(object) && typeof object['id'] === 'string' ? object['id'] : undefined;
}
