/** `stripe-connector completion`: what bash offers at a place of the command line, and that the others offer the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, test } from 'node:test';
import { COMMANDS, GLOBAL_OPTIONS } from '../../shared/cli/program.ts';
import { runCommand } from './command.ts';

const scripts: Record<string, string> = {};
before(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, stdout, stderr } = await runCommand(['completion', shell], {});
    assert.equal(status, 0, stderr);
    scripts[shell] = stdout;
  }
});

/** Returns what bash offers for the last word of a line, as it calls the function. */
function offered(line: string): string[] {
  const words = ['stripe-connector', ...line.split(' ')];
  const call = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _stripe_connector`;
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['--norc', '-c', `${scripts['bash']}\n${call}; printf '%s\\n' "\${COMPREPLY[@]}"`],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  return stdout.trim().split('\n');
}

for (const [line, words] of [
  ['exp', ['export']],
  ['s', ['sandbox', 'status', 'suspend']],
  ['events re', ['replay', 'resume']],
  ['sandbox ad', ['advance']],
  ['call Customer.C', ['Customer.Create']],
  ['call ConfirmPaymentI', ['ConfirmPaymentIntent']],
  ['list PaymentL', ['PaymentLink']],
  ['export Customer --ra', ['--raw']],
  ['--json events list --typ', ['--type']],
  ['completion ', ['bash', 'zsh', 'fish', ...GLOBAL_OPTIONS.map(([flags]) => flags.split(' ')[0]), '--help']],
  ['nothing', ['']],
] as const)
  test(`bash completes ${line}`, () => {
    assert.deepEqual(offered(line), words);
  });

test('every shell offers every command and every option', () => {
  for (const [shell, script] of Object.entries(scripts))
    for (const { name, options = [] } of COMMANDS) {
      assert.ok(script.includes(`/${name.replace(' ', '/')}`), `${shell}: ${name}`);
      for (const [flags] of options)
        assert.ok(script.includes(flags.split(' ')[0] ?? ''), `${shell}: ${name} ${flags}`);
    }
});

test('another shell is wrong usage, with those that there are', async () => {
  const { status, stderr } = await runCommand(['completion', 'tcsh'], {});
  assert.deepEqual([status, stderr], [2, 'error: the shell must be bash, zsh, fish: tcsh\n']);
});
