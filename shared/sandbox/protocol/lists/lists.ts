import type { Context } from '../../context.ts';
import { bad, missing } from '../../refusal.ts';
import { isHash, type Stored } from '../../store.ts';

/** Parameters of every list; `page` only where Stripe searches. https://docs.stripe.com/api/pagination */
export interface ListCursor {
  readonly limit: number;
  readonly startingAfter?: string;
  readonly endingBefore?: string;
}

export interface StripeList {
  readonly object: 'list';
  readonly data: Stored[];
  readonly has_more: boolean;
  readonly url: string;
}

/** One page, newest first. */
export function pageOfObjects(kind: string, objects: readonly Stored[], cursor: ListCursor, url: string): StripeList {
  const newestFirst = [...objects].reverse();
  if (cursor.endingBefore !== undefined) {
    const end = place(kind, newestFirst, cursor.endingBefore, 'ending_before');
    const start = Math.max(0, end - cursor.limit);
    return { object: 'list', data: newestFirst.slice(start, end), has_more: start > 0, url };
  }
  const start =
    cursor.startingAfter === undefined ? 0 : place(kind, newestFirst, cursor.startingAfter, 'starting_after') + 1;
  const data = newestFirst.slice(start, start + cursor.limit);
  return { object: 'list', data, has_more: start + data.length < newestFirst.length, url };
}

function place(kind: string, objects: readonly Stored[], id: string, param: string): number {
  const found = objects.findIndex((object) => object.id === id);
  if (found < 0) throw missing(kind, id, param, true);
  return found;
}

/** Whether the value of a field passes a filter: equal, one of several, in a range, or with fields that pass. */
export function passesField(actual: unknown, wanted: unknown, whole: unknown = actual): boolean {
  // `recurring[interval]=month`, or `created[gte]=1`.
  if (isHash(wanted) && isHash(whole))
    return Object.entries(wanted).every(([name, inner]) => passesField(whole[name], inner));
  if (isHash(wanted)) return inRange(actual, wanted);
  if (Array.isArray(wanted))
    return Array.isArray(actual) ? wanted.some((one) => actual.includes(one)) : wanted.includes(actual);
  if (Array.isArray(actual)) return actual.includes(wanted);
  // `closed=false` of accounts in API v2: one that was never closed does not have the field.
  if (wanted === false) return actual !== true;
  return actual === wanted;
}

/** A range of numbers, or in API v2 of ISO 8601; what is neither is in none. */
export function inRange(actual: unknown, { gt, gte, lt, lte }: Record<string, unknown>): boolean {
  const value = sortValue(actual);
  return (
    !Number.isNaN(value) &&
    (gt === undefined || value > sortValue(gt)) &&
    (gte === undefined || value >= sortValue(gte)) &&
    (lt === undefined || value < sortValue(lt)) &&
    (lte === undefined || value <= sortValue(lte))
  );
}

function sortValue(value: unknown): number {
  return typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : NaN;
}

export function readCursor(params: Context['params']): ListCursor {
  const limit = params['limit'] === undefined ? 10 : Number(params['limit']);
  checkLimit(limit);
  const [after, before] = [params['starting_after'], params['ending_before']];
  if (after !== undefined && before !== undefined)
    throw bad('You can only use one of `starting_after` and `ending_before`.', { param: 'ending_before' });
  return {
    limit,
    ...(typeof after === 'string' ? { startingAfter: after } : {}),
    ...(typeof before === 'string' ? { endingBefore: before } : {}),
  };
}

function checkLimit(limit: number): void {
  if (limit >= 1 && limit <= 100) return;
  throw bad(
    limit < 1
      ? 'This value must be greater than or equal to 1.'
      : `This value must be less than or equal to 100 (it currently is '${limit}').`,
    { code: 'parameter_invalid_integer', param: 'limit' },
  );
}

/** API v2 pages by a token in `next_page_url`. https://docs.stripe.com/api-v2-overview#list-pagination */
export function v2Page(objects: readonly Stored[], params: Context['params'], path: string): object {
  const { data, next } = tokenPage([...objects].reverse(), params);
  const limit = params['limit'] === undefined ? '' : `&limit=${String(params['limit'])}`;
  return { data, next_page_url: next === undefined ? null : `${path}?page=${next}${limit}`, previous_page_url: null };
}

/** One page behind a token: the token names the last object before it. */
export function tokenPage(
  objects: readonly Stored[],
  params: Context['params'],
): { readonly data: readonly Stored[]; readonly next: string | undefined } {
  const limit = params['limit'] === undefined ? 10 : Number(params['limit']);
  checkLimit(limit);
  const token = params['page'];
  const last = typeof token === 'string' ? Buffer.from(token, 'base64url').toString('utf8') : undefined;
  const start = last === undefined ? 0 : objects.findIndex((object) => object.id === last) + 1;
  if (last !== undefined && start === 0) throw bad('Invalid page token', { param: 'page' });
  const data = objects.slice(start, start + limit);
  const more = start + data.length < objects.length;
  return { data, next: more ? Buffer.from(data.at(-1)?.id ?? '').toString('base64url') : undefined };
}
