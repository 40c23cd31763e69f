import { ConnectorError } from '../../errors.ts';
import type { Column } from '../../query/columns.ts';
import { filters } from '../../query/columns.ts';
import { matches, valueAt } from '../../query/evaluate.ts';
import { pascal } from '../../catalog/names.ts';
import { compare, coerceValue } from '../../query/values.ts';
import type { PagePosition } from './page-token.ts';
import { execute, type Row } from './executor.ts';
import type { Cursor } from './fetch-page.ts';
import type { QueryContext } from './list-requests.ts';

/** The order of a list: one column and its direction. Rows without a value come last. */
export interface Sort {
  readonly column: Column;
  readonly descending: boolean;
}

export interface RowPage {
  readonly rows: readonly Row[];
  /** Null at the end. */
  readonly next: PagePosition | null;
}

export interface PageBounds {
  /** Limit of the rows of the page. */
  readonly pageSize: number;
  /** Limit of the objects that the connector filters itself. */
  readonly scanLimit: number;
}

/**
 * Returns one page in Stripe's order. A page with fewer than `pageSize` rows is the last one, so a scan that stops at the
 * scan limit throws instead of returning a shorter page.
 */
export async function readListPage(
  context: QueryContext,
  from: Cursor | undefined,
  bounds: PageBounds,
): Promise<RowPage> {
  const rows: Row[] = [];
  const scan = new Scan(context, bounds.scanLimit);
  for await (const batch of execute(context, from ?? { branch: 0 }, () => bounds.pageSize - rows.length)) {
    for (const [index, row] of batch.rows.entries()) {
      if (!(await scan.accept(row))) continue;
      rows.push(row);
      if (rows.length < bounds.pageSize) continue;
      const more = !batch.last || batch.rows.slice(index + 1).some((row) => scan.matches(row));
      return { rows, next: more ? { at: row.resumeAfter } : null };
    }
  }
  return { rows, next: null };
}

/** Returns every row of the plan in Stripe's order. */
export async function listAllRows(context: QueryContext, scanLimit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of matchingRows(context, scanLimit)) rows.push(...batch);
  return rows;
}

/** Yields the matching rows of the whole plan in Stripe's order, batch by batch. */
async function* matchingRows(context: QueryContext, scanLimit: number): AsyncGenerator<readonly Row[]> {
  const scan = new Scan(context, scanLimit, true);
  for await (const batch of execute(context, { branch: 0 }, () => Infinity)) {
    const rows: Row[] = [];
    for (const row of batch.rows) if (await scan.accept(row)) rows.push(row);
    yield rows;
  }
}

/**
 * Returns one page in an order that Stripe does not support. It reads and sorts all matching rows. The page begins
 * after the sort key `from`, or at the first row if it is undefined.
 */
export async function readSortedPage(
  context: QueryContext,
  sort: Sort,
  from: { readonly value: unknown; readonly id: string } | undefined,
  bounds: PageBounds,
): Promise<RowPage> {
  const keyOf = (row: Row): Key => ({ value: valueAt(row.object, sort.column.path), id: String(row.object['id']) });
  let best: { readonly row: Row; readonly key: Key }[] = [];
  for await (const rows of matchingRows(context, bounds.scanLimit)) {
    const candidates = rows
      .map((row) => ({ row, key: keyOf(row) }))
      .filter((candidate) => from === undefined || compareKeys(sort, candidate.key, from) > 0);
    // Objects are large, so only the rows of the page are kept, and one more, which shows that another page follows.
    best = [...best, ...candidates].sort((a, b) => compareKeys(sort, a.key, b.key)).slice(0, bounds.pageSize + 1);
  }
  const page = best.slice(0, bounds.pageSize);
  const last = page.at(-1);
  const next = last !== undefined && best.length > page.length ? { resumeAfter: toPlainKey(last.key) } : null;
  return { rows: page.map(({ row }) => row), next };
}

interface Key {
  readonly value: unknown;
  readonly id: string;
}

/**
 * Compares the sort keys of two rows. The id breaks ties, so that the order is the same on every page. A row without a
 * value is after all others, in both directions.
 */
function compareKeys({ column, descending }: Sort, a: Key, b: Key): number {
  const [value, other] = [coerceValue(column, a.value), coerceValue(column, b.value)];
  if (value === undefined || other === undefined) {
    if (value !== other) return value === undefined ? 1 : -1;
  } else {
    const comparison = compare(value, other) ?? 0;
    if (comparison !== 0) return descending ? -comparison : comparison;
  }
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

/** Replaces an expanded reference in a sort key with its id. */
function toPlainKey({ value, id }: Key): Key {
  const plainValue = typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
  return { value: plainValue ?? null, id };
}

/** Matches rows against the clause and counts them. Throws an error with the progress if the limit is exceeded. */
class Scan {
  private scanned = 0;
  private matchCount = 0;
  /** True if the scan limit applies: the connector filters the rows, or reads them all. */
  private readonly isLimited: boolean;

  constructor(
    private readonly context: QueryContext,
    private readonly limit: number,
    readsAll = false,
  ) {
    this.isLimited = readsAll || context.plan.clientFilters.length > 0;
  }

  /**
   * Counts a row and returns whether it matches. If the connector filters the rows itself, the method first lets other
   * calls of the instance run, because a clause with hundreds of terms takes tens of milliseconds per row.
   */
  async accept(row: Row): Promise<boolean> {
    if (this.context.plan.clientFilters.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    this.scanned += 1;
    const isMatch = this.matches(row);
    if (isMatch) this.matchCount += 1;
    if (this.isLimited && this.scanned > this.limit) throw this.scanLimitExceeded(row);
    return isMatch;
  }

  matches({ object }: Row): boolean {
    const { plan, deps } = this.context;
    if (plan.where === undefined) return true;
    // If the connection has another API version than the catalog (`strict` is false), objects may look different. The
    // connector then relies on Stripe, if Stripe applies every term.
    if (!deps.strict && plan.clientFilters.length === 0) return true;
    return matches(plan.where, object);
  }

  /** Returns the error of a scan that exceeded the limit. It says how far the scan came and how to narrow it. */
  private scanLimitExceeded({ object }: Row): ConnectorError {
    const { entity } = this.context;
    const definition = entity.operations.List;
    const names = definition === undefined ? [] : Object.keys(filters(definition)).map(pascal);
    const created = typeof object['created'] === 'number' ? `, down to Created = '${object['created']}'` : '';
    const clientFilters = this.context.plan.clientFilters;
    const message =
      `the scan stopped after ${this.limit} rows (scan_limit)${created}; ${this.matchCount} rows matched so far` +
      (clientFilters.length === 0 ? '' : `. The connector evaluates: ${clientFilters.slice(0, 5).join('; ')}`) +
      (names.length === 0
        ? ''
        : `. Narrow the scan with a term that Stripe can filter ${entity.entity} by: ${names.join(', ')}`);
    return new ConnectorError('FAILED_PRECONDITION', message, { reason: 'SCAN_LIMIT' });
  }
}
