import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConnectorError, toConnectorError } from '../../shared/errors.ts';
import { logCause } from '../../shared/http/log-cause.ts';

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
