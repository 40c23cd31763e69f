import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { COMMANDS } from '../../shared/cli/program.ts';
import { unknownToGcloud } from './gcloud.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** Programs of a line that are not checked further, and the beginnings of lines that go on. */
const PROGRAMS = [
  'bq',
  'cd',
  'claude',
  'stripe',
  'curl',
  'node',
  'python3',
  'read',
  'printf',
  'export',
  'unset',
  'rm',
  'sha256sum',
  'url()',
  '-d',
  '#',
  '}',
  '',
];

/** Lines of commands that are not run here: what each of them names must be there. */
export function assertCommandsKnown(lines: string): void {
  for (const line of lines
    .replaceAll(/ \\\n\s*/g, ' ')
    .trim()
    .split('\n'))
    assertKnown(line);
}

function assertKnown(line: string): void {
  for (const command of line.replace(/ +#.*/, '').split(/ && | \| |; /)) {
    const words = [...command.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g)].map(([word]) => word);
    const at = words.findIndex((word) => !/^\w+=/.test(word));
    const [program = '', first = '', second = ''] = words.slice(at);
    if (first.endsWith('.tgz') || second.endsWith('.tgz')) {
      assert.ok('pack' in scripts, line);
      if (program === 'npx')
        assertKnown(
          words
            .slice(at)
            .join(' ')
            .replace(/^npx .*?\.tgz/, 'npx stripe-connector'),
        );
    } else if (program === 'npm') assert.ok(first === 'ci' || (first === 'run' ? second : first) in scripts, line);
    else if (program === 'npx' && second === '--help') assert.equal(first, 'stripe-connector', line);
    else if (program === 'npx')
      assert.ok(
        COMMANDS.some(({ name }) =>
          `${first} ${words.slice(at + 2).join(' ')} `.startsWith(`stripe-connector ${name} `),
        ),
        line,
      );
    else if (program === 'gcloud') assert.equal(unknownToGcloud(words.slice(at)), undefined, line);
    else if (program.endsWith('.sh')) assert.ok(existsSync(program), line);
    else if (program === 'terraform') assert.ok(existsSync(first.replace('-chdir=', '')), line);
    else assert.ok(PROGRAMS.includes(program), `${program}: ${line}`);
  }
}
