/**
 * Arguments of a tool are held to the schema that it shows. https://modelcontextprotocol.io/specification/2025-06-18/server/tools
 * (servers must validate all tool inputs)
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonSchemaValidator } from '../../shared/adapters/json-schema-validator.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { errorBody, isConnectorError } from '../../shared/errors.ts';
import { entityHandler, executeActionHandler } from '../../shared/http/operation-handlers.ts';
import { agentTools } from '../../shared/mcp/tools.ts';
import type { Connector } from '../../shared/operations/connector.ts';
import type { ToolOutcome, Tools } from '../../shared/mcp/server.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';

type Input = Readonly<Record<string, unknown>>;

const WIDE = {
  min_nodes: 100,
  max_nodes: 100,
  account_ceiling: 10_000,
  endpoint_ceiling: 10_000,
  tools_allowlist: ['*'],
};
const OWN = fakeStripe(() => ({ id: 'one_1', object: 'list', data: [], has_more: false }));

function connectorOf(settings: object = {}, strict = true): Connector {
  const connector = testConnector({ clock: systemClock, stripe: OWN, open: false, settings: { ...WIDE, ...settings } });
  return { ...connector, deps: { ...connector.deps, strict } };
}

const CONNECTOR = connectorOf();
/** As for each request: the bound of an answer is that of all its messages. */
const fresh = (): Tools => agentTools(CONNECTOR);

async function used(name: string, input: Input, of = fresh()): Promise<ToolOutcome> {
  OWN.clear();
  return of.call(name, input, jsonSchemaValidator);
}

function messageOf({ content }: ToolOutcome): string {
  return String((content['error'] as { message?: string } | undefined)?.message);
}

const PAYMENT = { Amount: 100, Currency: 'usd' };
const REFUSED: readonly (readonly [sentence: string, tool: string, input: Input, told: RegExp])[] = [
  [
    'an unknown argument',
    'customer_get',
    { id: 'cus_1', entity: 'Balance' },
    /^entity: is not a known field.*known fields are id/,
  ],
  ['one in another case', 'customer_get', { Id: 'cus_1', id: 'cus_1' }, /Id: is not a known field; did you mean id\?/],
  ['the name of a body field', 'customer_get', { entityId: 'cus_1' }, /entityId: is not a known field/],
  ['a plan, which no tool has', 'customer_delete', { id: 'cus_1', dryRun: true }, /dryRun: is not a known field/],
  [
    'a clause of an Update',
    'customer_update',
    { id: 'cus_1', filterClause: 'Created > 0' },
    /filterClause: is not a known field/,
  ],
  ['an id that is missing', 'customer_get', {}, /required property "id"/],
  ['an id without a character', 'customer_get', { id: '' }, /^id: /],
  ['an id that leads upwards', 'customer_get', { id: '..' }, /^id: /],
  ['an id that is no text', 'customer_get', { id: 5 }, /^id: .*"number".*"string"/],
  ['an input that is missing', 'confirm_payment_intent', {}, /required property "input"/],
  ['an input as JSON text', 'payment_intent_create', { input: '{"Amount":1}' }, /^input: .*"string".*"object"/],
  [
    'a name of the input',
    'payment_intent_create',
    { input: { ...PAYMENT, Curency: 'usd' } },
    /input\.Curency: .*mean Currency/,
  ],
  [
    'a value of the input',
    'payment_intent_create',
    { input: { ...PAYMENT, Amount: '1' } },
    /input\.Amount: .*"integer"/,
  ],
  [
    'a name deep within',
    'customer_create',
    { input: { Address: { citty: 'x' } } },
    /input\.Address\.citty: .*mean city/,
  ],
  ['an operationId that is a number', 'customer_create', { input: {}, operationId: 7 }, /^operationId: /],
  ['an operationId with a space', 'customer_create', { input: {}, operationId: 'a b' }, /^operationId: /],
  ['an operationId without a character', 'customer_create', { input: {}, operationId: '' }, /^operationId: /],
  [
    'an operationId of a tool that reads',
    'customer_get',
    { id: 'cus_1', operationId: 'a' },
    /operationId: is not a known field/,
  ],
  ['a page that is too large', 'customer_list', { pageSize: 201 }, /^pageSize: 201 is greater than 200/],
  ['null', 'customer_list', { pageToken: null }, /^pageToken: .*"null"/],
  ['half a surrogate pair in a value', 'customer_create', { input: { Name: 'a\ud800b' } }, /a lone surrogate/],
  ['half a surrogate pair in a name', 'customer_create', { input: { 'a\udc00': 1 } }, /a lone surrogate/],
];

