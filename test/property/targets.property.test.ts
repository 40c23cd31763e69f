/**
 * What names the object of a call: each entity that has Get, Update or Delete, each form of an id, a clause and parents,
 * against the OpenAPI schema of a function of this entity alone and against the schema of its tool.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { jsonSchemaValidator } from '../../shared/adapters/json-schema-validator.ts';
import { pathWordsAt } from '../../shared/catalog/path-words.ts';
import { pascal } from '../../shared/catalog/names.ts';
import { parentsOf, routesOf } from '../../shared/catalog/routes.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { entityHandler } from '../../shared/http/operation-handlers.ts';
import { Discovery } from '../../shared/schema/discovery.ts';
import type { JsonSchema } from '../../shared/schema/json-schema.ts';
import { functionPaths } from '../../shared/schema/openapi/function-paths.ts';
import { entityTool } from '../../shared/schema/tool.ts';
import { recording } from './authority/recording.ts';
import { catalog } from './authority/routes.ts';
import { TOOL_CONNECTION } from '../support/connector-deps.ts';

type Body = Readonly<Record<string, unknown>>;
type OneObject = 'Get' | 'Update' | 'Delete';

const discovery = new Discovery(catalog);
const { connector } = recording({});

/** Ids that any entity may meet. https://github.com/stripe/stripe-java/issues/736 has the old ones. */
const IDS: readonly string[] = [
  'one_1',
  'Gold Plan',
  'a/b',
  'acct_1/b',
  'acct_1/b/c',
  'a/b/c',
  '/a',
  'a/',
  '',
  '.',
  '..',
  'a/..',
  '../a',
  'search',
  'search/a',
  'a\nb',
  '\ud800',
  '\u{1f600}'.repeat(500),
  '\u{1f600}'.repeat(501),
  'x'.repeat(500),
  'x'.repeat(501),
  `${'x'.repeat(500)}/${'y'.repeat(500)}`,
  `acct_${'x'.repeat(495)}/${'y'.repeat(500)}`,
  `acct_${'x'.repeat(496)}/y`,
];

/** No input, an empty one, and the parents of each route. */
function inputs(entity: string, operation: OneObject): readonly (Body | undefined)[] {
  const row = catalog.entity(entity).operations[operation];
  assert.ok(row);
  const parents = routesOf(row).map(({ path }) =>
    Object.fromEntries(parentsOf(path).map((name) => [pascal(name), name === 'account' ? 'acct_1' : 'parent_1'])),
  );
  return [undefined, {}, ...parents];
}

/** A clause that names the parents that the List needs. */
function clauseOf(entity: string): string {
  const [route] = [catalog.entity(entity).operations.List].flatMap((row) => (row === undefined ? [] : routesOf(row)));
  const parents = route === undefined ? [] : parentsOf(route.path);
  const terms = parents.map((name) => `${pascal(name)} = '${name === 'account' ? 'acct_1' : 'parent_1'}'`);
  return [...terms, "Id = 'one_1'"].join(' AND ');
}

function* bodies(entity: string, operation: OneObject): Generator<Body> {
  const row = catalog.entity(entity).operations[operation];
  const ids = [undefined, ...IDS, ...(row === undefined ? [] : pathWordsAt(row.path, '{id}'))];
  for (const input of inputs(entity, operation))
    for (const id of ids)
      for (const clause of operation === 'Get' ? [undefined] : [undefined, clauseOf(entity)]) {
        // A clause names the parents itself.
        if (clause !== undefined && input !== undefined && Object.keys(input).length > 0) continue;
        yield {
          ...(input === undefined ? {} : { connectorInputPayload: input }),
          ...(id === undefined ? {} : { entityId: id }),
          ...(clause === undefined ? {} : { filterClause: clause }),
        };
      }
}

async function takes(entity: string, operation: OneObject, body: Body): Promise<boolean> {
  const terms = { operationId: 'order-1', deadlineMs: 5000, names: [entity], responseFlags: new Set<string>() };
  try {
    await entityHandler(operation)
      .prepare(connector, { ...body, dryRun: true }, terms)
      .run();
    return true;
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return false;
  }
}

function bodySchema(entity: string, operation: OneObject): JsonSchema {
  const base = { name: 'whole', source: `entities/${operation.toLowerCase()}.ts` };
  const row = { name: 'restricted', restricts: base.name, entities: [entity] };
  const paths = functionPaths([base, row], discovery, () => []);
  const path = paths['/restricted'] as {
    post: { requestBody: { content: { 'application/json': { schema: JsonSchema } } } };
  };
  return path.post.requestBody.content['application/json'].schema;
}

/** What a function accepts in addition to its schema: an empty id of an object without ids, and a parent given twice. */
function isBesides({ entityId, connectorInputPayload: input = {} }: Body, fits: boolean): boolean {
  if (fits || typeof entityId !== 'string') return false;
  return entityId === '' || Object.values(input as Body).some((parent) => entityId.startsWith(`${String(parent)}/`));
}

const ajv = new Ajv2020({ strict: false, logger: false });

/** In the quick run every entity that belongs to another one, and each fourth of the others. */
const ENTITIES = catalog.names().filter((name, index) => {
  if (process.env['FULL_SIZES'] === '1' || index % 4 === 0) return true;
  return Object.keys(discovery.entity(name).parents).length > 0;
});

test('schema and function agree on what names an object, for every entity', async () => {
  const wrong: string[] = [];
  let tried = 0;
  for (const entity of ENTITIES)
    for (const operation of ['Get', 'Update', 'Delete'] as const) {
      if (catalog.entity(entity).operations[operation] === undefined) continue;
      const validate = ajv.compile(bodySchema(entity, operation));
      for (const body of bodies(entity, operation)) {
        const fits = validate(body);
        tried += 1;
        if ((await takes(entity, operation, body)) !== fits && !isBesides(body, fits))
          wrong.push(`${entity}.${operation} ${JSON.stringify(body).slice(0, 120)}: schema ${String(fits)}`);
      }
    }
  console.log(`${tried} bodies`);
  assert.deepEqual([wrong.length, wrong.slice(0, 40)], [0, []]);
  assert.ok(tried > 9000, String(tried));
});

test('a tool accepts the ids that its schema accepts', async () => {
  const wrong: string[] = [];
  let taken = 0;
  for (const entity of catalog.names())
    for (const operation of ['Get', 'Update', 'Delete'] as const) {
      const descriptor = discovery.entity(entity);
      // Of a nested object the input can name the parents, which the schema of a tool does not couple with the id.
      if (!descriptor.byId.includes(operation) || descriptor.parents[operation] !== undefined) continue;
      const { inputSchema } = entityTool(descriptor, operation, TOOL_CONNECTION);
      for (const id of IDS) {
        const input = operation === 'Update' ? { input: {} } : {};
        const fits = jsonSchemaValidator(inputSchema, { id, ...input }).length === 0;
        const body = { entityId: id, ...(operation === 'Update' ? { connectorInputPayload: {} } : {}) };
        if (fits) taken += 1;
        if ((await takes(entity, operation, body)) !== fits)
          wrong.push(`${entity}.${operation} ${JSON.stringify(id).slice(0, 80)}: schema ${String(fits)}`);
      }
    }
  assert.deepEqual([wrong.length, wrong.slice(0, 40)], [0, []]);
  assert.ok(taken > 1000, String(taken));
});
