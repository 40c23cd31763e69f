/** How everything is bundled, and what is bundled once for all: Google's clients, Stripe's SDK, the protocol of agents. */
import { build } from 'esbuild';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { aliases, FETCH_GLOBALS } from './aliases.mjs';
import { googleClients } from './google-clients.mjs';

export const root = path.resolve(import.meta.dirname, '../..');
export const out = path.join(root, 'build');
export const FRAMEWORK = '@google-cloud/functions-framework';

/** Google's clients, and the protocol of agents: a `.cjs` of its own each, fetched by `require` at first use. */
export const LAZY = ['google', 'stripe', 'mcp'];

/** What every bundle is built with. */
export const packagePlugins = [googleClients, aliases];

export const shared = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Packages ask constructors for their names: identifiers stay as they are written, at no cost when a file is loaded.
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

/** `await import('./adapters/google/index.ts')` becomes `require('./google.cjs')`. */
export const lazyAdapters = {
  name: 'lazy-adapters',
  setup(builder) {
    builder.onResolve({ filter: /\/adapters\/\w+\/index\.ts$/ }, ({ path: wanted, kind }) => {
      const name = path.basename(path.dirname(wanted));
      return kind === 'dynamic-import' && LAZY.includes(name) ? { path: `./${name}.cjs`, external: true } : undefined;
    });
  },
};

/** What esbuild says of each, by its name. */
export async function buildLazy(folder, form, names = LAZY) {
  const built = {};
  for (const name of names)
    built[name] = await build({
      ...shared,
      entryPoints: [{ in: `./shared/adapters/${name}/index.ts`, out: name }],
      plugins: packagePlugins,
      ...(name === 'google' ? { inject: [FETCH_GLOBALS] } : {}),
      outdir: folder,
      outExtension: { '.js': '.cjs' },
      ...form,
    });
  return built;
}

/** The files of which something is left in a bundle. */
export function inputsOf({ outputs }) {
  const left = Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs));
  return left.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([file]) => file);
}

/** Only the function of tools speaks with agents. */
export function lazyOf(source) {
  return LAZY.filter((one) => one !== 'mcp' || source === './functions/tools.ts');
}

export function copyLazy(folder, names) {
  for (const name of names)
    for (const end of ['.cjs', '.cjs.map']) cpSync(path.join(out, 'lazy', name + end), path.join(folder, name + end));
}
