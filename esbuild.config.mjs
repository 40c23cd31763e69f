/**
 * Builds the connector.
 *   node esbuild.config.mjs            builds one folder per function in build/functions, and the command with the local
 *                                      server in build/local
 *   node esbuild.config.mjs local      builds build/local alone
 *   node esbuild.config.mjs run FILE   bundles one TypeScript file and runs it (scripts and tests)
 * functions/manifest.json lists the functions.
 */
import { build } from 'esbuild';
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildLazy, inputsOf, LAZY, out, root, shared } from './infra/bundles/bundle.mjs';
import { buildConsole } from './infra/bundles/console-page.mjs';
import { buildDescriptions } from './infra/bundles/descriptions.mjs';
import { buildFunction } from './infra/bundles/function-folder.mjs';
import { writeFunctionPool } from './infra/bundles/function-pool.mjs';
import { buildLocal, LOCAL } from './infra/bundles/local-server.mjs';
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
  const descriptions = buildDescriptions();
  const lazy = await buildLazy(path.join(out, 'lazy'), {});
  const consoleInputs = await buildConsole();
  await descriptions;
  await buildLocal({ withLazy: false });
  const rows = [];
  for (const row of functions) rows.push(await buildFunction(row));
  writeFunctionPool(path.join(out, 'functions'), path.join(LOCAL, 'functions'));
  console.log(sizeTable(rows));
  // The contents of each bundle, for the budget test.
  const inputs = [
    ...rows.map(({ name, inputs: files }) => [name, files]),
    ['console', consoleInputs],
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
else if (task === 'local') await buildLocal();
else await buildAll();
