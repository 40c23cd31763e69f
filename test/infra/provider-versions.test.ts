/** The modules are valid with every version of Google's provider that they allow, as far as its types are published. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { terraform } from '../outside-tools.mjs';
import { sized } from '../support/sizes.ts';
import { patchedSchema, schemaPatch } from './schema-versions.ts';
import { readSchema, workplace } from './terraform.ts';

const ALLOWED = '>= 7.32, < 9.0';
const schema = readSchema();
const files = readdirSync('infra', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.tf') && !name.includes('.terraform'))
  .map((name) => path.join('infra', name));
const modules = [...new Set(files.map((file) => path.dirname(path.relative('infra', file))))];

/** Versions of Google's provider that a text of Terraform allows. */
const allowedIn = (text: string): string[] =>
  [...text.matchAll(/source += "hashicorp\/google"\n +version = "(.*)"/g)].map(([, versions = '']) => versions);

void test('every module that uses the provider allows the same versions', () => {
  for (const module of modules) {
    const text = files
      .filter((file) => path.dirname(file) === path.join('infra', module))
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const uses = /^(resource|data) "google_/m.test(text);
    assert.deepEqual(allowedIn(text), uses || module.startsWith('examples') ? [ALLOWED] : [], module);
  }
});

void test('detects a module that refuses the newest provider', () => {
  const text = readFileSync('infra/connection/versions.tf', 'utf8');
  assert.deepEqual(allowedIn(text.replace(ALLOWED, '>= 6.50, < 8.0')), ['>= 6.50, < 8.0']);
});

void test('the schemas are of a version below the allowed ones, of one above the lowest, and of the newest', () => {
  const minors = [schema, ...schema.others].map(({ provider }) => Number(/google 7\.(\d+)\./.exec(provider)?.[1]));
  assert.deepEqual(minors, [33, 31, 46]);
});

void test('a patch makes one schema into the other', () => {
  const [older, newest] = schema.others.map((other) => patchedSchema(schema, other));
  assert.ok(older !== undefined && newest !== undefined);
  for (const [from, to] of [
    [older, newest],
    [newest, older],
  ] as const) {
    const made = patchedSchema(from, { provider: to.provider, patch: schemaPatch(from, to) });
    assert.deepEqual(made, to);
  }
  assert.equal(older.resources['google_pubsub_topic']?.attributes['deletion_policy'], undefined);
  assert.deepEqual(Object.keys(schemaPatch(older, older)), []);
});

/**
 * What 8.0 removes or requires of resources that a module uses.
 * https://github.com/hashicorp/terraform-provider-google/blob/main/website/docs/guides/version_8_upgrade.html.markdown
 */
const CHANGED_IN_8 = ['google_cloud_run_v2_worker_pool', 'google_netapp_storage_pool', 'google_workflows_workflow'];

void test('provider 8.0 requires source_contents of a workflow, which each one has, and changes nothing else in use', () => {
  const used = CHANGED_IN_8.filter((type) => type in schema.resources);
  assert.deepEqual(used, ['google_workflows_workflow']);
  for (const file of files)
    for (const [body] of readFileSync(file, 'utf8').matchAll(/^resource "google_workflows_workflow" [^]*?^\}/gm))
      assert.match(body, /^ {2}source_contents += /m, file);
});

if (terraform() !== undefined)
  for (const other of schema.others)
    void describe(`with ${other.provider}`, () => {
      // The newest one of two modules in `npm test`; both of all modules in `npm run test:full`.
      const chosen = sized(other === schema.others.at(-1) ? ['connection', 'project'] : [], modules);
      if (chosen.length > 0)
        void test(`every argument of ${chosen.length} modules exists`, async () => {
          const place = await workplace(patchedSchema(schema, other));
          try {
            for (const module of chosen) {
              const made = place.init(module);
              assert.equal(made.status, 0, made.text);
              const { status, text } = place.run(module, 'validate', '-no-color');
              assert.equal(status, 0, `${module}: ${text}`);
            }
          } finally {
            await place.remove();
          }
        });
    });

if (terraform() !== undefined)
  void test('detects an argument that the newest provider no longer has', async () => {
    const gone = { provider: 'a later one', patch: { 'resources/google_pubsub_topic/attributes/kms_key_name': null } };
    const place = await workplace(patchedSchema(schema, gone));
    try {
      place.init('connection');
      const { status, text } = place.run('connection', 'validate', '-no-color');
      assert.notEqual(status, 0);
      assert.match(text, /Unsupported argument[^]*kms_key_name/);
    } finally {
      await place.remove();
    }
  });
