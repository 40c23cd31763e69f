import { isObject } from '../../is-object.ts';
import type { StripeRequest } from '../transport.ts';
import { joinPath, nodesOf } from './params-tree.ts';
import { isEmpty } from './policy-table.ts';

/** A value that a request names, and its field in the caller's spelling. */
export interface NamedValue {
  readonly field: string;
  readonly value: string;
}

/** Names of objects in which the caller chooses the keys. Stripe does not interpret them. */
const isFree = (name: string): boolean => name === 'metadata';

/** Yields every text that may be an id: segments of the path, names and values of parameters. Metadata is left out. */
export function* idsOf({ path, params }: Pick<StripeRequest, 'path' | 'params'>): Generator<NamedValue> {
  for (const segment of path.split('/')) yield { field: 'the id in the path', value: decodeURIComponent(segment) };
  for (const { name, field, value } of nodesOf(params, (name) => !isFree(name))) {
    yield { field, value: name };
    if (typeof value === 'string') yield { field, value };
  }
}

/**
 * Returns a function that yields the values of inputs, for a rule of the write policy. An input is named by the end of
 * its path, in Stripe's names and without the indexes of lists. The path begins with the path of the request:
 *
 *     payment_method_types        in any object of any write
 *     payment_method_data.type    in any object with this name
 *     payment_methods.type        the input `type` of POST /v1/payment_methods
 *
 * Metadata, and values that unset an input, are left out.
 */
export function inputValues(
  ...inputs: readonly string[]
): (write: { readonly request: Pick<StripeRequest, 'path' | 'params'> }) => Generator<NamedValue> {
  const ends = inputs.map((input) => `.${input}`);
  return ({ request: { path, params } }) =>
    valuesInObject(params, ends, { path: path.replaceAll('/', '.'), field: '' });
}

/** Where an object is, and whether all values in it are values of an input. */
interface ObjectPosition {
  readonly path: string;
  readonly field: string;
  readonly isInput?: boolean;
}

function* valuesInObject(tree: object, ends: readonly string[], position: ObjectPosition): Generator<NamedValue> {
  const isList = Array.isArray(tree);
  for (const [name, value] of Object.entries(tree) as [string, unknown][]) {
    if (isFree(name)) continue;
    const field = isList ? `${position.field}[${name}]` : joinPath(position.field, name);
    const path = isList ? position.path : `${position.path}.${name}`;
    const isInput = position.isInput === true || ends.some((end) => path.endsWith(end));
    if (isObject(value) || Array.isArray(value)) yield* valuesInObject(value, ends, { path, field, isInput });
    else if (isInput && !isEmpty(value)) yield { field, value: String(value) };
  }
}
