import { isHash, type StoredObject } from '../store.ts';

/** Returns a hash, or an empty hash for any other value. */
export function hashOrEmpty(value: unknown): Record<string, unknown> {
  return isHash(value) ? value : {};
}

export function stringsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** Returns the hashes in an array, or in the `data` of a list. */
export function hashesOf(value: unknown): Record<string, unknown>[] {
  const array: unknown = isHash(value) ? value['data'] : value;
  return Array.isArray(array) ? array.filter(isHash) : [];
}

export function storedObjectsOf(value: unknown): StoredObject[] {
  return hashesOf(value) as StoredObject[];
}

/** Returns an embedded list that contains all of its objects. */
export function embeddedListOf(data: readonly StoredObject[], url: string): Record<string, unknown> {
  return { object: 'list', data, has_more: false, total_count: data.length, url };
}

/** Deletes parameters that were handled, so that the store does not set them on the object. */
export function deleteParams(params: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) Reflect.deleteProperty(params, name);
}
