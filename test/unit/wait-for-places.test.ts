/** `waitFor` is in every description of a write, and works where a write is called: Delete, tools, the typed client. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonSchemaValidator } from '../../shared/adapters/json-schema-validator.ts';
import { entityHandler } from '../../shared/http/operation-handlers.ts';
import { agentTools } from '../../shared/mcp/tools.ts';
import { stripeConnector } from '../../shared/schema/client/runtime.ts';
import { Discovery } from '../../shared/schema/discovery.ts';
import { openApi } from '../../shared/schema/openapi/document.ts';
import { selectionOf } from '../../shared/schema/selection.ts';
import { actionTool, entityTool } from '../../shared/schema/tool.ts';
import { parseEvent } from '../../shared/webhooks/event.ts';
import { publishEvent } from '../../shared/webhooks/publish.ts';
import { snapshotEvent } from '../fixtures/event-families.ts';
import { CATALOG, TOOL_CONNECTION } from '../support/connector-deps.ts';
import { testConnector, type TestConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { inVirtualTime } from '../support/virtual-time.ts';
import manifest from '../../functions/manifest.json';

const discovery = new Discovery(CATALOG);
const WAIT = { status: ['succeeded'], seconds: 20 };

function connectorAt(clock: VirtualClock): TestConnector {
  const stripe = fakeStripe(({ method, path }) => ({
    id: path.split('/')[3] ?? 'pi_1',
    object: path.includes('customers') ? 'customer' : 'payment_intent',
    ...(method === 'DELETE' ? { deleted: true } : { status: 'processing' }),
  }));
  return testConnector({ clock, stripe, settings: { min_nodes: 50 } });
}

/** An event arrives at this instance after some milliseconds. */
function arriving(connector: TestConnector, clock: VirtualClock, type: string, object: object): Promise<unknown> {
  return clock.sleep(1500).then(() =>
    publishEvent(
      connector,
      parseEvent(
        snapshotEvent({
          n: 1,
          type,
          object: object as { id: string; object: string },
          createdS: Math.floor(clock.epochMs() / 1000),
        }),
      ),
    ),
  );
}
const SUCCEEDED = { id: 'pi_1', object: 'payment_intent', status: 'succeeded' };

test('a Delete waits for the event of the deletion', async () => {
  const clock = new VirtualClock();
  const connector = connectorAt(clock);
  const body = { entity: 'Customer', entityId: 'cus_1', waitFor: { status: ['deleted'], seconds: 20 } };
  const prepared = entityHandler('Delete').prepare(connector, body, {
    operationId: 'del-1',
    deadlineMs: 50_000,
    responseFlags: new Set(),
  });
  const [result] = await inVirtualTime(
    clock,
    Promise.all([
      prepared.run(),
      arriving(connector, clock, 'customer.deleted', { id: 'cus_1', object: 'customer', name: 'Jane' }),
    ]),
  );
  assert.deepEqual(
    [result.effect, result.body['waitFor']],
    ['done', { reached: true, status: 'deleted', event: 'evt_1snap1' }],
  );
});

test('a Delete of what has no event of its deletion cannot wait for it, nor a Delete by a clause', () => {
  const connector = connectorAt(new VirtualClock());
  const prepare = (body: object): unknown =>
    entityHandler('Delete').prepare(connector, body, {
      operationId: 'del',
      deadlineMs: 50_000,
      responseFlags: new Set(),
    });
  const waitFor = { status: ['deleted'], seconds: 20 };
  assert.throws(
    () => prepare({ entity: 'TestHelpers.TestClock', entityId: 'clock_1', waitFor: { ...waitFor, status: ['gone'] } }),
    /gone is not a status/,
  );
  assert.throws(() => prepare({ entity: 'ApplePayDomain', entityId: 'apwc_1', waitFor }), /reports deleted/);
  assert.throws(() => prepare({ entity: 'Customer', filterClause: "Email = 'a@b.c'", waitFor }), /needs one object/);
});

