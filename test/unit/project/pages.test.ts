/** The pages list every setting, dependency, function and error reason. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { settingRows } from '../../../shared/config/setting-descriptions.ts';
import { filesOf } from './files.ts';
import { run } from './run.ts';

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

test('the page and the Terraform variables of the settings are those that npm run settings writes', () => {
  run('node', ['esbuild.config.mjs', 'run', 'shared/cli/write-settings.ts', '--check']);
});

test('the JSON schema of the messages of events_topic is what npm run event-schema writes', () => {
  run('node', ['esbuild.config.mjs', 'run', 'shared/cli/write-event-schema.ts', '--check']);
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
