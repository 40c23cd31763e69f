import type { Entity, Fields, OperationRow } from '../catalog/shapes.ts';
import { invalid } from '../errors.ts';
import { parseEqualsClause } from '../filter/equals-clause.ts';
import type { Params } from '../ports/stripe.ts';
import { joinedNames, pascal, resolvePascal, suggestion } from './names.ts';
import { toParams } from './inputs.ts';

/**
 * The list parameters of a filter clause: every term is one that Stripe's own list takes, or it is an error.
 * An empty clause filters nothing.
 */
export function listParams(entity: Entity, row: OperationRow, clause: string | undefined): Params {
  const filters = withoutExpand(row.params);
  const input: Record<string, unknown> = {};
  if (clause !== undefined && clause.trim() !== '') {
    for (const term of parseEqualsClause(clause)) {
      const found = resolvePascal(term.column, filters);
      if (found === undefined)
        throw invalid([{ field: 'filterClause', description: notTaken(entity, filters, term.column, term.at) }]);
      const name = term.column;
      if (Object.hasOwn(input, name))
        throw invalid([{ field: 'filterClause', description: `${name} stands twice, again at ${term.at}` }]);
      input[name] = isArray(found.field.type) ? [term.value] : term.value;
    }
  }
  return toParams(input, { entity: `${entity.entity}'s list`, fields: filters, kind: 'create', strict: true });
}

function withoutExpand(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'expand'));
}

function isArray(type: Fields[string]['type']): boolean {
  return typeof type === 'object' && 'array' in type;
}

function notTaken(entity: Entity, filters: Fields, column: string, at: number): string {
  const names = Object.keys(filters).map(pascal);
  const can = names.length === 0 ? 'it takes no filter' : `it filters by ${names.join(', ')}`;
  const known = joinedNames(entity.fields).includes(column);
  const verdict = known ? `Stripe's list does not filter ${entity.entity} by it` : `is no column of ${entity.entity}`;
  return `${column} at ${at}: ${verdict}; ${can}${known ? '' : suggestion(column, joinedNames(entity.fields))}`;
}

/** Sorting that Stripe's lists have by themselves: newest first. */
export function checkSort(columns: readonly string[] | undefined): void {
  if (columns === undefined || columns.length === 0) return;
  const [only] = columns;
  if (columns.length === 1 && only !== undefined && /^Created\s+DESC$/i.test(only.trim())) return;
  const description = "can only be ['Created DESC'], the order in which Stripe lists";
  throw invalid([{ field: 'listEntitiesSortByColumns', description }]);
}
