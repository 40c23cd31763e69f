/**
 * The Terraform of infra/, by Terraform itself: every argument against the schema of Google's provider, the logic and
 * the resources under `terraform test` with that provider mocked, and bugs that are planted and must be seen.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { terraform } from '../outside-tools.mjs';
import type { Schema } from './provider-schema.ts';
import { workplace, type Workplace } from './terraform.ts';

/** Every module, and how many runs and assertions its own tests have at least. */
const MODULES = {
  blueprint: { runs: 34, assertions: 36 },
  connection: { runs: 28, assertions: 59 },
  project: { runs: 14, assertions: 20 },
  'examples/minimal': { runs: 1, assertions: 2 },
  'examples/full': { runs: 2, assertions: 3 },
};

const filesIn = (folder: string, end: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end) && !name.includes('.terraform'))
    .map((name) => path.join(folder, name));

/** One bug each; the module, and the file of its tests, that must see it. */
const PLANTED: Readonly<Record<string, readonly [file: string, right: string, wrong: string, tests: string]>> = {
  'every function is public': [
    'connection/identity.tf',
    'members    = distinct(each.value.invokers)',
    'members    = ["allUsers"]',
    'connection/connection',
  ],
  'the webhook is public by itself': [
    'connection/identity.tf',
    'var.enable_events && var.public_webhook',
    'var.enable_events',
    'connection/messages',
  ],
  'members of a function are not gathered in its binding': [
    'connection/identity.tf',
    'distinct(each.value.invokers)',
    'slice(each.value.invokers, 0, 1)',
    'connection/connection',
  ],
  'refused requests are counted by a code that is never sent': [
    'connection/alerts.tf',
    'response_code=\\"429\\"',
    'response_code=\\"420\\"',
    'connection/connection',
  ],
  'an address is told of nothing': [
    'connection/log-alerts.tf',
    'notification_channels = local.channels',
    'notification_channels = var.alert_channels',
    'connection/connection',
  ],
  'messages that are held raise the latency alert': [
    'connection/alerts.tf',
    'if !function.called_by_machine])})',
    '])})',
    'connection/connection',
  ],
  'dead letters are watched under another name': [
    'connection/alerts.tf',
    'module.blueprint.names.dead_letter_topic',
    'module.blueprint.names.results_topic',
    'connection/connection',
  ],
  'the state is readable all over the project': [
    'connection/state.tf',
    'resource.name == \\"projects/${var.project}/databases/${var.database}\\"',
    'true',
    'connection/connection',
  ],
  'the last caller that stays loses its binding': [
    'connection/identity.tf',
    'for_each = local.callers\n',
    'for_each = { for name, row in local.callers : name => row if length(row.invokers) > 1 }\n',
    'connection/changes',
  ],
  'a replaced function loses its callers': [
    'connection/identity.tf',
    '    replace_triggered_by = [google_cloudfunctions2_function.function[each.key].id]',
    '    ignore_changes = [location]',
    'connection/changes',
  ],
  'the records are left behind without a word': [
    'connection/state.tf',
    'var.accept_state_loss ? true : terraform_data.state.output',
    'true ? true : terraform_data.state.output',
    'connection/changes',
  ],
  'an accepted database is not remembered': [
    'connection/state.tf',
    'var.accept_state_loss ? [var.project, var.database, var.name] : []',
    '[]',
    'connection/changes',
  ],
  'a destroy takes the records': [
    'project/firestore.tf',
    'var.delete_protection ? "ABANDON" : "DELETE"',
    '"DELETE"',
    'project/project',
  ],
  'the framework is not told that this is production': [
    'blueprint/environment.tf',
    'NODE_ENV = "production"',
    'NODE_ENV = "development"',
    'blueprint/environment',
  ],
  'the push is not signed for the function': [
    'connection/messages.tf',
    `      audience              = google_cloudfunctions2_function.function["automation"].service_config[0].uri`,
    `      audience              = "anybody"`,
    'connection/messages',
  ],
  'dead letters have no subscription': [
    'connection/messages.tf',
    'count = contains(module.blueprint.made_topics, "dead_letter_topic") ? 1 : 0',
    'count = 0',
    'connection/messages',
  ],
  'Pub/Sub may not take dead letters away': [
    'connection/messages.tf',
    'role         = "roles/pubsub.subscriber"',
    'role         = "roles/pubsub.viewer"',
    'connection/messages',
  ],
  'the deadline is what Pub/Sub has by itself': [
    'connection/messages.tf',
    'ack_deadline_seconds       = 600',
    'ack_deadline_seconds       = 10',
    'connection/messages',
  ],
  'everything is warm': [
    'blueprint/functions.tf',
    'lookup(var.warm_instances, "*", 0)',
    'lookup(var.warm_instances, "*", 1)',
    'blueprint/functions',
  ],
  'min_nodes keeps instances warm': [
    'blueprint/functions.tf',
    'min(lookup(local.warm, name, 0),',
    'min(lookup(local.warm, name, 0) * var.settings.min_nodes,',
    'blueprint/functions',
  ],
  'names are cut without a hash': [
    'blueprint/names.tf',
    '-${substr(sha256(local.connection), 0, 8)}${one.end}',
    '${one.end}',
    'blueprint/names',
  ],
  'functions of Stripe and of topics take all callers': [
    'blueprint/functions.tf',
    'contains(local.chosen, name) ? concat(',
    'true ? concat(',
    'blueprint/functions',
  ],
  'the code stays the same when the package changes': [
    'connection/functions.tf',
    'name   = "${each.key}-${try(filesha256(local.zips[each.key]), "missing")}${var.rebuild == "" ? "" : "-${var.rebuild}"}.zip"',
    'name   = "${each.key}.zip"',
    'connection/connection',
  ],
  'records have an index for each field': [
    'project/firestore.tf',
    'groups = ["members", "operations", "shards", "deadLetters", "stripeEvents"]',
    'groups = ["members", "shards", "deadLetters", "stripeEvents"]',
    'project/project',
  ],
  'the list of dead letters has no index': [
    'project/firestore.tf',
    'field = "at", order = "DESCENDING"',
    'field = "at", order = "ASCENDING"',
    'project/project',
  ],
  'another value of rebuild builds nothing': [
    'connection/functions.tf',
    '${var.rebuild == "" ? "" : "-${var.rebuild}"}.zip"',
    '.zip"',
    'connection/changes',
  ],
  'images are kept for ever': ['project/images.tf', 'action = "DELETE"', 'action = "KEEP"', 'project/project'],
  'the state has no index for its fleet': [
    'project/firestore.tf',
    'field_path = "place"',
    'field_path = "members"',
    'project/project',
  ],
};

