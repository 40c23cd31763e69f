import { shown } from '../bounds.ts';
import { joinedNames, pascal, resolvePascal, suggestion } from '../catalog/names.ts';
import { parentsOf, routesOf } from '../catalog/routes.ts';
import { isTime } from '../catalog/overrides.ts';
import type { Entity, Field, Fields, OperationRow, Shape } from '../catalog/shapes.ts';
import { lazilyOf } from '../lazily.ts';
import { misplaced } from './tokens.ts';

/** How values of a column are read and compared. `json` is a list or an object. */
export type Kind = 'text' | 'enum' | 'integer' | 'number' | 'decimal' | 'boolean' | 'seconds' | 'instant' | 'json';

export interface Column {
  readonly name: string;
  /** Stripe's names from the outside in; keys of metadata too. */
  readonly path: readonly string[];
  readonly kind: Kind;
  /** Of an enum. */
  readonly values?: readonly string[];
  /** True where the object carries it; false where it is only a parameter of Stripe's list. */
  readonly stored: boolean;
}

/** The column of a name, or an error that suggests the nearest. */
export function columnOf(entity: Entity, row: OperationRow, name: string, at: number): Column {
  const [outer = '', ...keys] = name.split('.');
  const stored = resolvePascal(outer, entity.fields);
  if (stored !== undefined) {
    const path = [...stored.path, ...(keys.length > 0 ? [keys.join('.')] : [])];
    if (keys.length > 0 && !isMap(stored.field.type))
      throw misplaced(`${shown(outer)} has no keys: ${shown(name)}`, at);
    // A whole resource is compared by its id, as a reference is.
    const isText = keys.length > 0 || stored.field.inlined === true;
    const inner = isText ? ({ type: 'string' } satisfies Field) : stored.field;
    return { name, path, stored: true, ...kindOf(inner.type, path.at(-1) ?? '') };
  }
  for (const { params } of routesOf(row)) {
    const filter = name === 'Expand' ? undefined : resolvePascal(name, params);
    if (filter !== undefined)
      return { name, path: filter.path, stored: false, ...kindOf(filter.field.type, filter.path.at(-1) ?? '') };
  }
  const parent = parentNames(row).find((one) => pascal(one) === name);
  if (parent !== undefined) return { name, path: [parent], kind: 'text', stored: false };
  const known = [...joinedNames(entity.fields), ...joinedNames(filters(row)), ...parentNames(row).map(pascal)];
  throw misplaced(`${shown(name)} is no column of ${entity.entity}${suggestion(name, known)}`, at);
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

function kindOf(shape: Shape, name: string): Pick<Column, 'kind' | 'values'> {
  if (typeof shape === 'string') {
    if (shape === 'integer') return { kind: isTime(name) ? 'seconds' : 'integer' };
    if (shape === 'string') return { kind: isTime(name) ? 'instant' : 'text' };
    return { kind: shape };
  }
  if ('reference' in shape) return { kind: 'text' };
  if ('range' in shape) return { kind: isTime(name) ? 'seconds' : 'integer' };
  if ('enum' in shape) return { kind: 'enum', values: shape.enum.map(String) };
  // A list parameter takes several of something: the clause names one.
  if ('array' in shape) return { kind: 'json' };
  if ('anyOf' in shape) {
    const simple = shape.anyOf.find((one) => typeof one === 'object' && ('range' in one || 'enum' in one));
    return simple === undefined ? { kind: 'json' } : kindOf(simple, name);
  }
  return { kind: 'json' };
}
