import { pascal } from '../../catalog/names.ts';
import { isObject } from '../../is-object.ts';
import type { Params } from '../transport.ts';

/** The parameters of a write, or an object in them. */
export type WriteParams = Readonly<Record<string, unknown>>;

/** One value of a parameter tree (a scalar, an object or a list) with its key and its path in the caller's spelling. */
export interface ParamNode {
  readonly name: string;
  readonly field: string;
  readonly value: unknown;
}

/**
 * Yields the nodes of the parameters in order. `descendsInto` decides by the name of an object or a list whether the
 * nodes in it are included.
 */
export function* nodesOf(params: object, descendsInto: (name: string) => boolean, prefix = ''): Generator<ParamNode> {
  for (const [name, value] of Object.entries(params) as [string, unknown][]) {
    const field = Array.isArray(params) ? `${prefix}[${name}]` : joinPath(prefix, name);
    yield { name: Array.isArray(params) ? '' : name, field, value };
    if (typeof value === 'object' && value !== null && descendsInto(name)) yield* nodesOf(value, descendsInto, field);
  }
}

/** `line_items[0].quantity` -> `LineItems[0].quantity`: the caller's spelling. */
export function toInputName(field: string): string {
  const [, first, rest = ''] = /^([a-z0-9_]+)(.*)$/s.exec(field) ?? [];
  return first === undefined ? field : pascal(first) + rest;
}

/** Maximum number of names in an error. */
export const MAX_REPORTED = 20;

/** Returns the path of a name in the caller's spelling. */
export function joinPath(prefix: string, name: string): string {
  return prefix === '' ? toInputName(name) : `${prefix}.${name}`;
}

/** Calls `visit` with a value that is an object, or with the objects of a list. */
export function forEachObject(value: unknown, field: string, visit: (object: Params, path: string) => void): void {
  if (isObject(value)) visit(value, field);
  else if (Array.isArray(value)) value.forEach((item, index) => forEachObject(item, `${field}[${index}]`, visit));
}
