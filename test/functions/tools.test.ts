/** Entities and actions as tools of agents, through the client of the protocol's own SDK. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { WRITE_RULES } from '../../shared/catalog/money/write-rules.ts';
import { mcp } from '../../shared/adapters/mcp/index.ts';
import { toolName } from '../../shared/schema/tool.ts';
import { toolsFunction } from '../../shared/mcp/function.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { serve, type Served } from '../support/in-process.ts';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { startUnlimited, type Running } from './framework.ts';

let sandbox: Sandbox;
let server: Running;
let agent: Client;

async function agentOf(url: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return client;
}

before(async () => {
  sandbox = await startSandbox({ port: 0, catalogFolder: 'shared/catalog' });
  server = await startUnlimited(sandbox);
  agent = await agentOf(`${server.url}/tools?entities=*`);
});
after(async () => {
  await agent.close();
  await server.stop();
  await sandbox.close();
});

async function allTools(client: Client): Promise<Tool[]> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor });
    tools.push(...page.tools);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return tools;
}

interface Content {
  readonly output?: unknown;
  readonly operationId?: string;
  readonly effect?: string;
  readonly error?: { readonly status: string; readonly message: string; readonly details: unknown[] };
}

async function use(client: Client, name: string, input: object): Promise<{ failed: boolean; content: Content }> {
  const answer = await client.callTool({ name, arguments: input as Record<string, unknown> });
  const [text] = answer.content as { text: string }[];
  assert.deepEqual(JSON.parse(text?.text ?? ''), answer.structuredContent);
  return { failed: answer.isError === true, content: answer.structuredContent as Content };
}

test('every entity operation and action is a tool with hints and a schema that compiles', async () => {
  const tools = await allTools(agent);
  assert.equal(tools.length, 493 + 148);
  assert.equal(new Set(tools.map(({ name }) => name)).size, tools.length);
  const ajv = new Ajv2020({ strict: false, logger: false });
  const hints = new Map<string, Tool['annotations']>();
  for (const { name, inputSchema, annotations } of tools) {
    assert.match(name, /^[a-z0-9_]{1,80}$/);
    ajv.compile(inputSchema);
    // Compiling all takes seconds: meanwhile a connection that lies idle is closed, which must be seen.
    await new Promise((resolve) => setImmediate(resolve));
    assert.ok(JSON.stringify(inputSchema).length < 60_000, `${name} ${JSON.stringify(inputSchema).length}`);
    hints.set(name, annotations);
  }
  const seen = (name: string): unknown[] => [hints.get(name)?.readOnlyHint, hints.get(name)?.destructiveHint];
  assert.deepEqual(seen('customer_list'), [true, false]);
  assert.deepEqual(seen('issuing_card_get'), [true, false]);
  assert.deepEqual(seen('preview_credit_note'), [true, false]);
  assert.deepEqual(seen('product_feature_create'), [false, false]);
  assert.deepEqual(seen('file_create'), [false, false]);
  assert.deepEqual(seen('download_quote_pdf'), [true, false]);
  assert.deepEqual(seen('customer_delete'), [false, true]);
  assert.deepEqual(seen('refund_create'), [false, true]);
  assert.deepEqual(seen('payout_create'), [false, true]);
  assert.deepEqual(seen('confirm_payment_intent'), [false, true]);
  // Its amount is kept at Stripe: no input names it.
  const kept = WRITE_RULES.filter(({ bounds }) => bounds === 'never').flatMap(({ writes }) => writes);
  for (const write of kept) assert.deepEqual(seen(toolName(write)), [false, true], write);
  assert.ok(kept.length > 10, `${kept.length}`);
});

test('an agent makes a payment, repeats it without a second effect and gets the reason of a decline', async () => {
  const made = await use(agent, 'payment_intent_create', {
    input: { Amount: 700, Currency: 'usd', PaymentMethod: 'pm_card_visa' },
    operationId: 'agent-1',
  });
  assert.equal(made.failed, false, JSON.stringify(made.content));
  assert.deepEqual([made.content.operationId, made.content.effect], ['agent-1', 'done']);
  const again = await use(agent, 'payment_intent_create', {
    input: { Amount: 700, Currency: 'usd', PaymentMethod: 'pm_card_visa' },
    operationId: 'agent-1',
  });
  assert.deepEqual(again.content.output, made.content.output);
  const id = (made.content.output as { Id: string }).Id;
  const confirmed = await use(agent, 'confirm_payment_intent', {
    input: { PaymentIntentId: id, ReturnUrl: 'https://example.com/' },
  });
  const [row] = confirmed.content.output as Record<string, unknown>[];
  assert.equal(row?.['status'], 'succeeded');
  assert.equal(row['client_secret'], null, 'a secret has no place in an agent');
  const read = await use(agent, 'payment_intent_get', { id });
  assert.equal((read.content.output as Record<string, unknown>)['ClientSecret'], null);
  const page = await use(agent, 'payment_intent_list', {
    filterClause: "Status = 'succeeded'",
    fields: ['Id', 'Amount'],
  });
  assert.deepEqual(page.content.output, [{ Id: id, Amount: 700 }]);
  const declined = await use(agent, 'payment_intent_create', {
    input: {
      Amount: 700,
      Currency: 'usd',
      PaymentMethod: 'pm_card_visa_chargeDeclined',
      Confirm: true,
      ReturnUrl: 'https://example.com/',
    },
  });
  assert.equal(declined.failed, true);
  assert.match(declined.content.error?.message ?? '', /declined/);
});

test("reports an agent's mistakes by field", async () => {
  const wrong = await use(agent, 'payment_intent_create', { input: { Amount: -1, Curency: 'usd' } });
  assert.equal(wrong.failed, true);
  assert.match(wrong.content.error?.message ?? '', /Curency/);
  await assert.rejects(agent.callTool({ name: 'nothing', arguments: {} }), /no tool nothing/);
  await assert.rejects(
    agent.callTool({ name: `sk_test_${'Zq7Lm2Xw9'.repeat(2)}`, arguments: {} }),
    (error: Error) => !error.message.includes('Zq7Lm2Xw9'),
  );
  await assert.rejects(agent.listTools({ cursor: 'x' }), /invalid cursor; use a nextCursor of this server/);
});

/** Deployed, with a list of what is allowed. */
async function deployed(
  settings: object,
  query = '',
): Promise<{ served: Served; client: Client; sent: readonly object[] }> {
  const stripe = fakeStripe(() => ({ id: 'cus_1', object: 'list', data: [], has_more: false }));
  const connector = testConnector({ clock: systemClock, stripe, open: false, settings });
  const served = await serve(toolsFunction(() => ({ ...connector, toolServer: mcp() })));
  return { served, client: await agentOf(`${served.url}${query}`), sent: stripe.sent };
}

