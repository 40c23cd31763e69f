/** Runs a program of the project and expects it to succeed. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

export const run = (command: string, args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
};
