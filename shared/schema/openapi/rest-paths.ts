/** Paths of the connection's runtime API, one for each entity operation and action. */
import type { Operation } from '../../catalog/types.ts';
import type { RequestLimits } from '../../operations/request/limits.ts';
import type { ActionDescriptor } from '../action.ts';
import type { EntityDescriptor } from '../entity.ts';
import { boundedInteger, ID_SCHEMA, type JsonSchema } from '../json-schema.ts';
import { SINGLETON_ID } from '../object-ids.ts';
import { exampleFor } from './examples.ts';
import { responses, json, KEY_PARAMETER, ref, wrapIn, type Schema } from './schemas.ts';

type Paths = Record<string, Record<string, unknown>>;
type Schemas = Record<string, Schema>;

export function entityPaths(descriptor: EntityDescriptor, limits: RequestLimits): { paths: Paths; schemas: Schemas } {
  const { name, operations, row: rowSchema, payloads } = descriptor;
  const idParameter = (operation: Operation): object => ({
    name: 'entityId',
    in: 'path',
    required: true,
    description: `Id of the ${name}, or parent/id if it belongs to another object.`,
    schema: pathIdSchema(descriptor, operation),
  });
  const has = (name: Operation): boolean => operations.includes(name);
  const schemas: Schemas = {};
  const payload = (operation: 'Create' | 'Update'): ReturnType<typeof json> => {
    const schema = payloads[operation] ?? {};
    schemas[`${name}.${operation}`] = schema;
    return json(requestOf('fields', ref(`${name}.${operation}`), true), { fields: exampleFor(schema) });
  };
  if (has('List') || has('Get')) schemas[name] = rowSchema;
  const idResponse: Schema = wrapIn(
    'fields',
    { type: 'object', properties: { Id: { type: ['string', 'null'] } } },
    false,
  );
  const describe = (operation: Operation, more: object): Record<string, unknown> => ({
    operationId: `${name.replaceAll('.', '_')}_${operation}`,
    summary: `${operation} ${name}`,
    description: descriptor.operationDescriptions[operation],
    tags: [name],
    ...more,
  });
  const collectionPath = `/entityTypes/${name}/entities`;
  const objectPath = `${collectionPath}/{entityId}`;
  const paths: Paths = {};
  const add = (path: string, method: string, operation: Record<string, unknown>): void => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  if (has('List'))
    add(
      collectionPath,
      'get',
      describe('List', {
        parameters: listParameters(descriptor, limits),
        responses: responses(entityPage(name), 'A page of rows.', 'read'),
      }),
    );
  if (has('Create'))
    add(
      collectionPath,
      'post',
      describe('Create', {
        parameters: [KEY_PARAMETER],
        requestBody: { required: true, content: payload('Create') },
        responses: responses(idResponse, 'The id of the new object.'),
      }),
    );
  if (has('Get'))
    add(
      objectPath,
      'get',
      describe('Get', {
        parameters: [idParameter('Get')],
        responses: responses(wrapIn('fields', ref(name), true), 'The row.', 'read'),
      }),
    );
  if (has('Update'))
    add(
      objectPath,
      'patch',
      describe('Update', {
        parameters: [idParameter('Update'), KEY_PARAMETER],
        requestBody: { required: true, content: payload('Update') },
        responses: responses(idResponse, 'The id of the changed object.'),
      }),
    );
  if (has('Delete'))
    add(
      objectPath,
      'delete',
      describe('Delete', {
        parameters: [idParameter('Delete'), KEY_PARAMETER],
        responses: responses({ type: 'object' }, 'The object is deleted.'),
      }),
    );
  return { paths, schemas };
}

/** Returns the schema of the id in the path. Only for an Update the payload may contain the parents instead. */
function pathIdSchema({ ids, parents, singleton }: EntityDescriptor, operation: Operation): JsonSchema {
  const { [operation]: schema } = ids;
  if (singleton && schema === undefined) return { type: 'string', enum: [SINGLETON_ID] };
  return (operation === 'Update' && parents.Update !== undefined ? undefined : schema) ?? ID_SCHEMA;
}

/** Returns the schema of a request body with one member. */
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
  const query = (name: string, description: string, schema: object, example?: unknown): object => ({
    name,
    in: 'query',
    description,
    schema,
    ...(example === undefined ? {} : { example }),
  });
  return [
    query(
      'conditions',
      'A filter clause over the columns. Operators: = != < > <= >= LIKE IN, IS NULL, AND, OR, NOT. Strings have single quotes.',
      { type: 'string' },
      "Created >= '2026-01-01'",
    ),
    query('pageSize', 'How many rows a page has.', boundedInteger(pageSize)),
    query('pageToken', 'The nextPageToken of the page before.', { type: 'string' }),
    ...(sortable.length === 0
      ? []
      : [
          query('sortBy', 'One column, with DESC after it for the reverse order.', {
            type: 'array',
            items: { type: 'string' },
            maxItems: 1,
          }),
        ]),
  ];
}

export function actionPaths({ name, title, description, entity, readOnly, input, result }: ActionDescriptor): {
  paths: Paths;
  schemas: Schemas;
} {
  const operation = {
    operationId: name,
    summary: title,
    description: description ?? `${title}.`,
    tags: [entity],
    parameters: [KEY_PARAMETER],
    requestBody: {
      required: true,
      content: json(requestOf('parameters', ref(`${name}.Input`), input.required !== undefined), {
        parameters: exampleFor(input),
      }),
    },
    responses: responses(
      wrapIn('results', { type: 'array', items: ref(`${name}.Result`) }, true),
      'A list with one row.',
      readOnly ? 'read' : 'write',
    ),
  };
  return {
    paths: { [`/actions/${name}:execute`]: { post: operation } },
    schemas: { [`${name}.Input`]: input, [`${name}.Result`]: result },
  };
}
