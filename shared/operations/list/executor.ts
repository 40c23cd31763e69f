import { inStripeList, matches } from '../../query/evaluate.ts';
import type { AccessPath } from '../../query/plan/access-path.ts';
import type { StripeObject } from '../../stripe/transport.ts';
import { fetchFrom, usesRowCursor, type Cursor, type Fetched } from './fetch-page.ts';
import { MAX_PAGE_ROWS, type QueryContext } from './list-requests.ts';

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

/**
 * Reads the objects of all access paths in order, starting at a position. `rowsNeeded` returns the number of rows that are
 * still missing on the page.
 */
export async function* execute(context: QueryContext, from: Cursor, rowsNeeded: () => number): AsyncGenerator<Batch> {
  const { paths: accessPaths, clientFilters } = context.plan;
  const neededLimit = (): number => Math.min(MAX_PAGE_ROWS, Math.max(1, rowsNeeded()));
  // If the connector drops some of the fetched rows, it requests full pages, because that needs fewer requests.
  const dropsRows = clientFilters.length > 0 || accessPaths.length > 1;
  let position: Cursor | undefined = from;
  while (position !== undefined && position.branch < accessPaths.length) {
    const accessPath = accessPaths[position.branch] as AccessPath;
    const limit = dropsRows && usesRowCursor(accessPath) ? MAX_PAGE_ROWS : neededLimit();
    const fetched: Fetched = await fetchFrom(context, accessPath, position, limit);
    const next: Cursor | undefined = fetched.next ?? nextPath(accessPaths, position.branch);
    const earlierPaths = accessPaths.slice(0, position.branch);
    const rows = fetched.objects
      .filter(({ object }) => belongsTo(accessPaths, accessPath, object))
      .filter(({ object }) => !earlierPaths.some((earlier) => isDuplicate(earlier, accessPath, object)))
      .map(({ object, resumeAfter }) => ({ object, parents: accessPath.parents, resumeAfter }));
    yield { rows, last: next === undefined };
    position = next;
  }
}

function nextPath(accessPaths: readonly AccessPath[], index: number): Cursor | undefined {
  return index + 1 < accessPaths.length ? { branch: index + 1 } : undefined;
}

/**
 * Returns whether an object is a row of an access path. If there are several paths, a list or search contributes only
 * the rows that match the terms of its path, and other paths contribute the other rows. Objects that were read by their
 * ids are all rows; the whole clause is matched later.
 */
function belongsTo(accessPaths: readonly AccessPath[], { source, where }: AccessPath, object: StripeObject): boolean {
  return accessPaths.length === 1 || source.by === 'ids' || where.every((term) => matches(term, object));
}

/** Returns whether an earlier access path has returned this object already. */
function isDuplicate(earlier: AccessPath, accessPath: AccessPath, object: StripeObject): boolean {
  if (earlier.source.by === 'ids') return earlier.source.ids.includes(String(object['id']));
  if (JSON.stringify(earlier.parents) !== JSON.stringify(accessPath.parents)) return false;
  return earlier.where.every((term) => inStripeList(term, object));
}
