/** The real Secret Manager client against a stand-in of its REST API on loopback. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { secretManager } from '../../shared/adapters/google/secret-manager.ts';
import { systemClock } from '../../shared/adapters/system-clock.ts';
import { API_KEY, PROXY_PASSWORD, SIGNING_SECRET } from '../../shared/ports/secrets.ts';
import { CachedSecret } from '../../shared/stripe/secrets/cached-secret.ts';
import { isConnectorError } from '../../shared/errors.ts';

const VERSION = 'projects/p/secrets/stripe/versions/latest';
let host: string;
let answer: { status: number; body: object };
let reads: string[] = [];
let server: http.Server;

before(async () => {
  server = http.createServer((request, response) => {
    reads.push(request.url ?? '');
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => void server.close());

function holds(key: string, crc?: string): void {
  answer = {
    status: 200,
    body: {
      name: VERSION,
      payload: { data: Buffer.from(key).toString('base64'), ...(crc === undefined ? {} : { dataCrc32c: crc }) },
    },
  };
}

function fails(code: number, status: string): void {
  answer = { status: code, body: { error: { code, status, message: 'no', details: [] } } };
}

const reason = (wanted: string) => (error: unknown) =>
  isConnectorError(error) && error.details.reason === wanted && !/sk_test_\w/.test(error.message);

test('reads the key from the version that the settings name', async () => {
  reads = [];
  holds('sk_test_secret0000000\n');
  assert.equal(
    await secretManager({ kind: API_KEY, version: VERSION, emulatorHost: host }).read(),
    'sk_test_secret0000000',
  );
  assert.match(reads[0] ?? '', /^\/v1\/projects\/p\/secrets\/stripe\/versions\/latest:access/);
});

test('accepts a correct checksum and rejects a wrong one', async () => {
  // CRC-32C of '123456789' is 0xe3069283: https://reveng.sourceforge.io/crc-catalogue/17plus.htm#crc.cat.crc-32-iscsi
  const secrets = secretManager({ kind: API_KEY, version: VERSION, emulatorHost: host });
  holds('123456789', String(0xe3069283));
  await assert.rejects(secrets.read(), reason('SECRET_NOT_A_KEY'));
  holds('123456789', '5');
  await assert.rejects(secrets.read(), reason('SECRET_CHECKSUM_MISMATCH'));
});

for (const [code, status, wanted] of [
  [404, 'NOT_FOUND', 'SECRET_MISSING'],
  [403, 'PERMISSION_DENIED', 'SECRET_PERMISSION_DENIED'],
  [400, 'FAILED_PRECONDITION', 'SECRET_DISABLED'],
] as const) {
  test(`${status} becomes ${wanted} and the error says what to do`, async () => {
    fails(code, status);
    await assert.rejects(secretManager({ kind: API_KEY, version: VERSION, emulatorHost: host }).read(), reason(wanted));
  });
}

// An operator looks for the secret that the message names.
for (const [kind, setting] of [
  [API_KEY, 'api_key'],
  [SIGNING_SECRET, 'webhook_secrets'],
  [PROXY_PASSWORD, 'proxy_password'],
] as const)
  test(`the error for a missing secret names the setting ${setting}`, async () => {
    fails(404, 'NOT_FOUND');
    await assert.rejects(secretManager({ kind, version: VERSION, emulatorHost: host }).read(), {
      message: new RegExp(`create it or correct ${setting}$`),
    });
  });

test('concurrent callers share one read; one of them re-reads a rejected key once', async () => {
  const key = new CachedSecret(secretManager({ kind: API_KEY, version: VERSION, emulatorHost: host }), systemClock);
  reads = [];
  holds('sk_test_old0000000000');
  const old = await Promise.all(Array.from({ length: 20 }, async () => key.read()));
  assert.equal(reads.length, 1);
  holds('sk_test_new0000000000');
  const found = await Promise.all(old.map((one) => key.refresh(one)));
  assert.ok(found.every(Boolean));
  assert.equal(reads.length, 2);
  assert.equal(await key.read(), 'sk_test_new0000000000');
});

test('reads a pinned version once', async () => {
  const key = new CachedSecret(
    secretManager({ kind: API_KEY, version: VERSION.replace('latest', '3'), emulatorHost: host }),
    systemClock,
  );
  holds('sk_test_pinned0000000');
  assert.equal(await key.refresh(await key.read()), false);
});

test('does not cache a failed read', async () => {
  const key = new CachedSecret(secretManager({ kind: API_KEY, version: VERSION, emulatorHost: host }), systemClock);
  fails(403, 'PERMISSION_DENIED');
  await assert.rejects(Promise.resolve(key.read()), reason('SECRET_PERMISSION_DENIED'));
  holds('sk_test_later00000000');
  assert.equal(await key.read(), 'sk_test_later00000000');
});
