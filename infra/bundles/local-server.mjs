/**
 * Builds the command, the local server with every function in one process, and the sandbox, in one folder that needs no
 * `node_modules`.
 */
import { build } from 'esbuild';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildLazy, copyLazy, LAZY, lazyAdapters, out, packagePlugins, root, shared } from './bundle.mjs';
import { packWholeCatalog } from './catalog-part.mjs';
import { buildConsole, copyConsole } from './console-page.mjs';
import { buildDescriptions, copyDescriptions } from './descriptions.mjs';
import { functions, restricted, sourceOf } from './manifest.mjs';
import { takeStamp, writeStamp } from './stamp.mjs';

export const LOCAL = path.join(out, 'local');

function allFunctionsCode() {
  const lines = functions.map((row, index) => {
    const { file, entryPoint } = sourceOf(row);
    return `import { ${entryPoint} as f${index} } from ${JSON.stringify(file)};`;
  });
  const rows = functions.map((row, index) => `  ${JSON.stringify(row.name)}: ${restricted(row, `f${index}`)},`);
  return `${lines.join('\n')}\nexport const handlers = {\n${rows.join('\n')}\n};`;
}

/** An esbuild plugin that resolves `functions:all` to a module with the handler of every function in the manifest. */
const allFunctions = {
  name: 'all-functions',
  setup(builder) {
    builder.onResolve({ filter: /^functions:all$/ }, () => ({ path: 'all', namespace: 'functions' }));
    builder.onLoad({ filter: /.*/, namespace: 'functions' }, () => ({
      contents: allFunctionsCode(),
      resolveDir: root,
      loader: 'ts',
    }));
  },
};

const ENTRIES = {
  main: './shared/cli/main.ts',
  start: './shared/dev-server/start.ts',
  sandbox: './shared/sandbox/main.ts',
};

/**
 * Writes the bundles and their data to a folder. `isRelease` leaves out source maps, for the npm package. Returns the
 * metafiles of the bundles.
 */
export async function writeLocal(folder, isRelease = false) {
  const metafiles = [];
  const form = isRelease
    ? { sourcemap: false }
    : { minifySyntax: false, minifyWhitespace: false, sourcemap: 'inline', sourcesContent: false };
  for (const [name, entry] of Object.entries(ENTRIES)) {
    const { metafile } = await build({
      ...shared,
      ...form,
      entryPoints: [{ in: entry, out: name }],
      plugins: [...packagePlugins, lazyAdapters, allFunctions],
      outdir: folder,
      outExtension: { '.js': '.cjs' },
    });
    metafiles.push(metafile);
  }
  copyLazy(folder, LAZY, isRelease ? ['.cjs'] : undefined);
  packWholeCatalog(folder);
  copyConsole(folder);
  copyDescriptions(folder);
  cpSync(path.join(root, 'functions/manifest.json'), path.join(folder, 'manifest.json'));
  cpSync(path.join(root, 'shared/schema/client/runtime.ts'), path.join(folder, 'client-runtime.ts'));
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  writeFileSync(path.join(folder, 'version.json'), JSON.stringify({ version }));
  return metafiles;
}

/**
 * Builds `build/local`. The folder is replaced at the end, so another process never loads from an incomplete folder.
 */
export async function buildLocal({ withLazy = true } = {}) {
  const stamp = takeStamp();
  if (withLazy) {
    const descriptions = buildDescriptions();
    await buildLazy(path.join(out, 'lazy'), {});
    await buildConsole();
    await descriptions;
  }
  const [next, old] = ['next', 'old'].map((name) => `${LOCAL}.${name}.${process.pid}`);
  mkdirSync(next, { recursive: true });
  await writeLocal(next);
  writeStamp(next, stamp);
  try {
    renameSync(LOCAL, old);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  renameSync(next, LOCAL);
  rmSync(old, { recursive: true, force: true });
}
