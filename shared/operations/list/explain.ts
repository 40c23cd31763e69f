import type { OperationResult, ConnectorDeps } from '../connector.ts';
import { previewRequest, type RequestPreview } from '../dry-run.ts';
import { firstRequest, getRequest, type QueryContext } from './executor.ts';

export interface Explanation {
  /** The first request of each list, which goes on page by page, and every request of single objects. */
  readonly requests: readonly RequestPreview[];
  /** Terms that Stripe does not take: each row is compared with them here. */
  readonly clientFilters: readonly string[];
  readonly clientSort: boolean;
  /** Rows that Stripe leaves out, or has besides, in the way that they are read. */
  readonly remarks?: readonly string[];
  /** Transactions of the whole call at least, and of one page. */
  readonly minRequests: number;
  readonly minRequestsPerPage: number;
  /** Update and Delete: the request of each row that is found. */
  readonly eachRow?: RequestPreview;
}

export function explainQuery(
  deps: ConnectorDeps,
  reader: QueryContext,
  pageSize: number,
  clientSort: boolean,
): Explanation {
  const { branches, clientFilters: clientFilters, remarks } = reader.plan;
  const ids = branches.reduce((sum, { source }) => sum + (source.by === 'ids' ? source.ids.length : 0), 0);
  const lists = branches.filter(({ source }) => source.by !== 'ids').length;
  const page = lists > 0 ? Math.ceil(pageSize / 100) : Math.min(ids, pageSize);
  return {
    requests: branches.flatMap((branch) =>
      branch.source.by === 'ids'
        ? branch.source.ids.map((id) => previewRequest(deps, getRequest(reader, branch, id)))
        : [previewRequest(deps, firstRequest(reader, branch, clientFilters.length > 0 ? 100 : pageSize))],
    ),
    clientFilters: clientFilters,
    clientSort: clientSort,
    ...(remarks.length > 0 ? { remarks } : {}),
    minRequests: ids + lists,
    minRequestsPerPage: clientSort ? ids + lists : page,
  };
}

export function explainResult(explanation: Explanation): OperationResult {
  return { status: 200, body: { explain: explanation }, effect: 'none' };
}
