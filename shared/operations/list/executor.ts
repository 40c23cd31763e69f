import { pascal } from '../../catalog/names.ts';
import type { Entity, Route } from '../../catalog/types.ts';
import { ConnectorError, isConnectorError } from '../../errors.ts';
import { inStripeList, matches } from '../../query/evaluate.ts';
import type { AccessPath, QueryPlan } from '../../query/planner.ts';
import type { Params, StripeObject, StripeRequest } from '../../stripe/transport.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import type { ConnectorDeps } from '../connector.ts';
import { listIn, nextPageOf, unreadablePage, type List } from '../../stripe/paginate.ts';
import { withCallOptions, planEntity } from '../request/entity-request.ts';
import { pathId } from '../request/path-id.ts';
import { resolveParents } from '../request/resolve-path.ts';

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

export interface Row {
  readonly object: StripeObject;
  /** Ids of the parents by Stripe's names. */
  readonly parents: Readonly<Record<string, string>>;
}

/** Rows of one response, each with the position after it. */
export interface Batch {
  readonly rows: readonly (Row & { readonly resumeAfter: Cursor })[];
  /** True if no rows follow. */
  readonly last: boolean;
}

/** Limit of the rows in one response of Stripe. https://docs.stripe.com/api/pagination */
const MAX_PAGE_ROWS = 100;
/** Number of ids that a position remembers. */
const MAX_REMEMBERED_IDS = 5;

export interface QueryContext {
  readonly deps: ConnectorDeps;
  readonly entity: Entity;
  readonly plan: QueryPlan;
  readonly expand: readonly string[];
  readonly call: CallContext;
}

/**
 * Reads the objects of all access paths in order, from a position on. `wanted` returns how many rows are still needed.
 */
export async function* execute(reader: QueryContext, from: Cursor, wanted: () => number): AsyncGenerator<Batch> {
  const { branches, clientFilters: clientFilters } = reader.plan;
  const enough = (): number =>
    clientFilters.length > 0 || branches.length > 1 ? MAX_PAGE_ROWS : Math.min(MAX_PAGE_ROWS, Math.max(1, wanted()));
  let position: Cursor | undefined = from;
  while (position !== undefined && position.branch < branches.length) {
    const branch = branches[position.branch] as AccessPath;
    const fetched: Fetched = await fetchFrom(
      reader,
      branch,
      position,
      branch.source.by === 'list' && isCursor(branch) ? enough() : Math.min(MAX_PAGE_ROWS, Math.max(1, wanted())),
    );
    const next: Cursor | undefined = fetched.next ?? nextBranch(branches, position.branch);
    const { branch: at } = position;
    const rows = fetched.objects.map(({ object, resumeAfter }) => ({ object, parents: branch.parents, resumeAfter }));
    const own = rows.filter(
      ({ object }) =>
        belongsTo(branches, branch, object) &&
        !branches.slice(0, at).some((accessPath) => isDuplicate(accessPath, branch, object)),
    );
    yield { rows: own, last: next === undefined };
    position = next;
  }
}

function nextBranch(branches: readonly AccessPath[], at: number): Cursor | undefined {
  return at + 1 < branches.length ? { branch: at + 1 } : undefined;
}

function isCursor({ source }: AccessPath): boolean {
  return source.by === 'list' && !source.route.path.startsWith('/v2/');
}

/**
 * With several access paths, each only contributes the rows that match its own terms. Other rows of its list belong to
 * another path.
 */
function belongsTo(branches: readonly AccessPath[], { source, where }: AccessPath, object: StripeObject): boolean {
  return branches.length === 1 || source.by === 'ids' || where.every((term) => matches(term, object));
}

/** Returns whether an earlier access path has returned this object already. */
function isDuplicate(earlier: AccessPath, branch: AccessPath, object: StripeObject): boolean {
  if (earlier.source.by === 'ids') return earlier.source.ids.includes(String(object['id']));
  if (JSON.stringify(earlier.parents) !== JSON.stringify(branch.parents)) return false;
  return earlier.where.every((term) => inStripeList(term, object));
}

/** Returns the first request of an access path, for explanations and dry runs. */
export function firstRequest(reader: QueryContext, branch: AccessPath, wanted: number): StripeRequest {
  const { source } = branch;
  if (source.by === 'ids') return getRequest(reader, branch, source.ids[0] ?? '');
  const limit = Math.min(MAX_PAGE_ROWS, wanted);
  return listRequest(reader, branch, source.by === 'list' && source.onePage ? wholePage(source) : { limit });
}

/** Returns the request for one object by its id. */
export function getRequest(
  { deps, entity, expand, call }: QueryContext,
  branch: AccessPath,
  id: string,
): StripeRequest {
  const definition = entity.operations.Get;
  if (definition === undefined) throw new RangeError(`${entity.entity} has no Get`);
  const { request } = planEntity('Get', entity, definition, id, resolveParents(branch.parents), {
    strict: deps.strict,
  });
  return withCallOptions({ ...request, params: { ...request.params, ...expansion(expand, '') } }, call);
}

