import type { Entity } from '../catalog/types.ts';
import { snake } from '../catalog/names.ts';
import { generateFields } from './states/generated.ts';
import { initialState } from './states/initial-states.ts';
import type { IdSource } from './ids.ts';
import type { TypedParams } from './protocol/parameters/parameters.ts';
import { badRequest, noSuchObject } from './api-error.ts';
import { applyParams, emptyObject, type Account, type StoredObject } from './store.ts';

/** A request to one account, as the handler of a route receives it. */
export interface Context {
  readonly account: Account;
  /** Returns another account by its id. The id of the platform is `''`. */
  readonly accountOf: (id: string) => Account;
  /** Base URL of the sandbox, such as `http://127.0.0.1:12111`. */
  readonly origin: string;
  readonly params: TypedParams;
  readonly ids: IdSource;
  /** Unix seconds. */
  readonly now: number;
  /** Number of seconds after which the Search API finds a new object. */
  readonly searchLag: number;
  /** Returns the catalog's definition of an entity. */
  readonly entity: (name: string) => Entity;
  /** Returns the path that reads an object of a kind, such as `/v1/customers/{id}`. */
  readonly pathOf: (kind: string) => string | undefined;
}

/**
 * Creates and stores an object of an entity. A field gets the value of the parameter of the same name, or else its
 * initial value, or else an empty value. The id is generated, unless the parameters set one. Throws if an object of
 * this kind has the requested id.
 */
export function makeObject(context: Context, name: string, params: TypedParams = {}): StoredObject {
  const entity = context.entity(name);
  const kind = kindOfEntity(entity);
  const object = emptyObject(entity.fields);
  applyParams(object, initialState({ ...context, params }, name), entity.fields);
  applyParams(object, params, entity.fields);
  const requestedId = typeof params['id'] === 'string' && params['id'] !== '' ? params['id'] : undefined;
  if (requestedId !== undefined && context.account.get(kind, requestedId) !== undefined) throw alreadyExists(kind);
  const stamped: StoredObject = { ...object, id: requestedId ?? context.ids.id(kind), object: kind };
  if (Object.hasOwn(object, 'created')) stamped['created'] = timestampIn(entity, context.now);
  if (Object.hasOwn(object, 'updated')) stamped['updated'] = timestampIn(entity, context.now);
  if (Object.hasOwn(object, 'livemode')) stamped['livemode'] = false;
  // The store needs an id. Responses omit it for entities without the field `id`, such as account links.
  if (!Object.hasOwn(entity.fields, 'id')) Object.defineProperty(stamped, 'id', { enumerable: false });
  generateFields(context, name, stamped);
  return context.account.put(kind, stamped);
}

/** Returns the error for an id that the caller chose and that already exists. https://docs.stripe.com/error-codes#resource-already-exists */
function alreadyExists(kind: string): Error {
  const word = kind.replace(/^.*\./, '').replaceAll('_', ' ');
  return badRequest(`${word.charAt(0).toUpperCase()}${word.slice(1)} already exists.`, {
    code: 'resource_already_exists',
  });
}

/**
 * Converts Unix seconds to the format of an entity's field `created`: ISO 8601 in API v2, else Unix seconds. The field
 * `updated` has the same format.
 */
function timestampIn(entity: Entity, now: number): number | string {
  return entity.fields['created']?.type === 'string' ? new Date(now * 1000).toISOString() : now;
}

/**
 * Returns the kind of an entity's objects: the value of their field `object`, such as `payment_intent`. If they have no
 * such field, this is the last part of the entity's name in snake case.
 */
export function kindOfEntity(entity: Entity): string {
  return entity.object ?? snake(entity.entity.split('.').at(-1) ?? '');
}

/**
 * Returns the context with the platform's account. The platform stores the connected accounts and their external
 * accounts.
 */
export function platformContext(context: Context): Context {
  return { ...context, account: context.accountOf('') };
}

/** Returns the object whose id is in the path. Throws 404 if there is no such object. */
export function objectInPath(context: Context, kind: string, id: string, param = 'id'): StoredObject {
  const object = context.account.get(kind, id);
  if (object === undefined) throw noSuchObject(kind, id, param);
  return object;
}

/**
 * Returns the object whose id is in a parameter. Undefined if the parameter is absent or empty. Throws 400 if there is
 * no such object, or if the object was deleted.
 */
export function objectInParam(context: Context, kind: string, param: string): StoredObject | undefined {
  const id = context.params[param];
  if (typeof id !== 'string' || id === '') return undefined;
  const object = context.account.get(kind, id);
  if (object === undefined || object['deleted'] === true) throw noSuchObject(kind, id, param, true);
  return object;
}
