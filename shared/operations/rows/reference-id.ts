import { isObject } from '../../is-object.ts';

/** The id of a referenced object, which Stripe sends as an id, or whole if the call expands it. Null if it has none. */
export function referenceId(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return isObject(value) && typeof value['id'] === 'string' ? value['id'] : null;
}
