/**
 * Builds the connector.
 *   node esbuild.config.mjs            one self-contained folder a function in build/functions, the local server in build/local
 *   node esbuild.config.mjs run FILE   bundles one TypeScript file and runs it (scripts and tests)
 *   node esbuild.config.mjs command NAME   builds shared/command/NAME.ts with Google's clients, and runs it
 * functions/manifest.json says which functions there are.
 */
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { GLOBALS, trimmedPackages } from './infra/trimmed-packages.mjs';

const root = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(root, 'build');
const FRAMEWORK = '@google-cloud/functions-framework';

/** Google's clients, and the protocol of agents: a `.cjs` of its own each, fetched by `require` at first use. */
const LAZY = ['google', 'stripe', 'mcp'];

/** WHOLE_PACKAGES=1 builds with every kind of Google's credentials, and all of Stripe's SDK. */
const trims = process.env.WHOLE_PACKAGES === '1' ? [] : [trimmedPackages()];

const { functions } = JSON.parse(readFileSync(path.join(root, 'functions/manifest.json'), 'utf8'));
const byName = new Map(functions.map((row) => [row.name, row]));

const shared = {
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
const lazyAdapters = {
  name: 'lazy-adapters',
  setup(builder) {
    builder.onResolve({ filter: /\/adapters\/[\w-]+\.ts$/ }, ({ path: wanted, kind }) => {
      const name = path.basename(wanted, '.ts');
      return kind === 'dynamic-import' && LAZY.includes(name) ? { path: `./${name}.cjs`, external: true } : undefined;
    });
  },
};

/** The source and the export that a manifest row stands for; narrowed rows stand for another row's. */
function sourceOf(row) {
  const whole = row.of === undefined ? row : byName.get(row.of);
  if (whole === undefined) throw new Error(`manifest: ${row.name} narrows ${row.of}, which is no function`);
  return { file: `./functions/${whole.source}`, entryPoint: whole.entryPoint };
}

export function entryPointOf(row) {
  return row.entryPoint ?? row.name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
}

/** What a row serves of its function: `functions/` exports the whole, the manifest narrows it. */
function narrowed(row, whole) {
  if (row.of !== undefined) return `${whole}.narrowedTo(${JSON.stringify(row.entities ?? row.actions)})`;
  return row.actions === undefined ? whole : `${whole}.narrowedInCloudTo(${JSON.stringify(row.actions)})`;
}

/** The code of a row's entry: what it re-exports, narrowed where the row says so. */
function entryCode(row) {
  const { file, entryPoint } = sourceOf(row);
  return `import { ${entryPoint} as whole } from ${JSON.stringify(file)};\nexport const ${entryPointOf(row)} = ${narrowed(row, 'whole')};`;
}

function allFunctionsCode() {
  const lines = functions.map((row, index) => {
    const { file, entryPoint } = sourceOf(row);
    return `import { ${entryPoint} as f${index} } from ${JSON.stringify(file)};`;
  });
  const rows = functions.map((row, index) => `  ${JSON.stringify(row.name)}: ${narrowed(row, `f${index}`)},`);
  return `${lines.join('\n')}\nexport const handlers = {\n${rows.join('\n')}\n};`;
}

/** `functions:all`: every handler of the manifest, for the local server. */
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

const EXPLORER = 'explorer.html';
const CATALOGUE = path.join(root, 'shared/catalog');

function readCatalogue(file) {
  return JSON.parse(readFileSync(path.join(CATALOGUE, file), 'utf8'));
}

/** Every entity that a shape refers to: what an expanded reference looks like. */
function references(value) {
  if (typeof value !== 'object' || value === null) return [];
  const own = typeof value.reference === 'string' ? [value.reference] : [];
  return [...own, ...Object.values(value).flatMap(references)];
}

function copyWholeCatalogue(folder) {
  for (const part of ['entities', 'actions'])
    cpSync(path.join(CATALOGUE, part), path.join(folder, 'catalog', part), { recursive: true });
}

/** The files of the catalogue that a function can need: those of its entities and what they refer to, and of its actions. */
function copyCatalogue(row, folder) {
  const whole = row.of === undefined ? row : byName.get(row.of);
  const entities = readCatalogue('entities/index.json');
  const actions = readCatalogue('actions/index.json');
  if (!/^(actions|entities)\//.test(whole.source)) return copyWholeCatalogue(folder);
  const ofAction = whole.source.startsWith('actions/');
  const every = ofAction ? actions.actions : entities.entities;
  const named =
    row.entities ?? row.actions ?? (ofAction && whole.actions === undefined ? [actionOf(whole)] : undefined);
  // What the cloud narrows by default may be opened by the row alone: every file is there.
  const served = named === undefined || named.length === 0 ? Object.keys(every) : named;
  const offered = Object.fromEntries(served.map((name) => [name, every[name]]));
  const part = ofAction ? 'actions' : 'entities';
  const files = Object.values(offered).map((one) => `${part}/${one.file ?? one}`);
  const answers = files.map(readCatalogue).flatMap((one) => [one.answer, ...references(one)]);
  const more = answers.map((name) => entities.entities[name]?.file).filter((file) => file !== undefined);
  for (const name of ['entities', 'actions']) mkdirSync(path.join(folder, 'catalog', name), { recursive: true });
  const index = { entities, actions };
  for (const name of ['entities', 'actions'])
    writeFileSync(
      path.join(folder, 'catalog', name, 'index.json'),
      JSON.stringify({ ...index[name], [name]: name === part ? offered : {} }),
    );
  for (const file of new Set([...files, ...more.map((one) => `entities/${one}`)]))
    cpSync(path.join(CATALOGUE, file), path.join(folder, 'catalog', file));
}

/** `finalize-quote` -> `FinalizeQuote` */
function actionOf(row) {
  return row.name.replace(/(^|-)(\w)/g, (_, _dash, letter) => letter.toUpperCase());
}

/** The framework and what it needs, out of our own lock file: a deployed folder installs nothing else. */
function frameworkLock(name) {
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  const version = lock.packages[`node_modules/${FRAMEWORK}`].version;
  const manifest = {
    name,
    version: '0.0.0',
    private: true,
    main: 'index.cjs',
    engines: { node: '>=20' },
    scripts: { 'gcp-build': 'node make-cache.cjs' },
    dependencies: { [FRAMEWORK]: version },
  };
  const packages = { '': { name, version: '0.0.0', dependencies: manifest.dependencies, engines: manifest.engines } };
  const visit = (wanted, from) => {
    for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
      const key = `${at === '' ? '' : `${at}/`}node_modules/${wanted}`;
      const found = lock.packages[key];
      if (found !== undefined) {
        if (packages[key] !== undefined) return;
        const { dev: _dev, ...row } = found;
        packages[key] = row;
        for (const inner of Object.keys({ ...found.dependencies, ...found.optionalDependencies })) visit(inner, key);
        return;
      }
      if (at === '') return;
    }
  };
  visit(FRAMEWORK, '');
  const sorted = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { manifest, lock: { name, version: '0.0.0', lockfileVersion: 3, requires: true, packages: sorted } };
}

/** A bundle that `start` runs is written as the function that Node would make of it. */
const WRAPPED = {
  banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
  footer: { js: '})' },
  charset: 'ascii',
};

/** The same of bundles that are there: a line before them, and so a line before their maps'. */
function wrapLazy(from, to) {
  mkdirSync(to, { recursive: true });
  for (const name of LAZY) {
    const code = readFileSync(path.join(from, `${name}.cjs`), 'utf8');
    const map = JSON.parse(readFileSync(path.join(from, `${name}.cjs.map`), 'utf8'));
    writeFileSync(path.join(to, `${name}.cjs`), `${WRAPPED.banner.js}\n${code}${WRAPPED.footer.js}\n`);
    writeFileSync(path.join(to, `${name}.cjs.map`), JSON.stringify({ ...map, mappings: `;${map.mappings}` }));
  }
}

async function buildLazy(folder, form, names = LAZY) {
  const built = [];
  for (const name of names)
    built.push(
      await build({
        ...shared,
        entryPoints: [`./shared/adapters/${name}.ts`],
        plugins: trims,
        ...(name !== 'mcp' && trims.length > 0 ? { keepNames: false } : {}),
        ...(name === 'google' && trims.length > 0 ? { inject: [GLOBALS] } : {}),
        outdir: folder,
        outExtension: { '.js': '.cjs' },
        ...form,
      }),
    );
  return built.flatMap(({ outputFiles = [] }) => outputFiles);
}

/** Only the function of tools speaks with agents. */
function lazyOf(source) {
  return LAZY.filter((one) => one !== 'mcp' || source === './functions/tools.ts');
}

function copyLazy(folder, names, from = 'lazy') {
  for (const name of names)
    for (const end of ['.cjs', '.cjs.map']) cpSync(path.join(out, from, name + end), path.join(folder, name + end));
}

/** The explorer's page, whole: script and style stand in it, so that it is one request, and readable. */
async function buildExplorer() {
  const source = path.join(root, 'shared/explorer');
  const bundled = async (entry) => {
    const { outputFiles } = await build({
      entryPoints: [path.join(source, entry)],
      bundle: true,
      format: 'iife',
      target: 'es2022',
      charset: 'utf8',
      tsconfig: path.join(source, 'tsconfig.json'),
      logLevel: 'error',
      absWorkingDir: root,
      write: false,
    });
    return outputFiles[0].text;
  };
  const parts = { '/* main.tsx */': await bundled('main.tsx'), '/* style.css */': await bundled('style.css') };
  const page = Object.entries(parts).reduce(
    (text, [mark, part]) => text.replace(mark, () => part),
    readFileSync(path.join(source, 'explorer.html'), 'utf8'),
  );
  mkdirSync(out, { recursive: true });
  writeFileSync(path.join(out, EXPLORER), page);
}

function copyExplorer(folder) {
  cpSync(path.join(out, EXPLORER), path.join(folder, EXPLORER));
}

async function buildFunction(row) {
  const folder = path.join(out, 'functions', row.name);
  mkdirSync(folder, { recursive: true });
  const { file } = sourceOf(row);
  const { metafile } = await build({
    ...shared,
    stdin: { contents: entryCode(row), resolveDir: root, sourcefile: `${row.name}.ts`, loader: 'ts' },
    plugins: [...trims, lazyAdapters],
    ...WRAPPED,
    // Nothing in it asks for a constructor's name.
    keepNames: false,
    outfile: path.join(folder, 'main.cjs'),
  });
  copyLazy(folder, lazyOf(file), 'wrapped');
  copyCatalogue(row, folder);
  if (file === './functions/connection.ts') copyExplorer(folder);
  await buildStart(row, folder, ['main', ...lazyOf(file)]);
  const { manifest, lock } = frameworkLock(row.name);
  writeFileSync(path.join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(path.join(folder, 'package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
  return {
    name: row.name,
    bytes: statSync(path.join(folder, 'main.cjs')).size,
    inputs: Object.keys(metafile.inputs).length,
  };
}

/** What runs the bundles, with the code that V8 compiled of them, and what makes that. */
function buildStart(row, folder, names) {
  const hashOf = (file) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, file)))
      .digest('hex')
      .slice(0, 16);
  const bundles = Object.fromEntries(names.map((name) => [`${name}.cjs`, hashOf(`${name}.cjs`)]));
  return build({
    ...shared,
    sourcemap: false,
    entryPoints: ['./shared/start/index.ts', './shared/start/make-cache.ts'],
    external: [FRAMEWORK, `${FRAMEWORK}/*`],
    define: { BUNDLES: JSON.stringify(bundles), SAMPLE: JSON.stringify(sampleOf(row)) },
    outdir: folder,
    outExtension: { '.js': '.cjs' },
  });
}

/** Bodies that make a function do what it does most: one that is refused, and one whole transaction. */
function sampleOf(row) {
  const { file } = sourceOf(row);
  const payload = { connectorInputPayload: { Name: 'sample' } };
  const entity = row.entities?.[0] ?? 'Customer';
  const bodies = {
    './functions/entities/list.ts': { entity, filterClause: "Created > 5 AND Id != 'a'" },
    './functions/entities/get.ts': { entity, entityId: 'sample_1' },
    './functions/entities/create.ts': { entity, ...payload },
    './functions/entities/update.ts': { entity, entityId: 'sample_1', ...payload },
    './functions/entities/delete.ts': { entity, entityId: 'sample_1' },
    './functions/actions/execute-action.ts': {
      action: row.actions?.[0] ?? 'PayInvoice',
      connectorInputPayload: idsOf(row.actions?.[0] ?? 'PayInvoice'),
    },
    './functions/connection.ts': { entity: 'Customer', entityId: 'sample_1' },
    './functions/tools.ts': {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'balance_get', arguments: {} },
    },
    './functions/events/automation.ts': {
      message: { messageId: '1', attributes: { operation: 'Get', entity: 'Customer', entityId: 'sample_1' } },
    },
  };
  const own = () => (file.startsWith('./functions/actions/') ? { connectorInputPayload: idsOf(actionOf(row)) } : {});
  return {
    entryPoint: entryPointOf(row),
    path: file === './functions/connection.ts' ? '/run/get-entity' : '/',
    bodies: [{}, bodies[file] ?? own()],
  };
}

