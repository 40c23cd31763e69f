/** A write of the command that got no answer may have taken effect: the error has the operation id to repeat it with. */
import assert from 'node:assert/strict';
import http from 'node:http';
import { test } from 'node:test';
import type { CommandContext } from '../../../shared/cli/commands/definition.ts';
import { toCommandError, type CommandError } from '../../../shared/cli/io/exit.ts';
import { connectorServer, type ConnectorServer } from '../../../shared/cli/io/server.ts';
import { callWith } from '../../../shared/cli/run/call.ts';
import { freePort } from '../../emulator/ports.ts';

const NEVER = new AbortController().signal;

/** Runs one attempt of a call, and returns its error as the command shows it. */
async function errorOf(
  server: ConnectorServer,
  signal: AbortSignal,
  operation = 'Customer.Create',
): Promise<CommandError> {
  const context: Partial<CommandContext> = {
    text: () => undefined,
    flag: () => false,
    server: () => server,
    progress: { show: () => undefined, note: () => undefined, end: () => undefined },
    signal,
  };
  return callWith(context as CommandContext, operation, ['Name=x'], undefined, 1).then(
    () => assert.fail('the call succeeded'),
    (cause: unknown) => toCommandError(cause),
  );
}

/** Runs one attempt of a call. Returns its error, and the operation id that the server got. */
async function failedCall(
  operation: string,
  answer: (response: http.ServerResponse, abort: () => void) => void,
): Promise<CommandError & { readonly sent: unknown }> {
  let sent: unknown;
  const aborting = new AbortController();
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      ({ operationId: sent } = JSON.parse(body) as { operationId?: unknown });
      answer(response, () => aborting.abort());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const { signal } = aborting;
  try {
    const error = await errorOf(connectorServer({ STRIPE_CONNECTOR_URL: url }, signal), signal, operation);
    return { ...error, sent };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

for (const [sentence, answer, message] of [
  ['the connection breaks before the response', (response) => response.destroy(), /no server responds/],
  [
    'the connection breaks in the middle of the response',
    (response) => {
      response.writeHead(200, { 'content-length': 1000 });
      response.write('{"effect"', () => response.destroy());
    },
    /no server responds/,
  ],
  ['another program answers in place of the connector', (response) => response.writeHead(502).end('<html>'), /502/],
  ['the user presses Ctrl+C', (_response, abort) => abort(), /^interrupted$/],
] as const satisfies readonly (readonly [string, Parameters<typeof failedCall>[1], RegExp])[])
  test(`${sentence}: the error has the operation id that was sent`, async () => {
    const { message: shown, operationId, effect, sent } = await failedCall('Customer.Create', answer);
    assert.match(shown, message);
    assert.equal(typeof sent, 'string');
    assert.deepEqual([operationId, effect], [sent, 'unknown']);
  });

test('another program that rejects the call did not send it on', async () => {
  const { message, effect } = await failedCall('Customer.Create', (response) => response.writeHead(403).end('<html>'));
  assert.match(message, /is not a Stripe connector: it responded 403/);
  assert.equal(effect, undefined);
});

test('without a connection nothing was sent', async () => {
  const { operationId, effect } = await errorOf(connectorServer({ PORT: String(await freePort()) }, NEVER), NEVER);
  assert.deepEqual([operationId, effect], [undefined, undefined]);
});

test('an error of the connector keeps the effect that the connector reports', async () => {
  const metadata = { retryable: 'false', operationId: 'order-1', effect: 'none' };
  const error = { code: 400, status: 'FAILED_PRECONDITION', message: 'declined', details: [{ reason: 'X', metadata }] };
  const { operationId, effect } = await failedCall('Customer.Create', (response) =>
    response.writeHead(400).end(JSON.stringify({ error })),
  );
  assert.deepEqual([operationId, effect], ['order-1', 'none']);
});

test('a read has no operation', async () => {
  const { operationId, effect, sent } = await failedCall('Customer.List', (response) => response.destroy());
  assert.deepEqual([operationId, effect, sent], [undefined, undefined, undefined]);
});
