import { ENTITY_KINDS } from '../../catalog/overrides.ts';
import type { Action, Entity, Operation } from '../../catalog/types.ts';
import { inParam, inPath, kindOfEntity, make, type Context } from '../context.ts';
import { listFilter, isListed } from './lists/filters.ts';
import { pageOfObjects, readCursor, v2Page } from './lists/lists.ts';
import type { EntityMachine } from '../feature.ts';
import { missing } from '../refusal.ts';
import { initialState } from '../states/initial-states.ts';
import type { PathIds } from './routes.ts';
import { assign, emptyObject, isHash, type Stored } from '../store.ts';

const NON_FILTERS = new Set(['limit', 'starting_after', 'ending_before', 'expand', 'page']);

/** Runs one operation of an entity. The machine of the entity overrides what differs from the common rules. */
export function generic(
  context: Context,
  entity: Entity,
  operation: Operation,
  machine: EntityMachine,
  ids: PathIds,
  path: string,
): unknown {
  const { id = '', ...parents } = ids;
  checkParents(context, parents);
  switch (operation) {
    case 'List':
      return listObjects(context, entity, machine, parents, path);
    case 'Get':
      return id === ''
        ? readSingleton(context, entity, machine, parents)
        : shownBy(machine, context, retrieveObject(context, entity, id, parents));
    case 'Create':
      return createObject(context, entity, machine, parents);
    case 'Update':
      return shownBy(machine, context, updateObject(context, entity, machine, id, parents));
    case 'Delete':
      return deleteObject(context, entity, machine, id, parents);
  }
}

function shownBy(machine: EntityMachine, context: Context, object: Stored): Stored {
  return machine.shown?.(object, context) ?? object;
}

/**
 * A verb without rules of its own: the object takes the parameters that are its fields, and answers. What answers
 * another kind makes one.
 */
export function act(context: Context, row: Action, ids: PathIds): Stored {
  const { id, ...parents } = ids;
  checkParents(context, parents);
  const kinds = storedKinds(context.entity(row.entity));
  const object = id === undefined ? undefined : requireOneOfKinds(context, kinds, id, parents);
  const answer = row.answer ?? row.entity;
  if (object === undefined || answer.replace('TestHelpers.', '') !== row.entity.replace('TestHelpers.', '')) {
    const named = existingName(context, answer) ?? row.entity;
    const made = make(context, named, context.params);
    return row.method === 'DELETE' ? Object.assign(made, { deleted: true }) : made;
  }
  assign(object, context.params, context.entity(row.entity).fields);
  return object;
}

function existingName(context: Context, name: string): string | undefined {
  return [name, name.replace('TestHelpers.', '')].find((one) => {
    try {
      context.entity(one);
      return true;
    } catch {
      return false;
    }
  });
}

/** The account's own objects that a path names must be there. */
function checkParents({ account }: Context, parents: PathIds): void {
  for (const [name, id] of Object.entries(parents)) {
    const parent = account.find(id);
    if (parent === undefined || parent['deleted'] === true) throw missing(name, id, name);
  }
}

/** Stripe's words for what a collection holds. */
function storedKinds(entity: Entity): string[] {
  return ENTITY_KINDS[entity.entity]?.map(({ object }) => object) ?? [kindOfEntity(entity)];
}

function belongs({ account }: Context, object: Stored, parents: PathIds): boolean {
  const own = account.parents.get(object) ?? {};
  return Object.entries(parents).every(([name, id]) => own[name] === id || object[name] === id);
}

function requireOneOfKinds(context: Context, kinds: readonly string[], id: string, parents: PathIds): Stored {
  const found = kinds.map((kind) => context.account.get(kind, id)).find((object) => object !== undefined);
  if (found === undefined || !belongs(context, found, parents)) throw missing(kinds[0] ?? '', id, 'id');
  return found;
}

function listObjects(
  context: Context,
  entity: Entity,
  machine: EntityMachine,
  parents: PathIds,
  path: string,
): unknown {
  const kinds = storedKinds(entity);
  const filters = Object.entries(context.params).filter(([name]) => !NON_FILTERS.has(name));
  const lines = embeddedList(context, parents, path);
  const stored = lines ?? kinds.flatMap((kind) => context.account.all(kind));
  const nested = Object.keys(parents).length > 0;
  const objects = stored.filter(
    (object) =>
      object['deleted'] !== true &&
      (lines !== undefined || belongs(context, object, parents)) &&
      isListed(context, entity.entity, object, nested) &&
      filters.every(([name, wanted]) =>
        (machine.filters?.[name] ?? listFilter(entity.entity, name))(object, wanted, context),
      ),
  );
  const listed = machine.listed?.(context, objects, parents) ?? objects;
  if (path.startsWith('/v2/'))
    return v2Page(
      listed.map((object) => shownBy(machine, context, object)),
      context.params,
      path,
    );
  return pageOfObjects(kinds[0] ?? '', listed, readCursor(context.params), path);
}

