import { inStripeList, matches } from '../../query/evaluate.ts';
import type { AccessPath } from '../../query/plan/access-path.ts';
import type { StripeObject } from '../../stripe/transport.ts';
import { fetchFrom, isCursor, type Cursor, type Fetched } from './fetch-page.ts';
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
 * Reads the objects of all access paths in order, from a position on. `wanted` returns how many rows are still needed.
 */
export async function* execute(reader: QueryContext, from: Cursor, wanted: () => number): AsyncGenerator<Batch> {
  const { paths: accessPaths, clientFilters } = reader.plan;
  const enough = (): number =>
    clientFilters.length > 0 || accessPaths.length > 1 ? MAX_PAGE_ROWS : Math.min(MAX_PAGE_ROWS, Math.max(1, wanted()));
  let position: Cursor | undefined = from;
  while (position !== undefined && position.branch < accessPaths.length) {
    const accessPath = accessPaths[position.branch] as AccessPath;
    const fetched: Fetched = await fetchFrom(
      reader,
      accessPath,
      position,
      accessPath.source.by === 'list' && isCursor(accessPath)
        ? enough()
        : Math.min(MAX_PAGE_ROWS, Math.max(1, wanted())),
    );
    const next: Cursor | undefined = fetched.next ?? nextPath(accessPaths, position.branch);
    const { branch: at } = position;
    const rows = fetched.objects.map(({ object, resumeAfter }) => ({
      object,
      parents: accessPath.parents,
      resumeAfter,
    }));
    const own = rows.filter(
      ({ object }) =>
        belongsTo(accessPaths, accessPath, object) &&
        !accessPaths.slice(0, at).some((earlier) => isDuplicate(earlier, accessPath, object)),
    );
    yield { rows: own, last: next === undefined };
    position = next;
  }
}

function nextPath(accessPaths: readonly AccessPath[], at: number): Cursor | undefined {
  return at + 1 < accessPaths.length ? { branch: at + 1 } : undefined;
}

/**
 * With several access paths, each only contributes the rows that match its own terms. Other rows of its list belong to
 * another path.
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
