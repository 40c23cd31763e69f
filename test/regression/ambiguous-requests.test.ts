/** Each interface rejects, by name, what it would otherwise change or drop. RFC 8259, sections 4, 6 and 8, says where JSON readers differ. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Request } from '@google-cloud/functions-framework';
import { fileText } from '../../shared/config/file-text.ts';
import { checkFile, settingsFileError } from '../../shared/cli/check-settings.ts';
import { redact } from '../../shared/redact.ts';
import { readDeployment } from '../../shared/config/environment.ts';
import { readSettings } from '../../shared/config/settings-document.ts';
import { errorBody, isConnectorError } from '../../shared/errors.ts';
import { parseCommands } from '../../shared/automation/commands.ts';
import type { PubsubMessage } from '../../shared/automation/push-message.ts';
import { parseQuery } from '../../shared/http/body/decode-url.ts';
import { parseJsonBody, rejectQuery } from '../../shared/http/body/json-body.ts';
import { parseBody, type BodyKind } from '../../shared/http/body/request-bodies.ts';
import { parseApiBody } from '../../shared/management/connectors-api/bodies.ts';
import { readQuery, QUERIES } from '../../shared/management/connectors-api/queries.ts';
import { BOUNDS } from '../unit/automation-messages.ts';
import { pubsubMessage, reasonAndFields, thrownBy } from '../support/calls.ts';

function request(rawBody: Buffer, more: object = {}): Request {
  return { rawBody, is: (type: string) => type === 'application/json', ...more } as unknown as Request;
}

/** The reason of an error with status 400, and the fields that it names. */
function rejection(work: () => unknown): readonly [reason: string, ...fields: string[]] {
  const error = thrownBy(work);
  assert.equal(errorBody(error).error['code'], 400, error.message);
  return reasonAndFields(error);
}

const bodies: readonly (readonly [text: string | Buffer, reason: string, ...fields: string[]])[] = [
  ['{"entity":"Customer","entity":"Coupon"}', 'INVALID_INPUT', 'entity'],
  ['{"connectorInputPayload":{"Amount":5,"Amount":5}}', 'INVALID_INPUT', 'Amount'],
  ['{"connectorInputPayload":{"Metadata":{"n":36028797018963969}}}', 'INVALID_INPUT', 'Metadata.n'],
  ['{"fields":{"Items":[{"quantity":1e40}]}}', 'INVALID_INPUT', 'Items[0].quantity'],
  [
    '{"operationId":"a","filterClause":"Name = \'\\ud800\'","operationId":"b"}',
    'INVALID_INPUT',
    'filterClause',
    'operationId',
  ],
  [Buffer.from('{"a":"Zo\xeb"}', 'latin1'), 'BODY_MALFORMED'],
  [Buffer.from([0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22, 0x3a, 0x31, 0x7d]), 'BODY_MALFORMED'],
  ['{"a":1}{', 'BODY_MALFORMED'],
];
for (const [text, ...refused] of bodies)
  test(`rejects the body ${text.toString('latin1').slice(0, 60)}`, () =>
    assert.deepEqual(
      rejection(() => parseJsonBody(request(Buffer.from(text as string)))),
      refused,
    ));

test('reads a body with a byte order mark and __proto__ as a name', () => {
  const body = parseJsonBody(request(Buffer.from('\ufeff{"__proto__":{"x":1}}')));
  assert.deepEqual(Object.keys(body as object), ['__proto__']);
});

test('a body of another content type is what the framework parsed', () => {
  const form = { body: { a: '1' }, is: () => false };
  assert.deepEqual(parseJsonBody(request(Buffer.from('a=1'), form)), { a: '1' });
});

test('a function ignores the query string', () => {
  const to = (originalUrl: string): Request => request(Buffer.from(''), { originalUrl });
  assert.deepEqual(
    rejection(() => rejectQuery(to('/create-entity?explain=true&x=1?y&explain=false'))),
    ['INVALID_INPUT', 'explain', 'x'],
  );
  rejectQuery(to('/create-entity'));
  rejectQuery(to('/create-entity?'));
});

