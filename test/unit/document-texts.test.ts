/** Every error of a document says what is allowed: none has zod's own text, which `zod/mini` cuts to "Invalid input". */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settingDefinitions } from '../../shared/config/settings-schema.ts';
import { parseSettings } from '../../shared/config/settings.ts';
import { readDeployment } from '../../shared/config/environment.ts';
import { bodyFieldNames, parseBody, type BodyKind } from '../../shared/http/body/request-bodies.ts';
import { parseApiBody } from '../../shared/management/connectors-api/bodies.ts';
import { QUERIES, readQuery } from '../../shared/management/connectors-api/queries.ts';
import { isConnectorError } from '../../shared/errors.ts';

const VALUES: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e9, '', ' ', 'x', 'é'.repeat(20_000), '9999999999', '-1', '2.5'],
  ...[[], [1], [''], ['x', 'y'], [[]], {}, { host: 'a' }, { host: 'a', port: 0 }, { host: 'a', port: 1, more: 1 }],
  ...[{ headers: 1 }, { headers: '{"a": "b"}' }, { other: 1 }],
];

/** Returns the texts of the error, and none if the document is valid. */
function textsOf(parse: () => unknown): string[] {
  try {
    parse();
    return [];
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    return [error.message, ...(error.details.violations ?? []).map(({ description }) => description)];
  }
}

const KINDS: readonly BodyKind[] = ['List', 'Get', 'Create', 'Update', 'Delete', 'Action', 'ExecuteAction'];
const API_FIELDS = ['name', 'fields', 'metadata', 'parameters', 'executionConfig', 'other'];
const QUERY_NAMES = ['pageSize', 'pageToken', 'view', 'contextMetadata', 'sortBy', 'sortOrder', 'conditions', 'other'];
const ENVIRONMENT_NAMES = ['STRIPE_API_BASE', 'FIRESTORE_EMULATOR_HOST', 'GOOGLE_CLOUD_PROJECT', 'FIRESTORE_DATABASE'];
const SETTINGS = [...settingDefinitions().map(({ name }) => name), 'other'];

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const DOCUMENTS: Readonly<Record<string, (value: unknown) => string[]>> = {
  'a body': (value) =>
    KINDS.flatMap((kind) =>
      [...bodyFieldNames(), 'other'].flatMap((name) => textsOf(() => parseBody(kind, { [name]: value }))),
    ),
  "a body of Google's API": (value) =>
    (['entity', 'execute', 'nothing'] as const).flatMap((kind) =>
      API_FIELDS.flatMap((name) => textsOf(() => parseApiBody(kind, { [name]: value }))),
    ),
  "a query of Google's API": (value) =>
    Object.values(QUERIES).flatMap((query) =>
      QUERY_NAMES.flatMap((name) => textsOf(() => readQuery(query, new URLSearchParams([[name, asText(value)]])))),
    ),
  'the settings': (value) =>
    SETTINGS.flatMap((name) => textsOf(() => parseSettings({ name: 'a', region: 'b1', [name]: value }))),
  'the environment': (value) =>
    ENVIRONMENT_NAMES.flatMap((name) =>
      textsOf(() => readDeployment({ STRIPE_API_KEY: 'sk_test_a', [name]: asText(value) }, () => '')),
    ),
};

for (const [document, textsFor] of Object.entries(DOCUMENTS))
  test(`an error of ${document} says what is allowed`, () => {
    const texts = VALUES.flatMap(textsFor);
    assert.ok(texts.length > VALUES.length, `only ${texts.length} errors`);
    assert.deepEqual(
      texts.filter((text) => /Invalid input|undefined|\[object/.test(text)),
      [],
    );
  });

test('settings that are invalid on their own and in combination are in one error', () => {
  const settings = { name: 'a', region: 'B', min_nodes: 9, max_nodes: 3, proxy_enabled: true, proxy_auth_scheme: 'X' };
  assert.deepEqual(textsOf(() => parseSettings({ ...settings, verbosty: '1' })).slice(1), [
    'a Google Cloud location, such as europe-west1',
    'one of BASIC, DIGEST, NONE',
    'is not a setting; did you mean verbosity?',
    'must be at most max_nodes (3)',
    'is required with proxy_enabled',
  ]);
});

test('a document with a member __proto__ is rejected as with any unknown field', () => {
  const document = JSON.parse('{"name": "a", "region": "b1", "__proto__": 1}') as object;
  assert.match(textsOf(() => parseSettings(document)).join(), /__proto__: is not a setting/);
  assert.match(textsOf(() => parseBody('Get', document)).join(), /__proto__: is not a known field/);
});
