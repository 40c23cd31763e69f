import { pascal } from '../../catalog/names.ts';
import { parentsOf } from '../../catalog/routes.ts';
import type { Entity } from '../../catalog/types.ts';
import { routesByParents } from '../../operations/request/resolve-path.ts';
import { SINGLETON_ID } from '../../schema/object-ids.ts';

type NamedRow = Readonly<Record<string, unknown>>;

/**
 * Returns the entity id in a row's resource name: the id of the row, preceded by the ids of its parents (`parent/id`)
 * if the path of Get has parents that the row contains.
 */
export function entityIdOf(entity: Entity, row: NamedRow): string {
  const id = row['Id'] ?? row['id'];
  if (typeof id !== 'string') return SINGLETON_ID;
  const get = entity.operations.Get;
  if (get === undefined) return id;
  const routes = routesByParents(get).map(({ path }) => parentsOf(path));
  const parents = routes.find((names) => names.every((name) => typeof parentIn(row, name) === 'string')) ?? [];
  return [...parents.map((name) => parentIn(row, name)), id].join('/');
}

function parentIn(row: NamedRow, name: string): unknown {
  return row[pascal(name)] ?? row[name];
}
