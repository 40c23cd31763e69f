import type { OperationRow, Route } from './shapes.ts';

/** Stripe's names of the parents that a path needs: `/v1/customers/{customer}/sources` -> `customer`. */
export function parentsOf(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name).filter((name) => name !== 'id');
}

export function routesOf(row: OperationRow): readonly Route[] {
  return [row, ...(row.also ?? [])];
}
