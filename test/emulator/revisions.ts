/** A function built as the next revision would be: the same code, which stores its documents under later versions. */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'esbuild';

interface Row {
  readonly name: string;
}
interface Bundles {
  readonly buildLazy: (folder: string, form: object, names: readonly string[]) => Promise<unknown>;
  readonly packagePlugins: readonly Plugin[];
}
interface FunctionFolder {
  readonly buildFunction: (row: Row, options: { into: string; plugins: readonly Plugin[] }) => Promise<unknown>;
}

/** A file of shared/adapters/google, the constant that has the version, and the version to store. */
export type LaterVersion = readonly [file: string, constant: string, version: number];

export const LATER: Readonly<Record<'operations' | 'limiter', LaterVersion>> = {
  operations: ['stored-versions.ts', 'OPERATION_VERSION', 3],
  limiter: ['limiter/firestore-tokens.ts', 'STATE_VERSION', 4],
};

/** Builds the function into `into` and returns its folder. */
export async function buildNextRevision(
  name: string,
  into: string,
  versions: readonly LaterVersion[],
): Promise<string> {
  const modules = path.resolve('infra/bundles');
  const { buildLazy, packagePlugins } = (await import(path.join(modules, 'bundle.mjs'))) as Bundles;
  const { buildFunction } = (await import(path.join(modules, 'function-folder.mjs'))) as FunctionFolder;
  const { functions } = (await import(path.join(modules, 'manifest.mjs'))) as { readonly functions: readonly Row[] };
  const row = functions.find((one) => one.name === name);
  if (row === undefined) throw new Error(`the manifest has no ${name}`);
  const plugins = versions.map(laterVersion);
  mkdirSync(into, { recursive: true });
  await buildFunction(row, { into, plugins });
  const folder = path.join(into, name);
  await buildLazy(folder, { plugins: [...plugins, ...packagePlugins] }, ['google']);
  return folder;
}

function laterVersion([file, constant, version]: LaterVersion): Plugin {
  return {
    name: `later-${constant}`,
    setup(build) {
      build.onLoad({ filter: new RegExp(`/adapters/google/${file}$`) }, ({ path: from }) => {
        const text = readFileSync(from, 'utf8');
        const later = text.replace(new RegExp(`(const ${constant} = )\\d+;`), `$1${version};`);
        if (later === text) throw new Error(`${file} has no ${constant}`);
        return { contents: later, loader: 'ts' };
      });
    },
  };
}
