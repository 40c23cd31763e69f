/**
 * Whatever a server, a proxy or a gateway answers, byte by byte: never a success, never a rejection, always an end.
 * Sources: RFC 9112 (messages), RFC 9110 15.2 (1xx), RFC 8259 (any value is JSON); reports of bodies that are no object:
 * stripe-node's handler writes to the parsed body, which ends the process where it is a text or a number.
 */
import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import type { StripeResult, StripeRequest } from '../../shared/stripe/transport.ts';
import { SANDBOX_KEY } from '../../shared/sandbox/server.ts';

let server: Server;
let port: number;
let write: (socket: Socket) => void;
const sockets = new Set<Socket>();
before(async () => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () => write(socket));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  ({ port } = server.address() as AddressInfo);
});
after(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

const post: StripeRequest = { method: 'POST', path: '/v1/customers', params: { name: 'x' }, idempotencyKey: 'odd' };

/** Milliseconds in which an answer must be whole. */
const LIMIT_MS = 400;

async function answered(bytes: (socket: Socket) => void, request = post): Promise<StripeResult> {
  write = bytes;
  return sdkTransport({ base: `http://127.0.0.1:${port}` }).send(request, SANDBOX_KEY, LIMIT_MS);
}

const http = (status: string, body: string | Buffer, headers = ''): Buffer =>
  Buffer.concat([
    Buffer.from(
      `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n`,
    ),
    Buffer.from(`${headers}Connection: close\r\n\r\n`),
    Buffer.from(body),
  ]);

/** Whole answers, and what becomes of them: `lost` unless said otherwise. */
const WHOLE: Readonly<Record<string, Buffer | string>> = {
  'a text': http('200 OK', '"x"'),
  'an empty text': http('200 OK', '""'),
  true: http('200 OK', 'true'),
  'a number': http('200 OK', '0'),
  null: http('200 OK', 'null'),
  'a list': http('200 OK', '[{"id":"cus_1","object":"customer"}]'),
  'an empty object': http('200 OK', '{}'),
  'a success that is not Stripe’s': http('200 OK', '{"status":"ok"}'),
  'an object that is not Stripe’s': http('200 OK', '{"id":"job-1","status":"queued"}'),
  'an empty list, to a write': http('200 OK', '{"object":"list","data":[],"has_more":false}'),
  HTML: http('200 OK', '<html>sign in</html>'),
  nothing: http('200 OK', ''),
  '204': 'HTTP/1.1 204 No Content\r\n\r\n',
  'a created object elsewhere': http(
    '302 Found',
    '{"id":"cus_1","object":"customer"}',
    'Location: http://127.0.0.1:9/\r\n',
  ),
  'a body that gzip made': http('200 OK', gzipSync('{"id":"cus_1","object":"customer"}'), 'Content-Encoding: gzip\r\n'),
  'bytes that are no UTF-8': http('200 OK', Buffer.from([0x7b, 0xff, 0xfe, 0x7d])),
  'a byte order mark alone': http('200 OK', Buffer.from([0xef, 0xbb, 0xbf])),
  'a list nested 100,000 deep': http('200 OK', '['.repeat(100_000) + ']'.repeat(100_000)),
  'an error that is a text': http('401 Unauthorized', '{"error":"unauthorized"}'),
  'an error of another API': http(
    '403 Forbidden',
    '{"error":{"code":403,"status":"PERMISSION_DENIED","message":"no"}}',
  ),
  'error: null': http('400 Bad Request', '{"error":null}'),
  'an error whose fields are objects': http('500 Oops', '{"error":{"type":{},"code":[],"message":{}}}'),
  'a proxy that asks for credentials': http('407 Proxy Authentication Required', '{"message":"no"}'),
  'too many requests, of a gateway': http('429 Too Many', '{"message":"slow down"}', 'Retry-After: 99999999999999\r\n'),
  'a status beyond 599': http('799 Odd', '{"id":"cus_1","object":"customer"}'),
  'another protocol': 'SSH-2.0-OpenSSH_9.6\r\n',
  'a head that never fits': `HTTP/1.1 200 OK\r\n${'X-Long: y\r\n'.repeat(20_000)}\r\n{}`,
  'an upgrade': 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n',
  'two lengths': 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
  'a length that is a lie': 'HTTP/1.1 200 OK\r\nContent-Length: 400\r\n\r\n{"id":"cus_1","object":"customer"}',
  'chunks without sense': 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n',
};
for (const [name, bytes] of Object.entries(WHOLE))
  test(`${name} is an unknown outcome`, async () => {
    const answer = await answered((socket) => socket.end(bytes));
    assert.equal(!answer.ok && answer.kind, 'lost');
    if (!answer.ok) assert.ok((answer.retryAfterMs ?? 0) <= 86_400_000);
  });

// RFC 9110 15.2.2: a server switches protocols for a client that asked for it. Node tells no answer of the first form.
for (const head of ['Upgrade: websocket\r\nConnection: Upgrade\r\n', 'Upgrade: h2c\r\n', ''])
  test(`a protocol switch fails at once: ${JSON.stringify(head)}`, async () => {
    const answer = await answered((socket) => socket.write(`HTTP/1.1 101 Switching Protocols\r\n${head}\r\n`));
    assert.ok(!answer.ok);
    assert.deepEqual([answer.kind, answer.httpStatus, answer.timedOut], ['lost', 101, undefined]);
  });

const drip = (socket: Socket, what: string): void => {
  const timer = setInterval(() => socket.write(what), 20);
  socket.once('close', () => clearInterval(timer));
};
const ENDLESS: Readonly<Record<string, (socket: Socket) => void>> = {
  silence: () => undefined,
  'a head that drips': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
    drip(socket, 'y');
  },
  'informational answers without end': (socket) => drip(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'),
  'a body that drips': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    drip(socket, '1\r\n \r\n');
  },
};
for (const [name, bytes] of Object.entries(ENDLESS))
  test(`${name} times out at the deadline`, async () => {
    const answer = await answered(bytes);
    assert.deepEqual(!answer.ok && [answer.kind, answer.timedOut], ['lost', true]);
  });

