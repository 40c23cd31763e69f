/** Builds the local server: every function in one process, `npm start`. */
import { build } from 'esbuild';
import path from 'node:path';
import { copyLazy, FRAMEWORK, LAZY, lazyAdapters, out, root, shared, packagePlugins } from './bundle.mjs';
import { copyWholeCatalog } from './catalog-part.mjs';
import { copyConsole } from './console-page.mjs';
import { copyDescriptions } from './descriptions.mjs';
import { functions, restricted, sourceOf } from './manifest.mjs';

function allFunctionsCode() {
  const lines = functions.map((row, index) => {
    const { file, entryPoint } = sourceOf(row);
    return `import { ${entryPoint} as f${index} } from ${JSON.stringify(file)};`;
  });
  const rows = functions.map((row, index) => `  ${JSON.stringify(row.name)}: ${restricted(row, `f${index}`)},`);
  return `${lines.join('\n')}\nexport const handlers = {\n${rows.join('\n')}\n};`;
}

/** Resolves `functions:all` to every handler of the manifest. */
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

export async function buildLocal() {
  const folder = path.join(out, 'local');
  await build({
    ...shared,
    minifySyntax: false,
    minifyWhitespace: false,
    sourcemap: 'inline',
    entryPoints: ['./shared/dev-server/start.ts'],
    external: [FRAMEWORK, `${FRAMEWORK}/*`],
    plugins: [...packagePlugins, lazyAdapters, allFunctions],
    outfile: path.join(folder, 'start.cjs'),
  });
  copyLazy(folder, LAZY);
  copyWholeCatalog(folder);
  copyConsole(folder);
  copyDescriptions(folder);
}
