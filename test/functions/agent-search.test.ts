/** The tools that an agent lists by default, those of selected entities, and the search over all operations. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mcp } from '../../shared/adapters/mcp/index.ts';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { descriptionFile } from '../../shared/adapters/description-file.ts';
import { jsonSchemaValidator } from '../../shared/adapters/json-schema-validator.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { toolsFunction } from '../../shared/mcp/function.ts';
import type { ToolOutcome } from '../../shared/mcp/server.ts';
import { agentTools } from '../../shared/mcp/tools.ts';
import type { Connector } from '../../shared/operations/connector.ts';
import type { WritePolicy } from '../../shared/stripe/write-policy/enforce.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { serve } from '../support/in-process.ts';

const STRIPE = fakeStripe(() => ({
  id: 're_1',
  object: 'refund',
  client_secret: 'x_secret_1',
  data: [],
  has_more: false,
}));
const CATALOG = { ...catalogFiles('shared/catalog'), descriptions: descriptionFile('build/descriptions.json') };

function connectorOf(settings: object = {}, policy: Partial<WritePolicy> = {}): Connector {
  const wide = { min_nodes: 100, max_nodes: 100, account_ceiling: 10_000, endpoint_ceiling: 10_000 };
  const all = { ...wide, tools_allowlist: ['*'], ...settings };
  const connector = testConnector({ clock: systemClock, stripe: STRIPE, open: false, settings: all, policy });
  return { ...connector, deps: { ...connector.deps, catalog: CATALOG } };
}

async function use(connector: Connector, name: string, input: Readonly<Record<string, unknown>>): Promise<ToolOutcome> {
  STRIPE.clear();
  return agentTools(connector).call(name, input, jsonSchemaValidator);
}

const CONNECTOR = connectorOf();

interface Found {
  readonly name: string;
  readonly description: string;
  readonly annotations: { readonly readOnlyHint: boolean; readonly destructiveHint: boolean };
  readonly inputSchema?: object;
}

async function find(query: string, connector = CONNECTOR, limit = 5): Promise<readonly Found[]> {
  const { failed, content } = await use(connector, 'find_operation', { query, limit });
  assert.equal(failed, false, JSON.stringify(content));
  return content['operations'] as Found[];
}

test('by default an agent lists a few tools and the search, in less than 32 KB', () => {
  const { tools, nextCursor } = agentTools(CONNECTOR).list(undefined);
  assert.equal(nextCursor, undefined);
  const names = tools.map(({ name }) => name);
  assert.deepEqual(names.slice(0, 2), ['find_operation', 'call_operation']);
  for (const name of ['customer_list', 'payment_intent_get', 'refund_create', 'balance_get'])
    assert.ok(names.includes(name), name);
  assert.ok(
    tools.length < 20 && JSON.stringify(tools).length < 32_000,
    `${tools.length} ${JSON.stringify(tools).length}`,
  );
});

test('a deployment with few tools lists exactly these', () => {
  const names = agentTools(connectorOf({ tools_allowlist: ['Customer.List', 'PayInvoice'] }))
    .list(undefined)
    .tools.map(({ name }) => name);
  assert.deepEqual(names.sort(), ['customer_list', 'pay_invoice']);
});

test('?entities= selects the operations and actions of entities, for the list and for calls', async () => {
  const tools = agentTools(CONNECTOR, 'refunds, Quote');
  const names = tools.list(undefined).tools.map(({ name }) => name);
  for (const name of ['refund_create', 'cancel_refund', 'quote_get', 'accept_quote'])
    assert.ok(names.includes(name), name);
  assert.ok(
    names.every((name) => /refund|quote/.test(name)),
    names.join(),
  );
  for (const name of ['payout_create', 'call_operation'])
    await assert.rejects(tools.call(name, {}, jsonSchemaValidator), /no tool/);
  const served = await serve(toolsFunction(() => ({ ...CONNECTOR, toolServer: mcp() })));
  for (const [query, told] of [
    ['entities=Custmer', /Custmer is not an entity; did you mean Customer/],
    ['entity=Customer', /entity.*is not a parameter of this address; use entities/],
  ] as const) {
    const response = await fetch(`${served.url}?${query}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
    });
    assert.equal(response.status, 400);
    assert.match(await response.text(), told);
  }
  await served.close();
});

for (const [query, name] of [
  ['refund a payment', 'refund_create'],
  ['cancel a subscription', 'cancel_subscription'],
  ['void an invoice', 'void_invoice'],
  ['create a customer', 'customer_create'],
  ['show all customers', 'customer_list'],
  ['capture money that was authorized', 'capture_payment_intent'],
  ['payout_create', 'payout_create'],
  ['Issuing.Card.Create', 'issuing_card_create'],
] as const)
  test(`find_operation: ${query}`, async () => {
    const found = await find(query);
    assert.ok(
      found.slice(0, 3).some((operation) => operation.name === name),
      found.map((operation) => operation.name).join(),
    );
    assert.ok((found[0]?.description.length ?? 0) > 20);
    assert.ok(found[0]?.inputSchema !== undefined);
  });

/** What a user asks for, and the operation that must be the first. */
const SENTENCES: readonly (readonly [query: string, name: string])[] = [
  ['refund payment', 'refund_create'],
  ['refund a charge', 'refund_create'],
  ['issue a refund', 'refund_create'],
  ['list refunds', 'refund_list'],
  ['refunds', 'refund_list'],
  ['cancel refund', 'cancel_refund'],
  ['cancel subscription', 'cancel_subscription'],
  ['stop a subscription', 'cancel_subscription'],
  ['resume subscription', 'resume_subscription'],
  ['create subscription', 'subscription_create'],
  ['subscribe a customer to a price', 'subscription_create'],
  ['change the price of a subscription', 'subscription_update'],
  ['create customer', 'customer_create'],
  ['new customer', 'customer_create'],
  ['find customer by email', 'customer_list'],
  ['get a customer', 'customer_get'],
  ['update customer address', 'customer_update'],
  ['delete customer', 'customer_delete'],
  ['customers', 'customer_list'],
  ['list invoices unpaid', 'invoice_list'],
  ['unpaid invoices', 'invoice_list'],
  ['pay an invoice', 'pay_invoice'],
  ['send an invoice', 'send_invoice'],
  ['finalize invoice', 'finalize_invoice'],
  ['void invoice', 'void_invoice'],
  ['preview the upcoming invoice', 'create_invoice_preview'],
  ['take a payment', 'payment_intent_create'],
  ['charge a customer', 'payment_intent_create'],
  ['confirm payment', 'confirm_payment_intent'],
  ['capture payment', 'capture_payment_intent'],
  ['cancel payment', 'cancel_payment_intent'],
  ['failed payments', 'payment_intent_list'],
  ['attach a payment method to a customer', 'attach_payment_method_to_customer'],
  ['balance', 'balance_get'],
  ['list payouts', 'payout_list'],
  ['list disputes', 'dispute_list'],
  ['close a dispute', 'close_dispute'],
  ['create a coupon', 'coupon_create'],
  ['create payment link', 'payment_link_create'],
  ['create checkout session', 'checkout_session_create'],
  ['create a product', 'product_create'],
  ['list events', 'event_list'],
  ['create webhook endpoint', 'webhook_endpoint_create'],
  ['accept a quote', 'accept_quote'],
];
test('find_operation puts first what a sentence asks for', async () => {
  const wrong: string[] = [];
  for (const [query, name] of SENTENCES) {
    const found = (await find(query)).map((operation) => operation.name);
    if (found[0] !== name) wrong.push(`${query}: ${found.join(' ')}`);
  }
  assert.deepEqual(wrong, []);
});

