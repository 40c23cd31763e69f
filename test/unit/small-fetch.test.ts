/** What stands in for fetch in the built file of Google's clients: as much of the standard as they ask for. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';

interface Small {
  readonly default: typeof fetch;
  readonly Headers: typeof Headers;
  readonly FormData: typeof FormData;
}
let small: Small;
let server: http.Server;
let url: string;

before(async () => {
  small = (await import(path.resolve('infra/bundles/small-fetch.mjs'))) as Small;
  server = http.createServer((request, response) => {
    if (request.url === '/silent') return;
    if (request.url === '/cut') {
      response.writeHead(200, { 'content-length': '100' }).write('half');
      return void setImmediate(() => response.destroy());
    }
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const { method, headers } = request;
      response
        .writeHead(request.url === '/refused' ? 403 : 200, { 'Content-Type': 'application/json', 'x-two': ['a', 'b'] })
        .end(JSON.stringify({ method, body, type: headers['content-type'], length: headers['content-length'] }));
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test('a request is sent as it is given, and its answer read', async () => {
  const headers = new small.Headers({ 'Content-Type': 'text/plain' });
  const answer = await small.default(`${url}/`, { method: 'POST', headers, body: 'héllo' });
  assert.equal(answer.ok, true);
  assert.equal(answer.headers.get('CONTENT-TYPE'), 'application/json');
  assert.equal(answer.headers.get('x-two'), 'a, b');
  assert.deepEqual(await answer.json(), { method: 'POST', body: 'héllo', type: 'text/plain', length: '6' });
});

test('a refusal is an answer', async () => {
  const { ok, status } = await small.default(`${url}/refused`);
  assert.deepEqual({ ok, status }, { ok: false, status: 403 });
});

const code = (wanted: string) => (error: unknown) => (error as { code?: string }).code === wanted;

test('nobody there, an answer that is cut off, one that is given up: each is an error with its code', async () => {
  await assert.rejects(small.default('http://127.0.0.1:1/'), code('ECONNREFUSED'));
  const cut = await small.default(`${url}/cut`);
  await assert.rejects(cut.text(), code('ECONNRESET'));
  const giveUp = new AbortController();
  const silent = small.default(`${url}/silent`, { signal: giveUp.signal });
  giveUp.abort();
  await assert.rejects(silent, code('ABORT_ERR'));
});

test('heads know their names in any case, in order, each once', () => {
  const heads = new small.Headers([['B', '1']]);
  heads.append('a', '2');
  heads.append('b', '3');
  heads.set('A', '4');
  assert.deepEqual(
    [...heads],
    [
      ['b', '1, 3'],
      ['a', '4'],
    ],
  );
  assert.deepEqual([...new small.Headers(heads).keys()], ['b', 'a']);
  heads.delete('B');
  assert.equal(heads.has('b'), false);
  assert.equal(heads.get('nothing'), null);
});

test('what it cannot send it refuses', () => {
  assert.throws(() => new small.FormData(), TypeError);
});
