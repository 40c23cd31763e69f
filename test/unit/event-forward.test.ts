/** A replay to a URL on this machine whose program does not do what it should. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { isConnectorError } from '../../shared/errors.ts';
import { forwardTo } from '../../shared/management/admin/forward.ts';

/** Sends a message to a program on this machine that answers in its way, and returns the error of the replay. */
async function sentTo(answer: http.RequestListener, timeoutMs?: number): Promise<string | undefined> {
  const server = http.createServer(answer);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  try {
    await forwardTo(`http://127.0.0.1:${port}/hook`, timeoutMs)({ data: '{}', attributes: {} });
    return undefined;
  } catch (error) {
    assert.ok(isConnectorError(error) && error.details.reason === 'FORWARD_FAILED', String(error));
    return error.message.replaceAll(String(port), 'PORT');
  } finally {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
}

test('a replay to a URL where nothing listens says so', async () => {
  const server = http.createServer();
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  await assert.rejects(forwardTo(`http://127.0.0.1:${port}/`)({ data: '{}', attributes: {} }), {
    message: new RegExp(
      `^nothing responds at http://127\\.0\\.0\\.1:${port}/ \\(.*ECONNREFUSED.*\\); start the receiver$`,
    ),
  });
});

test('a replay to a URL that fails, or that refuses the event, says its status', async () => {
  for (const status of [500, 404, 429])
    assert.equal(await sentTo((_, response) => response.writeHead(status).end()), `the URL responded ${status}`);
  assert.equal(await sentTo((_, response) => response.writeHead(204).end()), undefined);
});

test('a replay to a URL that does not respond ends, and says after how long', async () => {
  assert.equal(await sentTo(() => undefined, 200), 'http://127.0.0.1:PORT/hook did not respond within 0.2 s');
});

test('a response whose body does not end is not waited for', async () => {
  const endless: http.RequestListener = (_, response) => void response.writeHead(200).write('x'.repeat(100_000));
  const startMs = performance.now();
  assert.equal(await sentTo(endless), undefined);
  assert.ok(performance.now() - startMs < 20_000);
});

test('a redirect is not followed: it could leave this machine', async () => {
  let others = 0;
  const other = http.createServer((_, response) => {
    others += 1;
    response.end();
  });
  await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready));
  const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
  for (const status of [301, 302, 303, 307, 308])
    assert.equal(
      await sentTo((_, response) => response.writeHead(status, { location }).end()),
      `the URL responded ${status}`,
    );
  await new Promise((closed) => other.close(closed));
  assert.equal(others, 0);
});
