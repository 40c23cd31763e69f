/** The project holds itself to its own rules: arrows, sizes, names, generated files, lint and format. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { requiredOutputKeys, LEGACY_KEYS } from '../../shared/catalog/sample-keys.ts';
import { settingRows } from '../../shared/config/settings.ts';

function filesOf(folder: string, end: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    if (statSync(file).isDirectory())
      return ['node_modules', '.build', 'build'].includes(name) ? [] : filesOf(file, end);
    return name.endsWith(end) ? [file] : [];
  });
}

/** Part of the architecture that a file belongs to. */
function partOf(file: string): string {
  const [top = '', second = ''] = file.split('/');
  return top === 'shared' ? second.replace(/\.ts$/, '') : top;
}

/** What each part may import, and no other. `app` composes everything; `ANYWHERE` may be imported by all. */
const ARROWS: Readonly<Record<string, readonly string[] | 'everything'>> = {
  functions: ['http', 'app', 'automation', 'webhooks', 'management', 'mcp'],
  // What starts a function's bundle.
  boot: [],
  app: 'everything',
  http: ['operations', 'schema', 'stripe', 'idempotency', 'catalog', 'config', 'ports', 'json', 'redact'],
  automation: ['http', 'operations', 'stripe', 'idempotency', 'catalog', 'config', 'ports', 'json', 'redact'],
  webhooks: ['http', 'operations', 'stripe', 'idempotency', 'config', 'ports', 'json'],
  management: ['http', 'operations', 'schema', 'stripe', 'idempotency', 'catalog'],
  mcp: ['http', 'operations', 'schema', 'stripe', 'catalog', 'json', 'redact'],
  schema: ['operations', 'query', 'stripe', 'catalog', 'ports'],
  operations: ['query', 'stripe', 'idempotency', 'rate-limiter', 'catalog', 'config', 'ports', 'json'],
  idempotency: ['stripe', 'ports', 'redact'],
  stripe: ['rate-limiter', 'catalog', 'ports', 'redact'],
  query: ['catalog', 'redact'],
  'rate-limiter': ['ports'],
  config: ['catalog', 'ports', 'json'],
  // JSON read to the letter.
  json: [],
  ports: ['catalog'],
  catalog: [],
  redact: [],
  adapters: ['stripe', 'idempotency', 'rate-limiter', 'mcp', 'catalog', 'ports', 'redact'],
  sandbox: ['adapters', 'catalog', 'ports'],
  cli: 'everything',
  'dev-server': 'everything',
  // A page of a browser: of the others it imports types alone.
  explorer: ['schema', 'stripe', 'rate-limiter', 'catalog'],
  errors: ['redact'],
  bounds: ['redact'],
  fields: [],
  'field-violations': [],
  memoize: [],
};
const ANYWHERE: readonly string[] = ['errors', 'bounds', 'field-violations', 'fields', 'memoize'];

const sources = [...filesOf('functions', '.ts'), ...filesOf('shared', '.ts'), ...filesOf('shared', '.tsx')];

