/** A replay to a URL on this machine where no program listens. */
import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { forwardTo } from '../../shared/management/admin/forward.ts';

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
