import type { Field, Fields, Route, FieldType } from '../../catalog/types.ts';
import type { BoundTerm } from '../binder.ts';
import type { Column } from '../columns.ts';
import type { Comparable } from '../values.ts';

/** Parameters of a list as they are sent. */
export type ParamTree = Record<string, unknown>;

/**
 * Returns a value as the bound of a range: a number in API v1, ISO 8601 in API v2. Undefined if the parameter is not a
 * range.
 */
export function boundOf({ path }: Route, fieldType: FieldType, value: Comparable): number | string | undefined {
  if (typeof value !== 'number') return undefined;
  if (acceptsRange(fieldType)) return apiTime({ path }, value);
  const fields = typeof fieldType === 'object' && 'object' in fieldType ? fieldType.object : {};
  return Object.hasOwn(fields, 'gte') && Object.hasOwn(fields, 'lte') ? new Date(value).toISOString() : undefined;
}

/** Returns a time in the format of the route's API version. */
export function apiTime({ path }: Pick<Route, 'path'>, value: number): number | string {
  return path.startsWith('/v2/') ? new Date(value).toISOString() : value;
}

/** Sets the `type` that a member implies: `payment: {payment_intent: 'pi_1'}` requires it. */
export function impliedType(route: Route, [outer = '', inner = '']: readonly string[], params: ParamTree): boolean {
  const field = route.params[outer]?.type;
  const type = typeof field === 'object' && 'object' in field ? field.object['type'] : undefined;
  if (inner === '' || inner === 'type' || type?.required !== true || !take(type.type, inner)) return true;
  placeNew(params, [outer, 'type'], inner);
  return true;
}

/** False for an object of parameters such as `transaction_refresh`. A range is an object with bounds. */
export function takesValue(fieldType: FieldType): boolean {
  return typeof fieldType === 'string' || !('object' in fieldType) || Object.hasOwn(fieldType.object, 'gte');
}

/** Returns whether a parameter accepts a list. */
export function isListType(fieldType: FieldType): boolean {
  return typeof fieldType === 'object' && 'array' in fieldType;
}

/**
 * Returns whether the parameter's type accepts the value. An open enum does not accept a value that only the column
 * has.
 */
export function take(shape: FieldType, text: string, column?: Column): boolean {
  if (text === '') return false;
  if (typeof shape === 'object' && 'enum' in shape)
    return shape.enum.map(String).includes(text) || (shape.open === true && column?.values?.includes(text) !== true);
  if (typeof shape === 'object' && 'array' in shape) return take(shape.array, text, column);
  if (typeof shape === 'object' && 'anyOf' in shape)
    return shape.anyOf.some((fieldType) => take(fieldType, text, column));
  return typeof shape === 'string' ? shape !== 'json' : 'range' in shape || 'reference' in shape;
}

/** Converts the value of a term to the form in which a list parameter is sent. */
export function toParamValue(
  route: Route,
  fieldType: FieldType,
  { column, literals: written }: BoundTerm,
  value: Comparable,
): unknown {
  const moment = column.kind === 'instant' && typeof value === 'number' ? apiTime(route, value) : value;
  const item = typeof moment === 'object' ? written[0] : moment;
  return typeof fieldType === 'object' && 'array' in fieldType ? [item] : item;
}

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

/** Sets a value unless one is set. Of two terms on one parameter the connector evaluates the second. */
export function placeNew(tree: ParamTree, [name = '', ...rest]: readonly string[], value: unknown): boolean {
  const old = Object.hasOwn(tree, name) ? tree[name] : undefined;
  if (rest.length === 0) {
    if (old !== undefined) return false;
    tree[name] = value;
    return true;
  }
  if (old !== undefined && (typeof old !== 'object' || old === null)) return false;
  const inner = (old ?? {}) as ParamTree;
  if (!placeNew(inner, rest, value)) return false;
  tree[name] = inner;
  return true;
}

/** Returns whether every required parameter is set, including those of nested objects that are present. */
export function isComplete(fields: Fields, params: Readonly<ParamTree>): boolean {
  return Object.entries(fields).every(([name, field]) => {
    const value = params[name];
    if (value === undefined) return field.required !== true;
    const inner = typeof field.type === 'object' && 'object' in field.type ? field.type.object : undefined;
    return inner === undefined || typeof value !== 'object' || isComplete(inner, value as ParamTree);
  });
}
