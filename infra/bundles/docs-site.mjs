/** Builds the documentation site from the pages, the catalog and the command line. */
import { execFile } from 'node:child_process';
import { build } from 'esbuild';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { out, root } from './bundle.mjs';
import { buildDescriptions } from './descriptions.mjs';
import { isCurrent, PAGES, takeStamp, writeStamp } from './stamp.mjs';

const DOCS = path.join(out, 'docs');

/** Files that are bundled into the site, for their licenses. */
const INPUTS = 'inputs.json';

/** Bundles the generator. It runs in a process of its own, so that a build of the functions never waits for it. */
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
 * Builds `build/docs` unless the pages and the sources are those of the last build. The folder is replaced at the end, so
 * a server sees the old or the new site. Returns the folder.
 */
export async function buildDocs() {
  const folder = path.join(DOCS, 'site');
  if (existsSync(folder) && isCurrent(DOCS, PAGES)) return folder;
  const stamp = takeStamp(PAGES);
  const [generator] = await Promise.all([bundleGenerator(), buildDescriptions()]);
  const [next, old] = ['next', 'old'].map((name) => `${DOCS}.${name}.${process.pid}`);
  mkdirSync(next, { recursive: true });
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [generator, path.join(next, 'site')], { cwd: root });
    writeFileSync(path.join(next, INPUTS), stdout);
  } finally {
    rmSync(generator);
  }
  writeStamp(next, stamp);
  try {
    renameSync(DOCS, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  try {
    renameSync(next, DOCS);
  } catch (error) {
    // Another build wrote the same site between the two steps.
    if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
    rmSync(next, { recursive: true, force: true });
  }
  rmSync(old, { recursive: true, force: true });
  return folder;
}

/** Returns the files that are bundled into the site that was built. */
export function docsInputs() {
  return JSON.parse(readFileSync(path.join(DOCS, INPUTS), 'utf8'));
}
