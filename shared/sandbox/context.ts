import type { Entity } from '../catalog/types.ts';
import { snake } from '../catalog/names.ts';
import { generateValue } from './states/generated.ts';
import { initialState } from './states/initial-states.ts';
import type { IdSource } from './ids.ts';
import type { Typed } from './protocol/parameters/parameters.ts';
import { bad, missing } from './refusal.ts';
import { assign, emptyObject, type Account, type Stored } from './store.ts';

/** What a route works with: one request on one account. */
export interface Context {
  readonly account: Account;
  /** The objects of another account; `''` is the platform. */
  readonly accountOf: (id: string) => Account;
  /** Where the sandbox listens: `http://127.0.0.1:12111`. */
  readonly origin: string;
  readonly params: Typed;
  readonly ids: IdSource;
  /** Unix seconds. */
  readonly now: number;
  /** Seconds that the index of the Search API lags behind. */
  readonly searchLag: number;
  readonly entity: (name: string) => Entity;
  /** The path under which an object of a kind is read: `/v1/customers/{id}`. */
  readonly pathOf: (kind: string) => string | undefined;
}

/** A new object of an entity: the fields empty, the parameters set, an id with Stripe's prefix. */
export function make(context: Context, name: string, params: Typed = {}): Stored {
  const entity = context.entity(name);
  const kind = kindOfEntity(entity);
  const object = emptyObject(entity.fields);
  assign(object, initialState({ ...context, params }, name), entity.fields);
  assign(object, params, entity.fields);
  const chosen = typeof params['id'] === 'string' && params['id'] !== '' ? params['id'] : undefined;
  if (chosen !== undefined && context.account.get(kind, chosen) !== undefined) throw taken(kind);
  const stamped = {
    ...object,
    id: chosen ?? context.ids.id(kind),
    object: kind,
    ...(Object.hasOwn(object, 'created') ? { created: moment(entity, context.now) } : {}),
    ...(Object.hasOwn(object, 'updated') ? { updated: moment(entity, context.now) } : {}),
    ...(Object.hasOwn(object, 'livemode') ? { livemode: false } : {}),
  };
  // Kinds without an id, such as account links, are answered without one.
  if (!Object.hasOwn(entity.fields, 'id')) Object.defineProperty(stamped, 'id', { enumerable: false });
  generateValue(context, name, stamped);
  return context.account.put(kind, stamped);
}

/** The error for an id that the caller chose and that exists already. https://docs.stripe.com/error-codes#resource-already-exists */
function taken(kind: string): Error {
  const word = kind.replace(/^.*\./, '').replaceAll('_', ' ');
  return bad(`${word.charAt(0).toUpperCase()}${word.slice(1)} already exists.`, { code: 'resource_already_exists' });
}

/** Unix seconds in API v1, ISO 8601 in API v2. Both `created` and `updated` are of the same type. */
function moment(entity: Entity, now: number): number | string {
  return entity.fields['created']?.type === 'string' ? new Date(now * 1000).toISOString() : now;
}

/** Stripe's word for the kind, or the last part of the entity's name in snake case. */
export function kindOfEntity(entity: Entity): string {
  return entity.object ?? snake(entity.entity.split('.').at(-1) ?? '');
}

/** The object that a path names: 404 where it is not. */
export function inPath(context: Context, kind: string, id: string, param = 'id'): Stored {
  const found = context.account.get(kind, id);
  if (found === undefined) throw missing(kind, id, param);
  return found;
}

/** The object that a parameter names: 400 where it is not. Undefined where the parameter is not there. */
export function inParam(context: Context, kind: string, param: string): Stored | undefined {
  const id = context.params[param];
  if (typeof id !== 'string' || id === '') return undefined;
  const found = context.account.get(kind, id);
  if (found === undefined || found['deleted'] === true) throw missing(kind, id, param, true);
  return found;
}