const envelopes: readonly (readonly [kind: BodyKind, body: object, field: string])[] = [
  ['Create', { entity: 'Customer', dryRun: null }, 'dryRun'],
  ['Create', { entity: 'Customer', operationId: null }, 'operationId'],
  ['Create', { entity: 'Customer', connectorInputPayload: null }, 'connectorInputPayload'],
  ['Create', { entity: 'Customer', connectorInputPayload: '{"Name":"a","Name":"b"}' }, 'connectorInputPayload'],
  ['Update', { entity: 'Customer', filterClause: 'x', maxAffected: true }, 'maxAffected'],
  ['Update', { entity: 'Customer', filterClause: 'x', maxAffected: [7] }, 'maxAffected'],
  ['Update', { entity: 'Customer', filterClause: 'x', maxAffected: '' }, 'maxAffected'],
  ['List', { entity: 'Customer', listEntitiesPageSize: '0x10' }, 'listEntitiesPageSize'],
  ['List', { entity: 'Customer', listEntitiesPageSize: 2.5 }, 'listEntitiesPageSize'],
  ['List', { entity: 'Customer', dryrun: null }, 'dryrun'],
  ['Delete', JSON.parse('{"entity":"Customer","__proto__":{"entityId":"a"}}') as object, '__proto__'],
];
for (const [kind, body, field] of envelopes)
  test(`${kind} rejects ${JSON.stringify(body)}`, () =>
    assert.deepEqual(
      rejection(() => parseBody(kind, body)),
      ['INVALID_INPUT', field],
    ));

// An empty token is the first page (https://google.aip.dev/158); null is what the answer of the last page has.
for (const token of ['', null])
  test(`the page token ${JSON.stringify(token)} is the first page`, () => {
    const body = parseBody('List', { entity: 'Customer', listEntitiesPageToken: token });
    assert.equal(body.listEntitiesPageToken, undefined);
  });

/** A message whose data is this text, which need not be JSON. */
const message = (text: string, attributes: Record<string, string> = {}): PubsubMessage =>
  pubsubMessage(undefined, { data: Buffer.from(text).toString('base64'), attributes });

for (const name of ['Dryrun', 'DRY_RUN', 'entity-id', 'Idempotency-Key', 'Connector_Input_Payload'])
  test(`rejects the attribute ${name}, because it may be meant as a field`, () => {
    const [ask, ...more] = parseCommands(
      message('', { operation: 'Create', entity: 'Customer', [name]: 'true' }),
      BOUNDS,
      [],
    );
    assert.ok(more.length === 0 && isConnectorError(ask?.prepared));
    assert.equal(ask.prepared.details.violations?.[0]?.field, name);
  });

test("a sender's own attribute is not a field", () => {
  const attributes = { operation: 'Create', entity: 'Customer', googclient_schemaencoding: 'JSON', source: 'crm' };
  assert.ok(!isConnectorError(parseCommands(message('', attributes), BOUNDS, [])[0]?.prepared));
});

test('only the item of an array that is ambiguous is rejected, and no replay can change it', () => {
  const item = (more: string): string => `{"operation":"Create","entity":"Customer"${more}}`;
  const asks = parseCommands(
    message(`[${item('')},${item(',"entity":"Coupon"')},${item(',"operationId":"\\udc00"')}]`),
    BOUNDS,
    [],
  );
  assert.deepEqual(
    asks.map(({ prepared, notReplayable }) => [
      isConnectorError(prepared) ? prepared.details.violations?.[0]?.field : 'fine',
      notReplayable,
    ]),
    [
      ['fine', undefined],
      ['entity', true],
      ['operationId', true],
    ],
  );
});