test('find_operation shows the hints of the named tools, and nothing that is not offered', async () => {
  const listed = new Map(
    ['Refund', 'Payout']
      .flatMap((entity) => agentTools(CONNECTOR, entity).list(undefined).tools)
      .map((tool) => [tool.name, tool]),
  );
  const found = [...(await find('refund', CONNECTOR, 10)), ...(await find('payout', CONNECTOR, 10))];
  const both = found.filter(({ name }) => listed.has(name));
  assert.ok(both.length > 5);
  for (const { name, annotations } of both) assert.deepEqual(annotations, listed.get(name)?.annotations, name);
  const reads = connectorOf({ tools_allowlist: ['List', 'Get'] });
  for (const { name, annotations } of await find('refund a payment', reads, 10)) {
    assert.match(name, /_(list|get)$/);
    assert.equal(annotations.readOnlyHint, true, name);
  }
  assert.deepEqual(STRIPE.sent, []);
});

test('call_operation has the hints of the most dangerous operation that it may run', () => {
  const hintsOf = (settings: object): unknown => {
    const tool = agentTools(connectorOf(settings))
      .list(undefined)
      .tools.find(({ name }) => name === 'call_operation');
    return [tool?.annotations.readOnlyHint, tool?.annotations.destructiveHint];
  };
  assert.deepEqual(hintsOf({}), [false, true]);
  assert.deepEqual(hintsOf({ tools_allowlist: ['List', 'Get', 'Refund.Create'] }), [false, true]);
  assert.deepEqual(hintsOf({ tools_allowlist: ['List', 'Get'] }), [true, false]);
});

