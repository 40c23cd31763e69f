import { pascal } from '../../catalog/names.ts';
import type { Entity, Route } from '../../catalog/types.ts';
import type { AccessPath } from '../../query/plan/access-path.ts';
import type { QueryPlan } from '../../query/plan/planner.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import type { Params, StripeRequest } from '../../stripe/transport.ts';
import type { ConnectorDeps } from '../connector.ts';
import { withCallOptions, buildEntityRequest } from '../request/entity-request.ts';
import { pathId } from '../request/path-id.ts';
import { parentInputs } from '../request/resolve-path.ts';

/** Limit of the rows in one response of Stripe. https://docs.stripe.com/api/pagination */
export const MAX_PAGE_ROWS = 100;

export interface QueryContext {
  readonly deps: ConnectorDeps;
  readonly entity: Entity;
  readonly plan: QueryPlan;
  readonly expand: readonly string[];
  readonly call: CallContext;
}

/** Returns the first request of an access path, for at most `rowsNeeded` rows. */
export function firstRequest(context: QueryContext, accessPath: AccessPath, rowsNeeded: number): StripeRequest {
  const { source } = accessPath;
  if (source.by === 'ids') return getRequest(context, accessPath, source.ids[0] ?? '');
  const limit = Math.min(MAX_PAGE_ROWS, rowsNeeded);
  return listRequest(context, accessPath, source.by === 'list' && source.onePage ? maxPageParams(source) : { limit });
}

/** Returns the request for one object by its id. */
export function getRequest(
  { deps, entity, expand, call }: QueryContext,
  accessPath: AccessPath,
  id: string,
): StripeRequest {
  const definition = entity.operations.Get;
  if (definition === undefined) throw new RangeError(`${entity.entity} has no Get`);
  const { request } = buildEntityRequest('Get', entity, definition, id, parentInputs(accessPath.parents), {
    strict: deps.strict,
    limits: deps.limits,
  });
  return withCallOptions({ ...request, params: { ...request.params, ...expandParams(expand, '') } }, call);
}

/** Returns the request for one page of a list or of the Search API. */
export function listRequest(
  { expand, call }: QueryContext,
  { source, parents }: AccessPath,
  pageParams: Params,
): StripeRequest {
  if (source.by === 'ids') throw new RangeError('an access path by ids has no list request');
  const expandParam = expandParams(expand, 'data.');
  if (source.by === 'search') {
    return withCallOptions(
      { method: 'GET', path: source.path, params: { query: source.query, ...expandParam, ...pageParams } },
      call,
    );
  }
  const template = source.route.path;
  const path = template.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    pathId(template, placeholder, pascal(name), parents[name]),
  );
  return withCallOptions({ method: 'GET', path, params: { ...source.params, ...expandParam, ...pageParams } }, call);
}

/**
 * Returns the `expand` parameter. The caller's paths start at the object, or at the `data` of a list. For a list,
 * `data.` is put in front of paths without it.
 */
function expandParams(expand: readonly string[], prefix: 'data.' | ''): Params {
  if (expand.length === 0) return {};
  return { expand: expand.map((name) => (prefix === '' || name.startsWith(prefix) ? name : prefix + name)) };
}

/** Returns the parameter for the largest page, or no parameter for a list that Stripe returns in one response. */
function maxPageParams({ route }: { readonly route: Route }): Params {
  return route.paged === false ? {} : { limit: MAX_PAGE_ROWS };
}

/** Returns the context of a query with the options of a call. */
export function queryContext(deps: ConnectorDeps, entity: Entity, plan: QueryPlan, call: CallContext): QueryContext {
  return { deps, entity, plan, expand: call.expand ?? [], call };
}

/** Returns the first request of each access path, for dry runs. */
export function firstRequests(context: QueryContext, pageSize: number): StripeRequest[] {
  const size = context.plan.clientFilters.length > 0 ? MAX_PAGE_ROWS : pageSize;
  return context.plan.paths.map((path) => firstRequest(context, path, size));
}