for (const [sentence, tool, input, told] of REFUSED)
  test(`rejects ${sentence}`, async () => {
    const outcome = await used(tool, input);
    assert.equal(outcome.failed, true);
    assert.match(messageOf(outcome), told);
    assert.deepEqual(OWN.sent, []);
  });

/** What the function takes the shown schema must take. */
const TAKEN: readonly (readonly [sentence: string, tool: string, input: Input, sent: string, strict?: boolean])[] = [
  [
    'a parent before the id',
    'bank_account_update',
    { id: 'cus_1/ba_1', input: { Metadata: { a: 'b' } } },
    'POST /v1/customers/cus_1/sources/ba_1',
  ],
  [
    'a parent in the input',
    'bank_account_update',
    { id: 'ba_1', input: { Customer: 'cus_1', Metadata: { a: 'b' } } },
    'POST /v1/customers/cus_1/sources/ba_1',
  ],
  ['an action that needs no input', 'create_invoice_preview', {}, 'POST /v1/invoices/create_preview'],
  ['null that clears', 'customer_update', { id: 'cus_1', input: { Description: null } }, 'POST /v1/customers/cus_1'],
  ['no input where nothing is needed', 'customer_create', {}, 'POST /v1/customers'],
  [
    'a name of another API version',
    'customer_update',
    { id: 'cus_1', input: { Novelty: 'x' } },
    'POST /v1/customers/cus_1',
    false,
  ],
  [
    'a value of another API version',
    'payment_intent_create',
    { input: { ...PAYMENT, CaptureMethod: 'novel' } },
    'POST /v1/payment_intents',
    false,
  ],
  [
    'less than the catalog requires',
    'payment_intent_create',
    { input: { Amount: 1 } },
    'POST /v1/payment_intents',
    false,
  ],
];

for (const [sentence, tool, input, sent, strict = true] of TAKEN)
  test(`accepts ${sentence}`, async () => {
    const outcome = await used(tool, input, agentTools(connectorOf({}, strict)));
    assert.equal(outcome.failed, false, JSON.stringify(outcome.content));
    assert.deepEqual(
      OWN.sent.map(({ method, path }) => `${method} ${path}`),
      [sent],
    );
  });

const LARGEST = 64 * 1024;
/** Names and values that make an answer large, or its making slow. */
const HOSTILE: readonly (readonly [sentence: string, tool: string, input: Input])[] = [
  ['5,000 unknown arguments', 'customer_get', many(5000, (n) => `name${n}`)],
  ['9,000 unknown names of an input', 'customer_create', { input: many(9000, (n) => `@ //${'x'.repeat(10)}${n}`) }],
  ['names of 10,000 characters', 'customer_get', many(20, (n) => `${n}${'ä'.repeat(10_000)}`)],
  ['names of control characters', 'customer_get', many(30, (n) => `${n}${'\u0000'.repeat(5000)}`)],
  ['names of quotes and backslashes', 'customer_get', many(30, (n) => `${n}${'"\\'.repeat(2000)}`)],
  ['8,000 wrong items', 'subscription_create', { input: { Items: Array.from({ length: 8000 }, () => 5) } }],
  ['9,000 names below what is shown', 'subscription_create', { input: { Items: [many(9000, (n) => `name${n}`)] } }],
  ['200,000 items', 'subscription_create', { input: { Items: Array.from({ length: 200_000 }, () => 5) } }],
  ['100,000 names', 'customer_create', { input: many(100_000, (n) => `n${n}`) }],
];

function many(count: number, name: (n: number) => string): Input {
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [name(n), 1]));
}

