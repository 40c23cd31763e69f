import { quoted } from '../../bounds.ts';
import { pascal, resolvePascal, suggestion } from '../../catalog/names.ts';
import { leadsTo } from '../../catalog/row-columns.ts';
import type { Action, Entity } from '../../catalog/types.ts';
import { invalidArgument } from '../../errors.ts';
import type { Catalog } from '../../ports/catalog.ts';
import { Violations } from '../../field-violations.ts';
import type { CallContext } from '../../stripe/call-context.ts';
import type { EntityRow } from './entity-row.ts';
import { namesOf, type CallNode } from './expanded-columns.ts';
import type { FlatRow } from './flatten.ts';
import type { RowMapper } from './row-mapper.ts';

/** Selects the columns that `fields` names. An object selects all columns that are derived from it. */
export function selectColumns(
  { entity, nodes, added }: RowMapper,
  call: CallContext,
): ((entityRow: EntityRow) => EntityRow) | undefined {
  if (call.fields === undefined) return undefined;
  rejectNative(call);
  const wanted = [...new Set(call.fields)];
  const readonlyMap = pickable(nodes, added);
  checkFieldNames(
    wanted,
    (name) => readonlyMap.has(name),
    (name, suggests) =>
      `${quoted(name)} is not a column of ${entity.entity}${hint(entity, name) ?? (suggests ? suggestion(name, [...readonlyMap.keys()]) : '')}`,
  );
  const columns = [...new Set(wanted.flatMap((name) => readonlyMap.get(name) ?? []))];
  return (entityRow) =>
    Object.fromEntries(columns.map((column): [string, unknown] => [column, entityRow[column] ?? null]));
}

/** Returns what `fields` may name, with the columns that each name selects. */
function pickable(nodes: readonly CallNode[], added: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, readonly string[]>(added.map((name) => [name, [name]]));
  const visit = (node: CallNode): void => {
    paths.set(node.name, node.fields === undefined ? [node.name] : namesOf(node));
    node.fields?.forEach(visit);
    for (const { nodes: inner } of node.expanded ?? []) inner.forEach(visit);
  };
  nodes.forEach(visit);
  return paths;
}

/** Returns a hint for an unknown name. */
function hint({ fields }: Entity, name: string): string | undefined {
  const [outer = ''] = name.split('.', 1);
  const named = resolvePascal(outer, fields);
  if (named === undefined) return undefined;
  if (name.includes('.'))
    return leadsTo(named.field).length === 0 ? undefined : `; expand names ${named.path.join('.')}`;
  const whole = named.path.map((_, at) => named.path.slice(0, at).map(pascal).join(''));
  const value = whole.find((name) => name !== '' && resolvePascal(name, fields)?.field.inlined === true);
  return value === undefined ? undefined : `; it is part of ${value}, which is one JSON value`;
}

function checkFieldNames(
  names: readonly string[],
  isKnown: (name: string) => boolean,
  problem: (name: string, suggests: boolean) => string,
): void {
  const violations = new Violations();
  for (const name of names) if (!isKnown(name)) violations.add('fields', (suggests) => problem(name, suggests));
  if (violations.count > 0) throw invalidArgument(violations);
}

/** Selects the flat keys of an action's row that `fields` names. `Success` is always included. */
export function selectKeys(catalog: Catalog, definition: Action, call: CallContext): (flat: FlatRow) => FlatRow {
  const wanted = call.fields;
  if (wanted === undefined) return (flat) => flat;
  rejectNative(call);
  const columns = definition.output === 'object' ? catalog.fieldsOf(definition.answer ?? '') : undefined;
  if (columns !== undefined)
    checkFieldNames(
      wanted,
      (key) => key === 'Success' || Object.hasOwn(columns, key.split('.', 1)[0] ?? ''),
      (key, suggests) =>
        `${quoted(key)} is not a key of the row of ${definition.action}${suggests ? suggestion(key, Object.keys(columns)) : ''}`,
    );
  return (flat) => {
    const keys = ['Success', ...wanted.filter((key) => key !== 'Success')];
    return Object.fromEntries(keys.map((key) => [key, Object.hasOwn(flat, key) ? (flat[key] ?? null) : null]));
  };
}

function rejectNative(call: CallContext): void {
  if (call.outputFormat === 'native')
    throw invalidArgument([
      { field: 'fields', description: "must be absent with outputFormat native, which returns Stripe's complete JSON" },
    ]);
}
