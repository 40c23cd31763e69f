/**
 * Stores the files of all functions in the npm package. Functions share most of their files, so each content is stored
 * once. `stripe-connector package` zips the files of a function.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Returns the paths of the deployed files of a folder: all but source maps. */
export function deployedFiles(folder, prefix = '') {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = prefix + entry.name;
    if (entry.isDirectory()) return deployedFiles(path.join(folder, entry.name), `${name}/`);
    return name.endsWith('.map') ? [] : [name];
  });
}

/**
 * Copies the function folders in `from` to the folder `to`. Each content becomes a file named by its SHA-256.
 * `index.json` has the SHA-256 of each file by function and path.
 */
export function writeFunctionPool(from, to) {
  mkdirSync(to, { recursive: true });
  const index = {};
  for (const name of readdirSync(from).sort()) {
    index[name] = {};
    for (const file of deployedFiles(path.join(from, name)).sort()) {
      const contents = readFileSync(path.join(from, name, file));
      const sha256 = createHash('sha256').update(contents).digest('hex');
      writeFileSync(path.join(to, sha256), contents);
      index[name][file] = sha256;
    }
  }
  writeFileSync(path.join(to, 'index.json'), JSON.stringify(index));
}
