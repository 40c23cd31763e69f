/** How a filter clause is read: the requests of its plan, in a few words. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { planClause } from '../../shared/operations/list/plan.ts';
import type { QueryPlan } from '../../shared/query/plan/planner.ts';

export const catalog = catalogFiles(path.resolve('shared/catalog'));

export function plan(entity: string, clause: string, eventual = false): QueryPlan {
  const found = catalog.entity(entity);
  return planClause(found, found.operations.List ?? assert.fail(`${entity} has no List`), clause, { eventual });
}

/** Where a plan reads, as one text a branch. */
export function ways(read: QueryPlan): string[] {
  return read.paths.map(({ source, parents }) => {
    const outer = Object.entries(parents).map(([name, id]) => `${name}:${id} `);
    if (source.by === 'ids') return `${outer.join('')}get ${source.ids.join(' ')}`;
    if (source.by === 'search') return `search ${source.query}`;
    return `${outer.join('')}list ${JSON.stringify(source.params)}`;
  });
}
