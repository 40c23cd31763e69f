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

/** Yields every node below the parameters in order. `enters` decides which objects it descends into. */
export function* nodesOf(params: object, enters: (name: string) => boolean, outer = ''): Generator<ParamNode> {
  for (const [name, value] of Object.entries(params) as [string, unknown][]) {
    const field = Array.isArray(params) ? `${outer}[${name}]` : outer === '' ? toInputName(name) : `${outer}.${name}`;
    yield { name: Array.isArray(params) ? '' : name, field, value };
    if (typeof value === 'object' && value !== null && enters(name)) yield* nodesOf(value, enters, field);
  }
}

/** `line_items[0].quantity` -> `LineItems[0].quantity`: the caller's spelling. */
export function toInputName(field: string): string {
  const [, top, rest = ''] = /^([a-z0-9_]+)(.*)$/s.exec(field) ?? [];
  return top === undefined ? field : pascal(top) + rest;
}

/** Maximum number of names in an error. */
export const MAX_REPORTED = 20;

export function joinPath(outer: string, name: string): string {
  return outer === '' ? toInputName(name) : `${outer}.${name}`;
}

/** The value itself if it is an object, or the objects of a list. */
export function forEachObject(value: unknown, field: string, use: (object: Params, at: string) => void): void {
  if (isObject(value)) use(value, field);
  else if (Array.isArray(value)) value.forEach((item, index) => forEachObject(item, `${field}[${index}]`, use));
}
