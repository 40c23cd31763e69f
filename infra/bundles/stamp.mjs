/**
 * Determines whether a build is current, by the hashes of its inputs. They are stored in the folder of the build. An
 * input whose size and modification time did not change is not read again.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDERS = ['functions', 'infra/bundles', 'shared'];
/** The lock file represents the installed packages, whose files are not read. */
const FILES = ['esbuild.config.mjs', 'package.json', 'package-lock.json'];
const STAMP = 'stamp.json';

/** The inputs of `build/local`: the command, the local server and the sandbox. */
const CODE = {
  folders: FOLDERS,
  files: FILES,
  isInput: (file) => !file.endsWith('.md') && !file.startsWith('shared/docs/'),
};

const ROOT_PAGES = readdirSync(ROOT).filter((name) => name.endsWith('.md'));

/** The inputs of the documentation site: the pages, and the code that it is generated from. */
export const PAGES = {
  folders: [...FOLDERS, 'infra', 'test'],
  files: [...FILES, ...ROOT_PAGES],
  isInput: (file) =>
    file.endsWith('.md') || /^(infra|shared\/(catalog|cli|console\/style|docs|event-inbox|schema))\//.test(file),
};

const IGNORED = new Set(['node_modules', '.build', '.terraform']);

function filesBelow(folder, isInput) {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (IGNORED.has(entry.name)) return [];
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(name, isInput);
    return isInput(name) ? [name] : [];
  });
}

/**
 * Returns the inputs with their hashes. `before` is the stamp of the last build, whose hashes are reused for files with
 * the same size and modification time.
 */
function inputs({ folders, files: single, isInput }, before = {}) {
  const files = [...new Set([...single, ...folders.flatMap((folder) => filesBelow(folder, isInput))])].sort();
  return Object.fromEntries(
    files.map((file) => {
      const { size, mtimeMs } = statSync(path.join(ROOT, file));
      const known = before[file];
      if (known?.size === size && known.mtimeMs === mtimeMs) return [file, known];
      const sha256 = createHash('sha256')
        .update(readFileSync(path.join(ROOT, file)))
        .digest('hex');
      return [file, { size, mtimeMs, sha256 }];
    }),
  );
}

const digest = (files) => JSON.stringify(Object.entries(files).map(([file, { sha256 }]) => [file, sha256]));

/** Returns whether the folder was built from the present inputs. */
export function isCurrent(folder, kind = CODE) {
  let before;
  try {
    before = JSON.parse(readFileSync(path.join(folder, STAMP), 'utf8'));
  } catch {
    return false;
  }
  const now = inputs(kind, before);
  if (digest(before) !== digest(now)) return false;
  // If only modification times changed, as after a checkout, the stamp is updated, so that the next comparison reads no
  // inputs.
  if (JSON.stringify(before) !== JSON.stringify(now)) writeStamp(folder, now);
  return true;
}

/** Returns the inputs at the start of a build, for `writeStamp` at its end. */
export function takeStamp(kind = CODE) {
  return inputs(kind);
}

export function writeStamp(folder, stamp) {
  writeFileSync(path.join(folder, STAMP), JSON.stringify(stamp));
}