test('a tool that writes waits, and its schema has the statuses of its object', async () => {
  const clock = new VirtualClock();
  const connector = connectorAt(clock);
  const tools = agentTools(connector);
  const input = { input: { PaymentIntentId: 'pi_1' }, waitFor: WAIT };
  const [outcome] = await inVirtualTime(
    clock,
    Promise.all([
      tools.call('confirm_payment_intent', input, jsonSchemaValidator),
      arriving(connector, clock, 'payment_intent.succeeded', SUCCEEDED),
    ]),
  );
  assert.equal(outcome.failed, false, JSON.stringify(outcome.content));
  assert.deepEqual(outcome.content['waitFor'], { reached: true, status: 'succeeded', event: 'evt_1snap1' });
  const wrong = await inVirtualTime(
    clock,
    tools.call('confirm_payment_intent', { ...input, waitFor: { ...WAIT, status: ['paid'] } }, jsonSchemaValidator),
  );
  assert.match(JSON.stringify(wrong.content), /waitFor\.status/);
});

test('every tool of a write whose object has statuses takes waitFor, and no other', () => {
  let waiting = 0;
  for (const name of discovery.entityNames()) {
    const descriptor = discovery.entity(name);
    for (const operation of descriptor.operations) {
      const writes = operation !== 'List' && operation !== 'Get';
      const { properties = {} } = entityTool(descriptor, operation, TOOL_CONNECTION).inputSchema;
      const expected = writes && descriptor.waitStatuses.length > 0 ? descriptor.waitStatuses : undefined;
      assert.deepEqual(properties['waitFor']?.properties?.['status']?.items?.enum, expected, `${name}.${operation}`);
      if (expected !== undefined) waiting += 1;
    }
  }
  for (const name of discovery.actionNames()) {
    const descriptor = discovery.action(name);
    const { properties = {} } = actionTool(descriptor, TOOL_CONNECTION).inputSchema;
    assert.equal(properties['waitFor'] !== undefined, descriptor.waitStatuses.length > 0, name);
    if (descriptor.readOnly) assert.equal(descriptor.waitStatuses.length, 0, name);
  }
  assert.ok(waiting > 100, `${waiting} tools`);
});

test('discovery names the statuses that a write may wait for', () => {
  assert.ok(discovery.entity('PaymentIntent').waitStatuses.includes('requires_action'));
  assert.deepEqual(discovery.entity('Customer').waitStatuses, ['deleted']);
  assert.deepEqual(
    discovery.action('ConfirmPaymentIntent').waitStatuses,
    discovery.entity('PaymentIntent').waitStatuses,
  );
});

test('the OpenAPI document has waitFor in the body of every function that writes', () => {
  const { paths } = openApi(discovery, selectionOf(discovery, undefined, undefined), {
    address: 'http://localhost:8080',
    connection: 'projects/p/locations/l/connections/c',
    hasOneServer: true,
    functions: manifest.functions,
  });
  const has = (name: string): boolean => JSON.stringify(paths[`/${name}`]).includes('"waitFor"');
  for (const name of ['create-entity', 'update-entity', 'delete-entity', 'execute-action', 'confirm-payment-intent'])
    assert.ok(has(name), name);
  for (const name of ['list-entities', 'get-entity']) assert.ok(!has(name), name);
});

test('the typed client passes waitFor on and returns how the wait ended', async () => {
  const bodies: Record<string, unknown>[] = [];
  const waitFor = { reached: true, status: 'succeeded', event: 'evt_1' };
  const client = stripeConnector({
    address: 'http://here',
    fetch: (_url, init) => {
      bodies.push(JSON.parse(String(init?.body)) as Record<string, unknown>);
      return Promise.resolve(
        Response.json({ connectorOutputPayload: [{}], operationId: 'o', effect: 'done', waitFor }),
      );
    },
  });
  // The start of a client, without the generated types, accepts every name.
  const entity: unknown = client.entity('Customer');
  const customer = entity as { delete: (id: string, options: object) => Promise<object> };
  const results = [
    await client.action('ConfirmPaymentIntent', { PaymentIntentId: 'pi_1' }, { waitFor: WAIT }),
    await customer.delete('cus_1', { waitFor: WAIT }),
  ];
  assert.deepEqual(
    bodies.map((body) => body['waitFor']),
    [WAIT, WAIT],
  );
  for (const result of results) assert.deepEqual((result as { waitFor?: object }).waitFor, waitFor);
});
