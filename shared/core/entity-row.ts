import { innerFields, pascal } from '../catalog/names.ts';
import type { Field, Fields } from '../catalog/shapes.ts';
import type { StripeObject } from '../ports/stripe.ts';
import { set } from './flatten.ts';

/** One row of an entity: PascalCase columns, types stay types. The key column is `Id`. */
export type EntityRow = Record<string, unknown>;

/** Looks up what a reference leads to, where the caller had it expanded. */
export type FieldsOf = (entity: string) => Fields | undefined;

/**
 * Nested objects that the catalogue knows are joined (`AddressCity`), null where the object is null, so that a column
 * is there in every row with one type; arrays, maps and what the catalogue does not know are one JSON value
 * (`Metadata`). A reference is its id; where it was expanded, its own columns stand beside (`CustomerEmail`).
 * What Stripe may leave out altogether (a card's details on a bank debit) is a column only where it came.
 */
export function entityRow(object: StripeObject, fields: Fields, fieldsOf: FieldsOf = () => undefined): EntityRow {
  const row: EntityRow = {};
  const put = (outer: string, key: string, value: unknown): void => {
    // A key that the catalogue does not know keeps its own spelling where its column is taken.
    const column = outer + pascal(key);
    set(row, Object.hasOwn(row, column) ? outer + key : column, value ?? null);
  };
  const visit = (outer: string, tree: StripeObject, known: Fields): void => {
    for (const [key, value] of Object.entries(tree)) {
      const field = Object.hasOwn(known, key) ? known[key] : undefined;
      const inner = field === undefined ? undefined : innerFields(field.type);
      if (inner !== undefined && isTree(value)) visit(outer + pascal(key), value, inner);
      else if (inner !== undefined && (value === null || value === undefined)) nulls(outer + pascal(key), inner);
      else if (isReference(field) && isTree(value) && typeof value['id'] === 'string') {
        put(outer, key, value['id']);
        visitReference(outer + pascal(key), value, fieldsOf(field.type.reference));
      } else put(outer, key, value);
    }
    for (const [key, field] of Object.entries(known)) {
      if (!field.optional && !Object.hasOwn(tree, key)) absent(outer, key, field);
    }
  };
  const visitReference = (outer: string, tree: StripeObject, known: Fields | undefined): void => {
    const { id: _id, ...rest } = tree;
    if (known !== undefined) visit(outer, { ...rest, id: tree['id'] }, known);
    else for (const [key, value] of Object.entries(rest)) put(outer, key, value);
  };
  const absent = (outer: string, key: string, field: Field): void => {
    const inner = innerFields(field.type);
    if (inner === undefined) put(outer, key, null);
    else nulls(outer + pascal(key), inner);
  };
  const nulls = (outer: string, known: Fields): void => {
    const always = Object.entries(known).filter(([, field]) => !field.optional);
    // An object of nothing but options is one null column under its own name.
    if (always.length === 0) set(row, outer, null);
    for (const [key, field] of always) absent(outer, key, field);
  };
  visit('', object, fields);
  return row;
}

function isTree(value: unknown): value is StripeObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isReference(field: Field | undefined): field is Field & { readonly type: { readonly reference: string } } {
  return field !== undefined && typeof field.type === 'object' && 'reference' in field.type;
}
