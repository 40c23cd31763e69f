import type { ServerResponse } from 'node:http';
import type { Context } from '../context.ts';
import type { State } from '../state.ts';

/** A browser's request for a page of the sandbox. */
export interface PageRequest {
  /** The context of the account that the query names, `account=acct_...`, or else of the platform. */
  readonly context: Context;
  readonly method: string;
  /** The id at the end of the path. */
  readonly id: string;
  readonly query: URLSearchParams;
  /** The fields of the submitted form. */
  readonly form: URLSearchParams;
  /** The URL of the page, to which its forms are sent. */
  readonly target: string;
  readonly response: ServerResponse;
  /** Sends the events of the changes that the page has made. */
  readonly publish: () => void;
}

/** The parts of the HTTP request, before they are parsed. */
export interface RawPageRequest {
  readonly method: string;
  /** `/_sandbox/checkout/cs_test_...` */
  readonly path: string;
  readonly query: string;
  readonly form: string;
}

/** Parses a request for a page. */
export function pageRequest(
  state: State,
  { method, path, query, form }: RawPageRequest,
  response: ServerResponse,
  publish: (accountId: string) => void,
): PageRequest {
  const queryParams = new URLSearchParams(query);
  const accountId = queryParams.get('account') ?? '';
  return {
    context: state.context(state.account(accountId), {}),
    method,
    id: path.split('/').at(-1) ?? '',
    query: queryParams,
    form: new URLSearchParams(form),
    target: `${path}${query === '' ? '' : `?${query}`}`,
    response,
    publish: () => publish(accountId),
  };
}
