/** The direction of imports between folders, what the core may read, how large folders are. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { filesOf, SOURCES } from './files.ts';

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
  http: [
    'event-inbox',
    'operations',
    'schema',
    'stripe',
    'idempotency',
    'catalog',
    'config',
    'ports',
    'json',
    'redact',
  ],
  automation: ['http', 'operations', 'stripe', 'idempotency', 'catalog', 'config', 'ports', 'json', 'redact'],
  // Holds what arrived of Stripe's events, and in the store of operations when instances read an object.
  'event-inbox': ['idempotency', 'ports'],
  webhooks: ['event-inbox', 'http', 'operations', 'stripe', 'idempotency', 'config', 'ports', 'json'],
  management: [
    'automation',
    'webhooks',
    'event-inbox',
    'http',
    'operations',
    'schema',
    'stripe',
    'idempotency',
    'rate-limiter',
    'catalog',
    'ports',
    'json',
    'redact',
  ],
  mcp: ['http', 'operations', 'schema', 'stripe', 'catalog', 'json', 'redact'],
  schema: ['operations', 'query', 'stripe', 'catalog', 'ports'],
  operations: ['event-inbox', 'query', 'stripe', 'idempotency', 'rate-limiter', 'catalog', 'config', 'ports', 'json'],
  idempotency: ['stripe', 'ports', 'redact'],
  stripe: ['rate-limiter', 'catalog', 'config', 'ports', 'redact'],
  query: ['catalog', 'redact'],
  'rate-limiter': ['ports'],
  config: ['catalog', 'ports', 'json'],
  // JSON read to the letter.
  json: [],
  ports: ['catalog'],
  catalog: [],
  redact: [],
  adapters: ['event-inbox', 'stripe', 'idempotency', 'rate-limiter', 'mcp', 'catalog', 'ports', 'redact'],
  sandbox: ['adapters', 'catalog', 'ports'],
  cli: 'everything',
  'dev-server': 'everything',
  // The documentation site: describes every part.
  docs: 'everything',
  // A page of a browser: of the others it imports types alone.
  console: ['schema', 'stripe', 'rate-limiter', 'catalog', 'event-inbox', 'management', 'sandbox'],
  errors: ['redact'],
  bounds: ['redact'],
  'parse-document': [],
  'field-violations': [],
  'is-object': [],
  memoize: [],
  'defined-fields': [],
};
const ANYWHERE: readonly string[] = [
  'errors',
  'bounds',
  'field-violations',
  'parse-document',
  'is-object',
  'memoize',
  'defined-fields',
];

test('imports follow the arrows of the architecture in one direction', () => {
  const wrong: string[] = [];
  for (const file of SOURCES) {
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

test('no field is written by a spread on whether its value is undefined', () => {
  // The generated client imports nothing, and its results have no field that the response lacks.
  for (const file of SOURCES.filter((one) => one !== 'shared/schema/client/runtime.ts'))
    assert.doesNotMatch(
      readFileSync(file, 'utf8'),
      /\.\.\.\(\s*[^(){}]+ === undefined\s*\? \{\}\s*: \{/,
      `${file}: let the type allow undefined, or use definedFields`,
    );
});

test('no file creates a schema while it loads', () => {
  for (const file of SOURCES.filter(
    (one) => one.startsWith('shared/') && !/^shared\/(cli|dev-server|sandbox)\//.test(one),
  ))
    assert.doesNotMatch(readFileSync(file, 'utf8'), /^(export )?const \w+(: .+)? =\s+z\b/m, file);
});

test('the console imports only types from the functions', () => {
  for (const file of filesOf('shared/console', '.ts').concat(filesOf('shared/console', '.tsx')))
    for (const [statement, wanted = ''] of readFileSync(file, 'utf8').matchAll(/^import (?!type )[^;]*'(\.[^']+)'/gm)) {
      const imported = path.normalize(path.join(path.dirname(file), wanted));
      assert.match(imported, /^shared\/console\//, `${file}: ${statement}`);
    }
});

test('only the composition root names adapters, and Google and Stripe packages stay in adapters', () => {
  for (const file of SOURCES.filter(
    (one) =>
      one.startsWith('shared/') && !/^shared\/(adapters|catalog\/generate|dev-server|docs|cli|sandbox)\//.test(one),
  )) {
    const text = readFileSync(file, 'utf8');
    if (file !== 'shared/app.ts') assert.doesNotMatch(text, /\/adapters\//, file);
    assert.doesNotMatch(text, /from '(stripe|@google-cloud\/(firestore|pubsub|secret-manager)|google-gax)'/, file);
  }
});

test('the core reads no clock, no environment and no random source', () => {
  for (const file of SOURCES.filter((one) =>
    /^shared\/(operations|stripe|rate-limiter|query|idempotency|catalog\/[^/]+$)/.test(one),
  )) {
    assert.doesNotMatch(
      readFileSync(file, 'utf8'),
      /Date\.now|new Date\(\)|process\.|Math\.random|randomUUID|performance\.|setTimeout|setInterval/,
      file,
    );
  }
});

test('no folder of the product has more than 14 files, except data', () => {
  const large = readdirSync('shared', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .reduce(
      (counts, { parentPath }) => counts.set(parentPath, (counts.get(parentPath) ?? 0) + 1),
      new Map<string, number>(),
    );
  assert.deepEqual(
    [...large].filter(([, files]) => files > 14),
    [],
  );
});

test('there is no any, no ignored type error, no skipped or single test', () => {
  for (const file of [...SOURCES, ...filesOf('test', '.ts')]) {
    if (file === 'test/unit/project/architecture.test.ts') continue;
    const found = /\bas any\b|: any\b|@ts-(ignore|nocheck|expect-error)|\.(only|skip)\(/.exec(
      readFileSync(file, 'utf8'),
    );
    assert.equal(found?.[0], undefined, file);
  }
});