/** The ids that an action needs. */
function idsOf(action) {
  const { idInput, path: at } = readCatalogue(`actions/${readCatalogue('actions/index.json').actions[action]}`);
  const parents = [...at.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).filter((name) => name !== 'id');
  const named = parents.map((name) => name.replace(/(^|_)(\w)/g, (_, _dash, letter) => letter.toUpperCase()));
  // What is named twice is refused by name, which is as good a sample.
  return Object.fromEntries([...named, ...(idInput === undefined ? [] : [idInput])].map((name) => [name, 'sample_1']));
}

async function buildLocal() {
  const folder = path.join(out, 'local');
  await build({
    ...shared,
    minify: false,
    sourcemap: 'inline',
    entryPoints: ['./shared/local/start.ts'],
    external: [FRAMEWORK, `${FRAMEWORK}/*`],
    plugins: [...trims, lazyAdapters, allFunctions],
    outfile: path.join(folder, 'start.cjs'),
  });
  copyLazy(folder, LAZY);
  copyWholeCatalogue(folder);
  copyExplorer(folder);
}

function sizeTable(rows) {
  const kilobytes = (bytes) => `${(bytes / 1024).toFixed(0).padStart(6)} KiB`;
  const lazy = LAZY.map(
    (name) =>
      `${name.padEnd(40)} ${kilobytes(statSync(path.join(out, 'lazy', `${name}.cjs`)).size)}   loaded at first use`,
  );
  return [
    ...rows.map(({ name, bytes, inputs }) => `${name.padEnd(40)} ${kilobytes(bytes)}   ${inputs} modules`),
    ...lazy,
  ].join('\n');
}

