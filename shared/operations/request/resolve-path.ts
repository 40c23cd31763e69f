import { pascal } from '../../catalog/names.ts';
import { hasId, parentsOf, routesOf } from '../../catalog/routes.ts';
import type { Entity, OperationDefinition, Route } from '../../catalog/types.ts';
import { invalidArgument } from '../../errors.ts';
import { checkId } from './ids.ts';
import { pathId } from './path-id.ts';

/** Inputs of an operation or action by the names that the caller used. */
export type Input = Readonly<Record<string, unknown>>;

/** A route with its placeholders filled in. */
export interface ResolvedPath {
  readonly route: Route;
  readonly path: string;
  /** The input without the parts that are in the path. */
  readonly rest: Input;
  /** Ids of the parents by Stripe's names. */
  readonly parents: Readonly<Record<string, string>>;
}

/** Returns the routes, those with the most parents first. A call uses the first route whose parents it contains. */
export function routesByParents(definition: OperationDefinition): readonly Route[] {
  return [...routesOf(definition)].sort((a, b) => parentsOf(b.path).length - parentsOf(a.path).length);
}

/**
 * Resolves the path of an operation on one object.
 *
 * The parent of a nested object is an input (`Customer`) or precedes the id (`cus_1/ba_1`). If Stripe has several
 * collections, the parents in the input decide which one is used. The id of an entity without parents may contain a
 * slash.
 */
export function resolvePath(
  entity: Entity,
  definition: OperationDefinition,
  entityId: string | undefined,
  input: Input,
): ResolvedPath {
  const parentIdsFor = (route: Route): ParentIds | undefined => parentValues(route, entityId, input);
  const route = routesByParents(definition).find((candidate) => parentIdsFor(candidate) !== undefined);
  const parentIds = route === undefined ? undefined : parentIdsFor(route);
  if (route === undefined || parentIds === undefined)
    throw invalidArgument([{ field: 'connectorInputPayload', description: parentsMissing(entity, definition) }]);
  const { values, inEntityId, objectId } = parentIds;
  const names = new Set(parentsOf(route.path).map(pascal));
  const fieldOf = (parent: string): string => (inEntityId ? 'entityId' : pascal(parent));
  if (inEntityId) checkSameParents(values, input);
  const parents = Object.fromEntries(Object.entries(values).map(([name, id]) => [name, checkId(fieldOf(name), id)]));
  const path = route.path.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
    name === 'id' ? placeholder : pathId(route.path, placeholder, fieldOf(name), parents[name]),
  );
  return { route, path: fillPath(entity, path, parents, objectId), rest: inputWithout(input, names), parents };
}

interface ParentIds {
  /** Ids for all parents of a route. */
  readonly values: Readonly<Record<string, unknown>>;
  /** True if the parents precede the id in `entityId`. */
  readonly inEntityId: boolean;
  /** The id of the object itself. */
  readonly objectId: string | undefined;
}

/** Returns the values for the placeholders of a route, or undefined if a parent is missing. */
function parentValues({ path }: Route, entityId: string | undefined, input: Input): ParentIds | undefined {
  const names = parentsOf(path);
  const parts = (entityId ?? '').split('/');
  if (names.length > 0 && hasId({ path }) && parts.length === names.length + 1) {
    // If two collections have one parent each, the prefix `acct_` of the parent's id distinguishes them.
    const prefixMatches = names.every((name, index) => name !== 'account' || (parts[index] ?? '').startsWith('acct_'));
    const values = Object.fromEntries(names.map((name, index) => [name, parts[index]]));
    return prefixMatches ? { values, inEntityId: true, objectId: parts.at(-1) } : undefined;
  }
  const parents = names.map((name): [string, unknown] => [name, input[pascal(name)]]);
  const complete = parents.every(([, id]) => id !== undefined && id !== null);
  return complete ? { values: Object.fromEntries(parents), inEntityId: false, objectId: entityId } : undefined;
}

/** Throws if a parent is both in the input and in `entityId` with different ids. */
function checkSameParents(values: ParentIds['values'], input: Input): void {
  for (const [name, id] of Object.entries(values)) {
    const field = pascal(name);
    if (Object.hasOwn(input, field) && input[field] !== id)
      throw invalidArgument([{ field, description: 'differs from the parent in entityId; send only one of them' }]);
  }
}

/**
 * Returns the input without the given names. If no name is given, the input is returned uncopied, because it may be
 * large.
 */
export function inputWithout(input: Input, names: ReadonlySet<string>): Input {
  if (names.size === 0) return input;
  const remaining = Object.keys(input).filter((name) => !names.has(name));
  return Object.fromEntries(remaining.map((name) => [name, input[name]]));
}

/** Returns the ids of the parents by the names of the inputs. */
export function parentInputs(parents: ResolvedPath['parents']): Record<string, string> {
  return Object.fromEntries(Object.entries(parents).map(([name, id]) => [pascal(name), id]));
}

/** Describes which parents a call must name. */
function parentsMissing(entity: Entity, definition: OperationDefinition): string {
  const combinations = [...new Set(routesOf(definition).map(({ path }) => parentsOf(path).map(pascal).join(' and ')))];
  return `${entity.entity} belongs to another object; set ${combinations.join(', or ')}, or send entityId as parent/id`;
}

/** Replaces `{id}` in a path. Throws if the id is missing, or if the path has no id but one was sent. */
function fillPath(
  entity: Entity,
  path: string,
  parents: Readonly<Record<string, string>>,
  id: string | undefined,
): string {
  if (hasId({ path })) return path.replace('{id}', pathId(path, '{id}', 'entityId', id));
  if (id !== undefined && id !== '') {
    const owner = Object.keys(parents).map(pascal).join(' and ') || 'account';
    throw invalidArgument([
      { field: 'entityId', description: `must be absent; there is one ${entity.entity} per ${owner}, which has no id` },
    ]);
  }
  return path;
}
