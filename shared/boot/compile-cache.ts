/**
 * Node's cache of compiled code. `gcp-build` fills it during the deployment, and the variable `NODE_COMPILE_CACHE`
 * makes Node use it. https://nodejs.org/api/module.html#module-compile-cache
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';

/** Folder next to the function's files. `NODE_COMPILE_CACHE` names the same folder. */
const CACHE_FOLDER = '.compile-cache';

/**
 * - hit: this version of Node wrote the cache for this folder.
 * - miss: no cache was written by this version of Node for this folder. Node compiles the code again, so the start is
 *   slower.
 * - off: Node uses no cache.
 */
export type CacheState = 'hit' | 'miss' | 'off';

/** Identifies the Node version and the function's folder that a cache was written for. */
interface Stamp {
  /** Node's folder name: its version, V8's flags and the user id. */
  readonly nodeFolder: string;
  /** The function's folder, because Node keys each file by its path. */
  readonly functionFolder: string;
}

/** File in the cache folder that contains the stamp. */
const STAMP_FILE = 'made-for.json';

/** Available from Node 22.10. The type declarations are those of the oldest supported Node. */
interface CompileCacheApi {
  readonly enableCompileCache?: (folder: string) => unknown;
  readonly flushCompileCache?: () => void;
  readonly getCompileCacheDir?: () => string | undefined;
}
const moduleApi = module as unknown as CompileCacheApi;

/** Makes Node write the compiled code of each module that is loaded from now on to the cache folder in `functionFolder`. */
export function enableCompileCache(functionFolder: string): void {
  moduleApi.enableCompileCache?.(path.join(functionFolder, CACHE_FOLDER));
}

/**
 * Returns `off` if Node uses no compile cache, `hit` if the cache in `functionFolder` was made for this Node and folder,
 * and `miss` otherwise.
 */
export function compileCacheState(functionFolder: string): CacheState {
  const stamp = stampOf(functionFolder);
  if (stamp === undefined) return 'off';
  const file = path.join(functionFolder, CACHE_FOLDER, STAMP_FILE);
  return existsSync(file) && readFileSync(file, 'utf8') === JSON.stringify(stamp) ? 'hit' : 'miss';
}

/** Writes the compiled code of all loaded modules, and the stamp that `compileCacheState` compares. */
export function writeCompileCache(functionFolder: string): void {
  const stamp = stampOf(functionFolder);
  if (stamp === undefined) throw new Error(`Node ${process.version} has no compile cache; use Node 22.10 or later`);
  moduleApi.flushCompileCache?.();
  writeFileSync(path.join(functionFolder, CACHE_FOLDER, STAMP_FILE), JSON.stringify(stamp));
}

/** Returns undefined if Node uses no cache: Node is older than 22.10 or the variable is not set. */
function stampOf(functionFolder: string): Stamp | undefined {
  const cacheFolder = moduleApi.getCompileCacheDir?.();
  return cacheFolder === undefined ? undefined : { nodeFolder: path.basename(cacheFolder), functionFolder };
}
