/** The scripts of a checkout that forward to the command. https://docs.npmjs.com/cli/v11/commands/npm-run */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { alignedCosts, monthTable } from '../../shared/cli/cost/tables.ts';

function npmRun(...args: string[]): { readonly status: number | null; readonly stdout: string; readonly text: string } {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', ...args], { encoding: 'utf8' });
  return { status, stdout, text: stdout + stderr };
}

void test('npm run cost prints the tables', () => {
  const { status, stdout, text } = npmRun('cost');
  assert.equal(status, 0, text);
  assert.ok(stdout.startsWith(alignedCosts(monthTable())), stdout);
});

void test('npm run connection forwards a command with its options and its status', () => {
  // Without credentials: an option that there is not ends the command before it asks for any.
  const { status, text } = npmRun('connection', '--', 'preflight', '--projct', 'shop-prod');
  assert.notEqual(status, 0);
  assert.match(text, /unknown option '--projct'/);
  assert.match(npmRun('connection', '--', 'preflight', '--help').stdout, /--max-nodes/);
});
