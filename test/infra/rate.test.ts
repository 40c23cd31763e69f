/** The rate that `terraform plan` prints is the limiter's own. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as z from 'zod';
import { capacity, type Limits } from '../../shared/rate-limiter/capacity.ts';
import { terraform } from '../outside-tools.mjs';
import { workplace, type Workplace } from './terraform.ts';

const LIMITS: readonly Limits[] = [
  {
    minNodes: 2,
    maxNodes: 50,
    limitScope: 'node',
    accountCeiling: 100,
    endpointCeiling: 25,
    searchCeiling: 25,
    filesCeiling: 25,
  },
  {
    minNodes: 18,
    maxNodes: 20,
    limitScope: 'node',
    accountCeiling: 100,
    endpointCeiling: 1000,
    searchCeiling: 1000,
    filesCeiling: 1000,
  },
  {
    minNodes: 0,
    maxNodes: 3,
    limitScope: 'node',
    accountCeiling: 100,
    endpointCeiling: 25,
    searchCeiling: 25,
    filesCeiling: 25,
  },
  {
    minNodes: 5,
    maxNodes: 50,
    limitScope: 'connection',
    accountCeiling: 100,
    endpointCeiling: 25,
    searchCeiling: 25,
    filesCeiling: 25,
  },
  {
    minNodes: 1,
    maxNodes: 100,
    limitScope: 'node',
    accountCeiling: 7,
    endpointCeiling: 25,
    searchCeiling: 25,
    filesCeiling: 25,
  },
];
const printed = z.object({ rate_per_second: z.object({ value: z.record(z.string(), z.number()) }) });

if (terraform() !== undefined) {
  void describe('the rate of a connection', () => {
    let place: Workplace;
    before(async () => {
      place = await workplace();
      assert.equal(place.init('blueprint').status, 0);
    });
    after(() => place.remove());

    for (const limits of LIMITS) {
      void test(`matches the limiter's with ${JSON.stringify(limits)}`, () => {
        const settings = {
          name: 'stripe',
          region: 'europe-west1',
          min_nodes: limits.minNodes,
          max_nodes: limits.maxNodes,
          limit_scope: limits.limitScope,
          account_ceiling: limits.accountCeiling,
          endpoint_ceiling: limits.endpointCeiling,
        };
        const file = path.join(place.folder, 'infra/blueprint/values.auto.tfvars.json');
        writeFileSync(file, JSON.stringify({ project: 'shop-prod', settings }));
        const applied = place.run('blueprint', 'apply', '-auto-approve', '-no-color', '-input=false');
        assert.equal(applied.status, 0, applied.text);
        const { rate_per_second } = printed.parse(JSON.parse(place.run('blueprint', 'output', '-json').text));
        assert.deepEqual(rate_per_second.value, {
          at_min_nodes: capacity(0, limits).perSecond,
          at_max_nodes: capacity(limits.maxNodes, limits).perSecond,
        });
      });
    }
  });
}

void test('a plan of each example prints the rate and the price of each connection', () => {
  for (const example of readdirSync('infra/examples')) {
    const text = readFileSync(`infra/examples/${example}/main.tf`, 'utf8');
    const outputs = text.slice(text.indexOf('\noutput "'));
    const connections = [...text.matchAll(/^module "(\w+)" \{\n {2}source = "..\/..\/connection"/gm)];
    assert.ok(connections.length > 0, example);
    for (const [, name] of connections)
      for (const output of ['rate_per_second', 'warm_usd_a_month'])
        assert.match(outputs, new RegExp(`module\\.${name}\\.${output}\\b`), `${example}: ${name}`);
  }
});
