import type { OperationDefinition, Route } from './types.ts';

/** Returns Stripe's names of the parents in a path: `/v1/customers/{customer}/sources` -> `customer`. */
export function parentsOf(path: string): readonly string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'id');
}

/** Returns whether a path contains the id of its object. */
export function hasId({ path }: Pick<Route, 'path'>): boolean {
  return path.includes('{id}');
}

/** Returns every route of an operation. */
export function routesOf(definition: OperationDefinition): readonly Route[] {
  return [definition, ...(definition.also ?? [])];
}