async function buildAll() {
  rmSync(path.join(out, 'functions'), { recursive: true, force: true });
  rmSync(path.join(out, 'local'), { recursive: true, force: true });
  await buildLazy(path.join(out, 'lazy'), {});
  wrapLazy(path.join(out, 'lazy'), path.join(out, 'wrapped'));
  await buildExplorer();
  await buildLocal();
  const rows = [];
  for (const row of functions) rows.push(await buildFunction(row));
  console.log(sizeTable(rows));
}

/** Bundles one TypeScript file for this Node, packages left outside, and runs it with the arguments that follow. */
async function run(file) {
  const outfile = path.join(out, 'run', `${file.replace(/\W+/g, '-')}.mjs`);
  await build({
    ...shared,
    minify: false,
    keepNames: false,
    format: 'esm',
    supported: {},
    packages: 'external',
    sourcemap: 'inline',
    sourcesContent: true,
    entryPoints: [path.resolve(root, file)],
    // What is fetched at first use is fetched by `require`.
    banner: {
      js: "import { createRequire as requireOf } from 'node:module';\nconst require = requireOf(import.meta.url);",
    },
    outfile,
  });
  process.argv.splice(1, 3, outfile);
  await import(pathToFileURL(outfile).href);
}

/** An operator's command: the connector without its functions. Several may be built at once, into one folder. */
async function command(name) {
  const folder = path.join(out, 'command');
  const form = { outdir: folder, outExtension: { '.js': '.cjs' }, write: false };
  const { outputFiles } = await build({
    ...shared,
    ...form,
    entryPoints: [`./shared/command/${name}.ts`],
    plugins: [...trims, lazyAdapters],
  });
  const files = [...outputFiles, ...(await buildLazy(folder, form, ['google', 'stripe']))];
  mkdirSync(folder, { recursive: true });
  for (const one of files) writeWhole(one.path, one.contents);
  copyWholeCatalogue(folder);
  process.argv.splice(1, 3, path.join(folder, `${name}.cjs`));
  await import(pathToFileURL(process.argv[1]).href);
}

/** Whoever reads it meanwhile finds the whole file, the old one or the new one. */
function writeWhole(file, contents) {
  const beside = `${file}.${process.pid}`;
  writeFileSync(beside, contents);
  renameSync(beside, file);
}

const [, , task, file] = process.argv;
if (task === 'run' && file !== undefined) await run(file);
else if (task === 'command' && file !== undefined) await command(file);
else await buildAll();
