import { memoizeByRef } from '../memoize.ts';
import { innerFields, pascal } from './names.ts';
import { ROW_ONLY } from './search-columns.ts';
import { parentsOf, routesOf } from './routes.ts';
import type { Entity, Field, Fields } from './types.ts';

/** One key of Stripe's objects in the rows of an entity: a column, or an object whose members become columns. */
export interface RowNode {
  readonly key: string;
  /** The column's name, or the prefix of the names of the members. */
  readonly name: string;
  readonly field: Field;
  /** Whether Stripe may return null or omit the key, or an object around it. */
  readonly nullable: boolean;
  /** The members of an object. Absent for a column. */
  readonly fields?: readonly RowNode[];
}

/**
 * The columns of every row of these fields. Rows, `fields`, discovery, the OpenAPI document, the client and the tools
 * share this definition. An array, a map and an embedded resource are one column each.
 */
export const rowNodes = memoizeByRef((fields: Fields): readonly RowNode[] => columnNodes(fields, '', false));

function columnNodes(fields: Fields, outer: string, nullable: boolean): RowNode[] {
  return Object.entries(fields).map(([key, field]): RowNode => {
    const name = outer + pascal(key);
    const empty = nullable || field.nullable === true || field.optional === true;
    const inner = joinedFields(field);
    const node = { key, name, field, nullable: empty };
    return inner === undefined ? node : { ...node, fields: columnNodes(inner, name, empty) };
  });
}

/** Returns the fields of an object whose members become columns. Undefined for a single value. */
function joinedFields({ type, inlined }: Field): Fields | undefined {
  return inlined === true || typeof type === 'string' || !('object' in type) ? undefined : innerFields(type);
}

/** Returns the entities whose id a column contains. Empty for other columns. */
export function leadsTo({ type, inlined }: Field): readonly string[] {
  if (inlined === true || typeof type === 'string' || !('reference' in type)) return [];
  return [type.reference, ...(type.also ?? [])];
}

/** Returns the columns in the order of the row, each with Stripe's names from the outermost to the innermost. */
export interface RowColumn extends RowNode {
  readonly path: readonly string[];
}

export const rowColumns = memoizeByRef((fields: Fields): readonly RowColumn[] => columnsIn(rowNodes(fields), []));

function columnsIn(nodes: readonly RowNode[], before: readonly string[]): RowColumn[] {
  return nodes.flatMap((node) => {
    const path = [...before, node.key];
    return node.fields === undefined ? [{ ...node, path }] : columnsIn(node.fields, path);
  });
}

/**
 * Returns columns in addition to those of Stripe's object: the parents of a nested object that does not have them, and
 * others.
 */
export const addedColumns = memoizeByRef(({ entity, operations, fields }: Entity): readonly string[] => {
  const own = new Set(rowColumns(fields).map(({ name }) => name));
  const rows = [operations.List, operations.Get].flatMap((definition) =>
    definition === undefined ? [] : routesOf(definition),
  );
  const parents = rows.flatMap(({ path }) => parentsOf(path).map(pascal));
  return [...new Set([...parents, ...Object.keys(ROW_ONLY[entity] ?? {})])].filter((name) => !own.has(name));
});