test('the runtime API rejects a name, metadata or headers that contradict', () => {
  const name = 'projects/p/locations/l/connections/c/entityTypes/Customer/entities/cus_1';
  const fields = { Name: 'a' };
  assert.deepEqual(parseApiBody('entity', { name, fields, metadata: {} }, name).fields, fields);
  assert.deepEqual(
    rejection(() => parseApiBody('entity', { name: `${name}2`, fields }, name)),
    ['INVALID_INPUT', 'name'],
  );
  assert.deepEqual(
    rejection(() => parseApiBody('entity', { name, fields })),
    ['INVALID_INPUT', 'name'],
  );
  assert.deepEqual(
    rejection(() => parseApiBody('entity', { fields, metadata: { a: 1 } })),
    ['INVALID_INPUT', 'metadata'],
  );
  for (const headers of ['', '{}', ' { } ']) parseApiBody('execute', { executionConfig: { headers } });
  assert.deepEqual(
    rejection(() => parseApiBody('execute', { executionConfig: { headers: '{"Stripe-Account":"acct_1"}' } })),
    ['INVALID_INPUT', 'executionConfig.headers'],
  );
  assert.deepEqual(
    rejection(() => parseApiBody('execute', { executionConfig: { header: '' } })),
    ['INVALID_INPUT', 'executionConfig.header'],
  );
  const own = JSON.parse('{"__proto__":{"a":1}}') as object;
  assert.deepEqual(Object.keys(parseApiBody('entity', { fields: own }).fields), ['__proto__']);
});

test('a query of the runtime API is UTF-8 and has no headers', () => {
  assert.deepEqual(
    rejection(() => parseQuery('/v2/x?conditions=%FF')),
    ['INVALID_INPUT', 'conditions'],
  );
  assert.equal(parseQuery('/v2/x?conditions=a+%C3%A9?=').get('conditions'), 'a é?=');
  const headers = new URLSearchParams({ 'executionConfig.headers': '{"Stripe-Account":"acct_1"}' });
  assert.deepEqual(
    rejection(() => readQuery(QUERIES.none, headers)),
    ['INVALID_INPUT', 'executionConfig.headers'],
  );
});

// Windows PowerShell's `>` writes UTF-16 with a mark: https://github.com/microsoft/playwright/issues/39420
const settings = '{"name":"é"}';
const files: readonly (readonly [sentence: string, bytes: Buffer])[] = [
  ['UTF-8', Buffer.from(settings)],
  ['UTF-8 with a mark', Buffer.from(`\ufeff${settings}`)],
  ['UTF-16 as Windows has it', Buffer.from(`\ufeff${settings}`, 'utf16le')],
  ['UTF-16 the other way around', Buffer.from(`\ufeff${settings}`, 'utf16le').swap16()],
];
for (const [sentence, bytes] of files)
  test(`reads a settings file in ${sentence}`, () =>
    assert.deepEqual(readSettings(fileText(bytes)), { value: { name: 'é' }, problems: [] }));

test('reports a settings file whose text does not match its byte order mark', () => {
  assert.throws(() => fileText(Buffer.from('{"name":"Zo\xeb"}', 'latin1')), /not valid UTF-8; save it as UTF-8/);
});

test('rejects a setting that is given twice, in a file and in the environment', () => {
  const twice = '{"read_only":true,"read_only":false}';
  assert.deepEqual(
    readSettings(twice).problems.map(({ field, description }) => `${field}: ${description}`),
    ['read_only: is repeated in one object; send it once'],
  );
  const read = (): unknown => readDeployment({ CONNECTION_SETTINGS: twice, STRIPE_API_KEY: 'sk_test_a' }, () => '');
  assert.throws(read, /read_only: is repeated/);
});

test('check reports every problem of a file at once: of its text, of each value and of the proxy', () => {
  const text =
    '{"name":"c","region":"r1","verbosity":"1","verbosity":"9","min_nodes":12345678901234567890,"colour":1,' +
    '"proxy_enabled":true,"proxy_server":{"host":"p","port":1},"proxy_ssltype":"NEVER","api_key":"sk"}';
  const fields = (base?: string): string[] => checkFile('f', () => text, base).map(({ field }) => field);
  assert.deepEqual(fields().sort(), ['api_key', 'colour', 'min_nodes', 'proxy_ssltype', 'verbosity']);
  assert.deepEqual(fields('http://127.0.0.1:1').sort(), ['api_key', 'colour', 'min_nodes', 'verbosity']);
  const printed = redact(
    settingsFileError(
      'f',
      checkFile('f', () => text, undefined),
    ).message,
  );
  assert.match(printed, /api_key: projects\/P\/secrets\/S\/versions\/V/);
});
