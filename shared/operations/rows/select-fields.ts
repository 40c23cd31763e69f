import { quoted } from '../../bounds.ts';
import { pascal, resolvePascal, suggestion } from '../../catalog/names.ts';
import { referencedEntities } from '../../catalog/row-columns.ts';
import type { Action, Entity } from '../../catalog/types.ts';
import { invalidArgument } from '../../errors.ts';
import type { Catalog } from '../../ports/catalog.ts';
import { Violations } from '../../field-violations.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import type { EntityRow } from './entity-row.ts';
import { namesOf, type CallNode } from './expanded-columns.ts';
import type { FlatRow } from './flatten.ts';
import type { RowColumns } from './row-mapper.ts';

/**
 * Returns a function that keeps the columns that `fields` names, or undefined if the call selects none. The name of an
 * object selects all columns that are derived from it.
 */
export function selectColumns(
  { entity, nodes, added }: RowColumns,
  call: CallContext,
): ((entityRow: EntityRow) => EntityRow) | undefined {
  if (call.fields === undefined) return undefined;
  rejectNative(call);
  const requested = [...new Set(call.fields)];
  const selectable = selectableColumns(nodes, added);
  const advice = (name: string, suggests: boolean): string =>
    columnHint(entity, name) ?? (suggests ? suggestion(name, [...selectable.keys()]) : '');
  checkFieldNames(
    requested,
    (name) => selectable.has(name),
    (name, suggests) => `${quoted(name)} is not a column of ${entity.entity}${advice(name, suggests)}`,
  );
  const columns = [...new Set(requested.flatMap((name) => selectable.get(name) ?? []))];
  return (entityRow) =>
    Object.fromEntries(columns.map((column): [string, unknown] => [column, entityRow[column] ?? null]));
}

/** Returns the names that `fields` may contain, each with the columns that it selects. */
function selectableColumns(
  nodes: readonly CallNode[],
  added: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>(added.map((name) => [name, [name]]));
  const visit = (node: CallNode): void => {
    paths.set(node.name, node.fields === undefined ? [node.name] : namesOf(node));
    node.fields?.forEach(visit);
    for (const { nodes: inner } of node.expanded ?? []) inner.forEach(visit);
  };
  nodes.forEach(visit);
  return paths;
}

/** Returns a hint for an unknown name: how to expand a reference, or which JSON value contains the name. */
function columnHint({ fields }: Entity, name: string): string | undefined {
  const [firstSegment = ''] = name.split('.', 1);
  const match = resolvePascal(firstSegment, fields);
  if (match === undefined) return undefined;
  if (name.includes('.'))
    return referencedEntities(match.field).length === 0 ? undefined : `; expand names ${match.path.join('.')}`;
  const prefixes = match.path.map((_, at) => match.path.slice(0, at).map(pascal).join(''));
  const container = prefixes.find((name) => name !== '' && resolvePascal(name, fields)?.field.inlined === true);
  return container === undefined ? undefined : `; it is part of ${container}, which is one JSON value`;
}

/** Throws if a name is unknown. One error lists all unknown names. */
function checkFieldNames(
  names: readonly string[],
  isKnown: (name: string) => boolean,
  problem: (name: string, suggests: boolean) => string,
): void {
  const violations = new Violations();
  for (const name of names) if (!isKnown(name)) violations.add('fields', (suggests) => problem(name, suggests));
  if (violations.count > 0) throw invalidArgument(violations);
}

/** Returns a function that keeps the keys of an action's row that `fields` names. `Success` is always kept. */
export function selectKeys(catalog: Catalog, definition: Action, call: CallContext): (flat: FlatRow) => FlatRow {
  const requested = call.fields;
  if (requested === undefined) return (flat) => flat;
  rejectNative(call);
  const columns = definition.output === 'object' ? catalog.fieldsOf(definition.answer ?? '') : undefined;
  if (columns !== undefined)
    checkFieldNames(
      requested,
      (key) => key === 'Success' || Object.hasOwn(columns, key.split('.', 1)[0] ?? ''),
      (key, suggests) =>
        `${quoted(key)} is not a key of the row of ${definition.action}${suggests ? suggestion(key, Object.keys(columns)) : ''}`,
    );
  return (flat) => {
    const keys = ['Success', ...requested.filter((key) => key !== 'Success')];
    return Object.fromEntries(keys.map((key) => [key, Object.hasOwn(flat, key) ? (flat[key] ?? null) : null]));
  };
}

/** Throws if `fields` is combined with `outputFormat` native. */
function rejectNative(call: CallContext): void {
  if (call.outputFormat === 'native')
    throw invalidArgument([
      { field: 'fields', description: "must be absent with outputFormat native, which returns Stripe's complete JSON" },
    ]);
}