/** The lines that the parent itself carries: `/v1/invoices/{invoice}/lines`. */
function embeddedList({ account }: Context, parents: PathIds, path: string): Stored[] | undefined {
  const [id] = Object.values(parents);
  const list = id === undefined ? undefined : account.find(id)?.[path.split('/').at(-1) ?? ''];
  return isHash(list) && Array.isArray(list['data']) ? [...(list['data'] as Stored[])].reverse() : undefined;
}

/** A deleted object answers as such; one that never was is missing. */
function retrieveObject(context: Context, entity: Entity, id: string, parents: PathIds): Stored {
  const found = requireOneOfKinds(context, storedKinds(entity), id, parents);
  return found['deleted'] === true ? { id: found.id, object: found.object, deleted: true } : found;
}

function readSingleton(context: Context, entity: Entity, machine: EntityMachine, parents: PathIds): Stored {
  const object = singleton(context, entity, parents);
  machine.read?.(context, object);
  return object;
}

function singleton(context: Context, entity: Entity, parents: PathIds): Stored {
  const kind = kindOfEntity(entity);
  const key = [kind, ...Object.values(parents)].join(' ');
  const known = context.account.singletons.get(key);
  if (known !== undefined) return known;
  const made = {
    ...emptyObject(entity.fields),
    ...initialState(context, entity.entity),
    ...owner(entity, parents),
    object: kind,
  } as unknown as Stored;
  context.account.singletons.set(key, made);
  return made;
}

/** The parents' ids in the fields that carry them. */
function owner(entity: Entity, parents: PathIds): PathIds {
  return Object.fromEntries(Object.entries(parents).filter(([name]) => Object.hasOwn(entity.fields, name)));
}

function createObject(context: Context, entity: Entity, machine: EntityMachine, parents: PathIds): Stored {
  const own = owner(entity, parents);
  const params = { ...context.params, ...own };
  const made = machine.create?.({ ...context, params }) ?? createStored({ ...context, params }, entity);
  if (Object.keys(parents).length > 0) context.account.parents.set(made, parents);
  return made;
}

/** Parameters of entities without rules of their own that name another object of the same word. */
const NAMED_KINDS = ['customer', 'file', 'price'];

/** A stored object; what its parameters name must be there. https://docs.stripe.com/error-codes#resource-missing */
function createStored(context: Context, entity: Entity): Stored {
  for (const kind of NAMED_KINDS) inParam(context, kind, kind);
  return make(context, entity.entity, context.params);
}

function updateObject(context: Context, entity: Entity, machine: EntityMachine, id: string, parents: PathIds): Stored {
  const object =
    id === ''
      ? singleton(context, entity, parents)
      : (invoiceLine(context, id, parents) ?? requireOneOfKinds(context, storedKinds(entity), id, parents));
  if (object['deleted'] === true) throw missing(kindOfEntity(entity), id, 'id');
  machine.update?.(context, object);
  assign(object, context.params, entity.fields);
  if (typeof object['updated'] === 'number') object['updated'] = context.now;
  return object;
}

/** A line of an invoice is stored in the invoice. */
function invoiceLine({ account }: Context, id: string, parents: PathIds): Stored | undefined {
  const lines = account.find(parents['invoice'] ?? '')?.['lines'];
  const data: unknown = isHash(lines) ? lines['data'] : undefined;
  return Array.isArray(data) ? (data as Stored[]).find((line) => line.id === id) : undefined;
}

function deleteObject(context: Context, entity: Entity, machine: EntityMachine, id: string, parents: PathIds): Stored {
  const kind = kindOfEntity(entity);
  const object =
    Object.keys(parents).length > 0
      ? requireOneOfKinds(context, storedKinds(entity), id, parents)
      : inPath(context, kind, id);
  if (object['deleted'] === true) throw missing(kind, id, 'id');
  machine.remove?.(context, object);
  if (machine.end !== undefined) return machine.end(context, object);
  // Stripe remembers deleted customers; other kinds are gone.
  if (kind === 'customer') context.account.put(kind, { id, object: kind, deleted: true });
  else context.account.remove(object.object === '' ? kind : object.object, id);
  return { id, object: object.object, deleted: true };
}
