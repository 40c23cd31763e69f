import type { ActionRow } from '../../catalog/actions.ts';
import { shown } from '../../bounds.ts';
import { pascal, resolvePascal, suggestion } from '../../catalog/names.ts';
import { leadsTo } from '../../catalog/row-columns.ts';
import type { Entity } from '../../catalog/types.ts';
import { invalid } from '../../errors.ts';
import type { Catalogue } from '../../ports/catalog.ts';
import { Violations } from '../../field-violations.ts';
import type { Call } from '../../stripe/call-context.ts';
import type { EntityRow } from './entity-row.ts';
import { namesOf, type CallNode } from './expanded-columns.ts';
import type { FlatRow } from './flatten.ts';
import type { RowShape } from './row-mapper.ts';

/** `fields` of an entity's rows: columns, or objects with all that is joined from them. */
export function pickColumns(
  { entity, nodes, added }: RowShape,
  call: Call,
): ((row: EntityRow) => EntityRow) | undefined {
  if (call.fields === undefined) return undefined;
  refuseNative(call);
  const wanted = [...new Set(call.fields)];
  const known = pickable(nodes, added);
  checkNames(
    wanted,
    (name) => known.has(name),
    (name, suggests) =>
      `${shown(name)} is no column of ${entity.entity}${hint(entity, name) ?? (suggests ? suggestion(name, [...known.keys()]) : '')}`,
  );
  const columns = [...new Set(wanted.flatMap((name) => known.get(name) ?? []))];
  return (row) => Object.fromEntries(columns.map((column): [string, unknown] => [column, row[column] ?? null]));
}

/** What `fields` may name, with the columns that it stands for. */
function pickable(nodes: readonly CallNode[], added: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const known = new Map<string, readonly string[]>(added.map((name) => [name, [name]]));
  const visit = (node: CallNode): void => {
    known.set(node.name, node.inner === undefined ? [node.name] : namesOf(node));
    node.inner?.forEach(visit);
    for (const { nodes: inner } of node.expanded ?? []) inner.forEach(visit);
  };
  nodes.forEach(visit);
  return known;
}

/** What is known of a name that is none here. */
function hint({ fields }: Entity, name: string): string | undefined {
  const [outer = ''] = name.split('.', 1);
  const found = resolvePascal(outer, fields);
  if (found === undefined) return undefined;
  if (name.includes('.'))
    return leadsTo(found.field).length === 0 ? undefined : `; expand names ${found.path.join('.')}`;
  const whole = found.path.map((_, at) => found.path.slice(0, at).map(pascal).join(''));
  const value = whole.find((one) => one !== '' && resolvePascal(one, fields)?.field.inlined === true);
  return value === undefined ? undefined : `; it is inside ${value}, which is one JSON value`;
}

function checkNames(
  names: readonly string[],
  isKnown: (name: string) => boolean,
  problem: (name: string, suggests: boolean) => string,
): void {
  const violations = new Violations();
  for (const name of names) if (!isKnown(name)) violations.add('fields', (suggests) => problem(name, suggests));
  if (violations.count > 0) throw invalid(violations);
}

/** `fields` of an action's row: its flat keys. `Success` always stands. */
export function pickKeys(catalogue: Catalogue, row: ActionRow, call: Call): (flat: FlatRow) => FlatRow {
  const wanted = call.fields;
  if (wanted === undefined) return (flat) => flat;
  refuseNative(call);
  const known = row.output === 'object' ? catalogue.fieldsOf(row.answer ?? '') : undefined;
  if (known !== undefined)
    checkNames(
      wanted,
      (key) => key === 'Success' || Object.hasOwn(known, key.split('.', 1)[0] ?? ''),
      (key, suggests) =>
        `${shown(key)} is no key of ${row.action}'s row${suggests ? suggestion(key, Object.keys(known)) : ''}`,
    );
  return (flat) => {
    const keys = ['Success', ...wanted.filter((key) => key !== 'Success')];
    return Object.fromEntries(keys.map((key) => [key, Object.hasOwn(flat, key) ? (flat[key] ?? null) : null]));
  };
}

function refuseNative(call: Call): void {
  if (call.outputFormat === 'native')
    throw invalid([
      { field: 'fields', description: "picks columns of the connector format; native is Stripe's own JSON, whole" },
    ]);
}
