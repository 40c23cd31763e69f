/**
 * Node's cache of compiled code. `gcp-build` fills it during the deployment, and the variable `NODE_COMPILE_CACHE`
 * makes Node use it. https://nodejs.org/api/module.html#module-compile-cache
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';

/** Folder next to the function's files. `NODE_COMPILE_CACHE` names the same one. */
const CACHE_FOLDER = '.compile-cache';

/**
 * `hit`: the cache was written by this version of Node for this folder. `miss`: it was not, so Node compiles the code
 * again, which only costs time. `off`: Node uses no cache.
 */
export type CacheState = 'hit' | 'miss' | 'off';

/** Identifies the Node and the folder that a cache was written for. */
interface Stamp {
  /** Node's folder name: its version, V8's flags and the user id. */
  readonly folder: string;
  /** Node keys each file by its path. */
  readonly place: string;
}

const STAMP = 'made-for.json';

/** Available from Node 22.10. The type declarations are those of the oldest supported Node. */
interface CompileCacheApi {
  readonly enableCompileCache?: (folder: string) => unknown;
  readonly flushCompileCache?: () => void;
  readonly getCompileCacheDir?: () => string | undefined;
}
const node = module as unknown as CompileCacheApi;

/** Makes Node write the compiled code of each module that is loaded from now on to the cache folder in `place`. */
export function enableCompileCache(place: string): void {
  node.enableCompileCache?.(path.join(place, CACHE_FOLDER));
}

/** Returns whether Node can use the cache in `place`. */
export function compileCacheState(place: string): CacheState {
  const stamp = stampOf(place);
  if (stamp === undefined) return 'off';
  const file = path.join(place, CACHE_FOLDER, STAMP);
  return existsSync(file) && readFileSync(file, 'utf8') === JSON.stringify(stamp) ? 'hit' : 'miss';
}

/** Writes the compiled code of everything that is loaded so far. */
export function writeCompileCache(place: string): void {
  const stamp = stampOf(place);
  if (stamp === undefined) throw new Error(`Node ${process.version} has no compile cache; use Node 22.10 or later`);
  node.flushCompileCache?.();
  writeFileSync(path.join(place, CACHE_FOLDER, STAMP), JSON.stringify(stamp));
}

/** Returns undefined if Node uses no cache: Node is older than 22.10 or the variable is not set. */
function stampOf(place: string): Stamp | undefined {
  const folder = node.getCompileCacheDir?.();
  return folder === undefined ? undefined : { folder: path.basename(folder), place };
}
