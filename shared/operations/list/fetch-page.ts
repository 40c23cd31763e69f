import { ConnectorError, isConnectorError } from '../../errors.ts';
import type { AccessPath } from '../../query/plan/access-path.ts';
import { nextPageOf, listIn, unreadablePage, type List } from '../../stripe/paginate.ts';
import type { StripeObject } from '../../stripe/transport.ts';
import { firstRequest, getRequest, listRequest, MAX_PAGE_ROWS, type QueryContext } from './list-requests.ts';

/**
 * Position of the next row: an access path and a position within it. The ids of the last rows, a page token or the
 * index of an id give the position within the path. Without any of these, it is the start of the path.
 */
export interface Cursor {
  /** Index of the access path. */
  readonly branch: number;
  /**
   * Ids of the last rows that were read, the latest last. The list continues after the latest of these rows that still
   * exists.
   */
  readonly after?: readonly string[] | undefined;
  /** Stripe's page token, in the Search API and API v2. */
  readonly page?: string | undefined;
  /** Index of the next id. */
  readonly next?: number | undefined;
}

/** Number of row ids in a position. A list can be continued as long as one of these rows still exists. */
const MAX_REMEMBERED_IDS = 5;

/** The objects of one response of Stripe, each with the position after it. */
export interface Fetched {
  readonly objects: readonly { readonly object: StripeObject; readonly resumeAfter: Cursor }[];
  /** Undefined at the end of the access path. */
  readonly next: Cursor | undefined;
}

/** Fetches the objects at a position of an access path. */
export async function fetchFrom(
  context: QueryContext,
  accessPath: AccessPath,
  position: Cursor,
  limit: number,
): Promise<Fetched> {
  const { source } = accessPath;
  if (source.by === 'ids') return fetchId(context, accessPath, source.ids, position);
  if (source.by === 'search' || !usesRowCursor(accessPath)) return fetchPage(context, accessPath, position, limit);
  return source.onePage
    ? fetchCompleteList(context, accessPath, position)
    : fetchAfter(context, accessPath, position, limit);
}

/** Fetches the object with the next id. An object that does not exist or was deleted is not a row. */
async function fetchId(
  context: QueryContext,
  accessPath: AccessPath,
  ids: readonly string[],
  position: Cursor,
): Promise<Fetched> {
  const index = position.next ?? 0;
  const id = ids[index];
  if (id === undefined) return { objects: [], next: undefined };
  const resumeAfter: Cursor = { branch: position.branch, next: index + 1 };
  const next = index + 1 < ids.length ? resumeAfter : undefined;
  try {
    const { body } = await context.deps.stripe.request(getRequest(context, accessPath, id), context.call);
    return { objects: body['deleted'] === true ? [] : [{ object: body, resumeAfter }], next };
  } catch (error) {
    if (isConnectorError(error) && error.status === 'NOT_FOUND') return { objects: [], next };
    throw error;
  }
}

/** Fetches the rows after the last remembered row that still exists. */
async function fetchAfter(
  context: QueryContext,
  accessPath: AccessPath,
  position: Cursor,
  limit: number,
): Promise<Fetched> {
  const rememberedIds = position.after ?? [];
  // The first page has no cursor.
  const cursors = rememberedIds.length === 0 ? [undefined] : rememberedIds.toReversed();
  for (const cursor of cursors) {
    try {
      const params = { limit, starting_after: cursor };
      const { body } = await context.deps.stripe.request(listRequest(context, accessPath, params), context.call);
      return toFetched(listIn(body), position, cursor);
    } catch (error) {
      // The row of the cursor was deleted. The row before it leads to the same position.
      if (!isLostCursor(error)) throw error;
    }
  }
  throw cursorExpired();
}

/** Returns whether Stripe rejected the cursor of a list, as it does if the row of the cursor was deleted. */
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

/** Converts a response of Stripe to rows, without the rows that were read before. Throws if the cursor does not advance. */
function toFetched({ data, hasMore }: List, position: Cursor, cursor: string | undefined): Fetched {
  const rememberedIds = position.after ?? [];
  let recent = [...rememberedIds];
  const objects = data
    .filter((object) => !rememberedIds.includes(String(object['id'])))
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

/** Fetches a list that Stripe returns in one response, and skips the rows that were read before. */
async function fetchCompleteList(context: QueryContext, accessPath: AccessPath, position: Cursor): Promise<Fetched> {
  const { body } = await context.deps.stripe.request(firstRequest(context, accessPath, MAX_PAGE_ROWS), context.call);
  const { data } = listIn(body);
  const rememberedIds = position.after ?? [];
  const firstNew = data.findLastIndex((object) => rememberedIds.includes(String(object['id']))) + 1;
  if (firstNew === 0 && rememberedIds.length > 0) throw cursorExpired();
  return { ...toFetched({ data: data.slice(firstNew), hasMore: false }, position, undefined), next: undefined };
}

/**
 * Fetches a page of the Search API or API v2. Their tokens address whole pages, so a call can only continue after a whole
 * page. `limit` is therefore never more than the rows that the call needs.
 */
async function fetchPage(
  context: QueryContext,
  accessPath: AccessPath,
  position: Cursor,
  limit: number,
): Promise<Fetched> {
  const params = { limit, page: position.page };
  const { body } = await context.deps.stripe.request(listRequest(context, accessPath, params), context.call);
  const { data } = listIn(body);
  const page = nextPageOf(body);
  if (page !== undefined && page === position.page) throw unreadablePage();
  const next = page === undefined ? undefined : { branch: position.branch, page };
  const resumeAfter = next ?? { branch: position.branch + 1 };
  return { objects: data.map((object) => ({ object, resumeAfter })), next };
}

/** Returns whether the cursor of a list is the id of its last row, as in API v1, and not a page token. */
export function usesRowCursor({ source }: AccessPath): boolean {
  return source.by === 'list' && !source.route.path.startsWith('/v2/');
}
