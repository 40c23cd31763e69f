import { useEffect, useState } from 'react';
import {
  rowsOfReply,
  runFunction,
  isSuccess,
  type CallReply,
  type FunctionCall,
  type OutputRow,
} from '../api/calls.ts';
import { useReachability } from '../api/reachability.ts';
import { rememberIdPrefix } from '../format/ids.ts';
import { useConnectionRevision } from '../state/connection-revision.ts';

/** The query for the rows that the table shows. It comes from the address, so that every view has a deep link. */
export interface RowsQuery {
  readonly entity: string;
  readonly filter: string;
  /** `Created DESC`; empty for Stripe's order. */
  readonly sort: string;
  readonly size: number;
}

export interface RowsPage {
  readonly rows: readonly OutputRow[];
  readonly nextToken: string | undefined;
  readonly reply: CallReply;
}

export function listCall({ entity, filter, sort, size }: RowsQuery, token?: string): FunctionCall {
  return {
    functionName: 'list-entities',
    body: {
      entity,
      filterClause: filter === '' ? undefined : filter,
      listEntitiesSortByColumns: sort === '' ? undefined : [sort],
      listEntitiesPageSize: size,
      listEntitiesPageToken: token,
    },
  };
}

/** Reads one page of rows. If the call fails, the page has no rows and `reply` has the error. */
export async function readRows(query: RowsQuery, token?: string, signal?: AbortSignal): Promise<RowsPage> {
  const reply = await runFunction(listCall(query, token), signal);
  const rows = isSuccess(reply) ? rowsOfReply(reply) : [];
  const { listEntitiesNextPageToken: nextToken } = reply.body;
  for (const { Id: id } of rows) if (typeof id === 'string') rememberIdPrefix(id, query.entity);
  return { rows, nextToken: typeof nextToken === 'string' && nextToken !== '' ? nextToken : undefined, reply };
}

interface RowsView {
  readonly page: RowsPage | undefined;
  readonly error: Error | undefined;
  readonly loading: boolean;
  /** From 1. */
  readonly number: number;
  readonly next: (() => void) | undefined;
  readonly previous: (() => void) | undefined;
  readonly reload: () => void;
}

interface RowsState {
  /** The query and the page token of `page` or `error`. */
  readonly key: string;
  readonly page?: RowsPage;
  readonly error?: Error;
  readonly loading: boolean;
}

/** A page of rows: its number from 1, and the token that the previous page returned. */
export interface NumberedPage {
  readonly number: number;
  readonly token: string | undefined;
}

const FIRST_PAGE: NumberedPage = { number: 1, token: undefined };

/**
 * Tokens of the opened pages by query and page number. A page returns only the token of the next page, so the button
 * for the previous page needs these tokens.
 */
const openedTokens = new Map<string, (string | undefined)[]>();

/** Reads one page of the rows of a query. `onPage` opens another page. */
export function useRows(query: RowsQuery, position: NumberedPage, onPage: (position: NumberedPage) => void): RowsView {
  const queryText = JSON.stringify(query);
  const { token, number } = position;
  const [state, setState] = useState<RowsState>({ key: queryText, loading: true });
  const [reloads, setReloads] = useState(0);
  const { epoch } = useReachability();
  const connectionRevision = useConnectionRevision();
  const pageKey = `${queryText} ${token ?? ''}`;
  useEffect(() => {
    const tokens = openedTokens.get(queryText) ?? [];
    tokens[number] = token;
    openedTokens.set(queryText, tokens);
    const abort = new AbortController();
    // The rows of the previous query stay visible, dimmed, until the new rows arrive.
    setState((before) => ({ ...before, loading: true }));
    readRows(JSON.parse(queryText) as RowsQuery, token, abort.signal).then(
      (page) => setState({ key: pageKey, page, loading: false }),
      (cause: unknown) => {
        if (!abort.signal.aborted) setState({ key: pageKey, error: cause as Error, loading: false });
      },
    );
    return () => abort.abort();
  }, [queryText, token, number, pageKey, epoch, connectionRevision, reloads]);
  const { page } = state;
  // Until the new rows arrive, `page` and its token belong to the previous query.
  const nextToken = state.key === pageKey && !state.loading ? page?.nextToken : undefined;
  const previousToken = openedTokens.get(queryText)?.[number - 1];
  return {
    page,
    error: state.error,
    loading: state.loading,
    number,
    next: nextToken === undefined ? undefined : () => onPage({ number: number + 1, token: nextToken }),
    // If the user opened this page by its address, the token of the previous page is unknown, so `previous` opens the
    // first page.
    previous:
      number === 1
        ? undefined
        : () =>
            onPage(
              number === 2 || previousToken === undefined ? FIRST_PAGE : { number: number - 1, token: previousToken },
            ),
    reload: () => setReloads((count) => count + 1),
  };
}
