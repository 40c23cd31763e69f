import type { Context } from '../../context.ts';
import { badRequest, noSuchObject } from '../../api-error.ts';
import { isHash, type StoredObject } from '../../store.ts';

/** The paging parameters of a list. https://docs.stripe.com/api/pagination */
export interface ListCursor {
  readonly limit: number;
  readonly startingAfter?: string | undefined;
  readonly endingBefore?: string | undefined;
}

export interface StripeList {
  readonly object: 'list';
  readonly data: StoredObject[];
  readonly has_more: boolean;
  readonly url: string;
}

/** Returns the creation time of an object in Unix seconds, or 0 for an object without one. */
function createdAt({ created }: StoredObject): number {
  return typeof created === 'number' ? created : 0;
}

/**
 * Returns one page of the objects, newest first by `created`. Objects of the same second are in the reverse of their
 * order in `objects`.
 * https://docs.stripe.com/api/pagination
 */
export function pageOfObjects(
  kind: string,
  objects: readonly StoredObject[],
  cursor: ListCursor,
  url: string,
): StripeList {
  const newestFirst = [...objects].reverse().sort((a, b) => createdAt(b) - createdAt(a));
  if (cursor.endingBefore !== undefined) {
    const end = indexOfCursor(kind, newestFirst, cursor.endingBefore, 'ending_before');
    const start = Math.max(0, end - cursor.limit);
    return { object: 'list', data: newestFirst.slice(start, end), has_more: start > 0, url };
  }
  const start =
    cursor.startingAfter === undefined
      ? 0
      : indexOfCursor(kind, newestFirst, cursor.startingAfter, 'starting_after') + 1;
  const data = newestFirst.slice(start, start + cursor.limit);
  return { object: 'list', data, has_more: start + data.length < newestFirst.length, url };
}

/**
 * Returns the index of the object whose id is in the paging parameter `param`. Throws if the list does not have the
 * object.
 */
function indexOfCursor(kind: string, objects: readonly StoredObject[], id: string, param: string): number {
  const index = objects.findIndex((object) => object.id === id);
  if (index < 0) throw noSuchObject(kind, id, param, true);
  return index;
}

/**
 * Returns whether a field matches a filter. A filter is a value, an array of values, a range, or a hash of filters for
 * the members of the field. `container` is the value of the field. `actual` is the same value, or its id if the value
 * is an expanded object.
 */
export function matchesFilter(actual: unknown, wanted: unknown, container: unknown = actual): boolean {
  // `recurring[interval]=month`, or `created[gte]=1`.
  if (isHash(wanted) && isHash(container))
    return Object.entries(wanted).every(([name, member]) => matchesFilter(container[name], member));
  if (isHash(wanted)) return isInRange(actual, wanted);
  if (Array.isArray(wanted))
    return Array.isArray(actual) ? wanted.some((candidate) => actual.includes(candidate)) : wanted.includes(actual);
  if (Array.isArray(actual)) return actual.includes(wanted);
  // False also matches a missing field: an account in API v2 that was never closed has no field `closed`.
  if (wanted === false) return actual !== true;
  return actual === wanted;
}

/** Returns whether a number, or an ISO 8601 time of API v2, is in a range. For any other value, returns false. */
export function isInRange(actual: unknown, { gt, gte, lt, lte }: Record<string, unknown>): boolean {
  const value = comparableNumber(actual);
  return (
    !Number.isNaN(value) &&
    (gt === undefined || value > comparableNumber(gt)) &&
    (gte === undefined || value >= comparableNumber(gte)) &&
    (lt === undefined || value < comparableNumber(lt)) &&
    (lte === undefined || value <= comparableNumber(lte))
  );
}

/** Converts a number or an ISO 8601 time to a number. Any other value becomes NaN. */
function comparableNumber(value: unknown): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? Date.parse(value) : NaN;
}

/** Reads and checks the paging parameters of API v1. */
export function readCursor(params: Context['params']): ListCursor {
  const limit = params['limit'] === undefined ? 10 : Number(params['limit']);
  checkLimit(limit);
  const [after, before] = [params['starting_after'], params['ending_before']];
  if (after !== undefined && before !== undefined)
    throw badRequest('You can only use one of `starting_after` and `ending_before`.', { param: 'ending_before' });
  return {
    limit,
    startingAfter: typeof after === 'string' ? after : undefined,
    endingBefore: typeof before === 'string' ? before : undefined,
  };
}

function checkLimit(limit: number): void {
  if (limit >= 1 && limit <= 100) return;
  throw badRequest(
    limit < 1
      ? 'This value must be greater than or equal to 1.'
      : `This value must be less than or equal to 100 (it currently is '${limit}').`,
    { code: 'parameter_invalid_integer', param: 'limit' },
  );
}

/** Returns a page of API v2, which has the token of the next page in `next_page_url`. https://docs.stripe.com/api-v2-overview#list-pagination */
export function v2Page(objects: readonly StoredObject[], params: Context['params'], path: string): object {
  const { data, next } = tokenPage([...objects].reverse(), params);
  const limit = params['limit'] === undefined ? '' : `&limit=${String(params['limit'])}`;
  return { data, next_page_url: next === undefined ? null : `${path}?page=${next}${limit}`, previous_page_url: null };
}

/** Returns the page that begins after a token. A token contains the id of the last object of the page before. */
export function tokenPage(
  objects: readonly StoredObject[],
  params: Context['params'],
): { readonly data: readonly StoredObject[]; readonly next: string | undefined } {
  const limit = params['limit'] === undefined ? 10 : Number(params['limit']);
  checkLimit(limit);
  const token = params['page'];
  const lastId = typeof token === 'string' ? Buffer.from(token, 'base64url').toString('utf8') : undefined;
  const start = lastId === undefined ? 0 : objects.findIndex((object) => object.id === lastId) + 1;
  if (lastId !== undefined && start === 0) throw badRequest('Invalid page token', { param: 'page' });
  const data = objects.slice(start, start + limit);
  const hasMore = start + data.length < objects.length;
  return { data, next: hasMore ? Buffer.from(data.at(-1)?.id ?? '').toString('base64url') : undefined };
}