const REFUND = { input: { PaymentIntent: 'pi_1', Amount: 5000 }, operationId: 'agent-7' };

test('call_operation sends what the named tool sends, and hides the same secrets', async () => {
  const named = await use(CONNECTOR, 'refund_create', REFUND);
  const direct = STRIPE.sent.map(({ method, path, params }) => ({ method, path, params }));
  assert.equal(direct.length, 1);
  const through = await use(connectorOf(), 'call_operation', { operation: 'refund_create', arguments: REFUND });
  assert.deepEqual(
    STRIPE.sent.map(({ method, path, params }) => ({ method, path, params })),
    direct,
  );
  assert.deepEqual(through.failed, named.failed);
  assert.doesNotMatch(JSON.stringify(through), /x_secret_1/);
  assert.deepEqual([through.content['operationId'], through.content['effect']], ['agent-7', 'done']);
});

const OTHERS = { tools_allowlist: ['List', 'Get', 'Refund.Update'] };
const WITHOUT_AMOUNT = { input: { PaymentIntent: 'pi_1' } };

for (const [sentence, settings, policy, input, told] of [
  ['an operation that tools_allowlist does not name', OTHERS, {}, REFUND, /refund_create is not an operation/],
  ['a write of a read-only connection', {}, { readOnly: true }, REFUND, /READ_ONLY/],
  ['more than max_amounts', {}, { maxAmounts: { usd: 100 } }, REFUND, /AMOUNT_NOT_ALLOWED/],
  ['an amount that the request does not show', {}, { maxAmounts: { usd: 100 } }, WITHOUT_AMOUNT, /AMOUNT_NOT_BOUNDED/],
  ['an unknown argument', {}, {}, { ...REFUND, entity: 'Payout' }, /entity: is not a known field/],
] as const)
  test(`call_operation rejects ${sentence}, also as a dry run`, async () => {
    for (const dryRun of [false, true]) {
      const connector = connectorOf(settings, policy);
      const outcome = await use(connector, 'call_operation', { operation: 'refund_create', arguments: input, dryRun });
      assert.equal(outcome.failed, true, JSON.stringify(outcome.content));
      assert.match(JSON.stringify(outcome.content), told);
      assert.deepEqual(STRIPE.sent, []);
    }
  });

test('call_operation with dryRun returns the request and sends nothing', async () => {
  const { failed, content } = await use(CONNECTOR, 'call_operation', {
    operation: 'refund_create',
    arguments: REFUND,
    dryRun: true,
  });
  assert.equal(failed, false, JSON.stringify(content));
  const [request] = content['requests'] as { method: string; path: string; body: object }[];
  assert.deepEqual([request?.method, request?.path], ['POST', '/v1/refunds']);
  assert.equal(content['effect'], 'none');
  assert.deepEqual(STRIPE.sent, []);
});

test('an unknown operation gets the nearest name and no call', async () => {
  const { failed, content } = await use(CONNECTOR, 'call_operation', { operation: 'refund_creat', arguments: {} });
  assert.equal(failed, true);
  assert.match(JSON.stringify(content), /did you mean refund_create\?; use find_operation/);
  for (const operation of ['call_operation', 'find_operation', '__proto__'])
    assert.equal((await use(CONNECTOR, 'call_operation', { operation, arguments: {} })).failed, true, operation);
  assert.deepEqual(STRIPE.sent, []);
});
