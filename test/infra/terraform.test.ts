/**
 * The Terraform of infra/, by Terraform itself: every argument against the schema of Google's provider, the logic and
 * the resources under `terraform test` with that provider mocked, and bugs that are planted and must be seen.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { terraform } from '../outside-tools.mjs';
import { sized } from '../support/sizes.ts';
import { CONNECTION_BUGS } from './planted-bugs.ts';
import { OPERATION_BUGS } from './planted-operation-bugs.ts';
import { PLAN_BUGS } from './planted-plan-bugs.ts';
import { readSchema, workplace, type Ran, type Workplace } from './terraform.ts';

/** Every module, and how many runs and assertions its own tests have at least. */
const MODULES = {
  blueprint: { runs: 60, assertions: 64 },
  connection: { runs: 53, assertions: 99 },
  project: { runs: 17, assertions: 24 },
  'examples/minimal': { runs: 1, assertions: 2 },
  'examples/full': { runs: 2, assertions: 3 },
  'examples/events': { runs: 1, assertions: 2 },
  'examples/single': { runs: 1, assertions: 2 },
  'examples/enterprise': { runs: 3, assertions: 6 },
  ci: { runs: 3, assertions: 6 },
  'recipes/dead-letters': { runs: 2, assertions: 6 },
  'recipes/cloud-run': { runs: 5, assertions: 9 },
  'recipes/eventarc': { runs: 2, assertions: 6 },
  'recipes/workflows': { runs: 3, assertions: 6 },
  'recipes/bigquery': { runs: 2, assertions: 5 },
  'recipes/application-integration': { runs: 4, assertions: 8 },
};

const filesIn = (folder: string, end: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(end) && !name.includes('.terraform'))
    .map((name) => path.join(folder, name));

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

    for (const [index, [module, least]] of Object.entries(MODULES).entries()) {
      // Its own tests fail where it is not valid.
      if (index % sized(8, 1) === 0)
        void test(`${module}: every block, argument, type and reference exists in the provider`, () => {
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

    void test('rejects an argument that the provider does not have', () => {
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

    for (const [what, [file, right, wrong]] of Object.entries({
      'a subscription that pushes and writes to BigQuery': [
        'recipes/bigquery/main.tf',
        '  bigquery_config {',
        '  push_config {\n    push_endpoint = "https://example.com/"\n  }\n  bigquery_config {',
      ],
      'a trigger with two destinations': [
        'recipes/eventarc/main.tf',
        '    cloud_run_service {',
        '    workflow = "projects/p/locations/l/workflows/w"\n    cloud_run_service {',
      ],
    } as const))
      void test(`rejects ${what}, as the provider does`, () => {
        const mend = place.edit(file, right, wrong);
        const { status, text } = place.run(path.dirname(file), 'validate', '-no-color');
        mend();
        assert.notEqual(status, 0);
        assert.match(text, /Conflicting arguments[^]* conflicts with /);
      });

    void test('rejects a plan with two ways out, which validate cannot see', () => {
      const mend = place.edit(
        'connection/variables.tf',
        'var.vpc_connector == null || var.direct_vpc == null',
        'var.vpc_connector == null || var.vpc_connector != ""',
      );
      const { status, text } = place.runs('connection', 'enterprise', ['one_way_out']);
      mend();
      assert.notEqual(status, 0);
      assert.match(text, /vpc_connector conflicts\s+with\s+direct_vpc_network_interface/);
    });

    const bugs = Object.entries({ ...CONNECTION_BUGS, ...PLAN_BUGS, ...OPERATION_BUGS });
    const every = sized(25, 1);
    const intact = new Map<string, Ran>();
    for (const [name, [file, right, wrong, tests]] of bugs.filter((_, index) => index % every === 0)) {
      void test(`detects: ${name}`, () => {
        const [, module = '', which = '', list = ''] = /^(.*)\/([^/]+)#(.+)$/.exec(tests) ?? [];
        const runs = list.split('+');
        // Runs that fail without the bug as well would detect nothing. The small sizes leave it out.
        if (every === 1 && !intact.has(tests)) intact.set(tests, place.runs(module, which, runs));
        assert.equal(intact.get(tests)?.status ?? 0, 0, intact.get(tests)?.text);
        const mend = place.edit(file, right, wrong);
        const { text } = place.runs(module, which, runs);
        mend();
        assert.match(text, new RegExp(`run "${runs.at(-1)}"\\.\\.\\. fail`));
        assert.match(
          text,
          /Error: (Test assertion failed|Missing expected failure|Resource precondition failed|Conflicting arguments)/,
        );
      });
    }
  });
}

const resources = filesIn('infra', '.tf').flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^resource "(\w+)" "(\w+)" \{\n([^]*?)\n\}/gm)].map(
    ([, type = '', name = '', body = '']) => ({ at: `${file}: ${type}.${name}`, type, body }),
  ),
);

void test('every resource with the field has labels and the project', () => {
  const { resources: known } = readSchema();
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

void test('each field that an adapter queries has an index, and no other field has one', () => {
  // The queries of the event inbox and their merged indexes are in event-indexes.test.ts.
  const adapters = filesIn('shared/adapters/google', '.ts')
    .filter((file) => !file.endsWith('firestore-events.ts'))
    .map((file) => readFileSync(file, 'utf8'));
  const queried = adapters.flatMap((text) =>
    [...text.matchAll(/fieldFilter\('(\w+)'|orderBy: \[\{ field: \{ fieldPath: '(\w+)'/g)].map(
      ([, filter, order]) => filter ?? order,
    ),
  );
  // The order of the names of documents needs no index.
  const fields = queried.filter((field) => field !== '__name__');
  const text = readFileSync('infra/project/firestore.tf', 'utf8')
    .replace(/^resource "google_firestore_index" "inbox" \{\n[^]*?\n\}/m, '')
    .replaceAll(/^ +"stripeEvents\..*\n/gm, '');
  const indexed = [...text.matchAll(/field_path = "(\w+)"|, field = "(\w+)", order/g)].map(
    ([, composite, single]) => composite ?? single,
  );
  assert.deepEqual([...new Set(fields)].sort(), [...new Set(indexed)].sort());
  // A query that is neither would go unseen.
  assert.equal(adapters.join('').match(/structuredQuery: [{q]/g)?.length, 3);
});

void test('Terraform reads and writes no secret: its state has names only', () => {
  for (const file of filesIn('infra', '.tf')) {
    const text = readFileSync(file, 'utf8');
    assert.doesNotMatch(text, /google_secret_manager_secret_version|secret_data|secret_environment_variables/, file);
    assert.doesNotMatch(text, /\b(sk|rk)_(live|test)_|whsec_/, file);
  }
});

void test('allUsers is named in one place: the webhook', () => {
  const named = resources.filter(({ body }) => /allUsers|allAuthenticatedUsers/.test(body)).map(({ at }) => at);
  assert.deepEqual(named, ['infra/connection/identity.tf: google_cloud_run_service_iam_member.webhook']);
});
