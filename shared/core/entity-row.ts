import type { Fields } from '../catalog/shapes.ts';
import type { StripeObject } from '../ports/stripe.ts';
import { set } from './flatten.ts';
import { innerFields, pascal } from './names.ts';

/** One row of an entity: PascalCase columns, types stay types. The key column is `Id`. */
export type EntityRow = Record<string, unknown>;

/**
 * Nested objects that the catalogue knows are joined (`AddressCity`); arrays, maps and what it does not know are one
 * JSON value (`Metadata`); an object that is null is one null column under its own name.
 */
export function entityRow(object: StripeObject, fields: Fields): EntityRow {
  const row: EntityRow = {};
  const visit = (outer: string, tree: StripeObject, known: Fields): void => {
    for (const [key, value] of Object.entries(tree)) {
      const field = Object.hasOwn(known, key) ? known[key] : undefined;
      const inner = field === undefined ? undefined : innerFields(field.type);
      if (inner !== undefined && typeof value === 'object' && value !== null && !Array.isArray(value)) {
        visit(outer + pascal(key), value as StripeObject, inner);
      } else {
        // A key that the catalogue does not know keeps its own spelling where its column is taken.
        const column = outer + pascal(key);
        set(row, Object.hasOwn(row, column) ? outer + key : column, value ?? null);
      }
    }
  };
  visit('', object, fields);
  return row;
}
