/** What discovery says that Stripe filters, some clause makes it filter: over the whole catalog. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { pascal } from '../../shared/catalog/names.ts';
import { parentsOf, routesOf } from '../../shared/catalog/routes.ts';
import type { Entity, Field, OperationDefinition, Route } from '../../shared/catalog/types.ts';
import { planClause } from '../../shared/operations/list/plan.ts';
import { columnsOf, type ColumnDescriptor } from '../../shared/schema/columns.ts';
import { isConnectorError } from '../../shared/errors.ts';

const catalog = catalogFiles('shared/catalog');

const VALUES: Partial<Record<ColumnDescriptor['kind'], string>> = {
  boolean: 'true',
  integer: '7',
  number: '7',
  decimal: '7',
  seconds: '1790000000',
  instant: '2026-05-01',
};

function valuesOf({ kind, enum: values }: ColumnDescriptor): readonly string[] {
  return values ?? [VALUES[kind] ?? 'one_1'];
}

/** Names of the terms that a required parameter needs. */
function requiredIn(name: string, { type, required }: Field): string[] {
  if (required !== true) return [];
  if (typeof type === 'string' || !('object' in type)) return [pascal(name)];
  return Object.entries(type.object).flatMap(([inner, field]) => requiredIn(`${name}_${inner}`, field));
}

/** Terms that a route cannot do without. */
function needed({ path, params }: Route, columns: readonly ColumnDescriptor[], but: string): string[] {
  const own = Object.entries(params).flatMap(([name, field]) => requiredIn(name, field));
  const names = [...new Set([...parentsOf(path).map(pascal), ...own])].filter((name) => name !== but);
  return names.map((name) => {
    const column = columns.find((one) => one.name === name);
    return `${name} = '${column === undefined ? 'one_1' : (valuesOf(column)[0] ?? '')}'`;
  });
}

/** Whether a clause has the column's term filtered elsewhere than here. */
function isPushed(entity: Entity, list: OperationDefinition, clause: string, name: string): boolean {
  try {
    const { paths, clientFilters } = planClause(entity, list, clause, { eventual: false });
    return paths.length > 0 && !clientFilters.some((term) => term.startsWith(`${name} `));
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return false;
  }
}

function clausesOn(
  column: ColumnDescriptor,
  list: OperationDefinition,
  columns: readonly ColumnDescriptor[],
): string[] {
  return ['=', '>='].flatMap((operator) =>
    valuesOf(column).flatMap((value) => {
      const term = `${column.name} ${operator} '${value}'`;
      const whole = routesOf(list).map((route) => [term, ...needed(route, columns, column.name)].join(' AND '));
      return [term, ...whole];
    }),
  );
}

test('every column that discovery calls pushed down can be pushed down', () => {
  let count = 0;
  const wrong: string[] = [];
  for (const name of catalog.names()) {
    const entity = catalog.entity(name);
    const { List: list } = entity.operations;
    if (list === undefined) continue;
    const columns = columnsOf(entity);
    for (const column of columns.filter(({ filter }) => filter === 'stripe')) {
      count += 1;
      const clauses = clausesOn(column, list, columns);
      if (!clauses.some((clause) => isPushed(entity, list, clause, column.name))) wrong.push(`${name}.${column.name}`);
    }
  }
  assert.ok(count > 450, String(count));
  assert.deepEqual(wrong, []);
});

test('every list of API v2 with a parameter for the creation time uses it', () => {
  const lists = catalog.names().flatMap((name) => {
    const { List: list } = catalog.entity(name).operations;
    const created = Object.keys(list?.params ?? {}).some((one) => one.startsWith('created'));
    return list?.path.startsWith('/v2/') === true && created ? [{ name, list }] : [];
  });
  assert.ok(lists.length > 7, String(lists.length));
  for (const { name, list } of lists)
    assert.ok(isPushed(catalog.entity(name), list, "Created >= '2026-05-01'", 'Created'), name);
});
