/** Builds one self-contained folder per function for the deployment. */
import { build } from 'esbuild';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { copyLazy, FRAMEWORK, inputsOf, lazyAdapters, lazyOf, out, root, shared, packagePlugins } from './bundle.mjs';
import { copyCatalog } from './catalog-part.mjs';
import { copyConsole } from './console-page.mjs';
import { copyDescriptions } from './descriptions.mjs';
import { frameworkLock } from './lock-file.mjs';
import { baseFunction, entryPointOf, readCatalog, restricted, sourceOf } from './manifest.mjs';
import { sampleRequests } from './sample.mjs';

/**
 * Returns the code of the entry point of a bundle, which exports the function with the restrictions of the manifest.
 */
function entryCode(row) {
  const { file, entryPoint } = sourceOf(row);
  return `import { ${entryPoint} as unrestricted } from ${JSON.stringify(file)};\nexport const ${entryPointOf(row)} = ${restricted(row, 'unrestricted')};`;
}

/** The functions whose responses contain the descriptions of entities, actions and inputs. */
const DESCRIBING = ['./functions/connection.ts', './functions/single.ts', './functions/tools.ts'];

/** Builds the folder of a function in `into`. Tests of later revisions pass `plugins`, which change constants. */
export async function buildFunction(row, { into = path.join(out, 'functions'), plugins = [] } = {}) {
  const folder = path.join(into, row.name);
  mkdirSync(folder, { recursive: true });
  const { file } = sourceOf(row);
  const { metafile } = await build({
    ...shared,
    stdin: { contents: entryCode(row), resolveDir: root, sourcefile: `${row.name}.ts`, loader: 'ts' },
    plugins: [...plugins, ...packagePlugins, lazyAdapters],
    // Identifiers can be minified, because the code of this bundle does not read the names of constructors.
    minifyIdentifiers: true,
    outfile: path.join(folder, 'main.cjs'),
  });
  copyLazy(folder, lazyOf(file));
  copyCatalog(row, folder);
  if (['./functions/connection.ts', './functions/single.ts'].includes(file)) copyConsole(folder);
  if (DESCRIBING.includes(file)) copyDescriptions(folder);
  await buildStart(row, folder);
  const { manifest, lock } = frameworkLock(row.name);
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(path.join(folder, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  return {
    name: row.name,
    bytes: statSync(path.join(folder, 'main.cjs')).size,
    inputs: inputsOf(metafile),
  };
}

/** Builds the first file of the function, which loads the bundle, and the file that writes the compile cache. */
function buildStart(row, folder) {
  const requests = sampleRequests(row, baseFunction(row).source, readCatalog);
  return build({
    ...shared,
    sourcemap: false,
    entryPoints: ['./shared/boot/index.ts', './shared/boot/build-compile-cache.ts'],
    external: [FRAMEWORK, `${FRAMEWORK}/*`, './main.cjs', './index.cjs'],
    define: { SAMPLE: JSON.stringify({ entryPoint: entryPointOf(row), requests }) },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
  });
}
