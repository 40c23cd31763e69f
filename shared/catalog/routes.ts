import type { OperationDefinition, Route } from './types.ts';

/** Returns Stripe's names of the parents in a path: `/v1/customers/{customer}/sources` -> `customer`. */
export function parentsOf(path: string): readonly string[] {
  const cached = PARENTS.get(path);
  if (cached !== undefined) return cached;
  const parents = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'id');
  PARENTS.set(path, parents);
  return parents;
}

/** Cached for the paths of the catalog. */
const PARENTS = new Map<string, readonly string[]>();

/** Returns whether an id names the object of a path. */
export function hasId({ path }: Pick<Route, 'path'>): boolean {
  return path.includes('{id}');
}

/** Returns every route of an operation. */
export function routesOf(definition: OperationDefinition): readonly Route[] {
  return [definition, ...(definition.also ?? [])];
}
