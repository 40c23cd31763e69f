import { ConnectorError } from '../../errors.ts';
import type { Column } from '../../query/columns.ts';
import { filters } from '../../query/columns.ts';
import { meets, valueAt } from '../../query/evaluate.ts';
import { pascal } from '../../catalog/names.ts';
import { compare, readStored } from '../../query/values.ts';
import type { PagePosition } from './page-token.ts';
import { read, type Position, type Reader, type Row } from './executor.ts';

/** One column, one direction; rows without a value come last. */
export interface Sort {
  readonly column: Column;
  readonly descending: boolean;
}

export interface Page {
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
export async function listPage(reader: Reader, from: Position | undefined, bounds: PageBounds): Promise<Page> {
  const rows: Row[] = [];
  const scan = new Scan(reader, bounds.scanLimit);
  for await (const batch of read(reader, from ?? { branch: 0 }, () => bounds.pageSize - rows.length)) {
    for (const [index, row] of batch.rows.entries()) {
      if (!(await scan.takes(row))) continue;
      rows.push(row);
      if (rows.length < bounds.pageSize) continue;
      const more = !batch.last || batch.rows.slice(index + 1).some((one) => scan.matches(one));
      return { rows, next: more ? { at: row.behind } : null };
    }
  }
  return { rows, next: null };
}

/** Every row of the plan, in Stripe's order. */
export async function allRows(reader: Reader, scanLimit: number): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of matching(reader, scanLimit)) rows.push(...batch);
  return rows;
}

/** The rows of the whole plan that meet its clause, in Stripe's order, as many as come at once. */
async function* matching(reader: Reader, scanLimit: number): AsyncGenerator<readonly Row[]> {
  const scan = new Scan(reader, scanLimit, true);
  for await (const batch of read(reader, { branch: 0 }, () => Infinity)) {
    const rows: Row[] = [];
    for (const row of batch.rows) if (await scan.takes(row)) rows.push(row);
    yield rows;
  }
}

/** One page in an order that Stripe does not have: every matching row is read, sorted and cut at the last one given. */
export async function sortedPage(
  reader: Reader,
  sort: Sort,
  from: { readonly value: unknown; readonly id: string } | undefined,
  bounds: PageBounds,
): Promise<Page> {
  const key = (row: Row): Key => ({ value: valueAt(row.object, sort.column.path), id: String(row.object['id']) });
  let best: { readonly row: Row; readonly key: Key }[] = [];
  for await (const rows of matching(reader, bounds.scanLimit)) {
    const found = rows
      .map((row) => ({ row, key: key(row) }))
      .filter((one) => from === undefined || order(sort, one.key, from) > 0);
    // Whole objects are large: of those that stand on a later page only the first is kept, which says that there is one.
    best = [...best, ...found].sort((a, b) => order(sort, a.key, b.key)).slice(0, bounds.pageSize + 1);
  }
  const page = best.slice(0, bounds.pageSize);
  const last = page.at(-1);
  const next = last !== undefined && best.length > page.length ? { behind: plain(last.key) } : null;
  return { rows: page.map(({ row }) => row), next };
}

interface Key {
  readonly value: unknown;
  readonly id: string;
}

/** Ties are settled by the id, so that the order is one and the same on every page. */
function order({ column, descending }: Sort, a: Key, b: Key): number {
  const [one, other] = [readStored(column, a.value), readStored(column, b.value)];
  if (one === undefined || other === undefined) {
    if (one !== other) return one === undefined ? 1 : -1;
  } else {
    const found = compare(one, other) ?? 0;
    if (found !== 0) return descending ? -found : found;
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
  private seen = 0;
  private found = 0;
  private readonly compared: boolean;

  constructor(
    private readonly reader: Reader,
    private readonly limit: number,
    everything = false,
  ) {
    this.compared = everything || reader.plan.evaluatedHere.length > 0;
  }

  /** A clause of hundreds of terms takes tens of milliseconds a row: other calls of the instance run between rows. */
  async takes(row: Row): Promise<boolean> {
    if (this.reader.plan.evaluatedHere.length > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    this.seen += 1;
    const taken = this.matches(row);
    if (taken) this.found += 1;
    if (this.compared && this.seen > this.limit) throw this.tooFar(row);
    return taken;
  }

  matches({ object }: Row): boolean {
    const { plan, parts } = this.reader;
    if (plan.where === undefined) return true;
    // With another API version Stripe's own filters stand; objects may look different.
    if (!parts.strict && plan.evaluatedHere.length === 0) return true;
    return meets(plan.where, object);
  }

  private tooFar({ object }: Row): ConnectorError {
    const { entity } = this.reader;
    const row = entity.operations.List;
    const names = row === undefined ? [] : Object.keys(filters(row)).map(pascal);
    const created = typeof object['created'] === 'number' ? `, down to Created = '${object['created']}'` : '';
    const here = this.reader.plan.evaluatedHere;
    const message =
      `the scan stops after ${this.limit} rows (scan_limit)${created}: ${this.found} met the clause so far` +
      (here.length === 0 ? '' : `. Evaluated here: ${here.slice(0, 5).join('; ')}`) +
      (names.length === 0
        ? ''
        : `. Stripe itself filters ${entity.entity} by ${names.join(', ')}: a term with one of them narrows the scan`);
    return new ConnectorError('FAILED_PRECONDITION', message, { reason: 'SCAN_LIMIT' });
  }
}
