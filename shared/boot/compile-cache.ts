/**
 * Node's cache of compiled code. The script `gcp-build` writes it during the deployment. With the environment variable
 * `NODE_COMPILE_CACHE`, Node reads it at the start of the function.
 * https://nodejs.org/api/module.html#module-compile-cache
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';

/** Folder next to the function's files. `NODE_COMPILE_CACHE` names the same folder. */
const CACHE_FOLDER = '.compile-cache';

/**
 * - hit: the cache has the stamp of this Node and this folder.
 * - miss: there is no cache with this stamp. Node compiles the code again, so the start is slower.
 * - off: no compile cache is enabled.
 */
export type CacheState = 'hit' | 'miss' | 'off';

/** Identifies the Node and the function's folder that a cache was written for. */
interface Stamp {
  /**
   * Name of Node's folder in the cache: Node's version and architecture, a hash of V8's version and flags, and the user
   * id.
   */
  readonly nodeFolder: string;
  /** The function's folder, because Node keys each file by its path. */
  readonly functionFolder: string;
}

/** File in the cache folder that contains the stamp. */
const STAMP_FILE = 'made-for.json';

/**
 * Functions of `node:module` that are all present from Node 22.10 on. The type declarations of the project are those of
 * the oldest supported Node, which lacks these functions.
 */
interface CompileCacheApi {
  readonly enableCompileCache?: (folder: string) => unknown;
  readonly flushCompileCache?: () => void;
  readonly getCompileCacheDir?: () => string | undefined;
}
const moduleApi = module as unknown as CompileCacheApi;

/** Enables the compile cache in `functionFolder`, for the modules that are loaded from now on. */
export function enableCompileCache(functionFolder: string): void {
  moduleApi.enableCompileCache?.(path.join(functionFolder, CACHE_FOLDER));
}

/** Returns whether Node can use the cache in `functionFolder`. */
export function compileCacheState(functionFolder: string): CacheState {
  const stamp = stampOf(functionFolder);
  if (stamp === undefined) return 'off';
  const file = path.join(functionFolder, CACHE_FOLDER, STAMP_FILE);
  return existsSync(file) && readFileSync(file, 'utf8') === JSON.stringify(stamp) ? 'hit' : 'miss';
}

/**
 * Writes the compiled code of the modules that were loaded since `enableCompileCache`, and the stamp that
 * `compileCacheState` compares. Throws if no compile cache is enabled.
 */
export function writeCompileCache(functionFolder: string): void {
  const stamp = stampOf(functionFolder);
  if (stamp === undefined) throw new Error(`Node ${process.version} has no compile cache; use Node 22.10 or later`);
  moduleApi.flushCompileCache?.();
  writeFileSync(path.join(functionFolder, CACHE_FOLDER, STAMP_FILE), JSON.stringify(stamp));
}

/** Returns undefined if no compile cache is enabled, for example in a Node that has none. */
function stampOf(functionFolder: string): Stamp | undefined {
  const cacheFolder = moduleApi.getCompileCacheDir?.();
  return cacheFolder === undefined ? undefined : { nodeFolder: path.basename(cacheFolder), functionFolder };
}
