/**
 * Tells whether a build is current: the hashes of its inputs are stored next to it. A file whose size and time did not
 * change is not read again.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDERS = ['functions', 'infra/bundles', 'shared'];
/** The lock file stands for the installed packages. */
const FILES = ['esbuild.config.mjs', 'package.json', 'package-lock.json'];
const STAMP = 'stamp.json';

function filesBelow(folder) {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(name);
    return name.endsWith('.md') ? [] : [name];
  });
}

/** `before`: the stamp of the last build, whose hashes are reused. */
function inputs(before = {}) {
  const files = [...FILES, ...FOLDERS.flatMap(filesBelow)].sort();
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
export function isCurrent(folder) {
  let before;
  try {
    before = JSON.parse(readFileSync(path.join(folder, STAMP), 'utf8'));
  } catch {
    return false;
  }
  const now = inputs(before);
  if (digest(before) !== digest(now)) return false;
  // The times changed alone, as after a checkout: the next comparison need not read the files.
  if (JSON.stringify(before) !== JSON.stringify(now)) writeStamp(folder, now);
  return true;
}

/** Returns the inputs at the start of a build, for `writeStamp` at its end. */
export function takeStamp() {
  return inputs();
}

export function writeStamp(folder, stamp) {
  writeFileSync(path.join(folder, STAMP), JSON.stringify(stamp));
}
