/** The Stripe port against the sandbox: one request, one try, whatever the network does. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { encodeQuery } from '../../shared/adapters/stripe/param-pairs.ts';
import type { Proxy } from '../../shared/adapters/stripe/proxy/proxied-client.ts';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import type { StripeTransport, StripeResult, StripeRequest } from '../../shared/stripe/transport.ts';
import type { FaultKind } from '../../shared/sandbox/control/faults.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';

let sandbox: Sandbox;
let stripe: StripeTransport;
before(async () => {
  sandbox = await startSandbox({ seed: 1 });
  stripe = sdkTransport({ base: sandbox.url });
});
after(() => sandbox.close());
beforeEach(() => {
  sandbox.faults.clear();
  sandbox.requests.length = 0;
});

const create: StripeRequest = {
  method: 'POST',
  path: '/v1/customers',
  params: { email: 'a@b.c', address: { city: 'Rome' } },
  idempotencyKey: 'k',
};
const send = (request: StripeRequest, timeoutMs = 5000): Promise<StripeResult> =>
  stripe.send(request, SANDBOX_KEY, timeoutMs);

for (const [kind, expected] of [
  ['rate_limit', { kind: 'refused', httpStatus: 429 }],
  ['rate_limit_retry_after', { kind: 'refused', httpStatus: 429, retryAfterMs: 1000 }],
  ['lock_timeout', { kind: 'refused', httpStatus: 429 }],
  ['conflict', { kind: 'refused', httpStatus: 409 }],
  ['error_500', { kind: 'refused', httpStatus: 500 }],
  ['unauthorized', { kind: 'refused', httpStatus: 401 }],
  ['forbidden', { kind: 'refused', httpStatus: 403 }],
  ['should_retry', { kind: 'refused', httpStatus: 400, shouldRetry: true }],
  ['should_not_retry', { kind: 'refused', httpStatus: 500, shouldRetry: false }],
  ['html_503', { kind: 'lost' }],
  ['reset_before', { kind: 'lost' }],
  ['reset_after', { kind: 'lost' }],
  ['truncated', { kind: 'lost' }],
  ['empty', { kind: 'lost' }],
] as const satisfies [FaultKind, Partial<StripeResult>][]) {
  test(`${kind} makes one request and returns a value`, async () => {
    sandbox.faults.add({ kind, times: 1 });
    const answer = await send({ ...create, idempotencyKey: `k-${kind}` });
    assert.equal(answer.ok, false);
    for (const [key, value] of Object.entries(expected))
      assert.equal((answer as unknown as Record<string, unknown>)[key], value, key);
    assert.equal(sandbox.requests.length, 1, 'the SDK never repeats by itself');
  });
}

const bytes = Buffer.from('%PDF-1.7 evidence');
const upload: StripeRequest = {
  method: 'POST',
  path: '/v1/files',
  params: { purpose: 'dispute_evidence' },
  file: { part: 'file', name: 'a.pdf', type: 'application/pdf', bytes, sha256: 'a'.repeat(64) },
  idempotencyKey: 'k',
};
const download: StripeRequest = {
  method: 'GET',
  path: '/v1/quotes/qt_1/pdf',
  params: {},
  responseFileType: 'application/pdf',
};

for (const [kind, expected] of [
  ['rate_limit', 'refused'],
  ['error_500', 'refused'],
  ['html_503', 'lost'],
  ['reset_after', 'lost'],
  ['truncated', 'lost'],
  ['empty', 'lost'],
] as const satisfies [FaultKind, string][])
  for (const [name, request] of [
    ['an upload', upload],
    ['a download', download],
  ] as const)
    test(`${kind} of ${name} makes one request and returns a value`, async () => {
      sandbox.faults.add({ kind, times: 1 });
      const answer = await send({ ...request, ...(request.method === 'POST' ? { idempotencyKey: `f-${kind}` } : {}) });
      assert.equal(answer.ok ? 'ok' : answer.kind, expected);
      assert.equal(sandbox.requests.length, 1);
    });

test('rejects JSON or an HTML page where a file is expected', async () => {
  const served: readonly (readonly [string, string])[] = [
    ['application/json', '{"id":"qt_1"}'],
    ['text/html', '%PDF-1.7'],
    ['application/pdf', '<html>sign in</html>'],
  ];
  for (const [type, body] of served) {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': type, 'content-length': body.length });
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const answer = await sdkTransport({ base: `http://127.0.0.1:${port}` }).send(download, SANDBOX_KEY, 5000);
    assert.equal(answer.ok ? 'ok' : answer.kind, 'lost', type);
    server.closeAllConnections();
    server.close();
  }
});

// https://docs.stripe.com/file-upload: "the subdomain files.stripe.com is different than most of Stripe's API endpoints"
test('file uploads and downloads use the files host, other requests the API host', async () => {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const through: Proxy = { host: '127.0.0.1', port, scheme: 'NONE', ssltype: 'AUTO' };
  const proxied = sdkTransport({
    proxy: { read: () => Promise.resolve(through), refresh: () => Promise.resolve(false) },
  });
  for (const request of [upload, download, create]) await proxied.send(request, SANDBOX_KEY, 5000);
  assert.deepEqual(asked, ['files.stripe.com:443', 'files.stripe.com:443', 'api.stripe.com:443']);
  server.close();
});

test('times out if the server does not respond', async () => {
  sandbox.faults.add({ kind: 'hang', times: 1 });
  const answer = await send(create, 200);
  assert.equal(!answer.ok && answer.kind, 'lost');
});

test('times out and closes the connection if the server responds too slowly', async (context) => {
  let closed: Promise<unknown> | undefined;
  const server = createServer((request, response) => {
    // A reset of the connection closes it too.
    closed = new Promise((resolve) => request.socket.once('close', resolve));
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 20);
    void closed.then(() => clearInterval(drip));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  const answer = await sdkTransport({ base: `http://127.0.0.1:${port}` }).send(create, SANDBOX_KEY, 200);
  assert.equal(!answer.ok && answer.kind, 'lost');
  await closed;
});

test('reports an unreachable server as not called', async () => {
  const answer = await sdkTransport({ base: 'http://127.0.0.1:9' }).send(create, SANDBOX_KEY, 1000);
  assert.equal(!answer.ok && answer.kind, 'unsent');
});

test('sends the key, the account and the version, and no telemetry', async () => {
  const pinned = sdkTransport({ base: sandbox.url, apiVersion: '2024-04-10' });
  await pinned.send({ ...create, account: 'acct_1', idempotencyKey: 'k-2' }, SANDBOX_KEY, 1000);
  await pinned.send({ ...create, account: 'acct_1', idempotencyKey: 'k-3' }, SANDBOX_KEY, 1000);
  const [first] = sandbox.requests;
  assert.deepEqual(
    [first?.idempotencyKey, first?.account, first?.version, first?.body],
    ['k-2', 'acct_1', '2024-04-10', 'email=a%40b.c&address[city]=Rome'],
  );
});

test('encodes query parameters in the format that Stripe expects', async () => {
  assert.equal(
    encodeQuery({ created: { gte: 1 }, expand: ['data.customer'], email: 'a b&c' }),
    'created%5Bgte%5D=1&expand%5B0%5D=data.customer&email=a%20b%26c',
  );
  const answer = await send({ method: 'GET', path: '/v1/customers', params: { created: { gte: 1 }, limit: 1 } });
  assert.equal(answer.ok, true);
});

test('keeps the details of a Stripe error', async () => {
  const answer = await send({ method: 'GET', path: '/v1/customers/cus_none', params: {} });
  assert.ok(!answer.ok);
  assert.deepEqual(
    [answer.stripeError.code, answer.stripeError.param, answer.httpStatus],
    ['resource_missing', 'id', 404],
  );
  assert.match(answer.stripeError.requestId ?? '', /^req_/);
  assert.match(answer.stripeError.docUrl ?? '', /resource-missing/);
});

test('the installed package is the one that the catalog was generated from', () => {
  const index = JSON.parse(readFileSync('shared/catalog/entities/index.json', 'utf8')) as { sdk: string };
  const own = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  assert.equal(index.sdk, own.dependencies['stripe']);
});
