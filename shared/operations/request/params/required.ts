import { objectTypes, pascal } from '../../../catalog/names.ts';
import type { Fields, FieldType } from '../../../catalog/types.ts';
import { memoizeByRef } from '../../../memoize.ts';
import type { Params } from '../../../stripe/transport.ts';
import type { Description, Violations } from '../../../field-violations.ts';
import { isObject } from '../../../is-object.ts';
import { inputExample } from './input-example.ts';

const requiredOf = memoizeByRef((fields: Fields) =>
  Object.keys(fields).filter((key) => fields[key]?.required === true),
);

/**
 * Reports the missing required fields of an object and of the objects in it. A caller may send tens of thousands of
 * objects, so for each one only its members and its required fields are visited, not all fields of its type.
 */
export function requireFields(violations: Violations, at: string, fields: Fields, params: Params): void {
  const fieldPath = (key: string): string => (at === '' ? pascal(key) : `${at}.${key}`);
  for (const key of requiredOf(fields))
    if (!Object.hasOwn(params, key)) violations.add(fieldPath(key), missingText(fields[key]?.type));
  for (const key of Object.keys(params)) {
    const value = params[key];
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field !== undefined) requireNestedInputs(violations, fieldPath(key), field.type, value);
  }
}

/** Describes a missing input. For a list it shows an example, because a caller cannot guess the names in its items. */
function missingText(fieldType: FieldType | undefined): Description {
  const isList = typeof fieldType === 'object' && 'array' in fieldType;
  return isList ? () => `is required, such as ${inputExample(fieldType)}` : 'is required';
}

/** Reports the missing required fields of the objects in a value. */
function requireNestedInputs(violations: Violations, at: string, fieldType: FieldType, value: unknown): void {
  if (typeof fieldType === 'string') return;
  if (Array.isArray(value)) {
    if (!('array' in fieldType)) return;
    value.forEach((item, index) => requireNestedInputs(violations, `${at}[${index}]`, fieldType.array, item));
  } else if (isObject(value)) {
    const variant = matchingVariant(objectTypes(fieldType), value);
    if (variant !== undefined) requireFields(violations, at, variant, value);
    else if ('map' in fieldType)
      for (const [key, item] of Object.entries(value))
        requireNestedInputs(violations, `${at}.${key}`, fieldType.map, item);
  }
}

/**
 * Returns the variant of a type that has all names of an object, or else the first variant. Prefers a variant whose
 * required fields the object has.
 */
function matchingVariant(variants: readonly Fields[], value: Params): Fields | undefined {
  const [first, ...others] = variants;
  if (others.length === 0) return first;
  const names = Object.keys(value);
  const candidates = variants.filter((fields) => names.every((name) => Object.hasOwn(fields, name)));
  return (
    candidates.find((fields) => requiredOf(fields).every((name) => Object.hasOwn(value, name))) ??
    candidates[0] ??
    first
  );
}
