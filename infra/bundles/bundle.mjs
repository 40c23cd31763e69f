/** How everything is bundled, and what is bundled once for all: Google's clients, Stripe's SDK, the protocol of agents. */
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { GLOBALS, trimmedPackages } from './trimmed-packages.mjs';

export const root = path.resolve(import.meta.dirname, '../..');
export const out = path.join(root, 'build');
export const FRAMEWORK = '@google-cloud/functions-framework';

/** Google's clients, and the protocol of agents: a `.cjs` of its own each, fetched by `require` at first use. */
export const LAZY = ['google', 'stripe', 'mcp'];

/** WHOLE_PACKAGES=1 builds with every kind of Google's credentials, and all of Stripe's SDK. */
export const trims = process.env.WHOLE_PACKAGES === '1' ? [] : [trimmedPackages()];

export const shared = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  minify: true,
  // Packages ask constructors for their names; where `trimmed-packages` writes those down, they need not be kept.
  keepNames: true,
  sourcemap: 'external',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'error',
  metafile: true,
  absWorkingDir: root,
  supported: { 'dynamic-import': false },
};

/** `await import('./adapters/firestore.ts')` becomes `require('./firestore.cjs')`. */
export const lazyAdapters = {
  name: 'lazy-adapters',
  setup(builder) {
    builder.onResolve({ filter: /\/adapters\/[\w-]+\.ts$/ }, ({ path: wanted, kind }) => {
      const name = path.basename(wanted, '.ts');
      return kind === 'dynamic-import' && LAZY.includes(name) ? { path: `./${name}.cjs`, external: true } : undefined;
    });
  },
};

/** A bundle that `start` runs is written as the function that Node would make of it. */
export const WRAPPED = {
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
  charset: 'ascii',
};

/** The same of bundles that are there: a line before them, and so a line before their maps'. */
export function wrapLazy(from, to) {
  mkdirSync(to, { recursive: true });
  for (const name of LAZY) {
    const code = readFileSync(path.join(from, `${name}.cjs`), 'utf8');
    const map = JSON.parse(readFileSync(path.join(from, `${name}.cjs.map`), 'utf8'));
    writeFileSync(path.join(to, `${name}.cjs`), `${WRAPPED.banner.js}\n${code}${WRAPPED.footer.js}\n`);
    writeFileSync(path.join(to, `${name}.cjs.map`), JSON.stringify({ ...map, mappings: `;${map.mappings}` }));
  }
}

/** What esbuild says of each, by its name. */
export async function buildLazy(folder, form, names = LAZY) {
  const built = {};
  for (const name of names)
    built[name] = await build({
      ...shared,
      entryPoints: [`./shared/adapters/${name}.ts`],
      plugins: trims,
      ...(trims.length > 0 ? { keepNames: false } : {}),
      ...(name === 'google' && trims.length > 0 ? { inject: [GLOBALS] } : {}),
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

export function copyLazy(folder, names, from = 'lazy') {
  for (const name of names)
    for (const end of ['.cjs', '.cjs.map']) cpSync(path.join(out, from, name + end), path.join(folder, name + end));
}
