import { shown } from '../bounds.ts';
import { joinedNames, pascal, resolvePascal, suggestion } from '../catalog/names.ts';
import { parentsOf, routesOf } from '../catalog/routes.ts';
import { ABSENT_MEANS, shownAt } from '../catalog/list-parameters.ts';
import { isTime } from '../catalog/overrides.ts';
import type { Entity, Field, Fields, OperationRow, Shape } from '../catalog/types.ts';
import { lazilyOf } from '../memoize.ts';
import type { Operator } from './ast.ts';
import { misplaced } from './tokenizer.ts';

/** How values of a column are read and compared. `json` is a list or an object. */
export type Kind = 'text' | 'enum' | 'integer' | 'number' | 'decimal' | 'boolean' | 'seconds' | 'instant' | 'json';

export interface Column {
  readonly name: string;
  /** Stripe's names from the outside in; keys of metadata too. */
  readonly path: readonly string[];
  readonly kind: Kind;
  /** Of an enum. */
  readonly values?: readonly string[];
  /** Of an enum: Stripe may have other values too. */
  readonly open?: true;
  /** What it counts as where an object leaves it out. */
  readonly absent?: boolean;
  /** True where the object carries it; false where it is only a parameter of Stripe's list. */
  readonly stored: boolean;
  /** Of what is only a parameter: where objects show it, lists in between walked. */
  readonly shownAt?: readonly string[];
}

/** The column of a name, or an error that suggests the nearest. */
export function columnOf(
  entity: Entity,
  row: OperationRow,
  name: string,
  at: number,
  asked?: { readonly operator: Operator; readonly values: readonly string[] },
): Column {
  const [outer = '', ...keys] = name.split('.');
  const stored = resolvePascal(outer, entity.fields);
  if (stored !== undefined) {
    const path = [...stored.path, ...(keys.length > 0 ? [keys.join('.')] : [])];
    if (keys.length > 0 && !isMap(stored.field.type))
      throw misplaced(`${shown(outer)} has no keys: ${shown(name)}`, at);
    // A whole resource is compared by its id, as a reference is.
    const isText = keys.length > 0 || stored.field.inlined === true;
    const inner = isText ? ({ type: 'string' } satisfies Field) : stored.field;
    const absent = ABSENT_MEANS[[entity.entity, ...path].join('.')];
    const kind = kindOf(inner.type, path.at(-1) ?? '');
    const column: Column = { name, path, stored: true, ...kind, ...(absent === undefined ? {} : { absent }) };
    const filter = asked === undefined || keys.length > 0 ? undefined : filterOf(entity, row, name);
    return filter !== undefined && onlyTheListCan(column, filter, asked) ? filter : column;
  }
  const filter = filterOf(entity, row, name);
  if (filter !== undefined) return filter;
  const parent = parentNames(row).find((one) => pascal(one) === name);
  if (parent !== undefined) return { name, path: [parent], kind: 'text', stored: false };
  const known = [...joinedNames(entity.fields), ...joinedNames(filters(row)), ...parentNames(row).map(pascal)];
  throw misplaced(`${shown(name)} is no column of ${entity.entity}${suggestion(name, known)}`, at);
}

/** The list parameter of a name, as a column that no object carries. */
function filterOf(entity: Entity, row: OperationRow, name: string): Column | undefined {
  if (name === 'Expand') return undefined;
  for (const { params } of routesOf(row)) {
    const filter = resolvePascal(name, params);
    if (filter === undefined) continue;
    const { path, field } = filter;
    const shown = shownAt(entity.entity, path);
    const kind = kindOf(itemOf(field.type), path.at(-1) ?? '');
    return { name, path, stored: false, ...kind, ...(shown === undefined ? {} : { shownAt: shown }) };
  }
  return undefined;
}

/** A list parameter takes several of something: a clause names one, or by IN some. */
function itemOf(shape: Shape): Shape {
  return typeof shape === 'object' && 'array' in shape ? shape.array : shape;
}

/**
 * A term that cannot be compared with what the object carries, but that Stripe's list takes: a list or an object that is
 * equal to something (`AppliedConfigurations = 'merchant'`), a value that no object has (`Status = 'all'`).
 */
function onlyTheListCan(
  column: Column,
  filter: Column,
  { operator, values }: { readonly operator: Operator; readonly values: readonly string[] } = {
    operator: '=',
    values: [],
  },
): boolean {
  if (operator !== '=' && operator !== 'IN') return false;
  if (column.kind === 'json') return filter.kind !== 'json';
  const known = (one: Column, value: string): boolean => one.values?.includes(value) === true;
  return (
    column.kind === 'enum' && values.some((one) => !known(column, one)) && values.every((one) => known(filter, one))
  );
}

/** Every list parameter of an operation's routes, `expand` aside. */
export const filters = lazilyOf((row: OperationRow): Fields => {
  const { expand: _expand, ...rest } = Object.assign({}, ...routesOf(row).map(({ params }) => params)) as Fields;
  return rest;
});

function parentNames(row: OperationRow): string[] {
  return routesOf(row).flatMap(({ path }) => parentsOf(path));
}

function isMap(shape: Shape): boolean {
  return typeof shape === 'object' && 'map' in shape;
}

function kindOf(shape: Shape, name: string): Pick<Column, 'kind' | 'values' | 'open'> {
  if (typeof shape === 'string') {
    if (shape === 'integer') return { kind: isTime(name) ? 'seconds' : 'integer' };
    if (shape === 'string') return { kind: isTime(name) ? 'instant' : 'text' };
    return { kind: shape };
  }
  if ('reference' in shape) return { kind: 'text' };
  if ('range' in shape) return { kind: isTime(name) ? 'seconds' : 'integer' };
  if ('enum' in shape)
    return { kind: 'enum', values: shape.enum.map(String), ...(shape.open === true ? { open: shape.open } : {}) };
  // Of a list of an enumeration, what stands in it.
  if ('array' in shape) {
    const item = shape.array;
    return typeof item === 'object' && 'enum' in item
      ? { kind: 'json', values: item.enum.map(String) }
      : { kind: 'json' };
  }
  if ('anyOf' in shape) {
    const simple = shape.anyOf.find((one) => typeof one === 'object' && ('range' in one || 'enum' in one));
    return simple === undefined ? { kind: 'json' } : kindOf(simple, name);
  }
  return { kind: 'json' };
}
