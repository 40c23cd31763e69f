/** The npm package: Node.js is all that it needs. https://docs.npmjs.com/cli/v11/commands/npx */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../emulator/ports.ts';
import { sized } from '../support/sizes.ts';
import { post, running } from './framework.ts';

const MIB = 1024 * 1024;
let folder: string;
let tarball: string;
let unpacked: string;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'npm-package-'));
  execFileSync(process.execPath, ['infra/pack.mjs', folder], { stdio: 'pipe' });
  tarball = path.join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? assert.fail('no package'));
  unpacked = path.join(folder, 'unpacked');
  mkdirSync(unpacked);
  execFileSync('tar', ['xzf', tarball, '-C', unpacked, '--strip-components=1']);
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** A machine with Node.js alone: no home, no cache, and a registry that does not answer. */
function alone(home: string): Record<string, string | undefined> {
  return {
    PATH: process.env['PATH'],
    HOME: home,
    npm_config_cache: path.join(home, 'cache'),
    npm_config_registry: 'http://127.0.0.1:9/',
    npm_config_fetch_retries: '0',
  };
}

test('has no dependencies, at most 12 MiB, no source map and no source but the runtime of the client', () => {
  const manifest = JSON.parse(readFileSync(path.join(unpacked, 'package.json'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual(manifest['dependencies'], {});
  for (const name of ['devDependencies', 'optionalDependencies', 'scripts', 'private'])
    assert.equal(manifest[name], undefined, name);
  assert.ok(statSync(tarball).size <= 12 * MIB, String(statSync(tarball).size));
  const files = readdirSync(unpacked, { recursive: true, encoding: 'utf8' });
  assert.deepEqual(
    files.filter((file) => /\.(map|ts)$/.test(file)),
    [path.join('dist', 'client-runtime.ts')],
  );
});

/** npx unpacks the package at every call that names its file: the time of that is by the number of files. */
test('has few files: pages, catalog and functions are one file each', () => {
  const files = readdirSync(unpacked, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.ok(files.length <= 30, `${files.length}: ${files.map(({ name }) => name).join(' ')}`);
});

test('its README links nothing that the package does not have', () => {
  const links = [...readFileSync(path.join(unpacked, 'README.md'), 'utf8').matchAll(/\]\(([^)]*)\)/g)];
  assert.ok(links.length > 0);
  assert.deepEqual(
    links.map(([, target = '']) => target).filter((target) => !/^(https?:|#)/.test(target)),
    [],
  );
});

test('has the license of every package whose code is in it', () => {
  const licenses = readFileSync(path.join(unpacked, 'THIRD_PARTY_LICENSES.txt'), 'utf8');
  const inputs = JSON.parse(readFileSync('build/inputs.json', 'utf8')) as Record<string, string[]>;
  const names = Object.values(inputs)
    .flat()
    .flatMap((file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []);
  for (const name of new Set([
    ...names,
    'commander',
    'express',
    '@google-cloud/functions-framework',
    'react',
    '@ariakit/react',
    'fflate',
    'minisearch',
  ]))
    assert.match(licenses, new RegExp(`^${name.replace(/[.]/g, '\\.')} \\d`, 'm'), name);
});

test('npx starts the server of the package without a registry, and a customer is created', async () => {
  const home = path.join(folder, 'home');
  mkdirSync(home);
  const port = await freePort();
  // A path with a folder is a package to npx; an absolute one is a program.
  const child = spawn('npx', ['--yes', `./${path.basename(tarball)}`, 'dev'], {
    cwd: folder,
    env: { ...alone(home), PORT: String(port) },
    detached: true,
  });
  try {
    const server = await running(child, port, 'try it:');
    const answer = await post(`${server.url}/create-entity`, {
      entity: 'Customer',
      connectorInputPayload: { Email: 'jane@example.com' },
    });
    assert.equal(answer.body['effect'], 'done', answer.text);
    for (const page of ['docs/', 'docs/reference/entities/Customer', 'llms.txt', 'docs/search.json'])
      assert.equal((await fetch(`${server.url}/${page}`)).status, 200, page);
    // The program that compares two connections runs without a checkout.
    const compare = path.join(folder, 'compare.mjs');
    const source = await fetch(`${server.url}/docs/files/shared/docs/examples/compare.mjs.txt`);
    writeFileSync(compare, await source.text());
    const root = `${server.url}/v2/projects/p/locations/l/connections/stripe-local`;
    const compared = spawnSync(process.execPath, [compare, root, root, 'Customer'], { env: {}, encoding: 'utf8' });
    assert.equal(compared.stdout, 'Customer: 1 rows in A, 1 in B, 0 differences\n', compared.stderr);
    const called = spawnSync(process.execPath, [path.join(unpacked, 'dist/main.cjs'), 'status', '--json'], {
      env: { ...alone(home), PORT: String(port) },
      encoding: 'utf8',
    });
    assert.equal(called.status, 0, called.stderr);
    assert.equal((JSON.parse(called.stdout) as { state: string }).state, 'active');
  } finally {
    // npx starts a shell, which starts Node: the whole group ends.
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
  }
});

test('installed from its file, it is the command that npx runs, without a registry', () => {
  const project = path.join(folder, 'project');
  mkdirSync(project);
  const env = alone(path.join(folder, 'home'));
  // A folder with a package.json is the place of an installation. https://docs.npmjs.com/cli/v11/configuring-npm/folders
  execFileSync('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: project, env, stdio: 'pipe' });
  const ran = spawnSync('npx', ['--no', '--', 'stripe-connector', '--version'], {
    cwd: project,
    env,
    encoding: 'utf8',
  });
  assert.deepEqual([ran.status, ran.stdout], [0, `${packageVersion()}\n`], ran.stderr);
});

const packageVersion = (): string => /-(\d+\.\d+\.\d+)\.tgz$/.exec(tarball)?.[1] ?? assert.fail(tarball);

/** A write of one entity, a function of messages and the whole connection; `npm run test:full` compares all. */
const COMPARED: readonly string[] = sized(['create-entity', 'automation', 'single'], readdirSync('build/functions'));

test('package writes the same zips as npm run package', () => {
  const own = path.join(folder, 'own');
  const { status, stderr } = spawnSync(
    process.execPath,
    [path.join(unpacked, 'dist/main.cjs'), 'package', '--out', own],
    { encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    readdirSync(own).sort(),
    readdirSync('build/functions')
      .map((name) => `${name}.zip`)
      .sort(),
  );
  const [some, repository] = [path.join(folder, 'some'), path.join(folder, 'repository')];
  for (const name of COMPARED) cpSync(path.join('build/functions', name), path.join(some, name), { recursive: true });
  execFileSync(process.execPath, ['infra/package.mjs', some, repository], { stdio: 'pipe' });
  const names = readdirSync(repository);
  assert.equal(names.length, COMPARED.length);
  for (const name of names)
    assert.ok(readFileSync(path.join(own, name)).equals(readFileSync(path.join(repository, name))), name);
});

test('client needs no server and no checkout', () => {
  const out = path.join(folder, 'client.ts');
  const args = ['client', '--out', out, '--entities', 'Customer', '--actions', 'PayInvoice'];
  const { status, stderr } = spawnSync(process.execPath, [path.join(unpacked, 'dist/main.cjs'), ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  assert.match(readFileSync(out, 'utf8'), /interface Actions \{[^}]*?\n {2}PayInvoice/);
});
