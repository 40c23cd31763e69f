import { memoizeByRef } from '../memoize.ts';
import { innerFields, pascal } from './names.ts';
import { ROW_ONLY } from './search-columns.ts';
import { parentsOf, routesOf } from './routes.ts';
import type { Entity, Field, Fields } from './types.ts';

/** A field of Stripe's objects in the rows of an entity: a column, or an object whose members become columns. */
export interface RowNode {
  readonly key: string;
  /** The column's name, or the prefix of the names of the members. */
  readonly name: string;
  readonly field: Field;
  /** True if Stripe may return null for this field or an object that contains it, or may omit one of them. */
  readonly nullable: boolean;
  /** The members of an object. Absent for a column. */
  readonly fields?: readonly RowNode[];
}

/**
 * Returns the columns of the rows of an entity with these fields. An array, a map or an embedded resource is one
 * column. Rows, the input `fields`, discovery, the OpenAPI document, the typed client and the tools all use this
 * function, so that they have the same columns.
 */
export const rowNodes = memoizeByRef((fields: Fields): readonly RowNode[] => columnNodes(fields, '', false));

function columnNodes(fields: Fields, prefix: string, nullable: boolean): RowNode[] {
  return Object.entries(fields).map(([key, field]): RowNode => {
    const name = prefix + pascal(key);
    const mayBeNull = nullable || field.nullable === true || field.optional === true;
    const members = joinedFields(field);
    const node = { key, name, field, nullable: mayBeNull };
    return members === undefined ? node : { ...node, fields: columnNodes(members, name, mayBeNull) };
  });
}

/** Returns the fields of an object whose members become columns. Undefined for a single value. */
function joinedFields({ type, inlined }: Field): Fields | undefined {
  return inlined === true || typeof type === 'string' || !('object' in type) ? undefined : innerFields(type);
}

/** Returns the entities whose ids a column may contain. Empty for a column that contains no id of an entity. */
export function referencedEntities({ type, inlined }: Field): readonly string[] {
  if (inlined === true || typeof type === 'string' || !('reference' in type)) return [];
  return [type.reference, ...(type.also ?? [])];
}

/** A column with Stripe's names from the outermost to the innermost. */
export interface RowColumn extends RowNode {
  readonly path: readonly string[];
}

/** Returns the columns in the order of the row. */
export const rowColumns = memoizeByRef((fields: Fields): readonly RowColumn[] => columnsIn(rowNodes(fields), []));

function columnsIn(nodes: readonly RowNode[], pathPrefix: readonly string[]): RowColumn[] {
  return nodes.flatMap((node) => {
    const path = [...pathPrefix, node.key];
    return node.fields === undefined ? [{ ...node, path }] : columnsIn(node.fields, path);
  });
}

/**
 * Returns the columns that are not fields of Stripe's object: the ids of an object's parents, and the columns of
 * `ROW_ONLY`.
 */
export const addedColumns = memoizeByRef(({ entity, operations, fields }: Entity): readonly string[] => {
  const ownNames = new Set(rowColumns(fields).map(({ name }) => name));
  const routes = [operations.List, operations.Get].flatMap((definition) =>
    definition === undefined ? [] : routesOf(definition),
  );
  const parents = routes.flatMap(({ path }) => parentsOf(path).map(pascal));
  return [...new Set([...parents, ...Object.keys(ROW_ONLY[entity] ?? {})])].filter((name) => !ownNames.has(name));
});
