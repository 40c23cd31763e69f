/** The field `priority` lowers the class in which a call waits for its turn, over HTTP and in messages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import { entityHandler } from '../../shared/http/operation-handlers.ts';
import { entityTool } from '../../shared/schema/tool.ts';
import { describeEntity } from '../../shared/schema/entity.ts';
import { priorityOf } from '../../shared/stripe/call-context.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { pubsubMessage, thrownBy } from '../support/calls.ts';
import { CATALOG, TOOL_CONNECTION } from '../support/connector-deps.ts';
import { testConnector } from '../support/connector.ts';
import { createTestApp } from '../support/test-app.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const GET = { method: 'GET', params: {} } as const;
const LATER_PAGE = { method: 'GET', params: { starting_after: 'cus_1' } } as const;
const POST = { method: 'POST', params: {} } as const;

for (const [what, call, request, expected] of [
  ['a write is interactive', { operationId: 'a' }, POST, 'interactive'],
  ['a write may be read', { operationId: 'a', priority: 'read' }, POST, 'read'],
  ['a write may be bulk', { operationId: 'a', priority: 'bulk' }, POST, 'bulk'],
  ['a read may be bulk', { priority: 'bulk' }, GET, 'bulk'],
  ['a later page stays bulk', { priority: 'read' }, LATER_PAGE, 'bulk'],
  ['a row of a clause stays bulk', { operationId: 'a', part: true, priority: 'interactive' }, POST, 'bulk'],
  ['the list of a clause to write is bulk', { operationId: 'a', priority: 'bulk' }, GET, 'bulk'],
] as const)
  test(`class: ${what}`, () => assert.equal(priorityOf(call, request), expected));

const connector = () => testConnector({ clock: new VirtualClock(), stripe: fakeStripe({}) });
const terms = { operationId: 'op', deadlineMs: 1000, responseFlags: new Set<string>() };

for (const [operation, body, description] of [
  ['Get', { entityId: 'cus_1', priority: 'interactive' }, /\(read\); set read or bulk/],
  ['List', { priority: 'interactive' }, /\(read\); set read or bulk/],
  ['Create', { priority: 'urgent' }, /interactive.*read.*bulk/],
] as const)
  test(`${operation} with priority ${body.priority} is rejected`, () => {
    const { details } = thrownBy(() =>
      entityHandler(operation).prepare(connector(), { entity: 'Customer', ...body }, terms),
    );
    const [violation, ...more] = details.violations ?? [];
    assert.equal(more.length, 0);
    assert.equal(violation?.field, 'priority');
    assert.match(violation.description, description);
  });

test('priority is no part of the payload: a repeat in another class replays the outcome', async () => {
  const app = createTestApp({ stripe: fakeStripe({ 'POST /v1/customers': { id: 'cus_1', object: 'customer' } }) });
  const body = { entity: 'Customer', operationId: 'once', connectorInputPayload: { Name: 'Jane' } };
  const first = await app.post('/create-entity', { ...body, priority: 'bulk' });
  const second = await app.post('/create-entity', { ...body, priority: 'interactive' });
  assert.deepEqual([first.status, second.status], [200, 200]);
  assert.equal(second.headers['idempotent-replayed'], 'true');
});

test('an attribute of a message sets the class, and may not raise it', async () => {
  const app = createTestApp({ stripe: fakeStripe({ 'GET /v1/customers/cus_1': { id: 'cus_1', object: 'customer' } }) });
  const attributes = (priority: string): object => ({ attributes: { operation: 'Get', entity: 'Customer', priority } });
  const message = pubsubMessage({ entityId: 'cus_1' }, attributes('bulk'));
  assert.equal((await handleMessage(app.connector, message, [])).results[0]?.outcome, 'succeeded');
  const raised = pubsubMessage({ entityId: 'cus_1' }, attributes('interactive'));
  assert.equal((await handleMessage(app.connector, raised, [])).results[0]?.outcome, 'failed');
});

test('tools offer the classes that a call may have', () => {
  const customer = describeEntity(CATALOG.entity('Customer'));
  const classes = (operation: 'Get' | 'List' | 'Create'): unknown =>
    entityTool(customer, operation, TOOL_CONNECTION).inputSchema.properties?.['priority']?.enum;
  assert.deepEqual(classes('Get'), ['read', 'bulk']);
  assert.deepEqual(classes('List'), ['read', 'bulk']);
  assert.deepEqual(classes('Create'), ['interactive', 'read', 'bulk']);
});
