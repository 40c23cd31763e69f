import { hashOf } from '../state/hash.ts';
import type { NumberedPage, RowsQuery } from './use-rows.ts';

export const PAGE_SIZES = [10, 25, 50, 100];
const DEFAULT_SIZE = 25;

/** The query of an address: `filter=...&sort=Created+DESC&size=50`. */
export function queryOfAddress(entity: string, params: URLSearchParams): RowsQuery {
  return {
    entity,
    filter: params.get('filter') ?? '',
    sort: params.get('sort') ?? '',
    size: PAGE_SIZES.find((size) => size === Number(params.get('size'))) ?? DEFAULT_SIZE,
  };
}

/** The page of an address: `page=3&after=...`. */
export function pageOfAddress(params: URLSearchParams): NumberedPage {
  const [number, token] = [Number(params.get('page') ?? 1), params.get('after') ?? ''];
  return token === '' || !Number.isInteger(number) || number < 2 ? { number: 1, token: undefined } : { number, token };
}

/** The address of a query, at the page `at` or at the first page. */
export function addressOfQuery({ entity, filter, sort, size }: RowsQuery, at?: NumberedPage): string {
  return hashOf(['entity', entity], {
    filter,
    sort,
    size: size === DEFAULT_SIZE ? '' : String(size),
    page: at?.token && String(at.number),
    after: at?.token,
  });
}
