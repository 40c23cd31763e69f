/** Paths of the connection's runtime API, one for each entity operation and action. */
import type { Operation } from '../../catalog/types.ts';
import type { RequestLimits } from '../../operations/request/limits.ts';
import type { ActionDescriptor } from '../action.ts';
import type { EntityDescriptor } from '../entity.ts';
import { boundedInteger, ID_SCHEMA, type JsonSchema } from '../json-schema.ts';
import { SINGLETON_ID } from '../object-ids.ts';
import { responses, json, KEY_PARAMETER, ref, wrapIn, type Schema } from './schemas.ts';

type Paths = Record<string, Record<string, unknown>>;
type Schemas = Record<string, Schema>;

export function entityPaths(descriptor: EntityDescriptor, limits: RequestLimits): { paths: Paths; schemas: Schemas } {
  const { name, operations, row: jsonSchema, payloads } = descriptor;
  const id = (operation: Operation): object => ({
    name: 'entityId',
    in: 'path',
    required: true,
    schema: pathIdSchema(descriptor, operation),
  });
  const has = (name: Operation): boolean => operations.includes(name);
  const schemas: Schemas = {};
  const payload = (operation: 'Create' | 'Update'): Schema => {
    schemas[`${name}.${operation}`] = payloads[operation] ?? {};
    return requestOf('fields', ref(`${name}.${operation}`), true);
  };
  if (has('List') || has('Get')) schemas[name] = jsonSchema;
  const made: Schema = wrapIn('fields', { type: 'object', properties: { Id: { type: ['string', 'null'] } } }, false);
  const of = (operation: Operation, more: object): Record<string, unknown> => ({
    operationId: `${name.replaceAll('.', '_')}_${operation}`,
    summary: `${operation} ${name}`,
    tags: [name],
    ...more,
  });
  const all = `/entityTypes/${name}/entities`;
  const text = `${all}/{entityId}`;
  const paths: Paths = {};
  const add = (path: string, method: string, operation: Record<string, unknown>): void => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  if (has('List'))
    add(
      all,
      'get',
      of('List', {
        parameters: listParameters(descriptor, limits),
        responses: responses(entityPage(name), 'a page of rows'),
      }),
    );
  if (has('Create'))
    add(
      all,
      'post',
      of('Create', {
        parameters: [KEY_PARAMETER],
        requestBody: { required: true, content: json(payload('Create')) },
        responses: responses(made, 'what was made'),
      }),
    );
  if (has('Get'))
    add(
      text,
      'get',
      of('Get', { parameters: [id('Get')], responses: responses(wrapIn('fields', ref(name), true), 'one row') }),
    );
  if (has('Update'))
    add(
      text,
      'patch',
      of('Update', {
        parameters: [id('Update'), KEY_PARAMETER],
        requestBody: { required: true, content: json(payload('Update')) },
        responses: responses(made, 'what was changed'),
      }),
    );
  if (has('Delete'))
    add(
      text,
      'delete',
      of('Delete', {
        parameters: [id('Delete'), KEY_PARAMETER],
        responses: responses({ type: 'object' }, 'it is gone'),
      }),
    );
  return { paths, schemas };
}

/** The payload of an Update contains the parents. For other operations only the path contains them. */
function pathIdSchema({ ids, parents, singleton }: EntityDescriptor, operation: Operation): JsonSchema {
  const { [operation]: schema } = ids;
  if (singleton && schema === undefined) return { type: 'string', enum: [SINGLETON_ID] };
  return (operation === 'Update' && parents.Update !== undefined ? undefined : schema) ?? ID_SCHEMA;
}

/** A request body with one member. */
function requestOf(name: string, schema: Schema, required: boolean): Schema {
  return { ...wrapIn(name, schema, required), additionalProperties: false };
}

function entityPage(name: string): Schema {
  const entity = { type: 'object', properties: { name: { type: 'string' }, fields: ref(name) }, required: ['fields'] };
  return {
    type: 'object',
    properties: { entities: { type: 'array', items: entity }, nextPageToken: { type: 'string' } },
    required: ['entities'],
  };
}

function listParameters({ columns }: EntityDescriptor, { pageSize }: RequestLimits): object[] {
  const sortable = columns.filter((column) => column.sortable).map(({ name }) => name);
  const query = (name: string, description: string, schema: object): object => ({
    name,
    in: 'query',
    description,
    schema,
  });
  return [
    query('conditions', "a filter clause: Email = 'jane@example.com' AND Created >= '2026-01-01'", { type: 'string' }),
    query('pageSize', 'rows of a page', boundedInteger(pageSize)),
    query('pageToken', 'nextPageToken of the page before', { type: 'string' }),
    ...(sortable.length === 0
      ? []
      : [query('sortBy', 'one column', { type: 'array', items: { type: 'string' }, maxItems: 1 })]),
  ];
}

export function actionPaths({ name, title, entity, input, result }: ActionDescriptor): {
  paths: Paths;
  schemas: Schemas;
} {
  const operation = {
    operationId: name,
    summary: title,
    tags: [entity],
    parameters: [KEY_PARAMETER],
    requestBody: {
      required: true,
      content: json(requestOf('parameters', ref(`${name}.Input`), input.required !== undefined)),
    },
    responses: responses(wrapIn('results', { type: 'array', items: ref(`${name}.Result`) }, true), 'one row in a list'),
  };
  return {
    paths: { [`/actions/${name}:execute`]: { post: operation } },
    schemas: { [`${name}.Input`]: input, [`${name}.Result`]: result },
  };
}
