import type { Entity, Operation } from '../../catalog/types.ts';
import { objectInParam, objectInPath, kindOfEntity, makeObject, type Context } from '../context.ts';
import { checkParents, hasParents, requireOneOfKinds, storedKinds } from './find-objects.ts';
import { listFilter, isListed } from './lists/filters.ts';
import { pageOfObjects, readCursor, v2Page } from './lists/lists.ts';
import type { EntityRules } from '../feature.ts';
import { noSuchObject } from '../api-error.ts';
import { initialState } from '../states/initial-states.ts';
import type { PathIds } from './routes.ts';
import { applyParams, emptyObject, isHash, type StoredObject } from '../store.ts';

/** Parameters of a list that select a page or expand objects. The other parameters are filters. */
const NON_FILTERS = new Set(['limit', 'starting_after', 'ending_before', 'expand', 'page']);

/** Runs one operation of an entity. The rules of the entity override the generic behavior. */
export function runOperation(
  context: Context,
  entity: Entity,
  operation: Operation,
  rules: EntityRules,
  ids: PathIds,
  path: string,
): unknown {
  const { id = '', ...parents } = ids;
  checkParents(context, parents);
  switch (operation) {
    case 'List':
      return listObjects(context, entity, rules, parents, path);
    case 'Get':
      return id === ''
        ? readSingleton(context, entity, rules, parents)
        : responseOf(rules, context, retrieveObject(context, entity, id, parents));
    case 'Create':
      return createObject(context, entity, rules, parents);
    case 'Update':
      return responseOf(rules, context, updateObject(context, entity, rules, id, parents));
    case 'Delete':
      return deleteObject(context, entity, rules, id, parents);
  }
}

/** Converts a stored object to the object in the response. */
function responseOf(rules: EntityRules, context: Context, object: StoredObject): StoredObject {
  return rules.toResponse?.(object, context) ?? object;
}

/** Returns a page of an entity's objects that match the filters of the request. */
function listObjects(context: Context, entity: Entity, rules: EntityRules, parents: PathIds, path: string): unknown {
  const kinds = storedKinds(entity);
  const filters = Object.entries(context.params).filter(([name]) => !NON_FILTERS.has(name));
  const embedded = embeddedList(context, parents, path);
  const stored = embedded ?? kinds.flatMap((kind) => context.account.all(kind));
  const isNested = Object.keys(parents).length > 0;
  const objects = stored.filter(
    (object) =>
      object['deleted'] !== true &&
      (embedded !== undefined || hasParents(context, object, parents)) &&
      isListed(context, entity.entity, object, isNested) &&
      filters.every(([name, wanted]) =>
        (rules.filters?.[name] ?? listFilter(entity.entity, name))(object, wanted, context),
      ),
  );
  const listed = rules.selectListed?.(context, objects, parents) ?? objects;
  if (path.startsWith('/v2/'))
    return v2Page(
      listed.map((object) => responseOf(rules, context, object)),
      context.params,
      path,
    );
  return pageOfObjects(kinds[0] ?? '', listed, readCursor(context.params), path);
}

/**
 * Returns the objects of a list that is stored in the parent object, such as `/v1/invoices/{invoice}/lines`, oldest
 * first. Returns undefined for any other list.
 */
function embeddedList({ account }: Context, parents: PathIds, path: string): StoredObject[] | undefined {
  const [id] = Object.values(parents);
  const list = id === undefined ? undefined : account.find(id)?.[path.split('/').at(-1) ?? ''];
  return isHash(list) && Array.isArray(list['data']) ? [...(list['data'] as StoredObject[])].reverse() : undefined;
}

/**
 * Returns an object. Of a deleted customer, returns only the id, the kind and `deleted`. Throws 404 if there is no such
 * object.
 */
function retrieveObject(context: Context, entity: Entity, id: string, parents: PathIds): StoredObject {
  const object = requireOneOfKinds(context, storedKinds(entity), id, parents);
  return object['deleted'] === true ? { id: object.id, object: object.object, deleted: true } : object;
}

