/**
 * Schemas of the ids by which callers name an object: its id, or `parent/id` if the object belongs to another one.
 * `operations/request/resolve-path.ts` parses these ids.
 */
import { pathWordsAt } from '../catalog/path-words.ts';
import { pascal } from '../catalog/names.ts';
import { hasId, parentsOf } from '../catalog/routes.ts';
import type { Entity, Operation, OperationDefinition, Route } from '../catalog/types.ts';
import { definedFields } from '../defined-fields.ts';
import { idPattern, MAX_ID_LENGTH, segmentPattern } from '../operations/request/ids.ts';
import { routesByParents } from '../operations/request/resolve-path.ts';
import { ID_SCHEMA, type JsonSchema } from './json-schema.ts';

/**
 * Returns the schema of the id for a placeholder such as `{id}`. It rejects an id that equals a literal segment at the
 * position of the placeholder, such as `search`, because the path would name another endpoint.
 */
export function idSchemaAt(template: string, placeholder: string): JsonSchema {
  const words = pathWordsAt(template, placeholder);
  return words.length === 0 ? ID_SCHEMA : { ...ID_SCHEMA, pattern: `^${idPattern(words)}$` };
}

/**
 * Returns the schema of `entityId` for a call in which `entityId` alone identifies the object: `id` or `parent/id`.
 * Undefined if the object has no id.
 */
export function entityIdSchema(definition: OperationDefinition): JsonSchema | undefined {
  if (!hasId(definition)) return undefined;
  const routes = routesByParents(definition);
  if (routes.every(({ path }) => parentsOf(path).length === 0)) return idSchemaAt(definition.path, '{id}');
  const patterns = routes.map((route) => parentIdPattern(route, routes));
  const counts = routes.map(({ path }) => parentsOf(path).length);
  return {
    type: 'string',
    // Each parent adds at least one character and a slash.
    minLength: 2 * Math.min(...counts) + 1,
    maxLength: (MAX_ID_LENGTH + 1) * (Math.max(...counts) + 1) - 1,
    pattern: `^(?:${patterns.join('|')})$`,
  };
}

/** Returns the pattern of `parent/id` of one route. The prefix `acct_` distinguishes accounts from other parents. */
function parentIdPattern({ path }: Route, routes: readonly Route[]): string {
  const parents = parentsOf(path);
  if (parents.length === 0) return soleIdPattern(path, routes);
  return [...parents, 'id']
    .map((name) => segmentPattern(pathWordsAt(path, `{${name}}`), name === 'account' ? 'acct_' : ''))
    .join('/');
}

/**
 * Returns the pattern of an id without parents. The pattern excludes strings that the connector parses as `parent/id`
 * of another route.
 */
function soleIdPattern(path: string, routes: readonly Route[]): string {
  const counts = new Set(routes.map((route) => parentsOf(route.path).length).filter((count) => count > 0));
  const excludesParents = [...counts].map((count) => `(?![^/]*(?:/[^/]*){${count}}$)`).join('');
  return `${excludesParents}${idPattern(pathWordsAt(path, '{id}'))}`;
}

/** The id in a resource name for the only object of an entity, if this object has no id at Stripe. */
export const SINGLETON_ID = 'default';

/**
 * A rule for a function's body, in addition to the schemas of its fields. The rule requires the fields that identify one
 * object, or a clause that selects several.
 */
export type TargetSchema = Pick<JsonSchema, 'anyOf' | 'oneOf' | 'not' | 'required' | 'properties'>;

/** Returns the rule for the body of Get, Update or Delete of an entity. Undefined for List and Create. */
export function targetSchema({ operations }: Entity, operation: Operation): TargetSchema | undefined {
  const { [operation]: definition } = operations;
  if (definition === undefined || operation === 'List' || operation === 'Create') return undefined;
  const unused = hasId(definition) ? [] : ['entityId'];
  if (operation === 'Get') return { ...targetById(definition), ...withoutFields(unused) };
  const byId = { ...targetById(definition), ...withoutFields([...unused, 'filterClause']) };
  const byClause = { required: ['filterClause'], ...withoutFields(['entityId']) };
  return operations.List === undefined ? byId : { anyOf: [byId, byClause] };
}

/** Returns the rule that a body has none of these fields. */
function withoutFields(fields: readonly string[]): TargetSchema {
  const [first, ...more] = fields.map((field) => ({ required: [field] }));
  if (first === undefined) return {};
  return { not: more.length === 0 ? first : { anyOf: [first, ...more] } };
}

/** Returns the schema of a body that names one object. The ids of its parents are in `entityId` or in the payload. */
function targetById(definition: OperationDefinition): TargetSchema {
  const id = entityIdSchema(definition);
  const routes = routesByParents(definition);
  const parents = routes.flatMap(({ path }) => parentsOf(path).map(pascal));
  const connectorInputPayload = parents.length === 0 ? undefined : withoutFields(parents);
  const byIdAlone: TargetSchema =
    id === undefined
      ? {}
      : { required: ['entityId'], properties: definedFields({ entityId: id, connectorInputPayload }) };
  if (parents.length === 0) return byIdAlone;
  const withParentsInPayload = routes.map((route) => parentsInPayload(route, routes, id !== undefined));
  return { anyOf: id === undefined ? withParentsInPayload : [byIdAlone, ...withParentsInPayload] };
}

/** Returns the rule for a body whose payload contains the parents. `entityId` is then the id alone. */
function parentsInPayload({ path }: Route, routes: readonly Route[], hasEntityId: boolean): TargetSchema {
  const parents = parentsOf(path).map(pascal);
  const pattern = `^${soleIdPattern(path, routes)}$`;
  return {
    required: [...(hasEntityId ? ['entityId'] : []), ...(parents.length === 0 ? [] : ['connectorInputPayload'])],
    properties: definedFields({
      entityId: hasEntityId ? { ...ID_SCHEMA, pattern } : undefined,
      connectorInputPayload: parents.length === 0 ? undefined : { required: parents },
    }),
  };
}

/**
 * Returns the schema of a payload in which the parents are optional, because `entityId` may contain them.
 *
 * @param parentsByVariant the parents of each alternative of the payload
 */
export function withOptionalParents(
  { anyOf, required = [], ...payload }: JsonSchema,
  parentsByVariant: readonly (readonly string[])[],
): JsonSchema {
  if (anyOf !== undefined)
    return {
      ...payload,
      anyOf: anyOf.map((variant, index) => withOptionalParents(variant, parentsByVariant.slice(index, index + 1))),
    };
  const parents = new Set(parentsByVariant[0]);
  const stillRequired = required.filter((name) => !parents.has(name));
  return definedFields({ ...payload, required: stillRequired.length === 0 ? undefined : stillRequired });
}
