import { isHash, type Stored } from '../store.ts';

/** Reads of fields whose type the store does not know. */

/** The hash in a field; an empty one if there is none. */
export function hash(value: unknown): Record<string, unknown> {
  return isHash(value) ? value : {};
}

export function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** The hashes in an array parameter, or in the `data` of a list. */
export function hashes(value: unknown): Record<string, unknown>[] {
  const array: unknown = isHash(value) ? value['data'] : value;
  return Array.isArray(array) ? array.filter(isHash) : [];
}

export function storedList(value: unknown): Stored[] {
  return hashes(value) as Stored[];
}

/** An embedded list with everything in it. */
export function listOf(data: readonly Stored[], url: string): Record<string, unknown> {
  return { object: 'list', data, has_more: false, total_count: data.length, url };
}

/** Takes parameters out that were handled, so that the store does not set them as they are. */
export function consume(params: Record<string, unknown>, names: readonly string[]): void {
  for (const name of names) Reflect.deleteProperty(params, name);
}