function listRequest({ expand, call }: QueryContext, { source, parents }: AccessPath, cursor: Params): StripeRequest {
  if (source.by === 'ids') throw new RangeError('an access path by ids has no list request');
  const expanded = expansion(expand, 'data.');
  if (source.by === 'search') {
    return withCallOptions(
      { method: 'GET', path: source.path, params: { query: source.query, ...expanded, ...cursor } },
      call,
    );
  }
  const template = source.route.path;
  const path = template.replace(/\{(\w+)\}/g, (whole, name: string) =>
    pathId(template, whole, pascal(name), parents[name]),
  );
  return withCallOptions({ method: 'GET', path, params: { ...source.params, ...expanded, ...cursor } }, call);
}

/** The caller's paths are relative to the object. In a list they are below `data`. */
function expansion(expand: readonly string[], outer: 'data.' | ''): Params {
  if (expand.length === 0) return {};
  return { expand: expand.map((name) => (outer === '' || name.startsWith(outer) ? name : outer + name)) };
}

interface Fetched {
  readonly objects: readonly { readonly object: StripeObject; readonly resumeAfter: Cursor }[];
  /** Undefined at the end of the access path. */
  readonly next: Cursor | undefined;
}

async function fetchFrom(reader: QueryContext, branch: AccessPath, position: Cursor, limit: number): Promise<Fetched> {
  const { source } = branch;
  if (source.by === 'ids') return fetchId(reader, branch, source.ids, position);
  if (source.by === 'search' || !isCursor(branch)) return fetchPage(reader, branch, position, limit);
  return source.onePage ? fetchWhole(reader, branch, position) : fetchAfter(reader, branch, position, limit);
}

/** Fetches the next id. An object that does not exist (any more) is not a row. */
async function fetchId(
  reader: QueryContext,
  branch: AccessPath,
  ids: readonly string[],
  position: Cursor,
): Promise<Fetched> {
  const at = position.next ?? 0;
  const id = ids[at];
  if (id === undefined) return { objects: [], next: undefined };
  const resumeAfter: Cursor = { branch: position.branch, next: at + 1 };
  const next = at + 1 < ids.length ? resumeAfter : undefined;
  try {
    const { body } = await reader.deps.stripe.request(getRequest(reader, branch, id), reader.call);
    return { objects: body['deleted'] === true ? [] : [{ object: body, resumeAfter }], next };
  } catch (error) {
    if (isConnectorError(error) && error.status === 'NOT_FOUND') return { objects: [], next };
    throw error;
  }
}

/** Fetches a page of a list with a cursor, after the last remembered row that still exists. */
async function fetchAfter(reader: QueryContext, branch: AccessPath, position: Cursor, limit: number): Promise<Fetched> {
  const seen = position.after ?? [];
  for (let back = seen.length - 1; back >= -1; back -= 1) {
    const cursor = seen[back];
    if (cursor === undefined && seen.length > 0) break;
    try {
      const params = { limit, ...(cursor === undefined ? {} : { starting_after: cursor }) };
      const { body } = await reader.deps.stripe.request(listRequest(reader, branch, params), reader.call);
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

/** Returns the page parameters of a list that Stripe returns in one page. */
function wholePage({ route }: { readonly route: Route }): Params {
  return route.paged === false ? {} : { limit: MAX_PAGE_ROWS };
}

/** Fetches a list that Stripe returns completely. */
async function fetchWhole(reader: QueryContext, branch: AccessPath, position: Cursor): Promise<Fetched> {
  const { body } = await reader.deps.stripe.request(firstRequest(reader, branch, MAX_PAGE_ROWS), reader.call);
  const { data } = listIn(body);
  const seen = position.after ?? [];
  const from = data.findLastIndex((object) => seen.includes(String(object['id']))) + 1;
  if (from === 0 && seen.length > 0) throw cursorExpired();
  return { ...toBatch({ data: data.slice(from), hasMore: false }, position, undefined), next: undefined };
}

/**
 * Fetches a page of the Search API or API v2. Their tokens address whole pages, so `limit` is never more than needed.
 */
async function fetchPage(reader: QueryContext, branch: AccessPath, position: Cursor, limit: number): Promise<Fetched> {
  const params = { limit, ...(position.page === undefined ? {} : { page: position.page }) };
  const { body } = await reader.deps.stripe.request(listRequest(reader, branch, params), reader.call);
  const { data } = listIn(body);
  const page = nextPageOf(body);
  if (page !== undefined && page === position.page) throw unreadablePage();
  const next = page === undefined ? undefined : { branch: position.branch, page };
  const resumeAfter = next ?? { branch: position.branch + 1 };
  return { objects: data.map((object) => ({ object, resumeAfter })), next };
}
