import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectorError, toConnectorError } from '../../shared/errors.ts';
import { jsonLogger } from '../../shared/adapters/json-logger.ts';
import { claimError } from '../../shared/idempotency/operation-errors.ts';
import { logCause, logFailure } from '../../shared/http/log-cause.ts';
import { LaterVersionError, StoreUnavailableError } from '../../shared/ports/store-errors.ts';

function stackOf(error: unknown): unknown {
  const stacks: unknown[] = [];
  logCause(
    () => ({ log: { write: (_, __, { stack_trace: stack }) => void stacks.push(stack), during: (_, work) => work() } }),
    toConnectorError(error),
  );
  return stacks[0];
}

test('logs the stack of an unexpected error and of an uncaught ConnectorError', () => {
  assert.match(String(stackOf(new TypeError('theirs'))), /TypeError: theirs\n +at /);
  assert.match(String(stackOf(new ConnectorError('ABORTED', 'ours', { reason: 'LEASE_LOST' }))), /ours\n +at /);
  assert.equal(stackOf('a text'), 'a text');
});

for (const [what, error, line] of [
  [
    'state of a later version',
    claimError(new LaterVersionError('version 3'), {}),
    {
      severity: 'ERROR',
      reason: 'OPERATIONS_UNAVAILABLE',
      cause: 'version 3',
      message: 'state of a later version, nothing sent',
    },
  ],
  [
    'a store that does not respond',
    claimError(new StoreUnavailableError('no answer'), {}),
    { severity: 'WARNING', reason: 'OPERATIONS_UNAVAILABLE', cause: 'no answer', message: 'state store failed' },
  ],
  ['an error that the response explains', new ConnectorError('NOT_FOUND', 'none', { reason: 'NOT_FOUND' }), undefined],
] as const)
  test(`at verbosity 1 the log has a line for ${what}: ${String(line !== undefined)}`, () => {
    const printed: unknown[] = [];
    const log = jsonLogger({ verbosity: '1', print: (text) => void printed.push(JSON.parse(text)) });
    logFailure(() => ({ log }), error);
    assert.deepEqual(printed, line === undefined ? [] : [line]);
  });