if (terraform() !== undefined) {
  void describe('infra', () => {
    let place: Workplace;
    before(async () => {
      place = await workplace();
      for (const module of Object.keys(MODULES)) {
        const { status, text } = place.init(module);
        assert.equal(status, 0, text);
      }
    });
    after(() => place.remove());

    void test('is formatted', () => {
      const { status, text } = place.run('.', 'fmt', '-check', '-recursive');
      assert.equal(status, 0, text);
    });

    for (const [module, least] of Object.entries(MODULES)) {
      void test(`${module}: every block, argument, type and reference is one of the provider's`, () => {
        const { status, text } = place.run(module, 'validate', '-no-color');
        assert.equal(status, 0, text);
        assert.match(text, /The configuration is valid/);
      });

      void test(`${module}: its own tests pass`, () => {
        const { status, text } = place.run(module, 'test', '-no-color');
        assert.equal(status, 0, text);
        const passed = Number(/Success! (\d+) passed, 0 failed/.exec(text)?.[1]);
        assert.ok(passed >= least.runs, `${passed} runs`);
        const written = filesIn(path.join('infra', module, 'tests'), '.tftest.hcl').map((file) =>
          readFileSync(file, 'utf8'),
        );
        const assertions = written.join('\n').match(/^ {2}(assert \{|expect_failures)/gm)?.length ?? 0;
        assert.ok(assertions >= least.assertions, `${assertions} assertions`);
      });
    }

    void test('an argument that the provider does not have is refused', () => {
      const mend = place.edit(
        'connection/functions.tf',
        'all_traffic_on_latest_revision ',
        'all_traffic_on_newest_revision ',
      );
      const { status, text } = place.run('connection', 'validate', '-no-color');
      mend();
      assert.notEqual(status, 0);
      assert.match(text, /Unsupported argument[^]*all_traffic_on_newest_revision/);
    });

    for (const [name, [file, right, wrong, tests]] of Object.entries(PLANTED)) {
      void test(`is seen: ${name}`, () => {
        const mend = place.edit(file, right, wrong);
        const [module = '', which = ''] = tests.split('/');
        const { status, text } = place.run(module, 'test', '-no-color', `-filter=tests/${which}.tftest.hcl`);
        mend();
        assert.notEqual(status, 0, text);
        assert.match(text, /Error: (Test assertion failed|Missing expected failure|Resource precondition failed)/);
      });
    }
  });
}

const resources = filesIn('infra', '.tf').flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^resource "(\w+)" "(\w+)" \{\n([^]*?)\n\}/gm)].map(
    ([, type = '', name = '', body = '']) => ({ at: `${file}: ${type}.${name}`, type, body }),
  ),
);

