import { ConnectorError, isConnectorError } from '../../errors.ts';
import type { AccessPath } from '../../query/plan/access-path.ts';
import { nextPageOf, listIn, unreadablePage, type List } from '../../stripe/paginate.ts';
import type { StripeObject } from '../../stripe/transport.ts';
import { firstRequest, getRequest, listRequest, MAX_PAGE_ROWS, type QueryContext } from './list-requests.ts';

/** Position of the next row: the access path, and within it the last rows, the page token or the index of an id. */
export interface Cursor {
  readonly branch: number;
  /** Ids of the last rows, newest last. If one was deleted, the one before it is the cursor. */
  readonly after?: readonly string[] | undefined;
  /** Stripe's page token, in the Search API and API v2. */
  readonly page?: string | undefined;
  /** Index of the next id. */
  readonly next?: number | undefined;
}

/** Number of ids that a position remembers. */
const MAX_REMEMBERED_IDS = 5;

/** The objects of one response of Stripe, each with the position after it. */
export interface Fetched {
  readonly objects: readonly { readonly object: StripeObject; readonly resumeAfter: Cursor }[];
  /** Undefined at the end of the access path. */
  readonly next: Cursor | undefined;
}

/** Fetches the objects at a position of an access path. */
export async function fetchFrom(
  reader: QueryContext,
  accessPath: AccessPath,
  position: Cursor,
  limit: number,
): Promise<Fetched> {
  const { source } = accessPath;
  if (source.by === 'ids') return fetchId(reader, accessPath, source.ids, position);
  if (source.by === 'search' || !isCursor(accessPath)) return fetchPage(reader, accessPath, position, limit);
  return source.onePage ? fetchWhole(reader, accessPath, position) : fetchAfter(reader, accessPath, position, limit);
}

/** Fetches the next id. An object that does not exist (any more) is not a row. */
async function fetchId(
  reader: QueryContext,
  accessPath: AccessPath,
  ids: readonly string[],
  position: Cursor,
): Promise<Fetched> {
  const at = position.next ?? 0;
  const id = ids[at];
  if (id === undefined) return { objects: [], next: undefined };
  const resumeAfter: Cursor = { branch: position.branch, next: at + 1 };
  const next = at + 1 < ids.length ? resumeAfter : undefined;
  try {
    const { body } = await reader.deps.stripe.request(getRequest(reader, accessPath, id), reader.call);
    return { objects: body['deleted'] === true ? [] : [{ object: body, resumeAfter }], next };
  } catch (error) {
    if (isConnectorError(error) && error.status === 'NOT_FOUND') return { objects: [], next };
    throw error;
  }
}

/** Fetches a page of a list with a cursor, after the last remembered row that still exists. */
async function fetchAfter(
  reader: QueryContext,
  accessPath: AccessPath,
  position: Cursor,
  limit: number,
): Promise<Fetched> {
  const seen = position.after ?? [];
  for (let back = seen.length - 1; back >= -1; back -= 1) {
    const cursor = seen[back];
    if (cursor === undefined && seen.length > 0) break;
    try {
      const params = { limit, starting_after: cursor };
      const { body } = await reader.deps.stripe.request(listRequest(reader, accessPath, params), reader.call);
      return toBatch(listIn(body), position, cursor);
    } catch (error) {
      // The row of the cursor was deleted. The row before it leads to the same position.
      if (!isLostCursor(error)) throw error;
    }
  }
  throw cursorExpired();
}

function isLostCursor(error: unknown): boolean {
  return isConnectorError(error) && error.details.stripe?.param === 'starting_after';
}

function cursorExpired(): ConnectorError {
  return new ConnectorError(
    'ABORTED',
    'the rows at the position of the page token were deleted; start again without a token',
    { reason: 'PAGE_TOKEN_EXPIRED', retryable: false },
  );
}

function toBatch({ data, hasMore }: List, position: Cursor, cursor: string | undefined): Fetched {
  const before = position.after ?? [];
  let recent = [...before];
  const objects = data
    .filter((object) => !before.includes(String(object['id'])))
    .map((object) => {
      recent = [...recent, String(object['id'])].slice(-MAX_REMEMBERED_IDS);
      return { object, resumeAfter: { branch: position.branch, after: recent } };
    });
  const last = data.at(-1)?.['id'];
  if (!hasMore || data.length === 0) return { objects, next: undefined };
  // A cursor that does not advance would loop forever.
  if (typeof last !== 'string' || last === cursor) throw unreadablePage();
  return { objects, next: { branch: position.branch, after: recent } };
}

/** Fetches a list that Stripe returns completely. */
async function fetchWhole(reader: QueryContext, accessPath: AccessPath, position: Cursor): Promise<Fetched> {
  const { body } = await reader.deps.stripe.request(firstRequest(reader, accessPath, MAX_PAGE_ROWS), reader.call);
  const { data } = listIn(body);
  const seen = position.after ?? [];
  const from = data.findLastIndex((object) => seen.includes(String(object['id']))) + 1;
  if (from === 0 && seen.length > 0) throw cursorExpired();
  return { ...toBatch({ data: data.slice(from), hasMore: false }, position, undefined), next: undefined };
}

/**
 * Fetches a page of the Search API or API v2. Their tokens address whole pages, so `limit` is never more than needed.
 */
async function fetchPage(
  reader: QueryContext,
  accessPath: AccessPath,
  position: Cursor,
  limit: number,
): Promise<Fetched> {
  const params = { limit, page: position.page };
  const { body } = await reader.deps.stripe.request(listRequest(reader, accessPath, params), reader.call);
  const { data } = listIn(body);
  const page = nextPageOf(body);
  if (page !== undefined && page === position.page) throw unreadablePage();
  const next = page === undefined ? undefined : { branch: position.branch, page };
  const resumeAfter = next ?? { branch: position.branch + 1 };
  return { objects: data.map((object) => ({ object, resumeAfter })), next };
}

/** Returns whether the position in a list is the id of its last object. */
export function isCursor({ source }: AccessPath): boolean {
  return source.by === 'list' && !source.route.path.startsWith('/v2/');
}
