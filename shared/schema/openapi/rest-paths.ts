/** Paths of the connection's runtime API, one of its own for each entity operation and action. */
import type { Operation } from '../../catalog/types.ts';
import type { ActionFacts } from '../action.ts';
import type { EntityFacts } from '../entity.ts';
import { ENTITY_ID_SCHEMA, PAGE_SIZE } from '../json-schema.ts';
import { answers, json, KEY_PARAMETER, ref, under, type Schema } from './schemas.ts';

type Paths = Record<string, Record<string, unknown>>;
type Schemas = Record<string, Schema>;

const ID = { name: 'entityId', in: 'path', required: true, schema: ENTITY_ID_SCHEMA } as const;

export function entityPaths(facts: EntityFacts): { paths: Paths; schemas: Schemas } {
  const { name, operations, row, payloads } = facts;
  const has = (one: Operation): boolean => operations.includes(one);
  const schemas: Schemas = {};
  const payload = (operation: 'Create' | 'Update'): Schema => {
    schemas[`${name}.${operation}`] = payloads[operation] ?? {};
    return under('fields', ref(`${name}.${operation}`), true);
  };
  if (has('List') || has('Get')) schemas[name] = row;
  const made: Schema = under('fields', { type: 'object', properties: { Id: { type: ['string', 'null'] } } }, false);
  const of = (operation: Operation, more: object): Record<string, unknown> => ({
    operationId: `${name.replaceAll('.', '_')}_${operation}`,
    summary: `${operation} ${name}`,
    tags: [name],
    ...more,
  });
  const all = `/entityTypes/${name}/entities`;
  const one = `${all}/{entityId}`;
  const paths: Paths = {};
  const add = (path: string, method: string, operation: Record<string, unknown>): void => {
    paths[path] = { ...paths[path], [method]: operation };
  };
  if (has('List'))
    add(
      all,
      'get',
      of('List', { parameters: listParameters(facts), responses: answers(pageOf(name), 'a page of rows') }),
    );
  if (has('Create'))
    add(
      all,
      'post',
      of('Create', {
        parameters: [KEY_PARAMETER],
        requestBody: { required: true, content: json(payload('Create')) },
        responses: answers(made, 'what was made'),
      }),
    );
  if (has('Get'))
    add(one, 'get', of('Get', { parameters: [ID], responses: answers(under('fields', ref(name), true), 'one row') }));
  if (has('Update'))
    add(
      one,
      'patch',
      of('Update', {
        parameters: [ID, KEY_PARAMETER],
        requestBody: { required: true, content: json(payload('Update')) },
        responses: answers(made, 'what was changed'),
      }),
    );
  if (has('Delete'))
    add(
      one,
      'delete',
      of('Delete', { parameters: [ID, KEY_PARAMETER], responses: answers({ type: 'object' }, 'it is gone') }),
    );
  return { paths, schemas };
}

function pageOf(name: string): Schema {
  const entity = { type: 'object', properties: { name: { type: 'string' }, fields: ref(name) }, required: ['fields'] };
  return {
    type: 'object',
    properties: { entities: { type: 'array', items: entity }, nextPageToken: { type: 'string' } },
    required: ['entities'],
  };
}

function listParameters({ columns }: EntityFacts): object[] {
  const sortable = columns.filter((one) => one.sortable).map(({ name }) => name);
  const query = (name: string, description: string, schema: object): object => ({
    name,
    in: 'query',
    description,
    schema,
  });
  return [
    query('conditions', "a filter clause: Email = 'jane@example.com' AND Created >= '2026-01-01'", { type: 'string' }),
    query('pageSize', 'rows of a page', PAGE_SIZE),
    query('pageToken', 'nextPageToken of the page before', { type: 'string' }),
    ...(sortable.length === 0
      ? []
      : [query('sortBy', 'one column', { type: 'array', items: { type: 'string' }, maxItems: 1 })]),
  ];
}

export function actionPaths({ name, title, entity, input, result }: ActionFacts): { paths: Paths; schemas: Schemas } {
  const operation = {
    operationId: name,
    summary: title,
    tags: [entity],
    parameters: [KEY_PARAMETER],
    requestBody: { required: true, content: json(under('parameters', ref(`${name}.Input`), true)) },
    responses: answers(under('results', { type: 'array', items: ref(`${name}.Result`) }, true), 'one row in a list'),
  };
  return {
    paths: { [`/actions/${name}:execute`]: { post: operation } },
    schemas: { [`${name}.Input`]: input, [`${name}.Result`]: result },
  };
}