void test('labels and the project reach every resource that has the field', () => {
  const { resources: known } = JSON.parse(readFileSync('test/fixtures/google-schema.json', 'utf8')) as Schema;
  assert.ok(resources.length >= 25);
  for (const { at, type, body } of resources) {
    // Terraform's own resource has neither.
    if (type === 'terraform_data') continue;
    const attributes = known[type]?.attributes;
    assert.ok(attributes, at);
    if (at.startsWith('infra/connection')) {
      if ('labels' in attributes) assert.match(body, /^ {2}labels +=/m, at);
      if ('user_labels' in attributes) assert.match(body, /^ {2}user_labels +=/m, at);
    }
    // Members of what is named with its project say it themselves.
    if ('project' in attributes && !/secret_iam_member|topic_iam_member/.test(type))
      assert.match(body, /^ {2}project +=/m, at);
  }
});

void test('each field that an adapter queries has its index, and no other field', () => {
  // The queries of the event inbox and their merged indexes are in event-indexes.test.ts.
  const adapters = filesIn('shared/adapters/google', '.ts')
    .filter((file) => !file.endsWith('firestore-events.ts'))
    .map((file) => readFileSync(file, 'utf8'));
  const queried = adapters.flatMap((text) =>
    [...text.matchAll(/fieldFilter\('(\w+)'|orderBy: \[\{ field: \{ fieldPath: '(\w+)'/g)].map(
      ([, filter, order]) => filter ?? order,
    ),
  );
  const text = readFileSync('infra/project/firestore.tf', 'utf8')
    .replace(/^resource "google_firestore_index" "inbox" \{\n[^]*?\n\}/m, '')
    .replaceAll(/^ +"stripeEvents\..*\n/gm, '');
  const indexed = [...text.matchAll(/field_path = "(\w+)"|, field = "(\w+)", order/g)].map(
    ([, composite, single]) => composite ?? single,
  );
  assert.deepEqual([...new Set(queried)].sort(), [...new Set(indexed)].sort());
  // A query that is neither would go unseen.
  assert.equal(adapters.join('').match(/structuredQuery: [{q]/g)?.length, 2);
});

void test('the schema is that of the oldest provider that is allowed', () => {
  const { provider } = JSON.parse(readFileSync('test/fixtures/google-schema.json', 'utf8')) as { provider: string };
  const [, oldest = '?'] = /google (\d+\.\d+)\.\d+,/.exec(provider) ?? [];
  const allowed = filesIn('infra', '.tf').flatMap((file) => [
    ...readFileSync(file, 'utf8').matchAll(/source += "hashicorp\/google"\n +version = "(.*)"/g),
  ]);
  assert.deepEqual([...new Set(allowed.map(([, versions]) => versions))], [`>= ${oldest}, < 9.0`]);
});

void test('no secret is written or read by Terraform: its state has names alone', () => {
  for (const file of filesIn('infra', '.tf')) {
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /google_secret_manager_secret_version|secret_data|secret_environment_variables/, file);
    assert.doesNotMatch(text, /\b(sk|rk)_(live|test)_|whsec_/, file);
  }
});

void test('everybody is named in one place: the webhook', () => {
  const named = resources.filter(({ body }) => /allUsers|allAuthenticatedUsers/.test(body)).map(({ at }) => at);
  assert.deepEqual(named, ['infra/connection/identity.tf: google_cloud_run_service_iam_member.webhook']);
});
