/** Runs a program of the project and expects it to succeed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

export const run = (command: string, args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    // The checkers of types and lint are written in Go and run for seconds: they collect garbage less often.
    env: { ...process.env, FORCE_COLOR: '0', GOGC: '400' },
  });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
};
