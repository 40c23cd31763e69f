import type { Answer, ConnectorParts } from '../connector.ts';
import { checkedRequest, type ShownRequest } from '../dry-run.ts';
import { firstRequest, getRequest, type Reader } from './executor.ts';

export interface Explanation {
  /** The first request of each list, which goes on page by page, and every request of single objects. */
  readonly requests: readonly ShownRequest[];
  /** Terms that Stripe does not take: each row is compared with them here. */
  readonly evaluatedHere: readonly string[];
  readonly sortedHere: boolean;
  /** Rows that Stripe leaves out, or has besides, in the way that they are read. */
  readonly remarks?: readonly string[];
  /** Transactions of the whole call at least, and of one page. */
  readonly leastTransactions: number;
  readonly leastTransactionsPerPage: number;
  /** Update and Delete: the request of each row that is found. */
  readonly eachRow?: ShownRequest;
}

export function explainRead(parts: ConnectorParts, reader: Reader, pageSize: number, sortedHere: boolean): Explanation {
  const { branches, evaluatedHere, remarks } = reader.plan;
  const ids = branches.reduce((sum, { source }) => sum + (source.by === 'ids' ? source.ids.length : 0), 0);
  const lists = branches.filter(({ source }) => source.by !== 'ids').length;
  const page = lists > 0 ? Math.ceil(pageSize / 100) : Math.min(ids, pageSize);
  return {
    requests: branches.flatMap((branch) =>
      branch.source.by === 'ids'
        ? branch.source.ids.map((id) => checkedRequest(parts, getRequest(reader, branch, id)))
        : [checkedRequest(parts, firstRequest(reader, branch, evaluatedHere.length > 0 ? 100 : pageSize))],
    ),
    evaluatedHere,
    sortedHere,
    ...(remarks.length > 0 ? { remarks } : {}),
    leastTransactions: ids + lists,
    leastTransactionsPerPage: sortedHere ? ids + lists : page,
  };
}

export function explained(explanation: Explanation): Answer {
  return { status: 200, body: { explain: explanation }, effect: 'none' };
}
