/** Paths of the connection's runtime API, one for each entity operation and action. */
import type { Operation } from '../../catalog/types.ts';
import { definedFields } from '../../defined-fields.ts';
import type { RequestLimits } from '../../operations/request/limits.ts';
import type { ActionDescriptor } from '../action.ts';
import type { EntityDescriptor } from '../entity.ts';
import { boundedInteger, ID_SCHEMA, type JsonSchema } from '../json-schema.ts';
import { SINGLETON_ID } from '../object-ids.ts';
import { exampleFor } from './examples.ts';
import { responses, json, KEY_PARAMETER, ref, wrapIn, type Schema } from './schemas.ts';

type Paths = Record<string, Record<string, unknown>>;
type Schemas = Record<string, Schema>;

/** The HTTP method of each operation, in the order of the document. */
const PATH_METHODS: readonly (readonly [Operation, string])[] = [
  ['List', 'get'],
  ['Create', 'post'],
  ['Get', 'get'],
  ['Update', 'patch'],
  ['Delete', 'delete'],
];

/** Returns the paths of an entity, and the schemas that they refer to. */
export function entityPaths(descriptor: EntityDescriptor, limits: RequestLimits): { paths: Paths; schemas: Schemas } {
  const { name, operations, row: rowSchema, payloads } = descriptor;
  const schemas: Schemas = {};
  if (operations.includes('List') || operations.includes('Get')) schemas[name] = rowSchema;
  for (const operation of ['Create', 'Update'] as const)
    if (operations.includes(operation)) schemas[`${name}.${operation}`] = payloads[operation] ?? {};
  const collectionPath = `/entityTypes/${name}/entities`;
  const paths: Paths = {};
  for (const [operation, method] of PATH_METHODS) {
    if (!operations.includes(operation)) continue;
    const isOnCollection = operation === 'List' || operation === 'Create';
    const path = isOnCollection ? collectionPath : `${collectionPath}/{entityId}`;
    paths[path] = { ...paths[path], [method]: pathOperation(descriptor, operation, limits) };
  }
  return { paths, schemas };
}

function pathOperation(descriptor: EntityDescriptor, operation: Operation, limits: RequestLimits): object {
  const { name } = descriptor;
  return {
    operationId: `${name.replaceAll('.', '_')}_${operation}`,
    summary: `${operation} ${name}`,
    description: descriptor.operationDescriptions[operation],
    tags: [name],
    ...operationDetails(descriptor, operation, limits),
  };
}

const ID_RESPONSE: Schema = wrapIn(
  'fields',
  { type: 'object', properties: { Id: { type: ['string', 'null'] } } },
  false,
);

/** Returns the parameters, the body and the responses of an operation. */
function operationDetails(descriptor: EntityDescriptor, operation: Operation, limits: RequestLimits): object {
  const { name } = descriptor;
  switch (operation) {
    case 'List':
      return {
        parameters: listParameters(descriptor, limits),
        responses: responses(entityPage(name), 'A page of rows.', 'read'),
      };
    case 'Create':
      return {
        parameters: [KEY_PARAMETER],
        requestBody: payloadBody(descriptor, 'Create'),
        responses: responses(ID_RESPONSE, 'The id of the new object.'),
      };
    case 'Get':
      return {
        parameters: [idParameter(descriptor, 'Get')],
        responses: responses(wrapIn('fields', ref(name), true), 'The row.', 'read'),
      };
    case 'Update':
      return {
        parameters: [idParameter(descriptor, 'Update'), KEY_PARAMETER],
        requestBody: payloadBody(descriptor, 'Update'),
        responses: responses(ID_RESPONSE, 'The id of the changed object.'),
      };
    case 'Delete':
      return {
        parameters: [idParameter(descriptor, 'Delete'), KEY_PARAMETER],
        responses: responses({ type: 'object' }, 'The object is deleted.'),
      };
  }
}

function payloadBody({ name, payloads }: EntityDescriptor, operation: 'Create' | 'Update'): object {
  const fields = exampleFor(payloads[operation] ?? {});
  return { required: true, content: json(requestOf('fields', ref(`${name}.${operation}`), true), { fields }) };
}

function idParameter(descriptor: EntityDescriptor, operation: Operation): object {
  return {
    name: 'entityId',
    in: 'path',
    required: true,
    description: `Id of the ${descriptor.name}, or parent/id if it belongs to another object.`,
    schema: pathIdSchema(descriptor, operation),
  };
}

/**
 * Returns the schema of the id in the path. For an Update, the path may contain any id, because the parents may be in the
 * payload instead.
 */
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
  const query = (name: string, description: string, schema: object, example?: unknown): object =>
    definedFields({
      name,
      in: 'query',
      description,
      schema,
      example,
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
