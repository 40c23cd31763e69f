/** What the connection tells of entities, actions and their OpenAPI; a validator reads the documents. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import manifest from '../../functions/manifest.json';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { Discovery } from '../../shared/schema/discovery.ts';
import type { JsonSchema } from '../../shared/schema/json-schema.ts';
import { functionPaths } from '../../shared/schema/openapi/function-paths.ts';
import { startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { post, startUnlimited, type Running } from './framework.ts';

const NOT_ASKED = ['automation', 'stripe-events', 'reconcile-events', 'connection', 'single', 'tools'];

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string }[];
  readonly requestBody?: object;
}
interface Document {
  readonly openapi: string;
  readonly servers: readonly { readonly url: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

let sandbox: Sandbox;
let server: Running;

before(async () => {
  sandbox = await startSandbox({ port: 0, catalogFolder: 'shared/catalog' });
  server = await startUnlimited(sandbox);
});
after(async () => {
  await server.stop();
  await sandbox.close();
});

async function read<T>(path: string, status = 200): Promise<T> {
  const get = (): Promise<Response> => fetch(`${server.url}${path}`);
  // The server may close an idle connection while it writes a large document; a read may be repeated.
  const answer = await get().catch(get);
  const text = await answer.text();
  assert.equal(answer.status, status, `${path}: ${text.slice(0, 300)}`);
  return JSON.parse(text) as T;
}

const operationsOf = (document: Document): Operation[] =>
  Object.values(document.paths).flatMap((path) =>
    Object.entries(path).flatMap(([method, one]) => (method === 'servers' ? [] : [one])),
  );

test('lists all entities and actions and describes each by its name', async () => {
  const { entities } = await read<{ entities: { name: string; operations: string[] }[] }>('/entities');
  assert.equal(entities.length, 175);
  assert.equal(
    entities.reduce((sum, { operations }) => sum + operations.length, 0),
    493,
  );
  const { actions } = await read<{ actions: { name: string }[] }>('/actions');
  assert.equal(actions.length, 148);
  const customer = await read<{ columns: { name: string; filter: string; sortable: boolean }[] }>(
    '/entities/customers',
  );
  const email = customer.columns.find(({ name }) => name === 'Email');
  assert.deepEqual([email?.filter, email?.sortable], ['stripe', true]);
  const confirm = await read<{ input: { required: string[] } }>('/actions/ConfirmPaymentIntent');
  assert.deepEqual(confirm.input.required, ['PaymentIntentId']);
  const unknown = await read<{ error: { message: string } }>('/entities/Custmer', 400);
  assert.match(unknown.error.message, /Custmer is not an entity; did you mean Customer/);
});

for (const [path, version] of [
  ['/openapi.json', '3.1'],
  ['/openapi-3.0.json', '3.0'],
] as const)
  test(`${path}: a complete OpenAPI ${version} document`, async () => {
    const document = await read<Document>(path);
    const { valid, errors } = await new Validator().validate(
      structuredClone(document) as unknown as Record<string, unknown>,
    );
    assert.ok(valid, JSON.stringify(errors ?? '').slice(0, 2000));
    assert.ok(document.openapi.startsWith(version));
    const { paths: _paths, ...broken } = document;
    assert.equal(
      (await new Validator().validate({ ...broken, paths: { '/x': { get: { responses: 5 } } } })).valid,
      false,
    );
    const ids = operationsOf(document).map(({ operationId }) => operationId);
    assert.equal(new Set(ids).size, ids.length);
    // 493 entity operations and 148 actions of the connection, and every function but those that callers do not ask.
    const functions = manifest.functions.filter(({ name }) => !NOT_ASKED.includes(name));
    assert.equal(ids.length, 493 + 148 + functions.length);
    for (const id of ['Customer_List', 'Issuing_Card_Create', 'ConfirmPaymentIntent', 'customer-list'])
      assert.ok(ids.includes(id), id);
    const text = JSON.stringify(document);
    for (const [, name = ''] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g))
      assert.ok(name in document.components.schemas, name);
    if (version === '3.0') {
      assert.doesNotMatch(text, /"type":\[/);
      assert.doesNotMatch(text, /"const":/);
      assert.doesNotMatch(text, /"type":"null"/);
      // https://spec.openapis.org/oas/v3.0.3#schema-object: `nullable` has an effect only next to a `type`.
      JSON.parse(text, (_key, node: unknown) => {
        if (typeof node === 'object' && node !== null && 'nullable' in node && node.nullable === true)
          assert.ok('type' in node, JSON.stringify(node).slice(0, 200));
        return node;
      });
    }
  });

// https://spec.openapis.org/oas/v3.1.0#considerations-for-file-uploads, https://spec.openapis.org/oas/v3.0.3#considerations-for-file-uploads
test('files are base64 in every document', async () => {
  const asked = '?entities=File&actions=DownloadQuotePdf';
  const base64 = async (path: string, schema: string): Promise<unknown> => {
    const { components } = await read<Document>(`${path}${asked}`);
    const { properties, required } = components.schemas[schema] as {
      properties: Record<string, { contentEncoding?: string; format?: string }>;
      required: string[];
    };
    assert.ok(required.includes('Content'), schema);
    return properties['Content']?.contentEncoding ?? properties['Content']?.format;
  };
  for (const schema of ['File.Create', 'DownloadQuotePdf.Result']) {
    assert.equal(await base64('/openapi.json', schema), 'base64', schema);
    assert.equal(await base64('/openapi-3.0.json', schema), 'byte', schema);
  }
  const { payloads } = await read<{ payloads: { Create: { required: string[] } } }>('/entities/File');
  assert.deepEqual(payloads.Create.required.sort(), ['Content', 'Purpose']);
});

test('a document of selected entities and actions, for a custom connector', async () => {
  const document = await read<Document>('/openapi-3.0.json?entities=Customer,invoices&actions=ConfirmPaymentIntent');
  const { valid, errors } = await new Validator().validate(
    structuredClone(document) as unknown as Record<string, unknown>,
  );
  assert.ok(valid, JSON.stringify(errors));
  assert.deepEqual(
    operationsOf(document)
      .map(({ operationId }) => operationId)
      .sort(),
    [
      'ConfirmPaymentIntent',
      'Customer_Create',
      'Customer_Delete',
      'Customer_Get',
      'Customer_List',
      'Customer_Update',
      'Invoice_Create',
      'Invoice_Delete',
      'Invoice_Get',
      'Invoice_List',
      'Invoice_Update',
    ],
  );
  await read('/openapi-3.0.json?entities=Nothing', 400);
  await read('/openapi-3.0.json?actions=Nothing', 501);
});

/** Follows the document: a server, a path, a body; and what comes back is what the document says. */
async function follow(
  document: Document,
  id: string,
  deps: { entityId?: string; query?: string; body?: object },
): Promise<unknown> {
  for (const [path, operations] of Object.entries(document.paths))
    for (const [method, operation] of Object.entries(operations)) {
      if (operation.operationId !== id) continue;
      const url = `${document.servers[0]?.url ?? ''}${path.replace('{entityId}', deps.entityId ?? '')}`;
      const answer = await fetch(`${url}${deps.query ?? ''}`, {
        method: method.toUpperCase(),
        ...(deps.body === undefined
          ? {}
          : { body: JSON.stringify(deps.body), headers: { 'content-type': 'application/json' } }),
      });
      const body: unknown = await answer.json();
      assert.equal(answer.status, 200, JSON.stringify(body));
      const responses = (operation as unknown as { responses: Record<string, { content: object }> }).responses;
      const schema = (responses['200']?.content as { 'application/json': { schema: object } })['application/json']
        .schema;
      const ajv = new Ajv2020({ strict: false, logger: false });
      const validate = ajv.compile({ ...schema, components: document.components });
      assert.ok(validate(body), `${id}: ${JSON.stringify(validate.errors)}`);
      return body;
    }
  throw new Error(`no operation ${id}`);
}