for (const [allow, offered] of [
  [undefined, []],
  [[], []],
  [
    ['Customer.List', 'PayInvoice'],
    ['customer_list', 'pay_invoice'],
  ],
] as const)
  test(`deployed with tools_allowlist ${JSON.stringify(allow)}: ${offered.join(', ') || 'no tool'}`, async () => {
    const { served, client, sent } = await deployed(allow === undefined ? {} : { tools_allowlist: allow });
    assert.deepEqual((await allTools(client)).map(({ name }) => name).sort(), offered);
    for (const name of ['customer_create', 'refund_create', 'confirm_payment_intent'])
      await assert.rejects(client.callTool({ name, arguments: { input: {} } }), /tools_allowlist does not name it/);
    assert.deepEqual(sent, []);
    await client.close();
    await served.close();
  });

test('deployed with tools_allowlist ["List"]: lists of all entities, no writes', async () => {
  const { served, client } = await deployed({ tools_allowlist: ['List'] }, '?entities=*');
  const tools = await allTools(client);
  assert.ok(tools.length > 90);
  for (const { name, annotations } of tools)
    assert.ok(name.endsWith('_list') && annotations?.readOnlyHint === true, name);
  await client.close();
  await served.close();
});

test('removes a client secret inside a text before the response reaches an agent', async () => {
  const url = 'https://example.com/?payment_intent_client_secret=pi_1_secret_abc';
  const stripe = fakeStripe(() => ({
    id: 'pi_1',
    object: 'payment_intent',
    client_secret: 'pi_1_secret_abc',
    next_action: {
      type: 'redirect_to_url',
      redirect_to_url: { url },
      use_stripe_sdk: { client_secret: 'x_secret_abc' },
    },
  }));
  const connector = testConnector({ clock: systemClock, stripe, open: false, settings: { tools_allowlist: ['*'] } });
  const served = await serve(toolsFunction(() => ({ ...connector, toolServer: mcp() })));
  const client = await agentOf(served.url);
  for (const [name, input] of [
    ['payment_intent_get', { id: 'pi_1' }],
    ['confirm_payment_intent', { input: { PaymentIntentId: 'pi_1' } }],
  ] as const)
    assert.doesNotMatch(JSON.stringify(await use(client, name, input)), /secret_abc/);
  await client.close();
  await served.close();
});

test("rejects a body that is not a message in MCP's format", async () => {
  for (const body of [{ nothing: 1 }, [{ jsonrpc: '2.0', id: 1, method: 'ping' }, 5], { jsonrpc: '1.0' }]) {
    const answer = await fetch(`${server.url}/tools`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 400);
    assert.deepEqual(await answer.json(), {
      jsonrpc: '2.0',
      error: { code: -32700, message: 'Parse error: Invalid JSON-RPC message' },
      id: null,
    });
  }
});

test('there is no stream to open and no session to end', async () => {
  for (const method of ['GET', 'DELETE']) {
    const answer = await fetch(`${server.url}/tools`, { method });
    assert.equal(answer.status, 405);
    assert.equal(answer.headers.get('allow'), 'POST');
  }
});
