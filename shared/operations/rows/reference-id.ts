import { isObject } from '../../is-object.ts';

/** Returns the id of a referenced object, which Stripe sends as an id or, if the call expands it, as the object. */
export function referenceId(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return isObject(value) && typeof value['id'] === 'string' ? value['id'] : null;
}
