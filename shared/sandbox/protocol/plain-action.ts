import type { Action } from '../../catalog/types.ts';
import { makeObject, type Context } from '../context.ts';
import { applyParams, type StoredObject } from '../store.ts';
import { checkParents, requireOneOfKinds, storedKinds } from './find-objects.ts';
import type { PathIds } from './routes.ts';

/**
 * Runs an action for which no feature has a handler. The action sets the fields of its object to the parameters of the
 * same name, and returns the object. If the path has no id of an object, or if the response is another entity, the
 * action creates an object of the response's entity instead.
 */
export function runPlainAction(context: Context, action: Action, ids: PathIds): StoredObject {
  const { id, ...parents } = ids;
  checkParents(context, parents);
  const kinds = storedKinds(context.entity(action.entity));
  const object = id === undefined ? undefined : requireOneOfKinds(context, kinds, id, parents);
  const resultEntity = action.answer ?? action.entity;
  const returnsOwnEntity = withoutTestHelpers(resultEntity) === withoutTestHelpers(action.entity);
  if (object !== undefined && returnsOwnEntity) {
    applyParams(object, context.params, context.entity(action.entity).fields);
    return object;
  }
  const created = makeObject(context, existingEntity(context, resultEntity) ?? action.entity, context.params);
  return action.method === 'DELETE' ? Object.assign(created, { deleted: true }) : created;
}

/**
 * Removes the prefix that entities of test helpers have in the catalog: `TestHelpers.TestClock` becomes `TestClock`.
 */
function withoutTestHelpers(entity: string): string {
  return entity.replace('TestHelpers.', '');
}

/** Returns the name under which the catalog has an entity: the name itself, or the name without `TestHelpers.`. */
function existingEntity(context: Context, name: string): string | undefined {
  return [name, withoutTestHelpers(name)].find((candidate) => {
    try {
      context.entity(candidate);
      return true;
    } catch {
      return false;
    }
  });
}
