import type { OperationResult, ConnectorDeps } from '../connector.ts';
import { priorityOf, type Priority } from '../../stripe/call-context.ts';
import { previewRequest, type RequestPreview } from '../dry-run.ts';
import { firstRequest, getRequest, MAX_PAGE_ROWS, type QueryContext } from './list-requests.ts';

export interface Explanation {
  /** The first request of each list, and every request for a single object. */
  readonly requests: readonly RequestPreview[];
  /** Terms that Stripe cannot filter by. The connector compares each row with them. */
  readonly clientFilters: readonly string[];
  /** True if the connector sorts the rows. For each page it then reads all rows. */
  readonly clientSort: boolean;
  /** The priority class of the first request at the rate limiter. */
  readonly priority: Priority;
  /** Why the rows that Stripe returns may be more or fewer than those that match the clause. */
  readonly remarks?: readonly string[] | undefined;
  /** Minimum number of requests to Stripe for all pages, and for one page. */
  readonly minRequests: number;
  readonly minRequestsPerPage: number;
  /** Update and Delete: the request for each matching row. */
  readonly eachRow?: RequestPreview;
}

/**
 * Explains the plan of a query: its requests, client-side filters and minimum number of requests. `isLaterPage` is true if
 * the call continues a list of Stripe.
 */
export function explainQuery(
  deps: ConnectorDeps,
  context: QueryContext,
  pageSize: number,
  clientSort: boolean,
  isLaterPage = false,
): Explanation {
  const { paths, clientFilters, remarks } = context.plan;
  const idCount = paths.reduce((sum, { source }) => sum + (source.by === 'ids' ? source.ids.length : 0), 0);
  const listCount = paths.filter(({ source }) => source.by !== 'ids').length;
  const minPerPage = listCount > 0 ? Math.ceil(pageSize / MAX_PAGE_ROWS) : Math.min(idCount, pageSize);
  return {
    requests: paths.flatMap((path) =>
      path.source.by === 'ids'
        ? path.source.ids.map((id) => previewRequest(deps, getRequest(context, path, id)))
        : [previewRequest(deps, firstRequest(context, path, clientFilters.length > 0 ? MAX_PAGE_ROWS : pageSize))],
    ),
    clientFilters,
    clientSort,
    priority: priorityOf(context.call, { method: 'GET', params: isLaterPage ? { page: 'next' } : {} }),
    remarks: remarks.length > 0 ? remarks : undefined,
    minRequests: idCount + listCount,
    minRequestsPerPage: clientSort ? idCount + listCount : minPerPage,
  };
}

/** Returns an explanation as the result of a call. The call has no effect at Stripe. */
export function explainResult(explanation: Explanation): OperationResult {
  return { status: 200, body: { explain: explanation }, effect: 'none' };
}
