/**
 * The order of the first apply, by `terraform graph`. A resource that does not wait for its API fails on an empty
 * project: the provider does not retry 403 SERVICE_DISABLED.
 * https://docs.cloud.google.com/service-usage/docs/enabled-service
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { terraform } from '../outside-tools.mjs';
import { googleBlocks, parseGraph, waitsFor } from './graph.ts';
import { workplace, type Workplace } from './terraform.ts';

const APIS = 'module.project.google_project_service.service';

/** Each example, its connections, and how many blocks of Google's provider a connection has at least. */
const EXAMPLES = { minimal: ['connection'], full: ['shop', 'reports'] };
const LEAST_BLOCKS = 15;

if (terraform() !== undefined) {
  void describe('the first apply', () => {
    let place: Workplace;
    before(async () => {
      place = await workplace();
    });
    after(() => place.remove());

    const early = (example: string, module: string): string[] => {
      const { status, text } = place.run(`examples/${example}`, 'graph', '-type=plan');
      assert.equal(status, 0, text);
      const graph = parseGraph(text);
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

    void test('sees a connection that does not wait', () => {
      const mend = place.edit('project/outputs.tf', 'depends_on  = [google_project_service.service]', '');
      const found = early('minimal', 'connection');
      mend();
      for (const name of ['google_service_account.runtime', 'google_service_account.caller'])
        assert.ok(found.includes(`module.connection.${name}`), name);
    });
  });
}
