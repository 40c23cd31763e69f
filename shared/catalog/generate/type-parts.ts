import ts from 'typescript';
import { definedFields } from '../../defined-fields.ts';
import { ADDED_INPUTS } from '../overrides.ts';
import type { Field, FieldType } from '../types.ts';

/** Adds the fields of `ADDED_INPUTS` to an input. A field that the SDK declares takes precedence. */
export function withAdded(name: string, fieldType: FieldType): FieldType {
  const added = Object.hasOwn(ADDED_INPUTS, name) ? ADDED_INPUTS[name] : undefined;
  if (added === undefined || typeof fieldType === 'string' || !('object' in fieldType)) return fieldType;
  const entries = Object.entries({ ...added, ...fieldType.object });
  return { object: Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1))) };
}

/** The field `deleted`. It is null in the row of an object that is not deleted. */
export const DELETED: Field = { type: 'boolean', nullable: true, optional: true };

/** Returns the members of a union, or the type itself. */
export function members(type: ts.Type): readonly ts.Type[] {
  return type.isUnion() ? type.types : [type];
}

/** Returns the doc comment of a symbol in the SDK's declarations, or an empty text. */
export function commentOf(checker: ts.TypeChecker, symbol: ts.Symbol | undefined): string {
  return symbol === undefined ? '' : ts.displayPartsToString(symbol.getDocumentationComment(checker));
}

export function literalOf(type: ts.Type): string | number | boolean | undefined {
  if (type.isStringLiteral() || type.isNumberLiteral()) return type.value;
  if (type.flags & ts.TypeFlags.BooleanLiteral)
    return (type as ts.Type & { intrinsicName: string }).intrinsicName === 'true';
  return undefined;
}

/**
 * Returns whether a type is the SDK's `OtherString` (`string & Record<never, never>`). This type is in enumerations to
 * which Stripe may add values.
 */
export function isOtherString(type: ts.Type): boolean {
  return type.isIntersection();
}

/** Returns the enumeration of literals. `open` is true if Stripe may use other values too. */
export function enumOf(literals: readonly (string | number | boolean)[], open: boolean): FieldType {
  return definedFields({ enum: [...literals].sort(), open: open ? true : undefined });
}

/** Returns the field type of a union of types. */
export function union(fieldTypes: readonly FieldType[], kind: 'input' | 'output'): FieldType {
  const distinct = [...new Map(fieldTypes.map((fieldType) => [JSON.stringify(fieldType), fieldType])).values()];
  // If all types are embedded resources, the field refers to the first of them.
  const references = distinct.filter((fieldType) => typeof fieldType === 'object' && 'reference' in fieldType);
  if (references.length > 1 && references.length === distinct.length) return references[0] as FieldType;
  const range = distinct.find((fieldType) => typeof fieldType === 'object' && 'range' in fieldType);
  if (range !== undefined) return range;
  // The field may contain several kinds of objects (`event.data`). Only a value shows which kind it is.
  if (
    kind === 'output' &&
    distinct.filter((fieldType) => typeof fieldType === 'object' && 'object' in fieldType).length > 1
  )
    return 'json';
  const [only] = distinct;
  if (only === undefined) return 'json';
  return distinct.length === 1 ? only : { anyOf: distinct };
}
