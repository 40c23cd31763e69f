/**
 * What is left of Google's packages in the built file does what the connector needs of it. A new version that moves a
 * path or a name fails here, or in the build.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type * as google from '../../shared/adapters/google/index.ts';
import { storedDocuments } from '../../shared/adapters/google/stored-documents.ts';
import { createStoreClock } from '../../shared/adapters/store-clock.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { API_KEY } from '../../shared/ports/secrets.ts';
import { isStoreUnavailable } from '../../shared/ports/store-errors.ts';

// oxlint-disable-next-line typescript/no-require-imports -- the built file, as a function loads it
const built = require(path.resolve('build/lazy/google.cjs')) as typeof google;

interface Asked {
  readonly url: string;
  readonly body: string;
}

let server: http.Server;
let host: string;
let answer: { status: number; body: unknown } | undefined;
let asked: Asked[] = [];

before(async () => {
  server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ url: request.url ?? '', body });
      // Without an answer it stays silent.
      if (answer !== undefined)
        response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const refused = (code: number, status: string): void => {
  answer = { status: code, body: { error: { code, status, message: 'no', details: [] } } };
};
const VERSION = 'projects/p/secrets/s/versions/1';
const secret = (): { read(): Promise<string> } =>
  built.secretManager({ version: VERSION, kind: API_KEY, emulatorHost: host });
const because =
  (reason: string) =>
  (error: unknown): boolean =>
    isConnectorError(error) && error.details.reason === reason;

test('the package versions are the ones that the bundle was written for', () => {
  const versionOf = (name: string): unknown =>
    (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string }).version;
  const wanted = {
    '@google-cloud/firestore': '8.7.1',
    '@google-cloud/pubsub': '5.3.1',
    '@google-cloud/secret-manager': '6.1.2',
    '@modelcontextprotocol/sdk': '1.32.2',
    'google-auth-library': '10.5.0',
    'google-gax': '5.0.8',
    'proto3-json-serializer': '3.0.4',
    stripe: '23.1.0',
    zod: '4.6.7',
  };
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((name) => [name, versionOf(name)])), wanted);
});

test('reads a secret and rejects a wrong checksum', async () => {
  const payload = { data: Buffer.from('sk_test_1').toString('base64') };
  answer = { status: 200, body: { name: VERSION, payload } };
  assert.equal(await secret().read(), 'sk_test_1');
  answer = { status: 200, body: { name: VERSION, payload: { ...payload, dataCrc32c: '5' } } };
  await assert.rejects(secret().read(), because('SECRET_CHECKSUM_MISMATCH'));
});

for (const [code, status, reason] of [
  [403, 'PERMISSION_DENIED', 'SECRET_PERMISSION_DENIED'],
  [404, 'NOT_FOUND', 'SECRET_MISSING'],
  [400, 'FAILED_PRECONDITION', 'SECRET_DISABLED'],
  [503, 'UNAVAILABLE', 'SECRET_UNAVAILABLE'],
] as const)
  test(`a secret that responds with ${status} is ${reason}`, async () => {
    refused(code, status);
    await assert.rejects(secret().read(), because(reason));
  });

const state = (at = host): ReturnType<typeof google.firestoreState> =>
  built.firestoreState(
    { projectId: 'p', databaseId: '(default)', emulatorHost: at },
    'c',
    storedDocuments,
    createStoreClock(systemClock),
  );
const member = { connection: 'c', id: 'm', place: 0.5 };
const reservation = {
  member,
  requests: [{ lane: 0, count: 2, spacingUs: 1_050_000 }],
  notBeforeUs: 1_795_000_000_000_000,
  renew: false,
};

test('a commit sends its transforms and returns their results', async () => {
  asked = [];
  const numbers = ['1795000000000000', '1795000002100000', '1', '2', '3', '4', '5', '0', '3'];
  const transformResults = numbers.map((integerValue) => ({ integerValue }));
  answer = { status: 200, body: { writeResults: [{ transformResults }], commitTime: '2026-11-18T10:13:20.000001Z' } };
  const { grants, lanes, atUs } = await state().tokens.reserve(reservation);
  assert.deepEqual(grants, [{ firstUs: 1_795_000_000_000_000, throttledUntilUs: 0 }]);
  assert.deepEqual(
    lanes.map(({ nextUs }) => nextUs),
    [1_795_000_002_100_000, 1, 2, 3, 4, 5],
  );
  assert.equal(atUs, Date.parse('2026-11-18T10:13:20Z') * 1000 + 1);
  assert.match(asked[0]?.url ?? '', /^\/v1\/projects\/p\/databases\/\(default\)\/documents:commit/);
  const { writes } = JSON.parse(asked[0]?.body ?? '') as { writes: { transform: { fieldTransforms: unknown[] } }[] };
  assert.deepEqual(writes[0]?.transform.fieldTransforms[1], {
    fieldPath: 'tat0',
    increment: { integerValue: '2100000' },
  });
});

for (const [code, status] of [
  [503, 'UNAVAILABLE'],
  [409, 'ABORTED'],
  [429, 'RESOURCE_EXHAUSTED'],
  [500, 'INTERNAL'],
] as const)
  test(`a Firestore call that fails with ${status} may be retried`, async () => {
    refused(code, status);
    await assert.rejects(state().tokens.reserve(reservation), isStoreUnavailable);
  });

test('a Firestore call without permission is not retried', async () => {
  refused(403, 'PERMISSION_DENIED');
  await assert.rejects(state().tokens.reserve(reservation), (error) => !isStoreUnavailable(error));
});

test('a silent Firestore counts as unanswered after the timeout, an unreachable one at once', async () => {
  answer = undefined;
  await assert.rejects(state().tokens.reserve(reservation), isStoreUnavailable);
  await assert.rejects(state('127.0.0.1:1').tokens.reserve(reservation), isStoreUnavailable);
});

test('a conflicting write is read again, then fails', async () => {
  asked = [];
  const now = new Date().toISOString();
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    asked.push({ url: request.url ?? '', body: '' });
    const read = request.url?.includes(':batchGet') === true;
    const conflict = {
      error: { code: 400, status: 'FAILED_PRECONDITION', message: 'the stored version does not match' },
    };
    request.resume();
    response
      .writeHead(read ? 200 : 400, { 'content-type': 'application/json' })
      .end(JSON.stringify(read ? [{ missing: 'x', readTime: now }] : conflict));
  });
  const record = {
    state: 'received',
    fingerprint: '',
    keyVersion: 0,
    fence: 1,
    leaseEndsUs: 0,
    firstCalledUs: 0,
    attempts: 0,
    requestIds: [],
    outcome: '',
    expand: '',
    resolution: '',
    expiresUs: 1,
  } as const;
  await assert.rejects(
    state().operations.update('id', () => ({ record, result: 1 })),
    isStoreUnavailable,
  );
  assert.equal(asked.length, 16);
});

test('contains no part of gRPC', () => {
  const text = readFileSync('build/lazy/google.cjs', 'utf8');
  for (const name of ['@grpc/grpc-js', 'loadPackageDefinition']) assert.ok(!text.includes(name), name);
});
