/** Builds the documentation site from the pages, the catalog and the command line. */
import { execFile } from 'node:child_process';
import { build } from 'esbuild';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { out, root } from './bundle.mjs';
import { buildDescriptions } from './descriptions.mjs';
import { isCurrent, PAGES, takeStamp, writeStamp } from './stamp.mjs';

const DOCS = path.join(out, 'docs');
const SITE = path.join(DOCS, 'site');

/**
 * File with the list of the files that are bundled into the site. The licenses in the npm package are derived from this
 * list.
 */
const INPUTS = 'inputs.json';

/**
 * Bundles the generator of the site, which runs in a separate process, so that a build of the functions does not wait.
 */
async function bundleGenerator() {
  const outfile = path.join(out, 'run', `docs-site.${process.pid}.cjs`);
  await build({
    entryPoints: [path.join(root, 'shared/docs/site/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    absWorkingDir: root,
    outfile,
  });
  return outfile;
}

/**
 * Builds `build/docs` if a page or a source changed since the last build. The folder is replaced at the end, so a
 * server never serves an incomplete site. Returns the folder of the site.
 */
export async function buildDocs() {
  mkdirSync(out, { recursive: true });
  await oneAtATime(async () => {
    if (!existsSync(SITE) || !isCurrent(DOCS, PAGES)) await replaceDocs();
  });
  return SITE;
}

/** Runs `work` while no other process builds the site. */
async function oneAtATime(work) {
  const lock = `${DOCS}.lock`;
  while (!takeLock(lock)) await wait(100);
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/**
 * Tries to create the lock file. Returns false if it exists. Then, if the process that created it has ended, removes
 * it, so that the next try succeeds.
 */
function takeLock(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  try {
    process.kill(Number(readFileSync(lock, 'utf8')), 0);
  } catch (error) {
    if (error.code === 'ESRCH') rmSync(lock, { force: true });
  }
  return false;
}

async function replaceDocs() {
  const stamp = takeStamp(PAGES);
  const [generator] = await Promise.all([bundleGenerator(), buildDescriptions()]);
  const [next, old] = ['next', 'old'].map((name) => `${DOCS}.${name}.${process.pid}`);
  mkdirSync(next, { recursive: true });
  try {
    const site = path.join(next, path.basename(SITE));
    const { stdout } = await promisify(execFile)(process.execPath, [generator, site], { cwd: root });
    writeFileSync(path.join(next, INPUTS), stdout);
    writeStamp(next, stamp);
    if (existsSync(DOCS)) renameSync(DOCS, old);
    renameSync(next, DOCS);
  } finally {
    for (const temporary of [generator, next, old]) rmSync(temporary, { recursive: true, force: true });
  }
}

/** Returns the files that are bundled into the last built site. */
export function docsInputs() {
  return JSON.parse(readFileSync(path.join(DOCS, INPUTS), 'utf8'));
}
