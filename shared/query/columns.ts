import { quoted } from '../bounds.ts';
import { joinedNames, pascal, resolvePascal, suggestion } from '../catalog/names.ts';
import { parentsOf, routesOf } from '../catalog/routes.ts';
import { ABSENT_MEANS, shownAt } from '../catalog/list-parameters.ts';
import { isTime } from '../catalog/overrides.ts';
import type { Entity, Field, Fields, OperationDefinition, FieldType } from '../catalog/types.ts';
import { memoizeByRef } from '../memoize.ts';
import type { Operator } from './ast.ts';
import { syntaxError } from './tokenizer.ts';

/** How values of a column are read and compared. `json` is a list or an object. */
export type ColumnKind =
  'text' | 'enum' | 'integer' | 'number' | 'decimal' | 'boolean' | 'seconds' | 'instant' | 'json';

export interface Column {
  readonly name: string;
  /** Stripe's names from the outside in; keys of metadata too. */
  readonly path: readonly string[];
  readonly kind: ColumnKind;
  /** Of an enum. */
  readonly values?: readonly string[];
  /** Of an enum: Stripe may have other values too. */
  readonly open?: true;
  /** What it counts as where an object leaves it out. */
  readonly absent?: boolean;
  /** True where the object carries it; false where it is only a parameter of Stripe's list. */
  readonly isResponseField: boolean;
  /** Of what is only a parameter: where objects show it, lists in between walked. */
  readonly shownAt?: readonly string[];
}

/** The column of a name, or an error that suggests the nearest. */
export function columnOf(
  entity: Entity,
  definition: OperationDefinition,
  name: string,
  at: number,
  requested?: { readonly operator: Operator; readonly values: readonly string[] },
): Column {
  const [outer = '', ...keys] = name.split('.');
  const stored = resolvePascal(outer, entity.fields);
  if (stored !== undefined) {
    const path = [...stored.path, ...(keys.length > 0 ? [keys.join('.')] : [])];
    if (keys.length > 0 && !isMap(stored.field.type))
      throw syntaxError(`${quoted(outer)} has no keys: ${quoted(name)}`, at);
    // A whole resource is compared by its id, as a reference is.
    const isText = keys.length > 0 || stored.field.inlined === true;
    const inner = isText ? ({ type: 'string' } satisfies Field) : stored.field;
    const absent = ABSENT_MEANS[[entity.entity, ...path].join('.')];
    const kind = kindOf(inner.type, path.at(-1) ?? '');
    const column: Column = { name, path, isResponseField: true, ...kind, ...(absent === undefined ? {} : { absent }) };
    const filter = requested === undefined || keys.length > 0 ? undefined : filterOf(entity, definition, name);
    return filter !== undefined && onlyTheListCan(column, filter, requested) ? filter : column;
  }
  const filter = filterOf(entity, definition, name);
  if (filter !== undefined) return filter;
  const parent = parentNames(definition).find((parentName) => pascal(parentName) === name);
  if (parent !== undefined) return { name, path: [parent], kind: 'text', isResponseField: false };
  const names = [
    ...joinedNames(entity.fields),
    ...joinedNames(filters(definition)),
    ...parentNames(definition).map(pascal),
  ];
  throw syntaxError(`${quoted(name)} is no column of ${entity.entity}${suggestion(name, names)}`, at);
}

/** The list parameter of a name, as a column that no object carries. */
function filterOf(entity: Entity, definition: OperationDefinition, name: string): Column | undefined {
  if (name === 'Expand') return undefined;
  for (const { params } of routesOf(definition)) {
    const filter = resolvePascal(name, params);
    if (filter === undefined) continue;
    const { path, field } = filter;
    const shown = shownAt(entity.entity, path);
    const kind = kindOf(itemOf(field.type), path.at(-1) ?? '');
    return { name, path, isResponseField: false, ...kind, ...(shown === undefined ? {} : { shownAt: shown }) };
  }
  return undefined;
}

/** A list parameter takes several of something: a clause names one, or by IN some. */
function itemOf(fieldType: FieldType): FieldType {
  return typeof fieldType === 'object' && 'array' in fieldType ? fieldType.array : fieldType;
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
  const hasValue = (column: Column, value: string): boolean => column.values?.includes(value) === true;
  return (
    column.kind === 'enum' &&
    values.some((value) => !hasValue(column, value)) &&
    values.every((value) => hasValue(filter, value))
  );
}

/** Every list parameter of an operation's routes, `expand` aside. */
export const filters = memoizeByRef((definition: OperationDefinition): Fields => {
  const { expand: _expand, ...rest } = Object.assign({}, ...routesOf(definition).map(({ params }) => params)) as Fields;
  return rest;
});

function parentNames(definition: OperationDefinition): string[] {
  return routesOf(definition).flatMap(({ path }) => parentsOf(path));
}

function isMap(fieldType: FieldType): boolean {
  return typeof fieldType === 'object' && 'map' in fieldType;
}

function kindOf(shape: FieldType, name: string): Pick<Column, 'kind' | 'values' | 'open'> {
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
    const simple = shape.anyOf.find(
      (fieldType) => typeof fieldType === 'object' && ('range' in fieldType || 'enum' in fieldType),
    );
    return simple === undefined ? { kind: 'json' } : kindOf(simple, name);
  }
  return { kind: 'json' };
}
