/** Each test can fail: a bug is planted in a copy of the source, and the test that must see it is run on that. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { build } from 'esbuild';
import { sized } from '../support/sizes.ts';

export interface Mutant {
  /** Where the bug is planted, and what it is. */
  readonly file: string;
  readonly right: string;
  readonly wrong: string;
  /** Who must see it. */
  readonly test: string;
  readonly named: string;
}

/** Returns the source that has the bug's line exactly once. */
function sourceWith({ file, right }: Mutant): string {
  const source = readFileSync(path.resolve(file), 'utf8');
  assert.equal(source.split(right).length, 2, `${file} has the line once: ${right}`);
  return source;
}

async function planted(mutant: Mutant, outfile: string): Promise<void> {
  const { file, right, wrong, test: entry } = mutant;
  const target = path.resolve(file);
  const source = sourceWith(mutant);
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    plugins: [
      {
        name: 'mutant',
        setup: (builder) =>
          builder.onLoad({ filter: /\.ts$/ }, ({ path: loaded }) =>
            loaded === target ? { contents: source.replace(right, () => wrong), loader: 'ts' } : undefined,
          ),
      },
    ],
  });
}

let built = 0;

/** `npm test` runs every fortieth bug; `npm run test:full` runs all. */
const EVERY = sized(40, 1);

/** One test for each planted bug. Every run checks that each bug's line exists. */
export function seesEach(mutants: Readonly<Record<string, Mutant>>): void {
  void test('the line of each planted bug exists once', () => {
    for (const mutant of Object.values(mutants)) sourceWith(mutant);
  });
  for (const [index, [name, mutant]] of Object.entries(mutants).entries()) {
    if (index % EVERY !== 0) continue;
    void test(`detects: ${name}`, async () => {
      const outfile = `test/.build/mutants/${process.pid}-${(built += 1)}.cjs`;
      await planted(mutant, outfile);
      // A run of its own, not a part of this one.
      const { NODE_TEST_CONTEXT: _, ...env } = process.env;
      const { status, stdout } = spawnSync(
        process.execPath,
        ['--test-reporter=tap', `--test-name-pattern=${mutant.named}`, outfile],
        { encoding: 'utf8', env, timeout: 120_000 },
      );
      rmSync(outfile);
      assert.notEqual(status, 0, 'no test saw it');
      assert.match(stdout, /^not ok/m);
      assert.match(stdout, /failureType: 'testCodeFailure'/, 'it failed for another reason');
    });
  }
}