for (const [sentence, tool, input] of HOSTILE)
  test(`${sentence}: at most 20 problems, in 64 KB`, async () => {
    const { failed, content } = await used(tool, input);
    assert.equal(failed, true);
    // The protocol carries it twice, as text and as an object.
    const answer = JSON.stringify({ text: JSON.stringify(content), structuredContent: content });
    assert.ok(Buffer.byteLength(answer) <= LARGEST, String(Buffer.byteLength(answer)));
    const { details = [] } = content['error'] as { details?: { fieldViolations?: unknown[] }[] };
    const violations = details.flatMap((one) => one.fieldViolations ?? []);
    assert.ok(violations.length >= 1 && violations.length <= 20, String(violations.length));
    assert.deepEqual(OWN.sent, []);
  });

// https://modelcontextprotocol.io/specification/2025-06-18/server/utilities/pagination: the server decides a page's size
test('every page of the list is smaller than 64 KB and has every tool once, the most used on the first page', () => {
  const names: string[] = [];
  const pages: number[] = [];
  let cursor: string | undefined;
  do {
    const page = agentTools(connectorOf(), '*').list(cursor);
    pages.push(Buffer.byteLength(JSON.stringify(page)));
    for (const tool of page.tools) assert.ok(Buffer.byteLength(JSON.stringify(tool)) < 20_000, tool.name);
    if (cursor === undefined)
      for (const name of [
        'customer_create',
        'payment_intent_create',
        'confirm_payment_intent',
        'cancel_quote',
        'balance_get',
      ])
        assert.ok(
          page.tools.some((tool) => tool.name === name),
          name,
        );
    names.push(...page.tools.map(({ name }) => name));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  assert.ok(Math.max(...pages) < LARGEST - 1000, String(Math.max(...pages)));
  assert.deepEqual([names.length, new Set(names).size], [493 + 148, 493 + 148]);
});

test('the responses to all messages of a batch are together smaller than 64 KB', async () => {
  const batch = agentTools(connectorOf(), '*');
  let bytes = Buffer.byteLength(JSON.stringify(batch.list(undefined)));
  assert.throws(() => batch.list(undefined), /the response is full/);
  for (let message = 0; message < 20; message += 1) {
    const { failed, content } = await used(
      'customer_get',
      many(30, (n) => `${n}${'"\\'.repeat(2000)}`),
      batch,
    );
    assert.ok(failed);
    assert.match(JSON.stringify(content), /INVALID_ARGUMENT.*INVALID_INPUT/);
    bytes += Buffer.byteLength(JSON.stringify({ text: JSON.stringify(content), structuredContent: content }));
  }
  assert.ok(bytes <= LARGEST + 20_000, String(bytes));
});

test('an unknown tool gets a short error', async () => {
  await assert.rejects(
    () => fresh().call('x'.repeat(100_000), {}, jsonSchemaValidator),
    (error) => error instanceof RangeError && error.message.length < 300,
  );
});

test('validates by the schema that it lists, and validation changes nothing', async () => {
  const shown = (): string => JSON.stringify(fresh().list(undefined));
  const before = shown();
  for (const { name } of fresh().list(undefined).tools) await used(name, { nothing: 1 });
  assert.equal(shown(), before);
});

test('a write needs an operation id to be prepared; a read needs none', () => {
  const connector = connectorOf();
  const terms = { deadlineMs: 1000, responseFlags: new Set<string>() };
  const action = (name: string, input: Input): unknown =>
    executeActionHandler().prepare(connector, { action: name, connectorInputPayload: input }, terms);
  assert.throws(
    () => entityHandler('Create').prepare(connector, { entity: 'Customer' }, terms),
    /without an operationId/,
  );
  assert.throws(() => action('PayInvoice', { InvoiceId: 'in_1' }), /PayInvoice was prepared without an operationId/);
  const reading = executeActionHandler().prepare(connector, { action: 'PreviewCreditNote' }, terms);
  assert.equal(reading.mutates, false);
});

test('given names limit the names of the body', () => {
  const terms = { operationId: 'a', names: ['Customer'], deadlineMs: 1000, responseFlags: new Set<string>() };
  assert.throws(
    () => entityHandler('Get').prepare(connectorOf(), { entity: 'Balance' }, terms),
    (error) => isConnectorError(error) && errorBody(error).error['code'] === 403,
  );
});
