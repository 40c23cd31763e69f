import type { CallContext } from '../../stripe/call-context.ts';
import { operationResult, type OperationResult, type ConnectorDeps } from '../connector.ts';
import { definitionOf } from '../definition.ts';
import { dryRun } from '../dry-run.ts';
import { rowMapper } from '../rows/row-mapper.ts';
import { explainQuery, explainResult } from './explain.ts';
import { firstRequests, queryContext } from './list-requests.ts';
import { encodePageToken, readPageToken } from './page-token.ts';
import { readListPage, readSortedPage, type RowPage } from './paginate.ts';
import { usesNativeOrder, planClause, readSort } from './plan.ts';

export interface ListRequest {
  readonly filterClause?: string | undefined;
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
  readonly sortByColumns?: readonly string[] | undefined;
  readonly consistency: 'strong' | 'eventual';
  readonly explain: boolean;
}

/** Lists a page of rows that match a clause. The rows are in Stripe's order, or sorted by one column. */
export async function list(
  deps: ConnectorDeps,
  name: string,
  request: ListRequest,
  call: CallContext,
): Promise<OperationResult> {
  const { entity, definition } = definitionOf(deps, name, 'List');
  const clause = request.filterClause?.trim() ?? '';
  const plan = planClause(entity, definition, clause, { eventual: request.consistency === 'eventual' });
  const sort = readSort(entity, definition, request.sortByColumns);
  const nativeOrder = sort === undefined || usesNativeOrder(sort, plan);
  const pageQuery = {
    entity: entity.entity,
    clause,
    sort: nativeOrder ? '' : `${sort.column.name} ${sort.descending}`,
    consistency: request.consistency,
    account: call.account ?? '',
  };
  const position = request.pageToken === undefined ? undefined : readPageToken(request.pageToken, pageQuery);
  const toRow = rowMapper(entity, 'List', call, (name) => deps.catalog.fieldsOf(name));
  const context = queryContext(deps, entity, plan, call);
  const cursor = position !== undefined && 'at' in position ? position.at : undefined;
  const isLaterPage = cursor?.after !== undefined || cursor?.page !== undefined;
  if (request.explain) return explainResult(explainQuery(deps, context, request.pageSize, !nativeOrder, isLaterPage));
  if (call.dryRun === true) return dryRun(deps, firstRequests(context, request.pageSize));
  const bounds = { pageSize: request.pageSize, scanLimit: deps.scanLimit };
  const lastKey = position !== undefined && 'resumeAfter' in position ? position.resumeAfter : undefined;
  const page = nativeOrder
    ? await readListPage(context, cursor, bounds)
    : await readSortedPage(context, sort, lastKey, bounds);
  const rows = page.rows.map((row) => toRow(row.object, row.parents));
  return operationResult(rows, 'none', { listEntitiesNextPageToken: nextPageToken(page, pageQuery) });
}

function nextPageToken({ next }: RowPage, query: Parameters<typeof encodePageToken>[0]): string | null {
  return next === null ? null : encodePageToken(query, next);
}
