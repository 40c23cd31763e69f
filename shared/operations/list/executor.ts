import { pascal } from '../../catalog/names.ts';
import type { Entity, Route } from '../../catalog/types.ts';
import { ConnectorError, isConnectorError } from '../../errors.ts';
import { inStripeList, matches } from '../../query/evaluate.ts';
import type { AccessPath, QueryPlan } from '../../query/planner.ts';
import type { Params, StripeObject, StripeRequest } from '../../stripe/transport.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import type { ConnectorDeps } from '../connector.ts';
import { listIn, unreadablePage, type List } from '../../stripe/paginate.ts';
import { withCallOptions, planEntity } from '../request/entity-request.ts';
import { pathId } from '../request/path-id.ts';
import { resolveParents } from '../request/resolve-path.ts';

/** Where the next row stands: in which branch, and resumeAfter which row, page or id. */
export interface Cursor {
  readonly branch: number;
  /** The last rows that were seen, newest last: where one is deleted, the one before it leads on. */
  readonly after?: readonly string[] | undefined;
  /** Stripe's own token, of its Search API and of API v2. */
  readonly page?: string | undefined;
  /** Index of the next id. */
  readonly next?: number | undefined;
}

export interface Row {
  readonly object: StripeObject;
  /** Stripe's names of the parents, each with its id. */
  readonly parents: Readonly<Record<string, string>>;
}

/** Rows that came in one answer, each with the position resumeAfter it. */
export interface Batch {
  readonly rows: readonly (Row & { readonly resumeAfter: Cursor })[];
  /** Nothing comes after it. */
  readonly last: boolean;
}

/** Rows of one request to Stripe at most. https://docs.stripe.com/api/pagination */
const STRIPE_PAGE = 100;
/** Rows that a position remembers. */
const REMEMBERED = 5;

export interface QueryContext {
  readonly deps: ConnectorDeps;
  readonly entity: Entity;
  readonly plan: QueryPlan;
  readonly expand: readonly string[];
  readonly call: CallContext;
}

