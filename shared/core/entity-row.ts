import { innerFields, pascal } from '../catalog/names.ts';
import type { Field, Fields } from '../catalog/shapes.ts';
import { lazilyOf } from '../lazily.ts';
import type { StripeObject } from '../ports/stripe.ts';
import { set } from './flatten.ts';

/** One row of an entity: PascalCase columns, types stay types. The key column is `Id`. */
export type EntityRow = Record<string, unknown>;

/** Looks up what a reference leads to, where the caller had it expanded. */
export type FieldsOf = (entity: string) => Fields | undefined;

/** What becomes of a key that the catalogue knows. */
interface Column {
  readonly key: string;
  readonly name: string;
  readonly optional: boolean;
  /** Of an object: its own columns. */
  readonly inner: (() => Columns) | undefined;
  /** The entity that a reference leads to. */
  readonly reference: string | undefined;
}

/** The columns of an object, by Stripe's keys; each begins with `outer`. */
interface Columns {
  readonly outer: string;
  readonly known: ReadonlyMap<string, Column>;
  /** In every row, whatever came. */
  readonly always: readonly Column[];
}

/**
 * Nested objects that the catalogue knows are joined (`AddressCity`), null where the object is null, so that a column
 * is there in every row with one type; arrays, maps and what the catalogue does not know are one JSON value
 * (`Metadata`). A reference is its id; where it was expanded, its own columns stand beside (`CustomerEmail`).
 * What Stripe may leave out altogether (a card's details on a bank debit) is a column only where it came.
 */
export function entityRow(object: StripeObject, fields: Fields, fieldsOf: FieldsOf = () => undefined): EntityRow {
  const row: EntityRow = {};
  visit(row, object, columnsOf(fields, ''), fieldsOf);
  return row;
}

function visit(row: EntityRow, tree: StripeObject, { outer, known, always }: Columns, fieldsOf: FieldsOf): void {
  for (const key of Object.keys(tree)) {
    const value = tree[key];
    const column = known.get(key);
    if (column?.inner !== undefined && isTree(value)) visit(row, value, column.inner(), fieldsOf);
    else if (column?.inner !== undefined && (value === null || value === undefined)) nulls(row, column.inner());
    else if (column?.reference !== undefined && isTree(value) && typeof value['id'] === 'string') {
      put(row, outer, key, column.name, value['id']);
      visitReference(row, column.name, value, fieldsOf(column.reference), fieldsOf);
    } else put(row, outer, key, column?.name ?? outer + pascal(key), value);
  }
  for (const column of always) if (!Object.hasOwn(tree, column.key)) absent(row, outer, column);
}

function visitReference(
  row: EntityRow,
  outer: string,
  tree: StripeObject,
  known: Fields | undefined,
  fieldsOf: FieldsOf,
): void {
  const { id, ...rest } = tree;
  if (known !== undefined) visit(row, { ...rest, id }, columnsOf(known, outer), fieldsOf);
  else for (const [key, value] of Object.entries(rest)) put(row, outer, key, outer + pascal(key), value);
}

/** A key that the catalogue does not know keeps its own spelling where its column is taken. */
function put(row: EntityRow, outer: string, key: string, name: string, value: unknown): void {
  set(row, Object.hasOwn(row, name) ? outer + key : name, value ?? null);
}

function absent(row: EntityRow, outer: string, column: Column): void {
  if (column.inner === undefined) put(row, outer, column.key, column.name, null);
  else nulls(row, column.inner());
}

function nulls(row: EntityRow, { outer, always }: Columns): void {
  // An object of nothing but options is one null column under its own name.
  if (always.length === 0) set(row, outer, null);
  for (const column of always) absent(row, outer, column);
}

/** By the catalogue's own objects, and what they are joined to: an entity's columns are the same in every row. */
const columnsBy = lazilyOf((_fields: Fields) => new Map<string, Columns>());

function columnsOf(fields: Fields, outer: string): Columns {
  const byOuter = columnsBy(fields);
  let made = byOuter.get(outer);
  if (made === undefined) byOuter.set(outer, (made = makeColumns(fields, outer)));
  return made;
}

function makeColumns(fields: Fields, outer: string): Columns {
  const all = Object.entries(fields).map(([key, field]): Column => {
    const name = outer + pascal(key);
    const inner = innerFields(field.type);
    return {
      key,
      name,
      optional: field.optional === true,
      inner: inner === undefined ? undefined : () => columnsOf(inner, name),
      reference: referenceOf(field),
    };
  });
  return {
    outer,
    known: new Map(all.map((column) => [column.key, column])),
    always: all.filter(({ optional }) => !optional),
  };
}

function isTree(value: unknown): value is StripeObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function referenceOf({ type }: Field): string | undefined {
  return typeof type === 'object' && 'reference' in type ? type.reference : undefined;
}
