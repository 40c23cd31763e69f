import { referencedEntities, rowNodes, type RowNode } from '../../catalog/row-columns.ts';
import { enumeration, type Fields } from '../../catalog/types.ts';

/** Returns the fields of the entity that a reference leads to. */
export type FieldsOf = (entity: string) => Fields | undefined;

/** A node of a row, with the columns that one call expands. */
export interface CallNode extends Omit<RowNode, 'inner'> {
  readonly fields?: readonly CallNode[];
  /** For a reference that the call expands: the columns of each entity that it may lead to. */
  readonly expanded?: readonly Expanded[];
}

/** An entity to which an expanded reference may lead, and its columns. */
export interface Expanded {
  /** Values of Stripe's `object` field for the entity. Undefined if it has none. */
  readonly objectValues: readonly unknown[] | undefined;
  readonly nodes: readonly CallNode[];
}

/** Limit of nested expansions at Stripe. https://docs.stripe.com/api/expanding_objects */
const MAX_EXPAND_DEPTH = 4;

/** The paths of `expand` as a tree. */
interface ExpandTree {
  readonly members: Map<string, ExpandTree>;
}

/**
 * Returns the nodes of an entity's rows, with the columns that `expand` adds: the column `Customer` keeps the id, and
 * columns such as `Customer.Email` follow it.
 */
export function callNodes(fields: Fields, expand: readonly string[], fieldsOf: FieldsOf): readonly CallNode[] {
  if (expand.length === 0) return rowNodes(fields);
  return withExpanded(rowNodes(fields), toExpandTree(expand), '', 0, fieldsOf);
}

/** Converts the paths of `expand` to a tree. */
function toExpandTree(paths: readonly string[]): ExpandTree {
  const root: ExpandTree = { members: new Map() };
  for (const path of paths) {
    let parent = root;
    for (const key of path.split('.')) {
      const member: ExpandTree = parent.members.get(key) ?? { members: new Map() };
      parent.members.set(key, member);
      parent = member;
    }
  }
  return root;
}

/**
 * Adds the requested expansions to nodes.
 *
 * @param prefix the name of the expanded reference and a dot, for the columns of the object that it leads to
 */
function withExpanded(
  nodes: readonly CallNode[],
  requested: ExpandTree | undefined,
  prefix: string,
  depth: number,
  fieldsOf: FieldsOf,
): readonly CallNode[] {
  if (prefix === '' && requested === undefined) return nodes;
  return nodes.map((node): CallNode => {
    const next = requested?.members.get(node.key);
    const prefixed = prefix === '' ? node : { ...node, name: prefix + node.name };
    if (node.fields !== undefined)
      return { ...prefixed, fields: withExpanded(node.fields, next, prefix, depth, fieldsOf) };
    const targets = next === undefined || depth === MAX_EXPAND_DEPTH ? [] : referencedEntities(node.field);
    if (targets.length === 0) return prefixed;
    const expanded = targets.flatMap((entity): Expanded[] => {
      const fields = fieldsOf(entity);
      if (fields === undefined) return [];
      const targetNodes = withExpanded(rowNodes(fields), next, `${prefixed.name}.`, depth + 1, fieldsOf);
      return [{ objectValues: enumeration(fields['object']?.type), nodes: targetNodes }];
    });
    return { ...prefixed, expanded };
  });
}

/** Returns every column name of the nodes, in order and without duplicates. */
export function columnNames(nodes: readonly CallNode[]): readonly string[] {
  return [...new Set(nodes.flatMap(namesOf))];
}

/** Returns the column names of a node, including its expansions. */
export function namesOf({ name, fields: members, expanded = [] }: CallNode): readonly string[] {
  if (members !== undefined) return members.flatMap(namesOf);
  return [name, ...expanded.flatMap(({ nodes }) => nodes.flatMap(namesOf))];
}
