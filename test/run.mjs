/**
 * `npm test`: builds the functions, bundles the tests and runs them with Node's own runner.
 * Outside tools that are missing are named with what they leave out; with CI=true that is a failure.
 *   node test/run.mjs [PART ...]    only test files whose path contains a PART; without one such file it fails.
 *                                   Builds the functions only if one of the files needs them
 *   node test/run.mjs --full        properties and walks at their whole sizes (`npm run test:full`)
 *   node test/run.mjs --unit        test/unit without test/unit/project, and test/regression (`npm run test:unit`):
 *                                   no build of the functions, no outside tool
 */
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { groupFiles, writeGroup } from './grouped-files.mjs';
import { missingTools } from './outside-tools.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);

const FLAGS = ['--full', '--unit'];
const full = process.argv.includes('--full');
const unit = process.argv.includes('--unit');
const wanted = process.argv.slice(2).filter((argument) => !FLAGS.includes(argument));

const missing = unit ? [] : missingTools();
for (const tool of missing)
  console.log(`left out: ${tool.leavesOut}, because ${tool.name} is not here (${tool.install})`);
if (missing.length > 0 && process.env.CI === 'true') {
  console.error('CI=true: every outside tool must be there');
  process.exit(1);
}

function testFiles(folder) {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    if (statSync(file).isDirectory()) return name === 'node_modules' || name === '.build' ? [] : testFiles(file);
    return name.endsWith('.test.ts') ? [file] : [];
  });
}

function must(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Test files that read neither `build/` nor a program of the machine. The lint and type checks take minutes. */
const isUnit = (file) => /^test\/(unit|regression)\//.test(file) && !file.startsWith('test/unit/project/');

const files = testFiles('test')
  .filter((file) => !unit || isUnit(file))
  .filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
if (files.length === 0) {
  const parts = [...new Set(testFiles('test').map((file) => file.split(path.sep)[1]))].sort();
  console.error(`no test file's path contains ${wanted.join(' or ')}; there are ${parts.join(', ')}`);
  process.exit(1);
}
if (!files.every(isUnit)) must(process.execPath, ['esbuild.config.mjs']);
const outdir = 'test/.build';
rmSync(outdir, { recursive: true, force: true });
const { groups, alone } = groupFiles(files, full);
const entries = [...alone, ...groups.map((group) => writeGroup('test/.build/groups', group))];
await build({
  entryPoints: entries,
  outdir,
  outbase: 'test',
  outExtension: { '.js': '.cjs' },
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  packages: 'external',
  // In a file of their own, without the sources: Node reads a whole bundle for its map, and an inline map doubles it.
  sourcemap: 'linked',
  sourcesContent: false,
  logLevel: 'error',
});
const bundles = entries.map((file) => path.join(outdir, path.relative('test', file).replace(/\.ts$/, '.cjs')));
// Node's runner gives its own flags to the process of each file.
const flags = ['--enable-source-maps', '--require', './test/untracked-promises.cjs'];
const { status } = spawnSync(process.execPath, [...flags, 'test/run-files.mjs', ...bundles], {
  stdio: 'inherit',
  env: { ...process.env, NODE_OPTIONS: '', ...(full ? { FULL_SIZES: '1' } : {}) },
});
process.exit(status ?? 1);
