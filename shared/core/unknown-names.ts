import { innerFields } from '../catalog/names.ts';
import type { Fields, Shape } from '../catalog/shapes.ts';
import { invalid } from '../errors.ts';
import type { Params } from '../ports/stripe.ts';
import type { Call } from './call.ts';
import type { ConnectorParts } from './connector.ts';
import { MOST_TOLD, objectsIn, within } from './params-tree.ts';
import { boundsMoney } from './write-policy.ts';

/** Names in the parameters that these inputs do not have: with an older API version they are Stripe's all the same. */
export function unknownNames(params: Params, fields: Fields): string[] {
  const found: string[] = [];
  const visit = (tree: Params, known: Fields, outer: string): void => {
    for (const [name, value] of Object.entries(tree)) {
      if (found.length >= MOST_TOLD) return;
      const field = within(outer, name);
      const shape = Object.hasOwn(known, name) ? known[name]?.type : undefined;
      if (shape === undefined) found.push(field);
      else visitValue(value, shape, field);
    }
  };
  const visitValue = (value: unknown, shape: Shape, field: string): void => {
    const item = typeof shape === 'object' && 'array' in shape ? shape.array : shape;
    objectsIn(value, field, (inner, at) => {
      const known = innerFields(item);
      if (known !== undefined) visit(inner, known, at);
      else if (typeof item === 'object' && 'map' in item)
        for (const [key, one] of Object.entries(inner)) visitValue(one, item.map, `${at}.${key}`);
    });
  };
  visit(params, fields, '');
  return found;
}

/**
 * Names of a write that the catalogue does not know pass to Stripe with a warning. Where a policy bounds money they are
 * refused: what a value of theirs means is not known. What the answer says of them.
 */
export function passUnknown(
  { policy, log }: Pick<ConnectorParts, 'policy' | 'log'>,
  names: readonly string[],
  { name }: Call,
): { readonly warnings?: readonly string[] } {
  if (names.length === 0) return {};
  if (boundsMoney(policy))
    throw invalid(names.map((field) => ({ field, description: 'is no input that the catalogue knows' })));
  log.write('WARNING', 'inputs that the catalogue does not know pass to Stripe', { call: name, names });
  return { warnings: names.map((field) => `${field}: is no input that the catalogue knows; it passed to Stripe`) };
}
