/** The settings in Terraform and in the schema are the same settings: names, descriptions, defaults and invalid values. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as z from 'zod';
import { readDeployment } from '../../shared/config/environment.ts';
import { settingDefinitions } from '../../shared/config/settings-schema.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { SETTINGS_VALUES } from '../fixtures/settings-values.ts';
import { sized } from '../support/sizes.ts';
import { terraform } from '../outside-tools.mjs';
import { workplace, type Workplace } from './terraform.ts';

const BASE = {
  name: 'stripe',
  region: 'europe-west1',
  api_key: 'projects/p/secrets/key/versions/latest',
  service_account: 'stripe-connector@shop-prod.iam.gserviceaccount.com',
};

const noFile = (): string => {
  throw new Error('no file');
};

/** What a deployed function says of the settings; nothing where it takes them. */
function schemaSays(settings: object): string[] {
  const environment = {
    K_SERVICE: 'stripe-get-entity',
    GOOGLE_CLOUD_PROJECT: 'shop-prod',
    CONNECTION_SETTINGS: JSON.stringify(settings),
  };
  try {
    readDeployment(environment, noFile);
    return [];
  } catch (error) {
    if (!isConnectorError(error)) throw error;
    const said = error.details.violations?.map(({ field, description }) => `${field.split('.')[0]}: ${description}`);
    return [...new Set(said ?? [error.message])];
  }
}

const diagnostic = z.object({
  type: z.literal('diagnostic'),
  '@testfile': z.string().optional(),
  diagnostic: z.object({ severity: z.string(), summary: z.string(), detail: z.string() }),
});

/**
 * What Terraform says of each, in one run of it: a file of tests for each. The module has the variables of the settings
 * alone, so it needs no provider.
 */
function terraformSays(place: Workplace, rows: readonly Readonly<Record<string, unknown>>[]): string[][] {
  const module = path.join(place.folder, 'infra/settings');
  const tests = path.join(module, 'tests');
  mkdirSync(tests, { recursive: true });
  cpSync(path.join(place.folder, 'infra/connection/settings.tf'), path.join(module, 'settings.tf'));
  // An output has everything that the module passes on.
  writeFileSync(path.join(module, 'outputs.tf'), 'output "settings" {\n  value = local.settings\n}\n');
  for (const [at, settings] of rows.entries()) {
    const file = { variables: settings, run: { row: { command: 'plan' } } };
    // Terraform reads ${ in a text as code.
    const text = JSON.stringify(file).replaceAll('${', '$${');
    writeFileSync(path.join(tests, `row-${at}.tftest.json`), text);
  }
  const { text } = place.run('settings', 'test', '-json', '-no-color');
  const said = rows.map((): string[] => []);
  for (const line of text.split('\n').filter((one) => one.startsWith('{'))) {
    const { success, data } = diagnostic.safeParse(JSON.parse(line));
    if (!success || data.diagnostic.severity !== 'error') continue;
    const at = Number(/row-(\d+)\./.exec(data['@testfile'] ?? '')?.[1]);
    assert.ok(said[at], line);
    const ofOurs = data.diagnostic.summary === 'Invalid value for variable';
    said[at].push(ofOurs ? (data.diagnostic.detail.split('\n')[0] ?? '') : data.diagnostic.summary);
  }
  assert.match(text, /"test_summary"/);
  return said;
}

const variables = new Map(
  [...readFileSync('infra/connection/settings.tf', 'utf8').matchAll(/^variable "(\w+)" \{\n([^]*?)\n\}/gm)].map(
    ([, name = '', body = '']) => [name, body],
  ),
);

void test("the module connection passes on every setting as a variable with the schema's description", () => {
  const rows = settingDefinitions();
  assert.deepEqual(
    [...variables.keys()],
    rows.map(({ name }) => name),
  );
  const passed = readFileSync('infra/connection/settings.tf', 'utf8');
  for (const { name, description } of rows) {
    assert.ok(variables.get(name)?.includes(`description = ${JSON.stringify(description)}`), name);
    // terraform fmt would align adjacent lines, so that one long name changes them all.
    assert.match(passed, new RegExp(`\n(\n|  settings = \\{\n) {4}${name} = var\\.${name}\n`));
  }
});

void test("its variables have the schema's defaults", () => {
  for (const { name, default: value } of settingDefinitions()) {
    const written = /^ {2}default += (.*)$/m.exec(variables.get(name) ?? '')?.[1];
    const required = ['name', 'region', 'api_key'].includes(name);
    assert.equal(written, required ? undefined : value === undefined ? 'null' : JSON.stringify(value), name);
  }
});

