/**
 * No argument changes which operation a call stands for: not of a tool, of a restricted function, of a message, of a path.
 * A tool that only reads never writes, and no write goes without its key. Every request that would leave is compared with
 * the paths of the operation that was named.
 *
 * 2,000 generated argument objects with FULL_SIZES=1, fewer without.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../../functions/manifest.json';
import { mcp } from '../../../shared/adapters/mcp/index.ts';
import { jsonSchemaValidator } from '../../../shared/adapters/json-schema-validator.ts';
import type { FunctionRow } from '../../../shared/catalog/function-rows.ts';
import { OPERATIONS } from '../../../shared/catalog/types.ts';
import { toolName } from '../../../shared/schema/tool.ts';
import { matchesAllowlist } from '../../../shared/http/allowlist.ts';
import type { PubsubMessage } from '../../../shared/automation/push-message.ts';
import { handleMessage } from '../../../shared/automation/handle-message.ts';
import { agentTools } from '../../../shared/mcp/tools.ts';
import { toolsFunction } from '../../../shared/mcp/function.ts';
import { serve } from '../../support/in-process.ts';
import { laidOver, leastOf, type Input } from './arguments.ts';
import { checked, each, OBJECTS, recording, SEED, show } from './recording.ts';
import { CALLS } from './routes.ts';

function toolInput(call: string): Input {
  const { id, payload } = leastOf(call);
  const own = Object.keys(payload).length > 0 && !call.endsWith('.List') ? { input: payload } : {};
  return { ...(id === undefined ? {} : { id }), ...own };
}

void test(`tools: each sends only the operation that it is named for (${OBJECTS} objects, seed ${SEED})`, async () => {
  const { connector, sent } = recording({ tools_allowlist: ['*'] });
  const tools = agentTools(connector);
  const use = (call: string, input: Input): Promise<unknown> => tools.call(toolName(call), input, jsonSchemaValidator);
  // With what it needs nearly every tool sends its request: the rest is not vacuous.
  let worked = 0;
  for (const call of CALLS) {
    await use(call, toolInput(call));
    if (checked(sent, [call], false, () => show(call, toolInput(call))) > 0) worked += 1;
  }
  assert.ok(worked > 0.9 * CALLS.length, `${worked} of ${CALLS.length}`);
  let left = 0;
  await each(CALLS, async (one, call) => {
    const input = laidOver(toolInput(call), one, 'input');
    await use(call, input);
    left += checked(sent, [call], false, () => show(call, input));
  });
  assert.ok(left > 50, String(left));
});

const ALLOW = ['Customer.Get', 'Customer.Update', 'CancelQuote', 'PreviewCreditNote', 'List', 'Issuing.Card.Create'];
const ALLOWED = CALLS.filter((call) => matchesAllowlist(ALLOW, call));

void test('tools_allowlist: an operation that it does not name is no tool for any arguments', async () => {
  const { connector, sent } = recording({ tools_allowlist: ALLOW });
  const tools = agentTools(connector);
  const pool = [...ALLOWED.filter((call) => !call.endsWith('.List')), ...CALLS.slice(0, 40), ...CALLS.slice(-40)];
  await each(pool, async (one, call) => {
    const input = laidOver(toolInput(call), one, 'input');
    const work = async (): Promise<unknown> => tools.call(toolName(call), input, jsonSchemaValidator);
    if (ALLOWED.includes(call)) await work();
    else await assert.rejects(work, RangeError);
    checked(sent, ALLOWED.includes(call) ? [call] : [], false, () => show(call, input));
  });
});

void test('call_operation sends only the operation that it names, and none that tools_allowlist does not name', async () => {
  const { connector, sent } = recording({ tools_allowlist: ALLOW });
  const tools = agentTools(connector);
  const use = (call: string, input: Input): Promise<unknown> =>
    tools.call('call_operation', { operation: toolName(call), arguments: input }, jsonSchemaValidator);
  let left = 0;
  await each([...ALLOWED, ...CALLS.slice(0, 40), ...CALLS.slice(-40)], async (one, call) => {
    const input = laidOver(toolInput(call), one, 'input');
    await use(call, input);
    left += checked(sent, ALLOWED.includes(call) ? [call] : [], false, () => show(call, input));
    // Neither do names of the pair next to the arguments.
    await tools.call('call_operation', { ...one, operation: toolName(call), arguments: input }, jsonSchemaValidator);
    checked(sent, ALLOWED.includes(call) ? [call] : [], false, () => show(call, input));
  });
  assert.ok(left > 20, String(left));
});

let messages = 0;

function messageOf(item: unknown, attributes: PubsubMessage['attributes'] = {}): PubsubMessage {
  return {
    id: `m-${(messages += 1)}`,
    data: Buffer.from(JSON.stringify(item)).toString('base64'),
    attributes,
    publishedMs: undefined,
    orderingKey: '',
    deliveryAttempt: undefined,
  };
}

void test('automation_allowlist: a message can request only the operations that it names', async () => {
  const { connector, sent } = recording({ automation_allowlist: ALLOW });
  let left = 0;
  await each([...ALLOWED, ...CALLS.slice(0, 100), ...CALLS.slice(-100)], async (one, call) => {
    const { id: entityId, payload } = leastOf(call);
    const [, entity, operation] = /^(.+)\.(\w+)$/.exec(call) ?? [];
    const named = entity === undefined ? { action: call } : { operation, entity };
    const own = operation === 'List' ? {} : { connectorInputPayload: payload };
    const base = { ...named, ...(entityId === undefined ? {} : { entityId }), ...own };
    const item = laidOver(base, one, 'connectorInputPayload');
    await handleMessage(connector, messageOf(item), manifest.functions);
    left += checked(sent, ALLOWED, true, () => show(call, item));
  });
  assert.ok(left > 50, String(left));
});

const SEVERAL: readonly FunctionRow[] = [
  ...manifest.functions,
  { name: 'billing-update', restricts: 'update-entity', entities: ['Customer', 'Invoice'] },
  { name: 'pay-invoice', restricts: 'execute-action', actions: ['PayInvoice'] },
  { name: 'quote-end', restricts: 'execute-action', actions: ['AcceptQuote', 'CancelQuote'] },
];

void test('a message to a restricted function executes its row for any fields', async () => {
  const { connector, sent } = recording({ automation_allowlist: ['*'] });
  const restricted = SEVERAL.filter((row) => row.restricts !== undefined);
  let left = 0;
  await each(
    restricted.map(({ name }) => name),
    async (one, name) => {
      const row = restricted.find((one) => one.name === name) ?? assert.fail(name);
      const calls = callsOf(row);
      const { id, payload } = leastOf(calls[0] ?? assert.fail(name));
      const own = name.endsWith('-list') ? {} : { connectorInputPayload: payload };
      const first = { entity: row.entities?.[0], action: row.actions?.[0] };
      const base = {
        ...(calls.length > 1 ? (JSON.parse(JSON.stringify(first)) as Input) : {}),
        ...(id === undefined ? {} : { entityId: id }),
        ...own,
      };
      const item = laidOver(base, one, 'connectorInputPayload');
      await handleMessage(connector, messageOf(item, { function: name }), SEVERAL);
      left += checked(sent, calls, true, () => show(name, item));
    },
  );
  assert.ok(left > 50, String(left));
});

/** The row says it in its own words, so that the code under test is not asked. */
function callsOf({ restricts: base, entities = [], actions }: FunctionRow): readonly string[] {
  const operation = OPERATIONS.find((one) => base?.startsWith(one.toLowerCase()));
  return actions ?? entities.map((entity) => `${entity}.${operation ?? assert.fail()}`);
}

void test('MCP keeps the arguments unchanged: __proto__ is rejected by name', async (t) => {
  const { connector, sent } = recording({ tools_allowlist: ['*'] });
  const server = await serve(toolsFunction(() => ({ ...connector, toolServer: mcp() })));
  t.after(() => server.close());
  const text =
    '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"customer_get","arguments":{"id":"cus_1","__proto__":{"entity":"Balance"}}}}';
  const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };
  const answer = await fetch(server.url, { method: 'POST', headers, body: text });
  assert.match(await answer.text(), /__proto__: is not a known field/);
  assert.deepEqual(sent, []);
});
