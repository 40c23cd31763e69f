import type { Field, Fields, Route, FieldType } from '../../catalog/types.ts';
import type { BoundTerm } from '../binder.ts';
import type { Column } from '../columns.ts';
import type { Comparable } from '../values.ts';

/** Parameters of a list as they are sent. */
export type ParamTree = Record<string, unknown>;

/**
 * Returns a value as the bound of a range: a number in API v1, ISO 8601 in API v2. Undefined if the parameter is not a
 * range or the value is not a number.
 */
export function toRangeBound({ path }: Route, fieldType: FieldType, value: Comparable): number | string | undefined {
  if (typeof value !== 'number') return undefined;
  if (acceptsRange(fieldType)) return apiTime({ path }, value);
  const fields = typeof fieldType === 'object' && 'object' in fieldType ? fieldType.object : {};
  return Object.hasOwn(fields, 'gte') && Object.hasOwn(fields, 'lte') ? new Date(value).toISOString() : undefined;
}

/** Returns a time in the format of the route's API version. */
export function apiTime({ path }: Pick<Route, 'path'>, value: number): number | string {
  return path.startsWith('/v2/') ? new Date(value).toISOString() : value;
}

/**
 * Sets the `type` that Stripe requires next to a member of an object: with `payment[payment_intent]` it sets
 * `payment[type]` to `payment_intent`.
 */
export function setImpliedType(route: Route, [name = '', member = '']: readonly string[], params: ParamTree): void {
  const field = route.params[name]?.type;
  const type = typeof field === 'object' && 'object' in field ? field.object['type'] : undefined;
  if (member === '' || member === 'type' || type?.required !== true || !acceptsValue(type.type, member)) return;
  setIfAbsent(params, [name, 'type'], member);
}

/** Returns whether a parameter accepts a value or a range. False for a nested object such as `transaction_refresh`. */
export function isFilter(fieldType: FieldType): boolean {
  return typeof fieldType === 'string' || !('object' in fieldType) || Object.hasOwn(fieldType.object, 'gte');
}

/** Returns whether a parameter accepts a list. */
export function isListType(fieldType: FieldType): boolean {
  return typeof fieldType === 'object' && 'array' in fieldType;
}

/**
 * Returns whether a parameter's type accepts a value. An open enum accepts any value, except a value that the column's
 * enum lists and the parameter's enum does not. No type accepts an empty text.
 */
export function acceptsValue(fieldType: FieldType, text: string, column?: Column): boolean {
  if (text === '') return false;
  if (typeof fieldType === 'object' && 'enum' in fieldType)
    return (
      fieldType.enum.map(String).includes(text) || (fieldType.open === true && column?.values?.includes(text) !== true)
    );
  if (typeof fieldType === 'object' && 'array' in fieldType) return acceptsValue(fieldType.array, text, column);
  if (typeof fieldType === 'object' && 'anyOf' in fieldType)
    return fieldType.anyOf.some((fieldType) => acceptsValue(fieldType, text, column));
  return typeof fieldType === 'string' ? fieldType !== 'json' : 'range' in fieldType || 'reference' in fieldType;
}

/** Converts the value of a term to the form in which a list parameter is sent. */
export function toParamValue(
  route: Route,
  fieldType: FieldType,
  { column, literals }: BoundTerm,
  value: Comparable,
): unknown {
  const formatted = column.kind === 'instant' && typeof value === 'number' ? apiTime(route, value) : value;
  // An exact decimal is sent with the digits that the clause has.
  const item = typeof formatted === 'object' ? literals[0] : formatted;
  return typeof fieldType === 'object' && 'array' in fieldType ? [item] : item;
}

/** Returns whether a parameter accepts a range. */
function acceptsRange(fieldType: FieldType): boolean {
  if (typeof fieldType === 'string') return false;
  return 'range' in fieldType || ('anyOf' in fieldType && fieldType.anyOf.some(acceptsRange));
}

/** Returns the field at a path of Stripe's names, or undefined. */
export function fieldAt(fields: Fields, [name = '', ...rest]: readonly string[]): Field | undefined {
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (field === undefined || rest.length === 0) return field;
  return typeof field.type === 'object' && 'object' in field.type ? fieldAt(field.type.object, rest) : undefined;
}

/** Sets the value at a path. Returns false and changes nothing if the path already has a value. */
export function setIfAbsent(tree: ParamTree, [name = '', ...rest]: readonly string[], value: unknown): boolean {
  const existing = Object.hasOwn(tree, name) ? tree[name] : undefined;
  if (rest.length === 0) {
    if (existing !== undefined) return false;
    tree[name] = value;
    return true;
  }
  if (existing !== undefined && (typeof existing !== 'object' || existing === null)) return false;
  const object = (existing ?? {}) as ParamTree;
  if (!setIfAbsent(object, rest, value)) return false;
  tree[name] = object;
  return true;
}

/** Returns whether every required parameter is set, including those of nested objects that are present. */
export function isComplete(fields: Fields, params: Readonly<ParamTree>): boolean {
  return Object.entries(fields).every(([name, field]) => {
    const value = params[name];
    if (value === undefined) return field.required !== true;
    const memberFields = typeof field.type === 'object' && 'object' in field.type ? field.type.object : undefined;
    return memberFields === undefined || typeof value !== 'object' || isComplete(memberFields, value as ParamTree);
  });
}
