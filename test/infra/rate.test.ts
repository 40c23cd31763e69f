/** The rate that `terraform plan` prints is the limiter's own. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import * as z from 'zod';
import { capacity, type Limits } from '../../shared/rate-limiter/capacity.ts';
import { terraform } from '../outside-tools.mjs';
import { FULL_SIZES, sized } from '../support/sizes.ts';
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

/** What the first plan of each example needs, and what it prints: the floor of the month, and the rate that is reached. */
const PLANS: Readonly<
  Record<string, { readonly inputs: Record<string, unknown>; readonly prints: readonly RegExp[] }>
> = {
  minimal: {
    inputs: { caller: 'user:you@example.com' },
    prints: [
      /^ {2}\+ rate_per_second += \{\n +\+ at_max_nodes = 100\n +\+ at_min_nodes = 12\n/m,
      /^ {2}\+ warm_usd_a_month += 0$/m,
    ],
  },
  full: {
    inputs: {},
    prints: [
      /^ {2}\+ shop +=[^]*?at_max_nodes = 100\n +\+ at_min_nodes = 18\n[^]*?warm_usd_a_month += 16\.42$/m,
      /^ {2}\+ reports +=[^]*?at_max_nodes = 12\n +\+ at_min_nodes = 6\n[^]*?warm_usd_a_month += 0$/m,
    ],
  },
  events: {
    inputs: {},
    prints: [/^ {2}\+ rate_per_second +=/m, /^ {2}\+ warm_usd_a_month += 0$/m],
  },
  single: {
    inputs: { callers: ['user:you@example.com'] },
    prints: [/^ {2}\+ rate_per_second +=/m, /^ {2}\+ warm_usd_a_month += 16\.42$/m],
  },
  enterprise: {
    inputs: {
      kms_key: 'projects/shop-prod/locations/europe-west1/keyRings/r/cryptoKeys/k',
      packages: 'gs://releases/stripe-connector/0.1.0',
      groups: { reads: 'a@example.com', payments: 'b@example.com', operators: 'c@example.com' },
      proxy_address: '10.0.0.10',
      webhook_domain: 'hooks.example.com',
      ca_certificates: 'projects/shop-prod/secrets/ca/versions/1',
    },
    prints: [/^ {2}\+ rate_per_second +=/m, /^ {2}\+ warm_usd_a_month +=/m],
  },
};

void test('each example has a plan here', () => {
  assert.deepEqual(Object.keys(PLANS).sort(), readdirSync('infra/examples').sort());
});

/** The outputs that the page shows of a plan, with single spaces. */
function linesOnPage(): string[] {
  const [, shown = ''] =
    /```text quoted\n +Changes to Outputs:\n([^]*?)```/.exec(readFileSync('infra/README.md', 'utf8')) ?? [];
  const lines = spaced(shown)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  assert.equal(lines.length, 5);
  return lines;
}

const spaced = (text: string): string => text.replaceAll(/ +/g, ' ');

if (terraform() !== undefined) {
  void describe('terraform plan', () => {
    let place: Workplace;
    before(async () => {
      place = await workplace();
    });
    after(() => place.remove());

    for (const [example, { inputs, prints }] of Object.entries(PLANS).slice(0, sized(2, Infinity)))
      void test(`of the example ${example} on an empty project prints the floor of the month and the rate, and its apply passes`, () => {
        const module = `examples/${example}`;
        assert.equal(place.init(module).status, 0);
        rmSync(place.cloud, { force: true });
        const file = path.join(place.folder, 'infra', module, 'values.auto.tfvars.json');
        writeFileSync(file, JSON.stringify({ project: 'shop-prod', ...inputs }));
        const { status, text } = place.run(module, 'plan', '-no-color', '-input=false');
        assert.equal(status, 0, text);
        const outputs = text.slice(text.indexOf('Changes to Outputs:'));
        for (const printed of prints) assert.match(outputs, printed);
        if (example === 'minimal')
          assert.deepEqual(
            linesOnPage().filter((line) => !spaced(outputs).includes(line)),
            [],
          );
        if (!FULL_SIZES) return;
        const applied = place.run(module, 'apply', '-auto-approve', '-no-color', '-input=false');
        assert.equal(applied.status, 0, applied.text);
        assert.match(place.run(module, 'plan', '-no-color', '-input=false').text, /No changes\./);
      });
  });
}
