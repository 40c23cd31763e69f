/** Builds the descriptions of the catalog from the installed stripe package, and copies them next to a bundle. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { out, root } from './bundle.mjs';
import { modulePath } from './package-files.mjs';

const DESCRIPTIONS = 'descriptions.json';
const CATALOG = path.join(root, 'shared/catalog');

/**
 * Returns one hash of the sources of the texts: the files of the catalog, and the package.json of stripe, which has the
 * version.
 */
function sourcesHash() {
  const hash = createHash('sha256').update(readFileSync(modulePath('stripe/package.json')));
  const files = readdirSync(CATALOG, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const file of files.map(({ parentPath, name }) => path.join(parentPath, name)).sort())
    hash.update(path.relative(root, file)).update(readFileSync(file));
  return hash.digest('hex');
}

/**
 * Builds the descriptions if the version of stripe or the catalog changed. Reading the comments of the package takes
 * seconds, so this runs in a separate process, in parallel with the bundling. Several builds may run at the same time,
 * so each writes a temporary file and renames it at the end.
 */
export async function buildDescriptions() {
  const target = path.join(out, DESCRIPTIONS);
  const stamp = `${target}.hash`;
  const hash = sourcesHash();
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  mkdirSync(out, { recursive: true });
  const temporary = `${target}.${process.pid}`;
  const script = ['esbuild.config.mjs', 'run', 'shared/catalog/generate/texts/main.ts', temporary];
  await promisify(execFile)(process.execPath, script, { cwd: root });
  renameSync(temporary, target);
  writeFileSync(stamp, hash);
}

export function copyDescriptions(folder) {
  cpSync(path.join(out, DESCRIPTIONS), path.join(folder, DESCRIPTIONS));
}
