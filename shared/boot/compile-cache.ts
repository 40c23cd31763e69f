/**
 * Node's own cache of compiled code. `gcp-build` fills it where the function is deployed, the variable
 * `NODE_COMPILE_CACHE` makes Node use it. https://nodejs.org/api/module.html#module-compile-cache
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import module from 'node:module';
import path from 'node:path';

/** Beside the function's files; the folder that `NODE_COMPILE_CACHE` names. */
const CACHE_FOLDER = '.compile-cache';

/**
 * `hit`: the compiled code was made by this Node, for this place. `miss`: it was not, and Node compiles again, which
 * costs time and nothing else. `off`: Node uses no cache.
 */
export type CacheState = 'hit' | 'miss' | 'off';

/** What a cache was made for. */
interface Stamp {
  /** Node names the folder by its version, V8's flags and the user's id. */
  readonly folder: string;
  /** Node keys each file by its path. */
  readonly place: string;
}

const STAMP = 'made-for.json';

/** Of Node 22.10 and later: the types are of the oldest Node that is supported. */
interface CompileCacheApi {
  readonly enableCompileCache?: (folder: string) => unknown;
  readonly flushCompileCache?: () => void;
  readonly getCompileCacheDir?: () => string | undefined;
}
const node = module as unknown as CompileCacheApi;

export function enableCompileCache(place: string): void {
  node.enableCompileCache?.(path.join(place, CACHE_FOLDER));
}

export function compileCacheState(place: string): CacheState {
  const stamp = stampOf(place);
  if (stamp === undefined) return 'off';
  const file = path.join(place, CACHE_FOLDER, STAMP);
  return existsSync(file) && readFileSync(file, 'utf8') === JSON.stringify(stamp) ? 'hit' : 'miss';
}

/** Writes the compiled code of all that was loaded so far. */
export function writeCompileCache(place: string): void {
  const stamp = stampOf(place);
  if (stamp === undefined)
    throw new Error(`Node ${process.version} has no compile cache; Node 22.10 and later have one`);
  node.flushCompileCache?.();
  writeFileSync(path.join(place, CACHE_FOLDER, STAMP), JSON.stringify(stamp));
}

/** Undefined where Node uses no cache: it is older than 22.10, or the variable is not set. */
function stampOf(place: string): Stamp | undefined {
  const folder = node.getCompileCacheDir?.();
  return folder === undefined ? undefined : { folder: path.basename(folder), place };
}