void test('the table has a valid and an invalid value of every setting', () => {
  for (const { name } of settingDefinitions()) {
    const named = SETTINGS_VALUES.filter(({ settings }) => name in settings);
    assert.ok(
      named.some(({ says, type }) => says === undefined && type === undefined),
      `${name}: add a valid value to test/fixtures/settings-values.ts`,
    );
    const bad = named.filter(({ says, type }) => type === true || says?.some((one) => one.startsWith(`${name}:`)));
    assert.ok(bad.length > 0, `${name}: add an invalid value to test/fixtures/settings-values.ts`);
  }
});

for (const { settings, says, type } of SETTINGS_VALUES) {
  void test(`the schema ${says === undefined && type === undefined ? 'accepts' : 'rejects'} ${JSON.stringify(settings).slice(0, 120)}`, () => {
    const said = schemaSays({ ...BASE, ...settings });
    if (type === true) assert.notDeepEqual(said, []);
    else assert.deepEqual(said.sort(), [...(says ?? [])].sort());
  });
}

void test("the module blueprint has the schema's defaults of the settings that it reads", () => {
  const text = readFileSync('infra/blueprint/settings.tf', 'utf8');
  const [, object = ''] = /settings_read = merge\(\{\n([^]*?)\n {2}\},/.exec(text) ?? [];
  const defaults = new Map(
    [...object.matchAll(/^ {4}(\w+) += (.*)$/gm)].map(([, name, value]) => [name, value] as const),
  );
  const known = new Map<string | undefined, unknown>(
    settingDefinitions().map(({ name, default: value }) => [name, value] as const),
  );
  for (const [name, value] of defaults) assert.equal(value, JSON.stringify(known.get(name) ?? null), name);
  for (const file of readdirSync('infra/blueprint').filter((name) => name.endsWith('.tf'))) {
    assert.doesNotMatch(
      readFileSync(`infra/blueprint/${file}`, 'utf8'),
      /var\.settings\./,
      `${file}: read local.settings_read, which has the defaults`,
    );
    for (const [, name = ''] of readFileSync(`infra/blueprint/${file}`, 'utf8').matchAll(/settings_read\.(\w+)/g))
      assert.ok(defaults.has(name) || ['name', 'region'].includes(name), `${file}: ${name} has no default`);
  }
});

if (terraform() !== undefined) {
  void describe('Terraform', () => {
    let place: Workplace;
    before(async () => {
      place = await workplace();
      const { status, text } = place.init('blueprint');
      assert.equal(status, 0, text);
    });
    after(() => place.remove());

    void test('gives functions the settings that the schema would read, with defaults', () => {
      const set = { proxy_enabled: true, proxy_server: { host: 'proxy', port: 3128 }, max_amounts: { usd: 5 } };
      const vars = { project: 'shop-prod', settings: { ...BASE, ...set } };
      writeFileSync(path.join(place.folder, 'infra/blueprint/values.auto.tfvars.json'), JSON.stringify(vars));
      const applied = place.run('blueprint', 'apply', '-auto-approve', '-no-color', '-input=false');
      assert.equal(applied.status, 0, applied.text);
      const outputs = z
        .object({ environment: z.object({ value: z.record(z.string(), z.string()) }) })
        .parse(JSON.parse(place.run('blueprint', 'output', '-json').text));
      const environment = { ...outputs.environment.value, K_SERVICE: 'stripe-get-entity' };
      const { settings, project } = readDeployment(environment, noFile);
      const plain = { ...environment, CONNECTION_SETTINGS: JSON.stringify({ ...BASE, ...set }) };
      assert.deepEqual(settings, readDeployment(plain, noFile).settings);
      assert.equal(project, 'shop-prod');
    });

    // Terraform plans once for each value. A third of them in `npm test`: each setting has valid and invalid ones.
    const tried = SETTINGS_VALUES.filter((_, index) => index % sized(3, 1) === 0);
    void test(`reports what the schema reports, for ${tried.length} valid and invalid values`, () => {
      const said = terraformSays(
        place,
        tried.map(({ settings }) => ({ ...BASE, ...settings })),
      );
      for (const [at, { settings, says, type }] of tried.entries()) {
        const told = JSON.stringify(settings);
        if (type === true) assert.notDeepEqual(said[at], [], told);
        else assert.deepEqual(said[at]?.sort(), [...(says ?? [])].sort(), told);
      }
    });
  });
}
