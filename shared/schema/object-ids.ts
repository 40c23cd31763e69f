/**
 * How callers name an object: by its id, or by `parent/id` if the object belongs to another one.
 * `operations/request/resolve-path.ts` reads them.
 */
import { pathWordsAt } from '../catalog/path-words.ts';
import { pascal } from '../catalog/names.ts';
import { hasId, parentsOf } from '../catalog/routes.ts';
import type { Entity, Operation, OperationDefinition, Route } from '../catalog/types.ts';
import { idPattern, MAX_ID_LENGTH, segmentPattern } from '../operations/request/ids.ts';
import { routesByParents } from '../operations/request/resolve-path.ts';
import { ID_SCHEMA, type JsonSchema } from './json-schema.ts';

/** An id in place of a placeholder (`{id}`). It must not be a literal segment of Stripe's paths. */
export function idSchemaAt(template: string, placeholder: string): JsonSchema {
  const words = pathWordsAt(template, placeholder);
  return words.length === 0 ? ID_SCHEMA : { ...ID_SCHEMA, pattern: `^${idPattern(words)}$` };
}

/**
 * The schema of the id if nothing else identifies the object: `id` or `parent/id`. Undefined if the object has no id.
 */
export function entityIdSchema(definition: OperationDefinition): JsonSchema | undefined {
  if (!hasId(definition)) return undefined;
  const routes = routesByParents(definition);
  if (routes.every(({ path }) => parentsOf(path).length === 0)) return idSchemaAt(definition.path, '{id}');
  const ways = routes.map((route) => wayPattern(route, routes));
  const counts = routes.map(({ path }) => parentsOf(path).length);
  return {
    type: 'string',
    // Each parent has at least one character and a slash.
    minLength: 2 * Math.min(...counts) + 1,
    maxLength: (MAX_ID_LENGTH + 1) * (Math.max(...counts) + 1) - 1,
    pattern: `^(?:${ways.join('|')})$`,
  };
}

/** `parent/id` of one route. Accounts begin with `acct_`, which distinguishes them from other parents. */
function wayPattern({ path }: Route, routes: readonly Route[]): string {
  const parents = parentsOf(path);
  if (parents.length === 0) return ownIdPattern(path, routes);
  return [...parents, 'id']
    .map((name) => segmentPattern(pathWordsAt(path, `{${name}}`), name === 'account' ? 'acct_' : ''))
    .join('/');
}

/** The id alone. A string with as many segments as a route with parents is parsed as `parent/id` of that route. */
function ownIdPattern(path: string, routes: readonly Route[]): string {
  const counts = new Set(routes.map((route) => parentsOf(route.path).length).filter((count) => count > 0));
  const others = [...counts].map((count) => `(?![^/]*(?:/[^/]*){${count}}$)`).join('');
  return `${others}${idPattern(pathWordsAt(path, '{id}'))}`;
}

/** The id in a path of an object that has no id, because there is one per account. */
export const SINGLETON_ID = 'default';

/**
 * A rule for a function's body, in addition to the schemas of its fields, to identify one object or the rows of a
 * clause.
 */
export type TargetSchema = Pick<JsonSchema, 'anyOf' | 'oneOf' | 'not' | 'required' | 'properties'>;

/** Returns the rule for the body of Get, Update or Delete of an entity. Undefined for List and Create. */
export function targetSchema({ operations }: Entity, operation: Operation): TargetSchema | undefined {
  const { [operation]: definition } = operations;
  if (definition === undefined || operation === 'List' || operation === 'Create') return undefined;
  const unused = hasId(definition) ? [] : ['entityId'];
  if (operation === 'Get') return { ...targetById(definition), ...without(unused) };
  const byId = { ...targetById(definition), ...without([...unused, 'filterClause']) };
  const byClause = { required: ['filterClause'], ...without(['entityId']) };
  return operations.List === undefined ? byId : { anyOf: [byId, byClause] };
}

function without(fields: readonly string[]): TargetSchema {
  const [only, ...more] = fields.map((field) => ({ required: [field] }));
  if (only === undefined) return {};
  return { not: more.length === 0 ? only : { anyOf: [only, ...more] } };
}

function targetById(definition: OperationDefinition): TargetSchema {
  const id = entityIdSchema(definition);
  const routes = routesByParents(definition);
  const parents = routes.flatMap(({ path }) => parentsOf(path).map(pascal));
  const payload = parents.length === 0 ? {} : { connectorInputPayload: without(parents) };
  const alone: TargetSchema =
    id === undefined ? {} : { required: ['entityId'], properties: { entityId: id, ...payload } };
  if (parents.length === 0) return alone;
  const besideParents = routes.map((route) => parentsInPayload(route, routes, id !== undefined));
  return { anyOf: id === undefined ? besideParents : [alone, ...besideParents] };
}

/** The payload contains the parents, and `entityId` is only the id. */
function parentsInPayload({ path }: Route, routes: readonly Route[], ofId: boolean): TargetSchema {
  const parents = parentsOf(path).map(pascal);
  const pattern = `^${ownIdPattern(path, routes)}$`;
  return {
    required: [...(ofId ? ['entityId'] : []), ...(parents.length === 0 ? [] : ['connectorInputPayload'])],
    properties: {
      ...(ofId ? { entityId: { ...ID_SCHEMA, pattern } } : {}),
      ...(parents.length === 0 ? {} : { connectorInputPayload: { required: parents } }),
    },
  };
}

/**
 * A payload next to an `entityId` that may contain the parents, so the payload does not need to.
 *
 * @param ways the parents of each alternative of the payload
 */
export function withParents(
  { anyOf, required = [], ...payload }: JsonSchema,
  ways: readonly (readonly string[])[],
): JsonSchema {
  if (anyOf !== undefined)
    return { ...payload, anyOf: anyOf.map((way, index) => withParents(way, ways.slice(index, index + 1))) };
  const parents = new Set(ways[0]);
  const wanted = required.filter((name) => !parents.has(name));
  return { ...payload, ...(wanted.length === 0 ? {} : { required: wanted }) };
}