test('requests that follow the document work, and the responses match it', async () => {
  const document = await read<Document>('/openapi.json?entities=Customer,PaymentIntent&actions=ConfirmPaymentIntent');
  const made = (await follow(document, 'Customer_Create', { body: { fields: { Email: 'doc@example.com' } } })) as {
    fields: { Id: string };
  };
  const entityId = made.fields.Id;
  await follow(document, 'Customer_Update', { entityId, body: { fields: { Name: 'Doc' } } });
  await follow(document, 'Customer_Get', { entityId });
  await follow(document, 'Customer_List', { query: "?conditions=Email='doc@example.com'&pageSize=3" });
  const intent = (await follow(document, 'PaymentIntent_Create', {
    body: { fields: { Amount: 900, Currency: 'usd', PaymentMethod: 'pm_card_visa' } },
  })) as { fields: { Id: string } };
  await follow(document, 'ConfirmPaymentIntent', {
    body: { parameters: { PaymentIntentId: intent.fields.Id, ReturnUrl: 'https://example.com/' } },
  });
  await follow(document, 'PaymentIntent_List', { query: '?sortBy=Amount' });
  await follow(document, 'Customer_Delete', { entityId });
});

// Found by a newcomer who added a function: the document asked it for its action, and typed its payload as a bare object.
test('the document of a restricted function omits the names that its row fixes and types its payload', () => {
  const discovery = new Discovery(catalogFiles('shared/catalog'));
  const rows = [
    ...manifest.functions,
    { name: 'pay-invoice', restricts: 'execute-action', actions: ['PayInvoice'] },
    { name: 'quote-end', restricts: 'execute-action', actions: ['AcceptQuote', 'CancelQuote'] },
    { name: 'billing-create', restricts: 'create-entity', entities: ['Customer', 'Invoice'] },
  ];
  const paths = functionPaths(rows, discovery, () => []) as Record<
    string,
    { post: { requestBody: { content: object } } }
  >;
  const bodyOf = (name: string): JsonSchema => {
    const [content] = Object.values(paths[`/${name}`]?.post.requestBody.content ?? {}) as { schema: JsonSchema }[];
    return content?.schema ?? {};
  };
  const told = (name: string): unknown[] => [
    bodyOf(name).required,
    bodyOf(name).properties?.['entity']?.enum ?? bodyOf(name).properties?.['action']?.enum,
    bodyOf(name).properties?.['connectorInputPayload'],
  ];
  const { input } = discovery.action('PayInvoice');
  const create = (name: string): unknown => discovery.entity(name).payloads.Create;
  assert.deepEqual(told('pay-invoice'), [['connectorInputPayload'], ['PayInvoice'], input]);
  assert.deepEqual(told('quote-end'), [
    ['action', 'connectorInputPayload'],
    ['AcceptQuote', 'CancelQuote'],
    { anyOf: [discovery.action('AcceptQuote').input, discovery.action('CancelQuote').input] },
  ]);
  // A customer needs no input.
  assert.deepEqual(told('billing-create'), [
    ['entity'],
    ['Customer', 'Invoice'],
    { anyOf: [create('Customer'), create('Invoice')] },
  ]);
  assert.deepEqual(told('payment-intent-create'), [
    ['connectorInputPayload'],
    ['PaymentIntent'],
    create('PaymentIntent'),
  ]);
  assert.deepEqual(told('customer-list')[0], undefined);
  const { PaymentIntent, Amount, Reason } = discovery.entity('Refund').payloads.Create?.properties ?? {};
  assert.deepEqual(told('create-small-refund'), [
    ['connectorInputPayload'],
    ['Refund'],
    {
      type: 'object',
      properties: { Amount: { ...Amount, maximum: 5000 }, PaymentIntent, Reason },
      required: ['PaymentIntent', 'Amount'],
      additionalProperties: false,
    },
  ]);
});

test('the functions of the document are those that respond', async () => {
  const document = await read<Document>('/openapi.json');
  for (const name of ['create-entity', 'payment-intent-create', 'confirm-payment-intent', 'execute-action']) {
    const path = document.paths[`/${name}`] as unknown as { servers: { url: string }[] };
    // Another name of the host: the server may close idle connections while it writes the document.
    const url = (path.servers[0]?.url ?? '').replace('127.0.0.1', 'localhost');
    const answer = await post(`${url}/${name}`, {});
    assert.equal(answer.status, 400, name);
  }
});
