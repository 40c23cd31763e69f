import { objectTypes, pascal } from '../../../catalog/names.ts';
import type { Fields, FieldType } from '../../../catalog/types.ts';
import { memoizeByRef } from '../../../memoize.ts';
import type { Params } from '../../../stripe/transport.ts';
import type { Violations } from '../../../field-violations.ts';
import { isObject } from '../../../is-object.ts';

const requiredOf = memoizeByRef((fields: Fields) =>
  Object.keys(fields).filter((key) => fields[key]?.required === true),
);

/**
 * Reports required fields that are missing, at every level that is present. A caller may send an object tens of
 * thousands of times, so the cost of each is limited to its members and required fields.
 */
export function requireFields(violations: Violations, at: string, fields: Fields, params: Params): void {
  const named = (key: string): string => (at === '' ? pascal(key) : `${at}.${key}`);
  for (const key of requiredOf(fields)) if (!Object.hasOwn(params, key)) violations.add(named(key), 'is required');
  for (const key of Object.keys(params)) {
    const value = params[key];
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (field !== undefined) requireInside(violations, named(key), field.type, value);
  }
}

function requireInside(violations: Violations, at: string, fieldType: FieldType, value: unknown): void {
  if (typeof fieldType === 'string') return;
  if (Array.isArray(value)) {
    if (!('array' in fieldType)) return;
    value.forEach((item, index) => requireInside(violations, `${at}[${index}]`, fieldType.array, item));
  } else if (isObject(value)) {
    const inner = matchingVariant(objectTypes(fieldType), value);
    if (inner !== undefined) requireFields(violations, at, inner, value);
    else if ('map' in fieldType)
      for (const [key, item] of Object.entries(value)) requireInside(violations, `${at}.${key}`, fieldType.map, item);
  }
}

/**
 * Returns the variant that an object matches: it has all the object's names and, if possible, all its required fields
 * are present.
 */
function matchingVariant(kinds: readonly Fields[], value: Params): Fields | undefined {
  const [only, ...more] = kinds;
  if (more.length === 0) return only;
  const names = Object.keys(value);
  const able = kinds.filter((fields) => names.every((name) => Object.hasOwn(fields, name)));
  return able.find((fields) => requiredOf(fields).every((name) => Object.hasOwn(value, name))) ?? able[0] ?? only;
}
