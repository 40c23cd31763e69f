import type { ActionRow } from '../catalog/actions.ts';
import { joinedNames, pascal, resolvePascal, suggestion } from '../catalog/names.ts';
import type { Entity } from '../catalog/shapes.ts';
import { invalid } from '../errors.ts';
import type { Catalogue } from '../ports/catalogue.ts';
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
  const wanted = call.fields;
  if (wanted === undefined) return (row) => row;
  refuseNative(call);
  const unknown = wanted.filter((name) => !parents.includes(name) && !isColumn(catalogue, entity, name));
  if (unknown.length > 0) {
    const known = joinedNames(entity.fields);
    throw invalid(
      unknown.map((name) => ({
        field: 'fields',
        description: `${name} is no column of ${entity.entity}${suggestion(name, known)}`,
      })),
    );
  }
  // An object is picked by its name with all that is joined from it.
  return (row) =>
    Object.fromEntries(
      wanted.flatMap((name): [string, unknown][] => {
        const inner = isObject(entity, name) ? Object.entries(row).filter(([column]) => column.startsWith(name)) : [];
        return inner.length > 0 ? inner : [[name, Object.hasOwn(row, name) ? row[name] : null]];
      }),
    );
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
  const unknown =
    known === undefined
      ? []
      : wanted.filter((key) => key !== 'Success' && !Object.hasOwn(known, key.split('.')[0] ?? ''));
  if (known !== undefined && unknown.length > 0) {
    throw invalid(
      unknown.map((key) => ({
        field: 'fields',
        description: `${key} is no key of ${row.action}'s row${suggestion(key, Object.keys(known))}`,
      })),
    );
  }
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
