/**
 * The order of the first apply, by `terraform graph`. A resource that does not wait for its API fails on an empty
 * project: the provider does not retry 403 SERVICE_DISABLED.
 * https://docs.cloud.google.com/service-usage/docs/enabled-service
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { terraform } from '../outside-tools.mjs';
import { googleBlocks, parseGraph, waitsFor, type Graph } from './graph.ts';
import { workplace, type Workplace } from './terraform.ts';

const APIS = 'module.project.google_project_service.service';

/** Each example, its connections, and how many blocks of Google's provider a connection has at least. */
const EXAMPLES = {
  minimal: ['connection'],
  full: ['shop', 'reports'],
  events: ['connection'],
  single: ['connection'],
  enterprise: ['connection'],
};
const LEAST_BLOCKS = 15;
/** The same of the module project. */
const LEAST_PROJECT_BLOCKS = 12;

const FUNCTION = 'google_cloudfunctions2_function.function';
/** The order of agents, registry, database and functions: infra/README.md states it. */
const WAITS: Readonly<Record<string, readonly string[]>> = {
  [FUNCTION]: [
    'module.project.google_artifact_registry_repository_iam_member.functions_agent',
    'module.project.google_project_iam_member.build',
    'module.project.google_firestore_index.members',
    'module.project.google_firestore_index.inbox',
    'module.project.google_firestore_field.expiring',
    'module.project.google_firestore_field.unindexed',
    'module.project.google_firestore_field.queried',
    'google_project_iam_member.state',
    'google_secret_manager_secret_iam_member.accessor',
  ],
  'google_pubsub_topic_iam_member.forwarder': ['google_pubsub_subscription.automation'],
  'google_pubsub_subscription_iam_member.forwarder': ['google_pubsub_subscription.automation'],
  // A policy that allows everyone by a tag must find it.
  'google_cloud_run_service_iam_member.webhook': ['google_tags_location_tag_binding.webhook', FUNCTION],
  'google_service_account_iam_member.signer': ['google_pubsub_subscription.automation'],
};

if (terraform() !== undefined) {
  void describe('the first apply', () => {
    let place: Workplace;
    before(async () => {
      place = await workplace();
    });
    after(() => place.remove());

    const graphOf = (example: string): Graph => {
      const { status, text } = place.run(`examples/${example}`, 'graph', '-type=plan');
      assert.equal(status, 0, text);
      return parseGraph(text);
    };
    const early = (example: string, module: string): string[] => {
      const graph = graphOf(example);
      const blocks = googleBlocks(graph, module);
      assert.ok(blocks.length >= LEAST_BLOCKS, `${module}: ${blocks.length} blocks`);
      return blocks.filter((name) => !waitsFor(graph, name, APIS));
    };

    for (const [example, modules] of Object.entries(EXAMPLES)) {
      void test(`${example}: every resource of a connection waits for the APIs`, () => {
        const { status, text } = place.init(`examples/${example}`);
        assert.equal(status, 0, text);
        for (const module of modules) assert.deepEqual(early(example, module), [], module);
      });
    }

    for (const example of Object.keys(EXAMPLES))
      void test(`${example}: every resource of the project waits for the API that grants roles on it`, () => {
        const graph = graphOf(example);
        const blocks = googleBlocks(graph, 'project').filter((name) => !/google_project_service/.test(name));
        assert.ok(blocks.length >= LEAST_PROJECT_BLOCKS, `${blocks.length} blocks`);
        const api = 'module.project.google_project_service.resource_manager';
        assert.deepEqual(
          blocks.filter((name) => !waitsFor(graph, name, api)),
          [],
        );
      });

    // A recipe enables the APIs that it needs.
    for (const recipe of ['cloud-run', 'eventarc', 'workflows', 'bigquery', 'application-integration'])
      void test(`recipe ${recipe}: what is made with an API waits for it`, () => {
        const { status, text } = place.init(`recipes/${recipe}`);
        assert.equal(status, 0, text);
        const printed = place.run(`recipes/${recipe}`, 'graph', '-type=plan');
        assert.equal(printed.status, 0, printed.text);
        const graph = parseGraph(printed.text);
        // A service, a topic or a function that exists before the recipe has its API.
        const exists = /iam_member\.(invoker|receiver|get_entity|log)$|google_project_service/;
        const made = [...graph.keys()].filter((name) => /(^|\.)google_\w+\.\w+$/.test(name) && !exists.test(name));
        assert.ok(made.length >= 2, made.join(', '));
        assert.deepEqual(
          made.filter((name) => !waitsFor(graph, name, 'google_project_service.service')),
          [],
        );
      });

    const missingWaits = (example: string, module: string): string[] => {
      const graph = graphOf(example);
      const inModule = (name: string): string => (name.startsWith('module.') ? name : `module.${module}.${name}`);
      return Object.entries(WAITS).flatMap(([from, targets]) =>
        targets
          .filter((target) => !waitsFor(graph, inModule(from), inModule(target)))
          .map((target) => `${from} -> ${target}`),
      );
    };

    for (const [example, modules] of Object.entries(EXAMPLES)) {
      void test(`${example}: agents, registry and database are ready before the functions`, () => {
        for (const module of modules) assert.deepEqual(missingWaits(example, module), [], module);
      });
    }

    for (const [what, [file, right, wrong, found]] of Object.entries({
      'the registry': [
        'examples/minimal/main.tf',
        'docker_repository     = module.project.docker_repositories[var.region]',
        '',
        'module.project.google_artifact_registry_repository_iam_member.functions_agent',
      ],
      "Cloud Functions' agent": [
        'project/outputs.tf',
        'depends_on  = [google_artifact_registry_repository_iam_member.functions_agent]',
        '',
        'module.project.google_artifact_registry_repository_iam_member.functions_agent',
      ],
    } as const)) {
      void test(`detects functions that do not wait for ${what}`, () => {
        const mend = place.edit(file, right, wrong);
        const missing = missingWaits('minimal', 'connection');
        mend();
        assert.deepEqual(missing, [`${FUNCTION} -> ${found}`]);
      });
    }

    void test('a connection has no data source: a plan of an empty project would fail on its API', () => {
      for (const [example, modules] of Object.entries(EXAMPLES))
        for (const module of modules)
          assert.deepEqual(
            [...graphOf(example).keys()].filter((name) => name.startsWith(`module.${module}.data.`)),
            [],
          );
    });

    void test('detects a connection that does not wait', () => {
      const mend = place.edit('project/outputs.tf', 'depends_on  = [google_project_service.service]', '');
      const found = early('minimal', 'connection');
      mend();
      for (const name of ['google_service_account.runtime', 'google_service_account.caller'])
        assert.ok(found.includes(`module.connection.${name}`), name);
    });
  });
}
