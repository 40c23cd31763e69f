/** Finds the stored objects whose ids are in the path of a request. */
import { ENTITY_KINDS } from '../../catalog/overrides.ts';
import type { Entity } from '../../catalog/types.ts';
import { noSuchObject } from '../api-error.ts';
import { kindOfEntity, type Context } from '../context.ts';
import type { StoredObject } from '../store.ts';
import type { PathIds } from './routes.ts';

/** Throws 404 if a parent in the path does not exist in the account or was deleted. */
export function checkParents({ account }: Context, parents: PathIds): void {
  for (const [name, id] of Object.entries(parents)) {
    const parent = account.find(id);
    if (parent === undefined || parent['deleted'] === true) throw noSuchObject(name, id, name);
  }
}

/**
 * Returns the kinds of an entity's objects. Most entities have one kind. An external account is a card or a bank
 * account.
 */
export function storedKinds(entity: Entity): string[] {
  return ENTITY_KINDS[entity.entity]?.map(({ object }) => object) ?? [kindOfEntity(entity)];
}

/** Returns whether an object belongs to every parent in the path. */
export function hasParents({ account }: Context, object: StoredObject, parents: PathIds): boolean {
  const objectParents = account.parents.get(object) ?? {};
  return Object.entries(parents).every(([name, id]) => objectParents[name] === id || object[name] === id);
}

/** Returns the object with an id, whose kind is one of `kinds`. Throws 404 if there is none. */
export function requireOneOfKinds(
  context: Context,
  kinds: readonly string[],
  id: string,
  parents: PathIds,
): StoredObject {
  const object = kinds.map((kind) => context.account.get(kind, id)).find((candidate) => candidate !== undefined);
  if (object === undefined || !hasParents(context, object, parents)) throw noSuchObject(kinds[0] ?? '', id, 'id');
  return object;
}
