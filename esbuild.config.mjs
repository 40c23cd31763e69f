/**
 * Builds the connector.
 *   node esbuild.config.mjs                builds one folder per function in build/functions, and the local server in
 *   build/local
 *   node esbuild.config.mjs run FILE       bundles one TypeScript file and runs it (scripts and tests)
 *   node esbuild.config.mjs command NAME   builds shared/cli/NAME.ts with Google's clients and runs it
 * functions/manifest.json lists the functions.
 */
import { build } from 'esbuild';
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildLazy, inputsOf, LAZY, lazyAdapters, out, packagePlugins, root, shared } from './infra/bundles/bundle.mjs';
import { linkCatalog } from './infra/bundles/catalog-part.mjs';
import { buildConsole } from './infra/bundles/console-page.mjs';
import { buildDescriptions } from './infra/bundles/descriptions.mjs';
import { buildFunction } from './infra/bundles/function-folder.mjs';
import { buildLocal } from './infra/bundles/local-server.mjs';
import { functions } from './infra/bundles/manifest.mjs';

function sizeTable(rows) {
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0).padStart(6)} KiB`;
  const lazy = LAZY.map(
    (name) =>
      `${name.padEnd(40)} ${kilobytes(statSync(path.join(out, 'lazy', `${name}.cjs`)).size)}   loaded on first use`,
  );
  return [
    ...rows.map(({ name, bytes, inputs }) => `${name.padEnd(40)} ${kilobytes(bytes)}   ${inputs.length} modules`),
    ...lazy,
  ].join('\n');
}

async function buildAll() {
  rmSync(path.join(out, 'functions'), { recursive: true, force: true });
  rmSync(path.join(out, 'local'), { recursive: true, force: true });
  const descriptions = buildDescriptions();
  const lazy = await buildLazy(path.join(out, 'lazy'), {});
  await buildConsole();
  await descriptions;
  await buildLocal();
  const rows = [];
  for (const row of functions) rows.push(await buildFunction(row));
  console.log(sizeTable(rows));
  // The contents of each bundle, for the budget test.
  const inputs = [
    ...rows.map(({ name, inputs: files }) => [name, files]),
    ...Object.entries(lazy).map(([name, { metafile }]) => [`lazy/${name}`, inputsOf(metafile)]),
  ];
  writeFileSync(path.join(out, 'inputs.json'), JSON.stringify(Object.fromEntries(inputs)));
}

/**
 * Bundles one TypeScript file for this Node, without packages, and runs it with the remaining arguments. Several may
 * run at the same time.
 */
async function run(file) {
  // The comments of the client.
  if (file === 'shared/cli/client.ts') await buildDescriptions();
  const outfile = path.join(out, 'run', `${file.replace(/\W+/g, '-')}.mjs`);
  const { outputFiles } = await build({
    ...shared,
    write: false,
    minifySyntax: false,
    minifyWhitespace: false,
    format: 'esm',
    supported: {},
    packages: 'external',
    sourcemap: 'inline',
    sourcesContent: true,
    entryPoints: [path.resolve(root, file)],
    // Modules that are loaded on first use are loaded by `require`.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
    },
    outfile,
  });
  writeWhole(outputFiles);
  process.argv.splice(1, 3, outfile);
  await import(pathToFileURL(outfile).href);
}

/**
 * Builds an operator's command: the connector without its functions. Several may be built into one folder at the same
 * time.
 */
async function command(name) {
  const folder = path.join(out, 'commands');
  const form = { outdir: folder, outExtension: { '.js': '.cjs' }, write: false };
  const { outputFiles } = await build({
    ...shared,
    ...form,
    entryPoints: [`./shared/cli/${name}.ts`],
    plugins: [...packagePlugins, lazyAdapters],
  });
  const lazy = Object.values(await buildLazy(folder, form, ['google', 'stripe']));
  writeWhole([...outputFiles, ...lazy.flatMap((one) => one.outputFiles)]);
  linkCatalog(folder);
  process.argv.splice(1, 3, path.join(folder, `${name}.cjs`));
  await import(pathToFileURL(process.argv[1]).href);
}

/** Writes the output atomically, so that another process reads either the old or the new file completely. */
function writeWhole(files) {
  for (const { path: file, contents } of files) {
    mkdirSync(path.dirname(file), { recursive: true });
    const beside = `${file}.${process.pid}`;
    writeFileSync(beside, contents);
    renameSync(beside, file);
  }
}

const [, , task, file] = process.argv;
if (task === 'run' && file !== undefined) await run(file);
else if (task === 'command' && file !== undefined) await command(file);
else await buildAll();
