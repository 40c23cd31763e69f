import { ConnectorError } from '../../errors.ts';
import type { Column } from '../../query/columns.ts';
import { filters } from '../../query/columns.ts';
import { matches, valueAt } from '../../query/evaluate.ts';
import { pascal } from '../../catalog/names.ts';
import { compare, coerceValue } from '../../query/values.ts';
import type { PagePosition } from './page-token.ts';
import { execute, type Cursor, type QueryContext, type Row } from './executor.ts';

/** One column, one direction; rows without a value come last. */
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
  /** Rows at most. */
  readonly pageSize: number;
  /** Objects that are compared here at most. */
  readonly scanLimit: number;
}

/** One page in Stripe's own order. A page that is not full is the end; an incomplete one is an error. */
export async function listPage(reader: QueryContext, from: Cursor | undefined, bounds: PageBounds): Promise<RowPage> {
  const rows: Row[] = [];
  const scan = new Scan(reader, bounds.scanLimit);
  for await (const batch of execute(reader, from ?? { branch: 0 }, () => bounds.pageSize - rows.length)) {
    for (const [index, row] of batch.rows.entries()) {
      if (!(await scan.takes(row))) continue;
      rows.push(row);
      if (rows.length < bounds.pageSize) continue;
      const more = !batch.last || batch.rows.slice(index + 1).some((row) => scan.accepts(row));
      return { rows, next: more ? { at: row.resumeAfter } : null };
    }
  }
  return { rows, next: null };
}

/** Every row of the plan, in Stripe's order. */
export async function listAllRows(reader: QueryContext, scanLimit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of matching(reader, scanLimit)) rows.push(...batch);
  return rows;
}

/** The rows of the whole plan that meet its clause, in Stripe's order, as many as come at once. */
async function* matching(reader: QueryContext, scanLimit: number): AsyncGenerator<readonly Row[]> {
  const scan = new Scan(reader, scanLimit, true);
  for await (const batch of execute(reader, { branch: 0 }, () => Infinity)) {
    const rows: Row[] = [];
    for (const row of batch.rows) if (await scan.takes(row)) rows.push(row);
    yield rows;
  }
}

/** One page in an order that Stripe does not have: every matching row is read, sorted and cut at the last one given. */
export async function sortedPage(
  reader: QueryContext,
  sort: Sort,
  from: { readonly value: unknown; readonly id: string } | undefined,
  bounds: PageBounds,
): Promise<RowPage> {
  const key = (row: Row): Key => ({ value: valueAt(row.object, sort.column.path), id: String(row.object['id']) });
  let best: { readonly row: Row; readonly key: Key }[] = [];
  for await (const rows of matching(reader, bounds.scanLimit)) {
    const candidates = rows
      .map((row) => ({ row, key: key(row) }))
      .filter((value) => from === undefined || order(sort, value.key, from) > 0);
    // Whole objects are large: of those that stand on a later page only the first is kept, which says that there is one.
    best = [...best, ...candidates].sort((a, b) => order(sort, a.key, b.key)).slice(0, bounds.pageSize + 1);
  }
  const page = best.slice(0, bounds.pageSize);
  const last = page.at(-1);
  const next = last !== undefined && best.length > page.length ? { resumeAfter: plain(last.key) } : null;
  return { rows: page.map(({ row }) => row), next };
}

interface Key {
  readonly value: unknown;
  readonly id: string;
}

/** Ties are settled by the id, so that the order is one and the same on every page. */
function order({ column, descending }: Sort, a: Key, b: Key): number {
  const [value, other] = [coerceValue(column, a.value), coerceValue(column, b.value)];
  if (value === undefined || other === undefined) {
    if (value !== other) return value === undefined ? 1 : -1;
  } else {
    const order = compare(value, other) ?? 0;
    if (order !== 0) return descending ? -order : order;
  }
  return a.id === b.id ? 0 : a.id < b.id ? -1 : 1;
}

/** An expanded reference counts as its id. */
function plain({ value, id }: Key): Key {
  const inner = typeof value === 'object' && value !== null && 'id' in value ? value.id : value;
  return { value: inner ?? null, id };
}

/** Compares rows with the clause and counts them: past the bound an error says how far it came. */
class Scan {
  private scanned = 0;
  private matchCount = 0;
  private readonly compared: boolean;

  constructor(
    private readonly reader: QueryContext,
    private readonly limit: number,
    everything = false,
  ) {
    this.compared = everything || reader.plan.clientFilters.length > 0;
  }

  /** A clause of hundreds of terms takes tens of milliseconds a row: other calls of the instance run between rows. */
  async takes(row: Row): Promise<boolean> {
    if (this.reader.plan.clientFilters.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    this.scanned += 1;
    const taken = this.accepts(row);
    if (taken) this.matchCount += 1;
    if (this.compared && this.scanned > this.limit) throw this.scanLimitExceeded(row);
    return taken;
  }

  accepts({ object }: Row): boolean {
    const { plan, deps } = this.reader;
    if (plan.where === undefined) return true;
    // With another API version Stripe's own filters stand; objects may look different.
    if (!deps.strict && plan.clientFilters.length === 0) return true;
    return matches(plan.where, object);
  }

  private scanLimitExceeded({ object }: Row): ConnectorError {
    const { entity } = this.reader;
    const definition = entity.operations.List;
    const names = definition === undefined ? [] : Object.keys(filters(definition)).map(pascal);
    const created = typeof object['created'] === 'number' ? `, down to Created = '${object['created']}'` : '';
    const here = this.reader.plan.clientFilters;
    const message =
      `the scan stops after ${this.limit} rows (scan_limit)${created}: ${this.matchCount} met the clause so far` +
      (here.length === 0 ? '' : `. Evaluated here: ${here.slice(0, 5).join('; ')}`) +
      (names.length === 0
        ? ''
        : `. Stripe itself filters ${entity.entity} by ${names.join(', ')}: a term with one of them narrows the scan`);
    return new ConnectorError('FAILED_PRECONDITION', message, { reason: 'SCAN_LIMIT' });
  }
}
