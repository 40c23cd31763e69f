/** Errors of a built function: always the connector's JSON, never HTML, a stack or a path. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { gzipSync } from 'node:zlib';
import { after, before, test } from 'node:test';
import { errorOf, nodesOfFile, post, startFunction, type Answered, type Running } from './framework.ts';

const ENV = { STRIPE_API_KEY: 'sk_test_refusals000000', STRIPE_API_BASE: 'http://127.0.0.1:9' };

for (const node of nodesOfFile(0)) {
  let running: Running;
  before(async () => {
    running = await startFunction({ name: 'create-entity', node: node.path, env: ENV });
  });
  after(() => running.stop());

  const refused = (
    sentence: string,
    send: () => Promise<Answered>,
    code: number,
    status: string,
    reason: string,
  ): void => {
    test(`${sentence} (${node.name})`, async () => {
      const answer = await send();
      assert.equal(answer.status, code, answer.text);
      assert.match(String(answer.headers.get('content-type')), /^application\/json/);
      const error = errorOf(answer);
      assert.equal(error.code, code);
      assert.equal(error.status, status);
      assert.equal(error.details[0]?.reason, reason);
      // RFC 9110, 10.2.3
      if (code === 503) assert.match(answer.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
      assert.doesNotMatch(answer.text, /<html|\bat .*\.(c?js|ts):\d+|node_modules|sk_test_/i);
    });
  };

  // https://expressjs.com/en/guide/error-handling.html: the default handler prints the stack, and with it the body.
  test(`does not log a body that cannot be parsed (${node.name})`, async () => {
    const before = running.output().length;
    await post(running.url, '{"note": Zq7Lm2Xw9Planted}');
    await post(running.url, `{"note": "Zq7Lm2Xw9Planted${'x'.repeat(300_000)}"}`);
    await post(running.url, `${'['.repeat(2000)}Zq7Lm2Xw9Planted`);
    const printed = running.output().slice(before);
    assert.doesNotMatch(printed, /Planted|\bat .*:\d+|node_modules|\.cjs/);
    assert.match(printed, /"kind":"entity\.parse\.failed"/, 'the log says that there was something');
  });

  const customer = { entity: 'Customer', connectorInputPayload: { Email: 'a@b.c' } };
  refused('malformed JSON is a 400', () => post(running.url, '{"entity":'), 400, 'INVALID_ARGUMENT', 'BODY_MALFORMED');
  for (const [body, message] of [
    ['{"entity":', 'the body is not valid JSON at line 1, column 11'],
    ['{\n  "entity": Customer\n}', 'the body is not valid JSON at line 2, column 13'],
    ['"Customer"', 'the body must be a JSON object'],
  ] as const)
    test(`the error names the place in ${JSON.stringify(body)} (${node.name})`, async () =>
      assert.equal(errorOf(await post(running.url, body)).message, message));
  refused(
    'a JSON text that is no object is a 400',
    () => post(running.url, '"Customer"'),
    400,
    'INVALID_ARGUMENT',
    'BODY_MALFORMED',
  );
  // The key may be that of an earlier call, which may have had its effect.
  test(`an unread body's error has the key of its header and an unknown effect (${node.name})`, async () => {
    for (const body of ['{"entity":', `{"note": "${'x'.repeat(300_000)}"}`, '['.repeat(2000)]) {
      const answer = await post(running.url, body, { 'idempotency-key': 'order-7' });
      const { metadata } = errorOf(answer).details[0] as { metadata: Record<string, string> };
      assert.deepEqual([metadata['operationId'], metadata['effect']], ['order-7', 'unknown'], answer.text);
      assert.equal(answer.headers.get('idempotency-key'), 'order-7');
    }
  });
  refused('an array is a 400', () => post(running.url, []), 400, 'INVALID_ARGUMENT', 'INVALID_INPUT');
  refused(
    'a body over the limit is a 413',
    () => post(running.url, JSON.stringify({ ...customer, operationId: 'x'.repeat(262_200) })),
    413,
    'INVALID_ARGUMENT',
    'BODY_TOO_LARGE',
  );
  refused(
    'a streamed body over the limit is a 413',
    () => streamed(running.url, 2_000_000),
    413,
    'INVALID_ARGUMENT',
    'BODY_TOO_LARGE',
  );
  refused(
    'a body that is nested too deep is a 400',
    () => post(running.url, `{"entity":"Customer","connectorInputPayload":{"Metadata":${'['.repeat(63)}`),
    400,
    'INVALID_ARGUMENT',
    'BODY_TOO_DEEP',
  );
  refused(
    'a quarter of a million brackets are a 400',
    () => post(running.url, '['.repeat(260_000)),
    400,
    'INVALID_ARGUMENT',
    'BODY_TOO_DEEP',
  );
  refused(
    'brackets in a text are no nesting',
    () => post(running.url, { entity: '[{'.repeat(100) }),
    400,
    'INVALID_ARGUMENT',
    'INVALID_INPUT',
  );
  refused(
    'a compressed body is a 415',
    () => raw(running.url, gzipSync(JSON.stringify(customer)), { 'content-encoding': 'gzip' }),
    415,
    'INVALID_ARGUMENT',
    'BODY_ENCODING',
  );
  refused(
    'a foreign charset is a 415',
    () => post(running.url, customer, { 'content-type': 'application/json; charset=koi8-r' }),
    415,
    'INVALID_ARGUMENT',
    'BODY_ENCODING',
  );
  // expressjs/body-parser#440: the framework's parser takes UTF-7, in which no bracket can be counted.
  for (const [charset, encode] of [
    ['utf-7', (text: string) => Buffer.from(text.replace('[', '+AFs-'))],
    ['utf-16', (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])],
    ['utf-16le', (text: string) => Buffer.from(text, 'utf16le')],
    ['utf-32', (text: string) => Buffer.from(Array.from(text).flatMap((one) => [0, 0, 0, one.charCodeAt(0)]))],
  ] as const)
    refused(
      `a body in ${charset} is a 415`,
      () =>
        raw(running.url, encode(JSON.stringify(customer)), { 'content-type': `application/json; charset=${charset}` }),
      415,
      'INVALID_ARGUMENT',
      'BODY_ENCODING',
    );
  // https://encoding.spec.whatwg.org/#names-and-labels
  for (const charset of ['utf-8', 'utf8', 'UTF8', '"utf-8"', 'us-ascii'])
    test(`charset=${charset} is treated as UTF-8`, async () => {
      const type = { 'content-type': `application/json; charset=${charset}` };
      const { status } = await post(running.url, { ...customer, dryRun: true }, type);
      assert.equal(status, 200);
    });
  refused(
    'a form is a 415',
    () => post(running.url, 'entity=Customer', { 'content-type': 'application/x-www-form-urlencoded' }),
    415,
    'INVALID_ARGUMENT',
    'CONTENT_TYPE',
  );
  refused('a GET is a 405', () => get(running.url), 405, 'INVALID_ARGUMENT', 'METHOD_NOT_ALLOWED');
  refused(
    'an unknown body field is named with the nearest',
    () => post(running.url, { ...customer, entty: 'x' }),
    400,
    'INVALID_ARGUMENT',
    'INVALID_INPUT',
  );
  refused(
    'two keys that differ are a 400',
    () => post(running.url, { ...customer, operationId: 'a' }, { 'idempotency-key': 'b' }),
    400,
    'INVALID_ARGUMENT',
    'INVALID_INPUT',
  );
  refused(
    'an operation that Stripe does not have is a 501',
    () => post(running.url, { entity: 'Balance' }),
    501,
    'UNIMPLEMENTED',
    'OPERATION_NOT_OFFERED',
  );
  refused(
    'an account that is not allowed is a 403',
    () => post(running.url, { ...customer, accountId: 'acct_1' }),
    403,
    'PERMISSION_DENIED',
    'ACCOUNT_NOT_ALLOWED',
  );
  refused(
    'Stripe that cannot be reached is a 503',
    () => post(running.url, customer),
    503,
    'UNAVAILABLE',
    'STRIPE_UNREACHABLE',
  );

  test(`accepts a small streamed body and reports its fields' errors (${node.name})`, async () => {
    const answer = await streamed(running.url, 10);
    assert.equal(errorOf(answer).details[0]?.reason, 'INVALID_INPUT', answer.text);
  });

  test(`an error of a write has the key and the effect (${node.name})`, async () => {
    const mine = await post(running.url, { ...customer, entity: 'Nothing', operationId: 'order-7' });
    assert.deepEqual(
      [errorOf(mine).details[0]?.metadata?.['operationId'], errorOf(mine).details[0]?.metadata?.['effect']],
      ['order-7', 'none'],
    );
    assert.equal(mine.headers.get('idempotency-key'), 'order-7');
    const ours = await post(running.url, { entity: 5 });
    assert.match(String(errorOf(ours).details[0]?.metadata?.['operationId']), /^[0-9a-f-]{36}$/);
  });
}

test('a deployed function reports missing settings at start-up and rejects local ones', async () => {
  const settings = {
    name: 'pay',
    region: 'europe-west1',
    service_account: 'pay@p.iam.gserviceaccount.com',
    api_key: 'projects/p/secrets/s/versions/1',
  };
  const cloud = {
    K_SERVICE: 'create-entity',
    GOOGLE_CLOUD_PROJECT: 'p',
    CONNECTION_SETTINGS: JSON.stringify(settings),
  };
  const cases: [Record<string, string>, RegExp][] = [
    [{ ...cloud, STRIPE_API_KEY: 'sk_test_x00000000' }, /STRIPE_API_KEY is for local development/],
    [{ ...cloud, STRIPE_API_BASE: 'http://127.0.0.1:1' }, /STRIPE_API_BASE is for local development/],
    [{ ...cloud, CONNECTION_SETTINGS: '{}' }, /name: /],
    [{ ...cloud, GOOGLE_CLOUD_PROJECT: '' }, /GOOGLE_CLOUD_PROJECT: a project id/],
    [{ K_SERVICE: 'x', CONNECTION_SETTINGS: JSON.stringify(settings) }, /GOOGLE_CLOUD_PROJECT is required/],
    [
      { ...cloud, CONNECTION_SETTINGS: JSON.stringify({ ...settings, min_nodes: 60 }) },
      /min_nodes: must be at most max_nodes/,
    ],
    [{ ...cloud, CONNECTION_SETTINGS: JSON.stringify({ ...settings, colour: 'red' }) }, /colour: is not a setting/],
  ];
  for (const [env, message] of cases) await assert.rejects(startFunction({ name: 'create-entity', env }), message);
  const fine = await startFunction({ name: 'create-entity', env: cloud });
  await fine.stop();
});

test('a restricted function adds its entity and rejects any other', async () => {
  const running = await startFunction({ name: 'customer-get', env: ENV });
  try {
    const other = await post(running.url, { entity: 'Product', entityId: 'prod_1' });
    assert.equal(other.status, 403);
    assert.equal(errorOf(other).details[0]?.reason, 'ENTITY_NOT_EXPOSED');
    for (const entity of [undefined, 'Customer', 'customers']) {
      const own = await post(running.url, { entity, entityId: 'cus_1' });
      assert.equal(errorOf(own).details[0]?.reason, 'STRIPE_UNREACHABLE', own.text);
    }
  } finally {
    await running.stop();
  }
});

test('a suspended connection rejects every call', async () => {
  const running = await startFunction({
    name: 'customer-get',
    env: { ...ENV, CONNECTION_SETTINGS: '{"suspended":true}' },
  });
  try {
    assert.equal(errorOf(await post(running.url, { entityId: 'cus_1' })).details[0]?.reason, 'CONNECTION_SUSPENDED');
  } finally {
    await running.stop();
  }
});

function raw(url: string, body: Buffer, headers: Record<string, string>): Promise<Answered> {
  return request(
    url,
    { 'content-type': 'application/json', 'content-length': String(body.length), ...headers },
    (client) => client.end(body),
  );
}

/** Chunked, without an announced length. */
function streamed(url: string, bytes: number): Promise<Answered> {
  return request(url, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' }, (client) => {
    client.write('{"operationId":"');
    for (let sent = 0; sent < bytes; sent += 50_000) client.write('x'.repeat(Math.min(50_000, bytes)));
    client.end('"}');
  });
}

function request(
  url: string,
  headers: Record<string, string>,
  write: (client: http.ClientRequest) => void,
): Promise<Answered> {
  return new Promise((resolve, reject) => {
    const client = http.request(url, { method: 'POST', headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({
          status: response.statusCode ?? 0,
          headers: new Headers(response.headers as Record<string, string>),
          text,
          body: JSON.parse(text) as Record<string, unknown>,
        });
      });
    });
    client.on('error', reject);
    write(client);
  });
}

async function get(url: string): Promise<Answered> {
  const response = await fetch(url);
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: JSON.parse(text) as Record<string, unknown>,
  };
}
