import { memoizeByRef } from '../memoize.ts';
import { innerFields, pascal } from './names.ts';
import { ROW_ONLY } from './overrides.ts';
import { parentsOf, routesOf } from './routes.ts';
import type { Entity, Field, Fields } from './types.ts';

/** One key of Stripe's objects in the rows of an entity: a column, or an object whose columns are joined to its name. */
export interface RowNode {
  readonly key: string;
  /** The column's name, or what the names inside begin with. */
  readonly name: string;
  readonly field: Field;
  /** Whether Stripe may answer null here or leave it out, or may do so with an object around it. */
  readonly nullable: boolean;
  /** Of an object that is joined; without it this is a column. */
  readonly fields?: readonly RowNode[];
}

/**
 * The columns that rows of these fields have, always: the one definition that rows, `fields`, discovery, the OpenAPI
 * document, the client and the tools share. Arrays, maps and whole resources are one column each.
 */
export const rowNodes = memoizeByRef((fields: Fields): readonly RowNode[] => nodesOf(fields, '', false));

function nodesOf(fields: Fields, outer: string, nullable: boolean): RowNode[] {
  return Object.entries(fields).map(([key, field]): RowNode => {
    const name = outer + pascal(key);
    const empty = nullable || field.nullable === true || field.optional === true;
    const inner = joinedFields(field);
    const node = { key, name, field, nullable: empty };
    return inner === undefined ? node : { ...node, fields: nodesOf(inner, name, empty) };
  });
}

/** The fields of an object that rows join; undefined of what is one value. */
function joinedFields({ type, inlined }: Field): Fields | undefined {
  return inlined === true || typeof type === 'string' || !('object' in type) ? undefined : innerFields(type);
}

/** The entities whose id a column holds; none where it holds no id. */
export function leadsTo({ type, inlined }: Field): readonly string[] {
  if (inlined === true || typeof type === 'string' || !('reference' in type)) return [];
  return [type.reference, ...(type.also ?? [])];
}

/** The columns alone, in the order of the row; each with Stripe's names from the outside in. */
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

/** Columns beside those of Stripe's object: a nested object's parents, where the object does not carry them, and some more. */
export const addedColumns = memoizeByRef(({ entity, operations, fields }: Entity): readonly string[] => {
  const own = new Set(rowColumns(fields).map(({ name }) => name));
  const rows = [operations.List, operations.Get].flatMap((definition) =>
    definition === undefined ? [] : routesOf(definition),
  );
  const parents = rows.flatMap(({ path }) => parentsOf(path).map(pascal));
  return [...new Set([...parents, ...Object.keys(ROW_ONLY[entity] ?? {})])].filter((name) => !own.has(name));
});