function readSingleton(context: Context, entity: Entity, rules: EntityRules, parents: PathIds): StoredObject {
  const object = getSingleton(context, entity, parents);
  rules.beforeRead?.(context, object);
  return object;
}

/** Returns the singleton of an entity. The first call creates the singleton. */
function getSingleton(context: Context, entity: Entity, parents: PathIds): StoredObject {
  const kind = kindOfEntity(entity);
  const key = [kind, ...Object.values(parents)].join(' ');
  const existing = context.account.singletons.get(key);
  if (existing !== undefined) return existing;
  const singleton = {
    ...emptyObject(entity.fields),
    ...initialState(context, entity.entity),
    ...parentFields(entity, parents),
    object: kind,
  } as unknown as StoredObject;
  context.account.singletons.set(key, singleton);
  return singleton;
}

/** Returns the ids of the parents that are also fields of the entity. */
function parentFields(entity: Entity, parents: PathIds): PathIds {
  return Object.fromEntries(Object.entries(parents).filter(([name]) => Object.hasOwn(entity.fields, name)));
}

/** Creates an object by the rule of its entity, or else from the parameters. Records the parents in the path. */
function createObject(context: Context, entity: Entity, rules: EntityRules, parents: PathIds): StoredObject {
  const fields = parentFields(entity, parents);
  const params = { ...context.params, ...fields };
  const object = rules.create?.({ ...context, params }) ?? createStored({ ...context, params }, entity);
  if (Object.keys(parents).length > 0) context.account.parents.set(object, parents);
  return object;
}

/** Parameters that contain the id of an object. The name of the parameter is also the kind of the object. */
const NAMED_KINDS = ['customer', 'file', 'price'];

/** Creates an object of an entity without a rule for the creation. Throws if an object that a parameter of `NAMED_KINDS` names does not exist. https://docs.stripe.com/error-codes#resource-missing */
function createStored(context: Context, entity: Entity): StoredObject {
  for (const kind of NAMED_KINDS) objectInParam(context, kind, kind);
  return makeObject(context, entity.entity, context.params);
}

/** Updates an object, an invoice line or a singleton. The rule of the entity runs first. */
function updateObject(
  context: Context,
  entity: Entity,
  rules: EntityRules,
  id: string,
  parents: PathIds,
): StoredObject {
  const object =
    id === ''
      ? getSingleton(context, entity, parents)
      : (invoiceLine(context, id, parents) ?? requireOneOfKinds(context, storedKinds(entity), id, parents));
  if (object['deleted'] === true) throw noSuchObject(kindOfEntity(entity), id, 'id');
  rules.beforeUpdate?.(context, object);
  applyParams(object, context.params, entity.fields);
  if (typeof object['updated'] === 'number') object['updated'] = context.now;
  return object;
}

/**
 * Returns a line of an invoice. The lines are stored in the invoice. Returns undefined if the path has no invoice, or
 * if the invoice has no such line.
 */
function invoiceLine({ account }: Context, id: string, parents: PathIds): StoredObject | undefined {
  const lines = account.find(parents['invoice'] ?? '')?.['lines'];
  const data: unknown = isHash(lines) ? lines['data'] : undefined;
  return Array.isArray(data) ? (data as StoredObject[]).find((line) => line.id === id) : undefined;
}

/** Deletes an object by the rules of its entity. Returns the body of the response. */
function deleteObject(
  context: Context,
  entity: Entity,
  rules: EntityRules,
  id: string,
  parents: PathIds,
): StoredObject {
  const kind = kindOfEntity(entity);
  const object =
    Object.keys(parents).length > 0
      ? requireOneOfKinds(context, storedKinds(entity), id, parents)
      : objectInPath(context, kind, id);
  if (object['deleted'] === true) throw noSuchObject(kind, id, 'id');
  rules.beforeDelete?.(context, object);
  if (rules.insteadOfDelete !== undefined) return rules.insteadOfDelete(context, object);
  // Stripe still returns deleted customers. It returns 404 for other deleted objects.
  if (kind === 'customer') context.account.put(kind, { id, object: kind, deleted: true });
  else context.account.remove(object.object === '' ? kind : object.object, id);
  return { id, object: object.object, deleted: true };
}
