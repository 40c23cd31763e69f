import type { ActionRow } from '../catalog/actions.ts';
import { shown } from '../bounds.ts';
import { joinedNames, pascal, resolvePascal, suggestion } from '../catalog/names.ts';
import type { Entity } from '../catalog/shapes.ts';
import { invalid } from '../errors.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import { Violations } from '../violations.ts';
import type { Call } from './call.ts';
import type { EntityRow } from './entity-row.ts';
import type { FlatRow } from './flatten.ts';

/** `fields` of an entity's rows: columns that exist, of a reference that is expanded too. Absent is null. */
export function pickColumns(
  catalogue: Catalogue,
  entity: Entity,
  parents: readonly string[],
  call: Call,
): (row: EntityRow) => EntityRow {
  if (call.fields === undefined) return (row) => row;
  refuseNative(call);
  const wanted = [...new Set(call.fields)];
  checkNames(
    wanted,
    (name) => parents.includes(name) || isColumn(catalogue, entity, name),
    (name, suggests) =>
      `${shown(name)} is no column of ${entity.entity}${suggests ? suggestion(name, joinedNames(entity.fields)) : ''}`,
  );
  const objects = new Set(wanted.filter((name) => isObject(entity, name)));
  const columns = columnsIn(objects);
  return (row) => {
    const inner = columns(row);
    return Object.fromEntries(
      wanted.flatMap((name): [string, unknown][] => {
        const own = inner.get(name) ?? [name];
        return own.map((column) => [column, Object.hasOwn(row, column) ? row[column] : null]);
      }),
    );
  };
}

/** An object is picked by its name with all that is joined from it. Rows have the same columns: each is looked at once a call. */
function columnsIn(objects: ReadonlySet<string>): (row: EntityRow) => ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, readonly string[]>();
  return (row) => {
    const found = new Map<string, string[]>();
    for (const column of Object.keys(row)) {
      let known = owners.get(column);
      if (known === undefined) owners.set(column, (known = [...objects].filter((name) => column.startsWith(name))));
      for (const name of known) {
        const all = found.get(name);
        if (all === undefined) found.set(name, [column]);
        else all.push(column);
      }
    }
    return found;
  };
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

function isObject(entity: Entity, name: string): boolean {
  const type = resolvePascal(name, entity.fields)?.field.type;
  return typeof type === 'object' && 'object' in type;
}

function isColumn(catalogue: Catalogue, entity: Entity, name: string): boolean {
  if (resolvePascal(name, entity.fields) !== undefined) return true;
  return Object.entries(entity.fields).some(([key, { type }]) => {
    if (typeof type !== 'object' || !('reference' in type)) return false;
    const outer = pascal(key);
    const fields = name.startsWith(outer) ? catalogue.fieldsOf(type.reference) : undefined;
    return fields !== undefined && resolvePascal(name.slice(outer.length), fields) !== undefined;
  });
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