/** Every object that the plan's branches bring, in order, from a position on. `wanted` rows are enough at each moment. */
export async function* execute(reader: QueryContext, from: Cursor, wanted: () => number): AsyncGenerator<Batch> {
  const { branches, clientFilters: clientFilters } = reader.plan;
  const enough = (): number =>
    clientFilters.length > 0 || branches.length > 1 ? STRIPE_PAGE : Math.min(STRIPE_PAGE, Math.max(1, wanted()));
  let position: Cursor | undefined = from;
  while (position !== undefined && position.branch < branches.length) {
    const branch = branches[position.branch] as AccessPath;
    const fetched: Fetched = await fetchFrom(
      reader,
      branch,
      position,
      branch.source.by === 'list' && isCursor(branch) ? enough() : Math.min(STRIPE_PAGE, Math.max(1, wanted())),
    );
    const next: Cursor | undefined = fetched.next ?? nextBranch(branches, position.branch);
    const { branch: at } = position;
    const rows = fetched.objects.map(({ object, resumeAfter }) => ({ object, parents: branch.parents, resumeAfter }));
    const own = rows.filter(
      ({ object }) =>
        isOwn(branches, branch, object) &&
        !branches.slice(0, at).some((accessPath) => covers(accessPath, branch, object)),
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

/** Of several branches each brings the rows that meet its own terms: one that Stripe lists besides is another's. */
function isOwn(branches: readonly AccessPath[], { source, where }: AccessPath, object: StripeObject): boolean {
  return branches.length === 1 || source.by === 'ids' || where.every((term) => matches(term, object));
}

/** Whether an earlier branch has brought this object already. */
function covers(earlier: AccessPath, branch: AccessPath, object: StripeObject): boolean {
  if (earlier.source.by === 'ids') return earlier.source.ids.includes(String(object['id']));
  if (JSON.stringify(earlier.parents) !== JSON.stringify(branch.parents)) return false;
  return earlier.where.every((term) => inStripeList(term, object));
}

/** One request as it is asked first: for explanations and dry runs. */
export function firstRequest(reader: QueryContext, branch: AccessPath, wanted: number): StripeRequest {
  const { source } = branch;
  if (source.by === 'ids') return getRequest(reader, branch, source.ids[0] ?? '');
  const limit = Math.min(STRIPE_PAGE, wanted);
  return listRequest(reader, branch, source.by === 'list' && source.onePage ? wholePage(source) : { limit });
}

/** The request of one object by its id. */
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
  if (source.by === 'ids') throw new RangeError('ids are not listed');
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

/** A caller names what to expand as seen from the object; in a list it stands below `data`. */
function expansion(expand: readonly string[], outer: 'data.' | ''): Params {
  if (expand.length === 0) return {};
  return { expand: expand.map((name) => (outer === '' || name.startsWith(outer) ? name : outer + name)) };
}

interface Fetched {
  readonly objects: readonly { readonly object: StripeObject; readonly resumeAfter: Cursor }[];
  /** Undefined at the end of the branch. */
  readonly next: Cursor | undefined;
}

async function fetchFrom(reader: QueryContext, branch: AccessPath, position: Cursor, limit: number): Promise<Fetched> {
  const { source } = branch;
  if (source.by === 'ids') return fetchId(reader, branch, source.ids, position);
  if (source.by === 'search' || !isCursor(branch)) return fetchPage(reader, branch, position, limit);
  return source.onePage ? fetchWhole(reader, branch, position) : fetchAfter(reader, branch, position, limit);
}

/** The next of the ids; one that does not exist (any more) is no row. */
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

/** Lists with a cursor: resumeAfter the last row that was seen and is still there. */
async function fetchAfter(reader: QueryContext, branch: AccessPath, position: Cursor, limit: number): Promise<Fetched> {
  const seen = position.after ?? [];
  for (let back = seen.length - 1; back >= -1; back -= 1) {
    const cursor = seen[back];
    if (cursor === undefined && seen.length > 0) break;
    try {
      const params = { limit, ...(cursor === undefined ? {} : { starting_after: cursor }) };
      const { body } = await reader.deps.stripe.request(listRequest(reader, branch, params), reader.call);
      return cut(listIn(body), position, cursor);
    } catch (error) {
      // The row that the cursor names was deleted meanwhile: the one before it leads to the same place.
      if (!isLostCursor(error)) throw error;
    }
  }
  throw lostPlace();
}

function isLostCursor(error: unknown): boolean {
  return isConnectorError(error) && error.details.stripe?.param === 'starting_after';
}

function lostPlace(): ConnectorError {
  return new ConnectorError(
    'ABORTED',
    'the rows that the page token stands on were deleted meanwhile; begin again without a token',
    { reason: 'PAGE_TOKEN_EXPIRED', retryable: false },
  );
}

function cut({ data, hasMore }: List, position: Cursor, cursor: string | undefined): Fetched {
  const before = position.after ?? [];
  let recent = [...before];
  const objects = data
    .filter((object) => !before.includes(String(object['id'])))
    .map((object) => {
      recent = [...recent, String(object['id'])].slice(-REMEMBERED);
      return { object, resumeAfter: { branch: position.branch, after: recent } };
    });
  const last = data.at(-1)?.['id'];
  if (!hasMore || data.length === 0) return { objects, next: undefined };
  // A cursor that does not move would go round for ever.
  if (typeof last !== 'string' || last === cursor) throw unreadablePage();
  return { objects, next: { branch: position.branch, after: recent } };
}

/** Of a list that Stripe answers in one page, the parameters of the page. */
function wholePage({ route }: { readonly route: Route }): Params {
  return route.paged === false ? {} : { limit: STRIPE_PAGE };
}

/** Lists that Stripe answers whole. */
async function fetchWhole(reader: QueryContext, branch: AccessPath, position: Cursor): Promise<Fetched> {
  const { body } = await reader.deps.stripe.request(firstRequest(reader, branch, STRIPE_PAGE), reader.call);
  const { data } = listIn(body);
  const seen = position.after ?? [];
  const from = data.findLastIndex((object) => seen.includes(String(object['id']))) + 1;
  if (from === 0 && seen.length > 0) throw lostPlace();
  return { ...cut({ data: data.slice(from), hasMore: false }, position, undefined), next: undefined };
}

/** The Search API and API v2 page by a token of their own: a page is taken whole, so `limit` is never more than wanted. */
async function fetchPage(reader: QueryContext, branch: AccessPath, position: Cursor, limit: number): Promise<Fetched> {
  const params = { limit, ...(position.page === undefined ? {} : { page: position.page }) };
  const { body } = await reader.deps.stripe.request(listRequest(reader, branch, params), reader.call);
  const { data } = listIn(body);
  const page = nextPage(body);
  if (page !== undefined && page === position.page) throw unreadablePage();
  const next = page === undefined ? undefined : { branch: position.branch, page };
  const resumeAfter = next ?? { branch: position.branch + 1 };
  return { objects: data.map((object) => ({ object, resumeAfter })), next };
}

function nextPage(body: StripeObject): string | undefined {
  const { next_page: token, next_page_url: url, has_more: more } = body;
  if (typeof url === 'string') return new URL(url, 'http://stripe').searchParams.get('page') ?? undefined;
  return more === true && typeof token === 'string' ? token : undefined;
}
