/** The pages list every setting, dependency, function and error reason. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { settingDefinitions } from '../../../shared/config/settings-schema.ts';
import { variableDefinitions } from '../../../shared/config/environment-variables.ts';
import { REQUEST_LIMITS } from '../../../shared/operations/request/limits.ts';
import { reasonsIn } from './error-reasons.ts';
import { filesOf } from './files.ts';
import { run } from './run.ts';

/** Read by commands: Terraform's name of an access token. */
const NOT_OURS: ReadonlySet<string> = new Set(['GOOGLE_OAUTH_ACCESS_TOKEN']);

/** The formatter pads tables. */
function page(file: string): string {
  return readFileSync(file, 'utf8').replace(/ +/g, ' ');
}

test('the pages list every setting of the schema, every dependency and every function', () => {
  const settings = page('shared/config/README.md');
  for (const { name, description } of settingDefinitions()) {
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

test('the page and the Terraform variables of the settings are those that npm run settings writes', () => {
  run('node', ['esbuild.config.mjs', 'run', 'shared/cli/settings-files/main.ts', '--check']);
});

// Found by a newcomer who let a setting lower a limit: several pages stated the number, and nothing linked them.
test('the settings page alone states the limits of a request', () => {
  const { pageSize, maxAffected, waitSeconds, maxClauseLength, maxListed, maxMessageItems } = REQUEST_LIMITS;
  const statements: readonly (readonly [limit: RegExp, ...numbers: number[]])[] = [
    [/listEntitiesPageSize|rows a page|page size/i, pageSize.max, pageSize.default],
    [/maxAffected/, maxAffected.max, maxAffected.default],
    [/waitFor|`seconds`/, waitSeconds.max],
    [/clause.*characters/, maxClauseLength],
    [/`fields`|`expand`/, maxListed],
    [/array.*items/, maxMessageItems],
  ];
  const pages = filesOf('.', '.md').filter((file) => file !== 'CHANGELOG.md');
  const found = pages.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) =>
        statements.some(
          ([limit, ...numbers]) =>
            limit.test(line) &&
            numbers.some((number) =>
              new RegExp(`(?<![\\d,])(${number}|${number.toLocaleString('en-US')})(?![\\d,])`).test(line),
            ),
        ),
      )
      .map((line) => `${file}: ${line.trim()}`),
  );
  assert.deepEqual(
    found.filter((line) => !line.startsWith('shared/config/README.md: |')),
    [],
  );
});

test('a variable of Terraform has one row on the page of the infrastructure', () => {
  const [, table = ''] = /Further variables:\n\n([^]*?)\n\n/.exec(readFileSync('infra/README.md', 'utf8')) ?? [];
  const names = table.split('\n').flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(\w+)`/g)]);
  const listed = names.map(([, name]) => name);
  assert.ok(listed.length > 20, table);
  assert.deepEqual(listed, [...new Set(listed)]);
});

test('the reasons of errors are found as properties, as arguments and in conditions', () => {
  const text = `
    function rejected(message: string, reason: string): Error { return new ConnectorError('X', message, { reason }); }
    throw rejected('no', 'FROM_ARGUMENT');
    throw new ConnectorError('X', 'no', { reason: isOld ? 'FROM_FIRST_ARM' : 'FROM_SECOND_ARM' });`;
  assert.deepEqual([...reasonsIn([{ file: 'sample.ts', text }])].sort(), [
    'FROM_ARGUMENT',
    'FROM_FIRST_ARM',
    'FROM_SECOND_ARM',
  ]);
});

test('the JSON schema of the messages of events_topic is what npm run event-schema writes', () => {
  run('node', ['esbuild.config.mjs', 'run', 'shared/cli/write-event-schema.ts', '--check']);
});

test('the page of errors has every reason, and no other', () => {
  const errors = page('shared/errors.md');
  const sources = filesOf('shared', '.ts').map((file) => ({ file, text: readFileSync(file, 'utf8') }));
  const missing = [...reasonsIn(sources)].filter((reason) => !errors.includes(`\`${reason}\``));
  assert.deepEqual(missing, []);
  const [, table = ''] = errors.split('| reason |');
  for (const [, reason = ''] of table.matchAll(/`([A-Z]+(?:_[A-Z]+)*)`(?=[^|]*\|[^|]*\|\n)/g))
    assert.ok(
      sources.some(({ text }) => text.includes(`'${reason}'`)),
      reason,
    );
});

test('the page lists every environment variable that the product reads', () => {
  const settings = page('shared/config/README.md');
  const names = variableDefinitions().map(({ name }) => name);
  for (const { name, description, isLocal } of variableDefinitions())
    assert.ok(
      settings.includes(`| \`${name}\` | ${description} | ${isLocal ? 'local development' : 'anywhere'} |`),
      `${name}: run npm run settings`,
    );
  for (const file of [...filesOf('shared', '.ts'), ...filesOf('functions', '.ts')])
    for (const [, name = ''] of readFileSync(file, 'utf8').matchAll(/\b(?:env|environment)\['([A-Z_]+)'\]/g))
      assert.ok(
        names.includes(name) || NOT_OURS.has(name),
        `${file} reads ${name}; define it in shared/config/environment-variables.ts`,
      );
});
