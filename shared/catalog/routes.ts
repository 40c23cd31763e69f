import type { OperationRow, Route } from './types.ts';

/** Stripe's names of the parents that a path needs: `/v1/customers/{customer}/sources` -> `customer`. */
export function parentsOf(path: string): readonly string[] {
  const known = PARENTS.get(path);
  if (known !== undefined) return known;
  const parents = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'id');
  PARENTS.set(path, parents);
  return parents;
}

/** By the catalogue's own paths. */
const PARENTS = new Map<string, readonly string[]>();

export function routesOf(row: OperationRow): readonly Route[] {
  return [row, ...(row.also ?? [])];
}
