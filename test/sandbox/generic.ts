import type { Entity, Operation } from '../../shared/catalog/shapes.ts';
import { inPath, kindOf, make, type Context } from './context.ts';
import { page, passes, readCursor } from './lists.ts';
import type { EntityMachine } from './machines/index.ts';
import { missing } from './refusal.ts';
import { assign, emptyObject, type Stored } from './store.ts';

const PAGING = new Set(['limit', 'starting_after', 'ending_before', 'expand']);

/** One operation of an entity, on the store that is the same for all; the machine says what is different. */
export function generic(
  context: Context,
  entity: Entity,
  operation: Operation,
  machine: EntityMachine,
  id: string,
  path: string,
): unknown {
  switch (operation) {
    case 'List':
      return list(context, entity, path);
    case 'Get':
      return entity.singleton && id === '' ? singleton(context, entity) : get(context, entity, id);
    case 'Create':
      return machine.create === undefined ? make(context, entity.entity, context.params) : machine.create(context);
    case 'Update':
      return update(context, entity, machine, id);
    case 'Delete':
      return remove(context, entity, machine, id);
  }
}

function list(context: Context, entity: Entity, path: string): unknown {
  const kind = kindOf(entity);
  const filters = Object.fromEntries(
    Object.entries(context.params).filter(([name]) => !PAGING.has(name) && isField(entity, name)),
  );
  const objects = context.account.all(kind).filter((object) => object['deleted'] !== true && passes(object, filters));
  return page(kind, objects, readCursor(context.params), path);
}

function isField(entity: Entity, name: string): boolean {
  return Object.hasOwn(entity.fields, name);
}

/** A deleted object answers as such; one that never was is missing. */
function get(context: Context, entity: Entity, id: string): Stored {
  const found = inPath(context, kindOf(entity), id);
  return found['deleted'] === true ? { id: found.id, object: found.object, deleted: true } : found;
}

function singleton(context: Context, entity: Entity): Stored {
  const kind = kindOf(entity);
  const known = context.account.singletons.get(kind);
  if (known !== undefined) return known;
  const made = { ...emptyObject(entity.fields), object: kind } as unknown as Stored;
  context.account.singletons.set(kind, made);
  return made;
}

function update(context: Context, entity: Entity, machine: EntityMachine, id: string): Stored {
  const object = entity.singleton && id === '' ? singleton(context, entity) : inPath(context, kindOf(entity), id);
  if (object['deleted'] === true) throw missing(kindOf(entity), id, 'id');
  machine.update?.(context, object);
  assign(object, context.params);
  return object;
}

function remove(context: Context, entity: Entity, machine: EntityMachine, id: string): Stored {
  const kind = kindOf(entity);
  const object = inPath(context, kind, id);
  if (object['deleted'] === true) throw missing(kind, id, 'id');
  machine.remove?.(context, object);
  if (machine.end !== undefined) return machine.end(context, object);
  // Stripe remembers deleted customers; other kinds are gone.
  if (kind === 'customer') context.account.put(kind, { id, object: kind, deleted: true });
  else context.account.remove(kind, id);
  return { id, object: kind, deleted: true };
}
