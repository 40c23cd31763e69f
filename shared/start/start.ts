/**
 * The first file of a deployed function. It runs the bundles beside it, with the code that V8 compiled of them before
 * where this very Node made it (`make-cache`), and without where it did not: V8 looks at its version and its flags
 * itself, and the cache's name says of which bundle it is, so none of another bundle is ever taken.
 * Source: https://nodejs.org/api/vm.html#new-vmscriptcode-options
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Script } from 'node:vm';

/** Bundles by their file, each with the beginning of its SHA-256: filled in by the build. */
declare const BUNDLES: Readonly<Record<string, string>>;

type Require = (name: string) => unknown;
type Body = (exports: object, require: Require, module: { exports: object }, file: string, folder: string) => void;

/** Bundles that were run, for `make-cache`. */
export const scripts = new Map<string, Script>();
const loaded = new Map<string, unknown>();

/** Where the compiled code of a bundle stands. */
export function cacheOf(file: string): string {
  return path.join(__dirname, `${file}.${BUNDLES[file] ?? ''}.cache`);
}

export function load(file: string): unknown {
  const known = loaded.get(file);
  if (known !== undefined) return known;
  const filename = path.join(__dirname, file);
  const cache = cacheOf(file);
  const cachedData = existsSync(cache) ? readFileSync(cache) : undefined;
  // The build writes them wrapped, and in ASCII.
  const script = new Script(readFileSync(filename, 'latin1'), {
    filename,
    ...(cachedData === undefined ? {} : { cachedData }),
  });
  if (script.cachedDataRejected === true) refused(file);
  scripts.set(file, script);
  const inner = { exports: {} };
  (script.runInThisContext() as Body)(inner.exports, requireBeside, inner, filename, __dirname);
  loaded.set(file, inner.exports);
  return inner.exports;
}

/** Bundles fetch each other by `./name.cjs`. */
const requireBeside: Require = (name) => {
  const file = name.replace(/^\.\//, '');
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- what a bundle requires besides is Node's own
  return file in BUNDLES ? load(file) : (require(name) as unknown);
};

/** Nothing is lost but time. */
function refused(file: string): void {
  const message = `the compiled code of ${file} is of another Node than ${process.version}: it is compiled anew`;
  process.stdout.write(`${JSON.stringify({ severity: 'WARNING', message })}\n`);
}
