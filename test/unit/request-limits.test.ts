/** A setting that lowers a limit of requests lowers it everywhere that a caller can see or reach it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json';
import { parseCommands } from '../../shared/automation/commands.ts';
import { parseSettings } from '../../shared/config/settings.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { parseBody } from '../../shared/http/body/request-bodies.ts';
import { QUERIES, readQuery } from '../../shared/management/connectors-api/queries.ts';
import { buildEntityRequest } from '../../shared/operations/request/entity-request.ts';
import { lowerMax, REQUEST_LIMITS, requestLimits, type RequestLimits } from '../../shared/operations/request/limits.ts';
import { Discovery } from '../../shared/schema/discovery.ts';
import { functionPaths } from '../../shared/schema/openapi/function-paths.ts';
import { entityPaths } from '../../shared/schema/openapi/rest-paths.ts';
import { entityTool } from '../../shared/schema/tool.ts';
import { pubsubMessage } from '../support/calls.ts';
import { CATALOG } from '../support/connector-deps.ts';

const MESSAGE_BOUNDS = { maxBytes: 10_000, maxItems: 3 };
const LOW: RequestLimits = {
  pageSize: lowerMax(REQUEST_LIMITS.pageSize, 17),
  maxAffected: lowerMax(REQUEST_LIMITS.maxAffected, 31),
  waitSeconds: { min: 1, max: 43 },
  maxClauseLength: 59,
  maxListed: 7,
  maxFileBytes: 4096,
  maxInputLevels: 2,
  maxMessageItems: 3,
};

test('a lowered maximum lowers the default', () => {
  assert.deepEqual(lowerMax({ min: 1, max: 200, default: 25 }, 17), { min: 1, max: 17, default: 17 });
  assert.deepEqual(lowerMax({ min: 1, max: 200, default: 25 }, 500), { min: 1, max: 200, default: 25 });
});

test('max_affected lowers the rows of a write by clause; without it every limit is the default', () => {
  const limits = (settings: object): RequestLimits =>
    requestLimits(parseSettings({ name: 'test', region: 'local', ...settings }));
  assert.deepEqual(limits({}), REQUEST_LIMITS);
  assert.deepEqual(limits({ max_affected: 500 }), {
    ...REQUEST_LIMITS,
    maxAffected: { min: 1, max: 500, default: 100 },
  });
  assert.deepEqual(limits({ max_affected: 1 }).maxAffected, { min: 1, max: 1, default: 1 });
});

test('bodies are held to the limits of their connection', () => {
  assert.equal(parseBody('List', { entity: 'Customer' }, LOW).listEntitiesPageSize, 17);
  const rejected: readonly (readonly ['List' | 'Delete' | 'Create', object, RegExp])[] = [
    ['List', { listEntitiesPageSize: 18 }, /listEntitiesPageSize: must be an integer from 1 to 17/],
    ['List', { filterClause: 'x'.repeat(60) }, /filterClause: must be a string of at most 59 characters/],
    ['List', { fields: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] }, /fields: must have at most 7 names/],
    ['Delete', { maxAffected: 32 }, /maxAffected: must be an integer from 1 to 31/],
    ['Create', { waitFor: { status: ['open'], seconds: 44 } }, /waitFor.seconds: must be an integer from 1 to 43/],
  ];
  for (const [kind, body, message] of rejected) {
    assert.throws(() => parseBody(kind, { entity: 'Customer', ...body }, LOW), message);
    assert.doesNotThrow(() => parseBody(kind, { entity: 'Customer', ...body }), JSON.stringify(body));
  }
});

test('inputs are held to the limits of their connection', () => {
  const rejected: readonly (readonly [string, object, RegExp])[] = [
    ['File', { Purpose: 'dispute_evidence', Content: 'A'.repeat(8192) }, /Content: must have at most 4096 bytes/],
    [
      'Checkout.Session',
      { Mode: 'payment', LineItems: [{ price_data: { currency: 'eur', product_data: { name: 'a' } } }] },
      /LineItems\[0\].price_data.*: is nested deeper than 2 levels/,
    ],
  ];
  for (const [entity, input, message] of rejected) {
    const row = CATALOG.entity(entity).operations.Create;
    assert.ok(row);
    const build = (limits: RequestLimits): unknown =>
      buildEntityRequest('Create', CATALOG.entity(entity), row, undefined, { ...input }, { strict: true, limits });
    assert.throws(() => build(LOW), message);
    assert.doesNotThrow(() => build(REQUEST_LIMITS));
  }
});

test('a message is held to the limits of its connection', () => {
  const commands = (count: number): ReturnType<typeof parseCommands> =>
    parseCommands(pubsubMessage(Array.from({ length: count }, () => ({ operation: 'Get' }))), MESSAGE_BOUNDS, []);
  assert.equal(commands(3).length, 3);
  const [rejected] = commands(4);
  assert.ok(rejected !== undefined && isConnectorError(rejected.prepared));
  assert.match(rejected.prepared.message, /an array must have 1 to 3 items/);
});

test('the runtime API lowers a larger page size to the limit of its connection', () => {
  assert.equal(readQuery(QUERIES.entities, new URLSearchParams('pageSize=100'), LOW).pageSize, 17);
});

test('OpenAPI documents and tools state the limits of their connection', () => {
  const discovery = new Discovery(CATALOG, LOW);
  const documents = JSON.stringify([
    functionPaths(manifest.functions, discovery, () => []),
    entityPaths(discovery.entity('Customer'), LOW),
    entityTool(discovery.entity('Customer'), 'List', { strict: true, limits: LOW }).inputSchema,
    discovery.entity('File').payloads.Create,
  ]);
  assert.match(documents, /"maximum":17,"default":17/);
  for (const { max } of [REQUEST_LIMITS.pageSize, REQUEST_LIMITS.maxAffected, REQUEST_LIMITS.waitSeconds])
    assert.doesNotMatch(documents, new RegExp(`"maximum":${max}\\b`));
  for (const shown of [
    '"maximum":31',
    '"maximum":43',
    '"maxLength":59',
    '"maxItems":7',
    'At most 4096 bytes',
    '"maxLength":5464',
  ])
    assert.ok(documents.includes(shown), shown);
});
