/** What linters of OpenAPI ask for (redocly's recommended rules), and what readers need. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import manifest from '../../functions/manifest.json';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { descriptionFile } from '../../shared/adapters/description-file.ts';
import { Discovery } from '../../shared/schema/discovery.ts';
import { openApi } from '../../shared/schema/openapi/document.ts';
import { downgrade, downgradeEntry } from '../../shared/schema/openapi/downgrade.ts';

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly description?: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
}
interface Content {
  readonly 'application/json': { readonly schema: object; readonly example?: unknown };
}

const discovery = new Discovery({
  ...catalogFiles('shared/catalog'),
  descriptions: descriptionFile('build/descriptions.json'),
});
const document = openApi(
  discovery,
  { entities: discovery.entityNames(), actions: discovery.actionNames() },
  {
    address: 'https://connection.example.run.app',
    connection: 'c',
    hasOneServer: false,
    functions: manifest.functions,
  },
);
const { paths, components, ...rest } = document;
const { schemas, ...others } = components;
const older = downgrade(
  { ...rest, components: others },
  Object.fromEntries(Object.entries(paths).map(downgradeEntry)),
  Object.fromEntries(Object.entries(schemas).map(downgradeEntry)),
);

const operationsOf = (all: object): Operation[] =>
  Object.values(all).flatMap((item: Record<string, Operation>) =>
    Object.entries(item).flatMap(([method, operation]) => (method === 'servers' ? [] : [operation])),
  );

for (const [version, { paths: all, ...about }] of [
  ['3.1', document],
  ['3.0', older],
] as const) {
  test(`OpenAPI ${version}: license, tags, and texts of every operation and parameter`, () => {
    const { info, tags } = about as unknown as {
      info: { license: { name: string; url: string } };
      tags: { name: string; description: string }[];
    };
    assert.equal(info.license.name, 'Apache-2.0');
    const described = new Set(tags.filter(({ description }) => description.length > 10).map(({ name }) => name));
    assert.equal(described.size, tags.length);
    for (const operation of operationsOf(all)) {
      for (const text of [operation.summary, operation.description])
        assert.ok((text ?? '').length > 5, `${operation.operationId}: ${text}`);
      for (const tag of operation.tags ?? []) assert.ok(described.has(tag), tag);
      for (const { name, description } of operation.parameters ?? [])
        assert.ok(description !== undefined, `${operation.operationId} ${name}`);
    }
  });

  // https://redocly.com/docs/cli/rules/oas/operation-4xx-response, nullable-type-sibling, no-server-trailing-slash
  test(`OpenAPI ${version}: errors are documented, and null has a type next to it`, () => {
    const { responses } = (about as unknown as { components: { responses: Record<string, { description: string }> } })
      .components;
    for (const { operationId, responses: own } of operationsOf(all))
      for (const status of ['400', '403', '404', '429', 'default']) {
        const name = /^#\/components\/responses\/(\w+)$/.exec(own[status]?.$ref ?? '')?.[1];
        assert.ok(name !== undefined && name in responses, `${operationId} ${status}`);
      }
    const page = readFileSync('shared/errors.md', 'utf8');
    const reasons = Object.values(responses).flatMap(({ description }) => description.match(/[A-Z]+_[A-Z_]+/g) ?? []);
    assert.ok(reasons.length > 15);
    // The decline codes of cards are Stripe's. https://docs.stripe.com/declines/codes
    for (const reason of reasons) assert.ok(reason === 'INSUFFICIENT_FUNDS' || page.includes(`\`${reason}\``), reason);
    JSON.parse(JSON.stringify({ all, about }), (_key, node: unknown) => {
      if (typeof node === 'object' && node !== null && 'nullable' in node && node.nullable === true)
        assert.ok('type' in node, JSON.stringify(node).slice(0, 200));
      return node;
    });
  });
}

test('the example of every request fits its schema', async () => {
  const ajv = new Ajv2020({ strict: false, logger: false, allErrors: true });
  let examples = 0;
  for (const { operationId, requestBody } of operationsOf(paths)) {
    const { example } = requestBody?.content['application/json'] ?? {};
    if (example === undefined) continue;
    const { schema } = requestBody?.content['application/json'] ?? {};
    const named = JSON.stringify(schema).match(/#\/components\/schemas\/([^"]+)/)?.[1] ?? '';
    const validate = ajv.compile({ ...schema, components: { schemas: { [named]: schemas[named] } } });
    assert.ok(validate(example), `${operationId} ${JSON.stringify(example)}: ${JSON.stringify(validate.errors)}`);
    examples += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.ok(examples > 300, `${examples}`);
});
