/** The esbuild options, and the bundles that functions load on first use: Google's clients, Stripe's SDK, MCP. */
import { build } from 'esbuild';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { aliases, FETCH_GLOBALS } from './aliases.mjs';
import { googleClients } from './google-clients.mjs';

export const root = path.resolve(import.meta.dirname, '../..');
export const out = path.join(root, 'build');
export const FRAMEWORK = '@google-cloud/functions-framework';

/** Adapters that are built as separate `.cjs` files, which `require` loads on first use. */
export const LAZY = ['google', 'stripe', 'mcp'];

/** The esbuild plugins that replace parts of packages. */
export const packagePlugins = [googleClients, aliases];

/** Common esbuild options of the bundles that run in Node.js. */
export const shared = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Identifiers are not minified, because packages read the names of constructors. This costs no load time.
  minifySyntax: true,
  minifyWhitespace: true,
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'error',
  metafile: true,
  absWorkingDir: root,
  supported: { 'dynamic-import': false },
};

/** An esbuild plugin that replaces `await import('./adapters/google/index.ts')` by `require('./google.cjs')`. */
export const lazyAdapters = {
  name: 'lazy-adapters',
  setup(builder) {
    builder.onResolve({ filter: /\/adapters\/\w+\/index\.ts$/ }, ({ path: imported, kind }) => {
      const name = path.basename(path.dirname(imported));
      return kind === 'dynamic-import' && LAZY.includes(name) ? { path: `./${name}.cjs`, external: true } : undefined;
    });
  },
};

/** Builds the bundles that are loaded on first use. Returns the build result of each by its name. */
export async function buildLazy(folder, options, names = LAZY) {
  const built = {};
  for (const name of names)
    built[name] = await build({
      ...shared,
      entryPoints: [{ in: `./shared/adapters/${name}/index.ts`, out: name }],
      plugins: packagePlugins,
      inject: name === 'google' ? [FETCH_GLOBALS] : [],
      outdir: folder,
      outExtension: { '.js': '.cjs' },
      ...options,
    });
  return built;
}

/** Returns the source files whose code is in a bundle. */
export function inputsOf({ outputs }) {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
}

/** Returns the names of the lazy bundles that a function uses. Only `tools` uses MCP. */
export function lazyOf(source) {
  return LAZY.filter((name) => name !== 'mcp' || source === './functions/tools.ts');
}

export function copyLazy(folder, names, extensions = ['.cjs', '.cjs.map']) {
  for (const name of names)
    for (const extension of extensions)
      cpSync(path.join(out, 'lazy', name + extension), path.join(folder, name + extension));
}
