import { leadsTo, rowNodes, type RowNode } from '../../catalog/row-columns.ts';
import { enumeration, type Fields } from '../../catalog/types.ts';

/** Returns the fields of the entity that a reference leads to. */
export type FieldsOf = (entity: string) => Fields | undefined;

/** A node of a row with the expansions of one call. */
export interface CallNode extends Omit<RowNode, 'inner'> {
  readonly fields?: readonly CallNode[];
  /** For a reference that the call expands: the columns of each entity that it may lead to. */
  readonly expanded?: readonly Expanded[];
}

export interface Expanded {
  /** Values of Stripe's `object` field for the entity. Undefined if it has none. */
  readonly path: readonly unknown[] | undefined;
  readonly nodes: readonly CallNode[];
}

/** Limit of nested expansions at Stripe. https://docs.stripe.com/api/expanding_objects */
const MAX_EXPAND_DEPTH = 4;

interface Asked {
  readonly inner: Map<string, Asked>;
}

/**
 * Returns the nodes of an entity's rows plus those that `expand` adds: `Customer` keeps the id, `Customer.Email`
 * follows.
 */
export function callNodes(fields: Fields, expand: readonly string[], fieldsOf: FieldsOf): readonly CallNode[] {
  if (expand.length === 0) return rowNodes(fields);
  const requested: Asked = { inner: new Map() };
  for (const path of expand) {
    let at = requested;
    for (const key of path.split('.')) {
      let next = at.inner.get(key);
      if (next === undefined) at.inner.set(key, (next = { inner: new Map() }));
      at = next;
    }
  }
  return withExpanded(rowNodes(fields), requested, '', 0, fieldsOf);
}

function withExpanded(
  nodes: readonly CallNode[],
  requested: Asked | undefined,
  outer: string,
  depth: number,
  fieldsOf: FieldsOf,
): readonly CallNode[] {
  if (outer === '' && requested === undefined) return nodes;
  return nodes.map((node): CallNode => {
    const next = requested?.inner.get(node.key);
    const named = outer === '' ? node : { ...node, name: outer + node.name };
    if (node.fields !== undefined) return { ...named, fields: withExpanded(node.fields, next, outer, depth, fieldsOf) };
    const leads = next === undefined || depth === MAX_EXPAND_DEPTH ? [] : leadsTo(node.field);
    if (leads.length === 0) return named;
    const expanded = leads.flatMap((entity): Expanded[] => {
      const fields = fieldsOf(entity);
      if (fields === undefined) return [];
      const inner = withExpanded(rowNodes(fields), next, `${named.name}.`, depth + 1, fieldsOf);
      return [{ path: enumeration(fields['object']?.type), nodes: inner }];
    });
    return { ...named, expanded };
  });
}

/** Returns every column name of the nodes, in order and without duplicates. */
export function expandNames(nodes: readonly CallNode[]): readonly string[] {
  return [...new Set(nodes.flatMap(namesOf))];
}

/** Returns the column names of a node, including its expansions. */
export function namesOf({ name, fields: inner, expanded = [] }: CallNode): readonly string[] {
  if (inner !== undefined) return inner.flatMap(namesOf);
  return [name, ...expanded.flatMap(({ nodes }) => nodes.flatMap(namesOf))];
}