test('imports follow the arrows of the architecture, and nothing points back', () => {
  const wrong: string[] = [];
  for (const file of sources) {
    const from = partOf(file);
    for (const [, wanted = ''] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const to = partOf(path.normalize(path.join(path.dirname(file), wanted)));
      const allowed = ARROWS[from] ?? [];
      if (to !== from && !ANYWHERE.includes(to) && allowed !== 'everything' && !allowed.includes(to))
        wrong.push(`${file} -> ${to}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('no schema is made while a file is loaded: each when it is first used', () => {
  for (const file of sources.filter(
    (one) => one.startsWith('shared/') && !/^shared\/(cli|dev-server|sandbox)\//.test(one),
  ))
    assert.doesNotMatch(readFileSync(file, 'utf8'), /^(export )?const \w+(: .+)? =\s+z\b/m, file);
});

test("the explorer's page takes types alone of what runs in the functions", () => {
  for (const file of filesOf('shared/explorer', '.ts').concat(filesOf('shared/explorer', '.tsx')))
    assert.doesNotMatch(readFileSync(file, 'utf8'), /^import (?!type ).*'\.\.\//m, file);
});

test('only the composition root names adapters and Google or Stripe packages stay in adapters', () => {
  for (const file of sources.filter(
    (one) => one.startsWith('shared/') && !/^shared\/(adapters|catalog\/generate|dev-server|cli|sandbox)\//.test(one),
  )) {
    const text = readFileSync(file, 'utf8');
    if (file !== 'shared/app.ts') assert.doesNotMatch(text, /\/adapters\//, file);
    assert.doesNotMatch(text, /from '(stripe|@google-cloud\/(firestore|pubsub|secret-manager)|google-gax)'/, file);
  }
});

test('the core reads no clock, no environment and no chance', () => {
  for (const file of sources.filter((one) =>
    /^shared\/(operations|stripe|rate-limiter|query|idempotency|catalog\/[^/]+$)/.test(one),
  )) {
    assert.doesNotMatch(
      readFileSync(file, 'utf8'),
      /Date\.now|new Date\(\)|process\.|Math\.random|randomUUID|performance\.|setTimeout|setInterval/,
      file,
    );
  }
});

test('no folder of the product has more than 14 files, but data and the sandbox', () => {
  const large = readdirSync('shared', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .reduce(
      (counts, { parentPath }) => counts.set(parentPath, (counts.get(parentPath) ?? 0) + 1),
      new Map<string, number>(),
    );
  assert.deepEqual(
    [...large].filter(([folder, files]) => files > 14 && !/^shared\/(sandbox|explorer)/.test(folder)),
    [],
  );
});

test('each regression test names the document or the issue that its facts come from', () => {
  for (const file of filesOf('test/regression', '.test.ts'))
    assert.match(readFileSync(file, 'utf8'), /https?:\/\/|[a-z-]+#\d+|docs\.stripe\.com/, file);
});

test('a function file is a few lines: imports and one export', () => {
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
    functions: { name: string; source?: string; entryPoint?: string }[];
  };
  const files = filesOf('functions', '.ts');
  assert.deepEqual(
    files.map((file) => path.relative('functions', file)).sort(),
    functions.flatMap(({ source }) => source ?? []).sort(),
  );
  for (const file of files) {
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    assert.ok(lines.length <= 12, file);
    assert.equal(lines.filter((line) => line.startsWith('export const')).length, 1);
  }
  assert.equal(new Set(functions.map(({ name }) => name)).size, functions.length);
});

test('each of the nine actions has its function, its sample and its catalogue row', () => {
  const nine = readdirSync('functions/actions').filter((file) => file !== 'execute-action.ts');
  assert.equal(nine.length, 9);
  for (const file of nine) {
    const name = file.replace('.ts', '');
    for (const one of [`shared/catalog/actions/${name}.json`, `test/fixtures/samples/${name}.json`])
      assert.ok(statSync(one).isFile());
  }
});

test('the keys that always stand are those of the samples', () => {
  for (const name of readdirSync('test/fixtures/samples')) {
    const { connectorOutputPayload: rows } = JSON.parse(readFileSync(`test/fixtures/samples/${name}`, 'utf8')) as {
      connectorOutputPayload?: Record<string, unknown>[];
    };
    const [row] = Array.isArray(rows) ? rows : [];
    if (row?.['object'] === undefined) continue;
    const always = requiredOutputKeys(String(row['object']));
    for (const key of Object.keys(row)) if (key !== 'Success') assert.ok(always.includes(key), key);
    for (const key of LEGACY_KEYS[String(row['object'])] ?? []) assert.ok(always.includes(key), key);
  }
});

const run = (command: string, args: string[]): string => {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    env: { ...process.env, FORCE_COLOR: '0' },
  });
  assert.equal(status, 0, stdout + stderr);
  return stdout;
};

test('the catalogue is what the installed package gives', () => {
  assert.match(
    run(process.execPath, ['esbuild.config.mjs', 'run', 'shared/catalog/generate/main.ts', '--check']),
    /is what the installed package gives/,
  );
});
test('types are strict and right', () => {
  run('node_modules/.bin/tsc', ['--noEmit']);
  run('node_modules/.bin/tsc', ['--noEmit', '--project', 'shared/explorer']);
});
test('lint is clean', () => void run('test/node_modules/.bin/eslint', ['--config', 'test/eslint.config.mjs', '.']));
test('format is clean', () => void run('test/node_modules/.bin/prettier', ['--check', '.']));

test('a part that no test has is an error that lists the parts', () => {
  const { CI: _, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, ['test/run.mjs', 'nosuchpart'], { encoding: 'utf8', env });
  assert.equal(status, 1);
  assert.match(stderr, /no test file's path contains nosuchpart; there are .*contract, .*functions, .*unit/);
});

test('the parts that the scripts name are there', () => {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  const files = filesOf('test', '.test.ts');
  const named = Object.values(scripts).flatMap(
    (script) => /test\/run\.mjs ([\w/ -]+)/.exec(script)?.[1]?.split(' ') ?? [],
  );
  const parts = named.filter((part) => !part.startsWith('--'));
  assert.deepEqual(parts, ['unit/project']);
  for (const part of parts)
    assert.ok(
      files.some((file) => file.includes(part)),
      part,
    );
});

test('there is no any, no ignored type error, no skipped or single test', () => {
  for (const file of [...sources, ...filesOf('test', '.ts')]) {
    if (file.endsWith('project.test.ts')) continue;
    const found = /\bas any\b|: any\b|@ts-(ignore|nocheck|expect-error)|\.(only|skip)\(/.exec(
      readFileSync(file, 'utf8'),
    );
    assert.equal(found?.[0], undefined, file);
  }
});

test('versions are exact and lock files name no host', () => {
  for (const folder of ['.', 'test']) {
    const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Record<
      string,
      Record<string, string> | undefined
    >;
    for (const kind of ['dependencies', 'devDependencies', 'optionalDependencies']) {
      for (const [name, version] of Object.entries(manifest[kind] ?? {}))
        assert.match(version, /^\d+\.\d+\.\d+$/, name);
    }
    assert.doesNotMatch(readFileSync(path.join(folder, 'package-lock.json'), 'utf8'), /"resolved": "http/);
  }
});

/** The formatter pads tables. */
function page(file: string): string {
  return readFileSync(file, 'utf8').replace(/ +/g, ' ');
}

test('the pages list every setting of the schema, every dependency and every function', () => {
  const settings = page('shared/config/README.md');
  for (const { name, description } of settingRows()) {
    assert.ok(description.length > 0, name);
    assert.ok(settings.includes(`| \`${name}\` | ${description} |`), `lacks: | \`${name}\` | ${description} |`);
  }
  const contributing = page('CONTRIBUTING.md');
  for (const folder of ['.', 'test']) {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
      readFileSync(path.join(folder, 'package.json'), 'utf8'),
    ) as Record<string, Record<string, string>>;
    for (const name of Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }))
      assert.ok(contributing.includes(`\`${name}\``), name);
  }
  const { functions } = JSON.parse(readFileSync('functions/manifest.json', 'utf8')) as {
    functions: { name: string }[];
  };
  for (const { name } of functions) assert.ok(page('functions/README.md').includes(`\`${name}\``), name);
});

test('the page of errors has every reason, and no other', () => {
  const errors = page('shared/errors.md');
  const sources = filesOf('shared', '.ts').map((file) => readFileSync(file, 'utf8'));
  for (const text of sources)
    for (const [, reason = ''] of text.matchAll(/reason: '([A-Z_]+)'/g))
      assert.ok(errors.includes(`\`${reason}\``), reason);
  const [, table = ''] = errors.split('| reason |');
  for (const [, reason = ''] of table.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`(?=[^|]*\|[^|]*\|\n)/g))
    assert.ok(
      sources.some((text) => text.includes(`'${reason}'`)),
      reason,
    );
});