test('an endless body is aborted at the size limit', async () => {
  write = (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    const block = Buffer.alloc(1024 * 1024, ' ');
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), block, Buffer.from('\r\n')]);
    const more = (): void => {
      while (!socket.destroyed && socket.write(chunk));
      if (!socket.destroyed) socket.once('drain', more);
    };
    more();
  };
  const answer = await sdkTransport({ base: `http://127.0.0.1:${port}` }).send(post, SANDBOX_KEY, 20_000);
  assert.equal(!answer.ok && answer.kind, 'lost');
  assert.ok(!answer.ok && answer.timedOut !== true, 'by its size');
});

// docs.stripe.com/api/reporting/report_run/object, docs.stripe.com/api/sigma/scheduled_queries/object: both have `error`.
for (const body of [
  '{"id":"frr_1","object":"reporting.report_run","status":"failed","error":"no rows"}',
  '{"id":"sqr_1","object":"scheduled_query_run","status":"failed","error":{"message":"syntax error"}}',
])
  test(`a 2xx body with a field named error is a success: ${body}`, async () => {
    const request = { ...post, path: '/v1/reporting/report_runs' };
    const answer = await answered((socket) => socket.end(http('200 OK', body)), request);
    assert.deepEqual(answer.ok && answer.body, JSON.parse(body));
  });

test('text that UTF-8 cannot encode and invalid header values are never sent', async () => {
  const stripe = sdkTransport({ base: `http://127.0.0.1:${port}` });
  write = () => assert.fail('a request came');
  for (const request of [
    { ...post, params: { name: 'cut \ud83d' } },
    { ...post, params: { metadata: { '\udc00': 'v' } } },
    { ...post, idempotencyKey: 'a\r\nb' },
    { method: 'GET' as const, path: '/v1/customers', params: { email: '\ud83d@x.y' } },
  ]) {
    const answer = await stripe.send(request, SANDBOX_KEY, 1000);
    assert.deepEqual(!answer.ok && [answer.kind, answer.unwritable], ['unsent', true]);
  }
});
