/**
 * The work of redaction grows with the length of a text, whatever the text is. Regular expressions are held to that by
 * regular-expressions.test.ts; the loops around them are held to it here: texts that repeat what each finder looks for
 * are redacted in a process that must end in time. A clock alone can tell: a loop has no steps that a test could count.
 * The bound is ten times and more what it takes on a busy machine; quadratic work on one of the texts takes longer.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { sized } from '../support/sizes.ts';

const TIMES = sized(1, 10);
/** Every second piece in `npm test`. */
const EVERY = sized(2, 1);
/** Characters of a text, and milliseconds for all of them: both grow alike. */
const LENGTH = 200_000 * TIMES;
const BOUND_MS = 60_000 * TIMES;

/** What a text repeats. */
const PIECES: readonly string[] = [
  ...['x', '1', '0', ' ', '\t', '.', '@', '%', '\\', '/', '"', "'", '[', ':', '=', 'ä', '\u{1f600}', '\uff14'],
  ...['a.', 'a@', '@a.', 'a@a.a', 'a@1.', '"@', 'a"@', '%40', '%25', '%2525', '%e4%b8%ad', '\\u0040', '\\n', '"\\'],
  ...['//', '//:', '//::', '//a:', '/\\', '// @', 'https://u:p@h '],
  ...['1 ', '1_', '1.1.', '4 4', '4242 ', '4242-', '4242424242424242 ', '\uff14\uff12\uff14\uff12 '],
  ...[
    'a:',
    'a=',
    '{"a":',
    'a b:',
    'api key: ',
    'password',
    'password:',
    'password=',
    'password:[',
    'password:[redacted]',
  ],
  ...[
    'secret="',
    'secret=\\"',
    'secret=\\\\"',
    "password='",
    "'a",
    'password:\\',
    '\\\\":',
    'expiry:[',
    'exp_month:[',
    'exp_year="',
  ],
  ...['number=1&', 'number=1&cvc=2&', 'operationId=4242424242424242&', 'email=a@b.co&', 'Cookie: ', 'Cookie: "x'],
  ...['Basic ', 'basic\t', 'bearer ', 'digest ', 'digest a=', 'Digest a b'],
  ...['eyJ', 'eyJa.', 'eyJa.eyJ', 'eyJ..', '-----BEGIN A ', '-----BEGIN PRIVATE KEY', '-----END PRIVATE KEY-----'],
  ...['sk_', 'sk_live_', 'sk_test_org_', 'whsec_', '_secret_', 'pst_', 'AIza', '1//0', 'ya29.', 'c2tf', 'c2tfbGl2ZV'],
];

const program = `test/.build/linear-${process.pid}.cjs`;

before(async () => {
  const contents = `
    import { carriesSecret, redact, redactValue } from './shared/redact.ts';
    const [length, pieces] = JSON.parse(process.argv[2]);
    for (const piece of pieces) {
      process.stdout.write(JSON.stringify(piece) + '\\n');
      const text = piece.repeat(Math.ceil(length / piece.length));
      redact(text, ['a secret that is held']);
      redactValue({ [text]: text });
      carriesSecret([text]);
    }
  `;
  await build({
    stdin: { contents, resolveDir: path.resolve('.'), loader: 'ts' },
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'error',
  });
});
after(() => rmSync(program, { force: true }));

test(`redacts texts of ${LENGTH} characters in linear time for any repetition`, () => {
  const pieces = PIECES.filter((_, index) => index % EVERY === 0);
  const argument = JSON.stringify([LENGTH, pieces]);
  const { status, stdout } = spawnSync(process.execPath, [program, argument], { timeout: BOUND_MS, encoding: 'utf8' });
  const begun = stdout.trim().split('\n');
  assert.equal(status, 0, `it did not get beyond ${begun.at(-1) ?? 'nothing'}`);
  assert.equal(begun.length, pieces.length);
});
