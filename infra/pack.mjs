/**
 * `npm run pack`: writes the npm package of the command to stripe-connector-VERSION.tgz. Everything is bundled, so it has
 * no dependencies, and the licenses of the bundled packages are in it.
 *   node infra/pack.mjs [FOLDER]   writes it to FOLDER, from the functions in build/functions
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { out, root } from './bundles/bundle.mjs';
import { buildDocs, docsInputs } from './bundles/docs-site.mjs';
import { writeFunctionPool } from './bundles/function-pool.mjs';
import { writeLocal } from './bundles/local-server.mjs';
import { packagesIn, thirdPartyLicenses } from './bundles/licenses.mjs';
import { textsBelow, writePack } from './bundles/text-pack.mjs';

const MAX_BYTES = 12 * 1024 * 1024;

const { name, version, description, license, engines } = JSON.parse(
  readFileSync(path.join(root, 'package.json'), 'utf8'),
);
const [, , folder] = process.argv;
const to = folder === undefined ? root : path.resolve(folder);
const target = path.join(out, 'pack');

const run = (command, args, cwd) => {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) process.exit(status ?? 1);
};

if (folder === undefined) run(process.execPath, ['esbuild.config.mjs'], root);
rmSync(target, { recursive: true, force: true });
const dist = path.join(target, 'dist');
mkdirSync(dist, { recursive: true });
const metafiles = await writeLocal(dist, true);
writeFunctionPool(path.join(out, 'functions'), path.join(dist, 'functions'));
writePack(path.join(dist, 'docs'), textsBelow(await buildDocs()));
// npm links this file as the command `stripe-connector`.
const main = path.join(dist, 'main.cjs');
writeFileSync(main, `#!/usr/bin/env node\n${readFileSync(main, 'utf8')}`, { mode: 0o755 });

const bundled = JSON.parse(readFileSync(path.join(out, 'inputs.json'), 'utf8'));
const files = [
  ...metafiles.flatMap(({ inputs }) => Object.keys(inputs)),
  ...Object.values(bundled).flat(),
  ...docsInputs(),
];
writeFileSync(path.join(target, 'THIRD_PARTY_LICENSES.txt'), thirdPartyLicenses(packagesIn(files)));
for (const file of ['LICENSE', 'CHANGELOG.md']) cpSync(path.join(root, file), path.join(target, file));
// Relative links become text, because the package does not contain the pages as files.
const page = readFileSync(path.join(root, 'shared/cli/README.md'), 'utf8');
writeFileSync(
  path.join(target, 'README.md'),
  page.replace(/\[([^\][]{1,200})\]\((?:\.\.\/|\w)[^()\s:]{0,200}\)/g, '$1'),
);
const manifest = {
  name,
  version,
  description,
  license,
  engines,
  bin: { 'stripe-connector': 'dist/main.cjs' },
  files: ['dist', 'THIRD_PARTY_LICENSES.txt', 'CHANGELOG.md'],
  dependencies: {},
};
writeFileSync(path.join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);

for (const old of readdirSync(to)) if (/^stripe-connector-.*\.tgz$/.test(old)) rmSync(path.join(to, old));
run('npm', ['pack', '--silent', '--pack-destination', to], target);
const tarball = path.join(to, `${name}-${version}.tgz`);
if (!existsSync(tarball)) throw new Error(`npm pack did not write ${tarball}`);
const bytes = readFileSync(tarball).length;
if (bytes > MAX_BYTES) throw new Error(`${tarball} has ${bytes} bytes, more than ${MAX_BYTES}`);
console.log(`${path.relative(process.cwd(), tarball)}: ${(bytes / 1024 / 1024).toFixed(1)} MiB`);
