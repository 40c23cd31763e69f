/**
 * Stores the files of all functions in the npm package. Functions have most of their files in common, so equal files
 * are stored once. `stripe-connector package` zips the files of a function.
 */
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { packedText, writePack } from './text-pack.mjs';

/** Returns the paths of the deployed files of a folder: all but source maps. */
export function deployedFiles(folder, prefix = '') {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const name = prefix + entry.name;
    if (entry.isDirectory()) return deployedFiles(path.join(folder, entry.name), `${name}/`);
    return name.endsWith('.map') ? [] : [name];
  });
}

/**
 * Writes the files of the function folders in `from` to the pack `to`. The name of a content in the pack is its
 * SHA-256. `index.json` maps the function and the path of each file to the SHA-256.
 */
export function writeFunctionPool(from, to) {
  const index = {};
  const texts = {};
  for (const name of readdirSync(from).sort()) {
    index[name] = {};
    for (const file of deployedFiles(path.join(from, name)).sort()) {
      const text = packedText(path.join(from, name, file));
      const sha256 = createHash('sha256').update(text).digest('hex');
      texts[sha256] = text;
      index[name][file] = sha256;
    }
  }
  writePack(to, { ...texts, 'index.json': JSON.stringify(index) });
}
