import { isHash, type StoredObject } from '../store.ts';

/** Returns the value if it is a hash, or else an empty hash. */
export function hashOrEmpty(value: unknown): Record<string, unknown> {
  return isHash(value) ? value : {};
}

/** Returns the strings in an array, or an empty array for any other value. */
export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : [];
}

/** Returns the hashes in an array, or in the `data` of a list. */
export function hashesOf(value: unknown): Record<string, unknown>[] {
  const array: unknown = isHash(value) ? value['data'] : value;
  return Array.isArray(array) ? array.filter(isHash) : [];
}

export function storedObjectsOf(value: unknown): StoredObject[] {
  return hashesOf(value) as StoredObject[];
}

/** Returns the list object that a field of another object contains, with all objects on one page. */
export function embeddedListOf(data: readonly StoredObject[], url: string): Record<string, unknown> {
  return { object: 'list', data, has_more: false, total_count: data.length, url };
}

/**
 * Returns the status of an object after a call that may have changed the status. For `object['status']`, TypeScript
 * would still assume the value that an earlier `if` has checked.
 */
export function currentStatus(object: StoredObject): unknown {
  return object['status'];
}

/** Deletes parameters that a feature has handled, so that the store does not set the fields of the same names. */
export function deleteParams(params: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) Reflect.deleteProperty(params, name);
}
