import { quoted } from '../bounds.ts';
import { joinedNames, pascal, resolvePascal, suggestion } from '../catalog/names.ts';
import { parentsOf, routesOf } from '../catalog/routes.ts';
import { ABSENT_VALUES, shownAt } from '../catalog/list-parameters.ts';
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
  /** True if Stripe may have values that are not listed. */
  readonly open?: true | undefined;
  /** The value to assume if Stripe omits the field from an object. */
  readonly absent?: boolean | undefined;
  /** True if objects have the field. False if it is only a parameter of Stripe's list. */
  readonly isResponseField: boolean;
  /**
   * For some list parameters: the path at which objects have the value of the parameter. The path may lead through
   * lists.
   */
  readonly shownAt?: readonly string[] | undefined;
}

/**
 * Returns the column that a name refers to. For an unknown name it throws an error that suggests the nearest known
 * name.
 *
 * A field of objects and a list parameter can have the same name. `requested` is the term that uses the name, and
 * decides between the two. Without `requested` the field is returned.
 */
export function columnOf(
  entity: Entity,
  definition: OperationDefinition,
  name: string,
  at: number,
  requested?: { readonly operator: Operator; readonly values: readonly string[] },
): Column {
  const [fieldName = '', ...keys] = name.split('.');
  const match = resolvePascal(fieldName, entity.fields);
  if (match !== undefined) {
    if (keys.length > 0 && !isMap(match.field.type))
      throw syntaxError(`${quoted(fieldName)} has no keys, so ${quoted(name)} is not a column`, at);
    const column = fieldColumn(entity, name, match, keys);
    if (requested === undefined || keys.length > 0) return column;
    const listParameter = filterColumn(entity, definition, name);
    return listParameter !== undefined && onlyListSupports(column, listParameter, requested) ? listParameter : column;
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

/** Returns the column of a field of objects. `keys` are the parts of the name after the field, for a map. */
function fieldColumn(
  { entity }: Entity,
  name: string,
  match: { readonly path: readonly string[]; readonly field: Field },
  keys: readonly string[],
): Column {
  const path = keys.length > 0 ? [...match.path, keys.join('.')] : match.path;
  // A value of a map is text. An embedded resource is compared by its id, like a reference.
  const isText = keys.length > 0 || match.field.inlined === true;
  const kind = columnKind(isText ? 'string' : match.field.type, path.at(-1) ?? '');
  return { name, path, isResponseField: true, ...kind, absent: ABSENT_VALUES[[entity, ...path].join('.')] };
}

/**
 * Returns the list parameter that a name refers to. A clause can use it as a column to filter by, but objects do not
 * have it.
 */
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

/** Returns the type of one value of a list parameter, which may accept several values. */
function elementType(fieldType: FieldType): FieldType {
  return typeof fieldType === 'object' && 'array' in fieldType ? fieldType.array : fieldType;
}

/**
 * Returns whether a term is meaningful only as a filter of Stripe's list. Such a term compares a field that is a list
 * or an object with single values (`AppliedConfigurations = 'merchant'`), or has a value that no object has (`Status =
 * 'all'`).
 */
function onlyListSupports(
  column: Column,
  filter: Column,
  { operator, values }: { readonly operator: Operator; readonly values: readonly string[] },
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

/**
 * Returns Stripe's names of the parents in the paths of an operation: `customer` for
 * `/v1/customers/{customer}/sources`.
 */
function parentColumnNames(definition: OperationDefinition): string[] {
  return routesOf(definition).flatMap(({ path }) => parentsOf(path));
}

function isMap(fieldType: FieldType): boolean {
  return typeof fieldType === 'object' && 'map' in fieldType;
}

/**
 * Returns how values of a type are parsed and compared. `name` is Stripe's name of the field, which decides whether an
 * integer, a range or a string is a time.
 */
function columnKind(fieldType: FieldType, name: string): Pick<Column, 'kind' | 'values' | 'open'> {
  if (typeof fieldType === 'string') {
    if (fieldType === 'integer') return { kind: isTime(name) ? 'seconds' : 'integer' };
    if (fieldType === 'string') return { kind: isTime(name) ? 'instant' : 'text' };
    return { kind: fieldType };
  }
  if ('reference' in fieldType) return { kind: 'text' };
  if ('range' in fieldType) return { kind: isTime(name) ? 'seconds' : 'integer' };
  if ('enum' in fieldType)
    return {
      kind: 'enum',
      values: fieldType.enum.map(String),
      open: fieldType.open === true ? fieldType.open : undefined,
    };
  // A list of enum values has the values of its items.
  if ('array' in fieldType) {
    const item = fieldType.array;
    return typeof item === 'object' && 'enum' in item
      ? { kind: 'json', values: item.enum.map(String) }
      : { kind: 'json' };
  }
  if ('anyOf' in fieldType) {
    const alternative = fieldType.anyOf.find(
      (fieldType) => typeof fieldType === 'object' && ('range' in fieldType || 'enum' in fieldType),
    );
    return alternative === undefined ? { kind: 'json' } : columnKind(alternative, name);
  }
  return { kind: 'json' };
}
