import { quoted } from '../bounds.ts';
import { joinedNames, pascal, resolvePascal, suggestion } from '../catalog/names.ts';
import { parentsOf, routesOf } from '../catalog/routes.ts';
import { ABSENT_MEANS, shownAt } from '../catalog/list-parameters.ts';
import { isTime } from '../catalog/field-meaning.ts';
import type { Entity, Field, Fields, OperationDefinition, FieldType } from '../catalog/types.ts';
import { memoizeByRef } from '../memoize.ts';
import type { Operator } from './syntax/ast.ts';
import { syntaxError } from './syntax/tokenizer.ts';

/** How values of a column are parsed and compared. `json` is a list or an object. */
export type ColumnKind =
  | 'text'
  | 'enum'
  | 'integer'
  | 'number'
  | 'decimal'
  | 'boolean'
  | 'seconds'
  | 'instant'
  | 'json';

export interface Column {
  readonly name: string;
  /** Stripe's names from the outermost to the innermost, including keys of metadata. */
  readonly path: readonly string[];
  readonly kind: ColumnKind;
  /** Values of an enum. */
  readonly values?: readonly string[];
  /** The enum is open: Stripe may have other values too. */
  readonly open?: true;
  /** The value of an object without this field. */
  readonly absent?: boolean | undefined;
  /** True if objects have the field. False if it is only a parameter of Stripe's list. */
  readonly isResponseField: boolean;
  /** For a mere parameter: the path where objects have the value, through lists if necessary. */
  readonly shownAt?: readonly string[] | undefined;
}

/** Resolves the column of a name. Throws with the nearest known name. */
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
      throw syntaxError(`${quoted(outer)} has no keys, so ${quoted(name)} is not a column`, at);
    // An embedded resource is compared by its id, like a reference.
    const isText = keys.length > 0 || stored.field.inlined === true;
    const inner = isText ? ({ type: 'string' } satisfies Field) : stored.field;
    const absent = ABSENT_MEANS[[entity.entity, ...path].join('.')];
    const kind = columnKind(inner.type, path.at(-1) ?? '');
    const column: Column = { name, path, isResponseField: true, ...kind, absent };
    const filter = requested === undefined || keys.length > 0 ? undefined : filterColumn(entity, definition, name);
    return filter !== undefined && onlyTheListCan(column, filter, requested) ? filter : column;
  }
  const filter = filterColumn(entity, definition, name);
  if (filter !== undefined) return filter;
  const parent = parentColumnNames(definition).find((parentName) => pascal(parentName) === name);
  if (parent !== undefined) return { name, path: [parent], kind: 'text', isResponseField: false };
  const names = [
    ...joinedNames(entity.fields),
    ...joinedNames(filters(definition)),
    ...parentColumnNames(definition).map(pascal),
  ];
  throw syntaxError(`${quoted(name)} is not a column of ${entity.entity}${suggestion(name, names)}`, at);
}

/** Returns the list parameter of a name, as a column that objects do not have. */
function filterColumn(entity: Entity, definition: OperationDefinition, name: string): Column | undefined {
  if (name === 'Expand') return undefined;
  for (const { params } of routesOf(definition)) {
    const filter = resolvePascal(name, params);
    if (filter === undefined) continue;
    const { path, field } = filter;
    const kind = columnKind(elementType(field.type), path.at(-1) ?? '');
    return { name, path, isResponseField: false, ...kind, shownAt: shownAt(entity.entity, path) };
  }
  return undefined;
}

/** A list parameter may accept several values. A clause names one, or some with IN. */
function elementType(fieldType: FieldType): FieldType {
  return typeof fieldType === 'object' && 'array' in fieldType ? fieldType.array : fieldType;
}

/**
 * Returns whether a term cannot be compared with the field of objects but Stripe's list supports it: a list or object
 * that equals something (`AppliedConfigurations = 'merchant'`), a value that no object has (`Status = 'all'`).
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

/** Returns every list parameter of an operation's routes except `expand`. */
export const filters = memoizeByRef((definition: OperationDefinition): Fields => {
  const { expand: _expand, ...rest } = Object.assign({}, ...routesOf(definition).map(({ params }) => params)) as Fields;
  return rest;
});

function parentColumnNames(definition: OperationDefinition): string[] {
  return routesOf(definition).flatMap(({ path }) => parentsOf(path));
}

function isMap(fieldType: FieldType): boolean {
  return typeof fieldType === 'object' && 'map' in fieldType;
}

function columnKind(shape: FieldType, name: string): Pick<Column, 'kind' | 'values' | 'open'> {
  if (typeof shape === 'string') {
    if (shape === 'integer') return { kind: isTime(name) ? 'seconds' : 'integer' };
    if (shape === 'string') return { kind: isTime(name) ? 'instant' : 'text' };
    return { kind: shape };
  }
  if ('reference' in shape) return { kind: 'text' };
  if ('range' in shape) return { kind: isTime(name) ? 'seconds' : 'integer' };
  if ('enum' in shape)
    return { kind: 'enum', values: shape.enum.map(String), ...(shape.open === true ? { open: shape.open } : {}) };
  // For a list of enum values: the values of its items.
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
    return simple === undefined ? { kind: 'json' } : columnKind(simple, name);
  }
  return { kind: 'json' };
}
