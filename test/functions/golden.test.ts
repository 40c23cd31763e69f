/** Every sample of Google's page, through the built function, on every Node.js version, in both API versions. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fixedStripe } from './fixed-stripe.ts';
import { FULL_SIZES } from '../support/sizes.ts';
import { NODES, post, startFunction } from './framework.ts';

interface Sample {
  readonly action?: string;
  readonly entity?: string;
  readonly operation?: string;
  readonly connectorInputPayload?: unknown;
  readonly connectorOutputPayload?: unknown;
}

interface Golden {
  readonly request: { readonly method: string; readonly path: string; readonly form: Record<string, string> };
  readonly answer: unknown;
}

const VERSIONS = ['sdk', '2024-04-10'] as const;
const samples = readdirSync('test/fixtures/samples').map((file) => file.replace('.json', ''));
const read = (file: string): unknown => JSON.parse(readFileSync(`test/fixtures/${file}.json`, 'utf8'));

function functionOf(sample: Sample, name: string): string {
  return sample.action === undefined
    ? `${String(sample.operation).toLowerCase()}-${sample.operation === 'List' ? 'entities' : 'entity'}`
    : name;
}

let stripe: Awaited<ReturnType<typeof fixedStripe>>;
before(async () => {
  stripe = await fixedStripe();
});
after(() => stripe.close());

test('has all fourteen samples', () => assert.equal(samples.length, 14));

/** Small sizes: each sample on every Node.js version, and in every API version, in one of them on each. */
const isTried = (...places: number[]): boolean => FULL_SIZES || places.reduce((sum, place) => sum + place, 0) % 2 === 0;

for (const [nodePlace, node] of NODES.entries()) {
  for (const [samplePlace, name] of samples.entries()) {
    for (const [versionPlace, version] of VERSIONS.entries()) {
      if (!isTried(nodePlace, samplePlace, versionPlace)) continue;
      test(`${name} matches the sample of the page (${version}, ${node.name})`, async () => {
        const sample = read(`samples/${name}`) as Sample;
        const golden = read(`golden/${name}.${version}`) as Golden;
        const settings = version === 'sdk' ? {} : { api_version: version };
        const running = await startFunction({
          name: functionOf(sample, name),
          node: node.path,
          env: {
            STRIPE_API_KEY: 'sk_test_golden00000000',
            STRIPE_API_BASE: stripe.url,
            CONNECTION_SETTINGS: JSON.stringify(settings),
          },
        });
        try {
          stripe.asked.length = 0;
          stripe.answer = golden.answer;
          const {
            action: _action,
            operation: _operation,
            connectorOutputPayload: expected,
            ...body
          } = sample as Sample & Record<string, unknown>;
          const answer = await post(running.url, body);
          assert.equal(answer.status, 200, answer.text);
          const [asked] = stripe.asked;
          assert.deepEqual({ method: asked?.method, path: asked?.path, form: asked?.form }, golden.request);
          assert.equal(
            asked?.headers['idempotency-key'],
            golden.request.method === 'POST' ? answer.body['operationId'] : undefined,
          );
          if (version !== 'sdk') assert.equal(asked?.headers['stripe-version'], version);
          carries(answer.body['connectorOutputPayload'], expected);
        } finally {
          await running.stop();
        }
      });
    }
  }
}

/** Every key of the sample stands in the answer with the sample's value; further keys may follow. */
function carries(actual: unknown, expected: unknown): void {
  if (expected === undefined) return;
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual) && actual.length === expected.length);
    expected.forEach((row, index) => carries(actual[index], row));
    return;
  }
  for (const [key, value] of Object.entries(expected as object)) {
    assert.ok(Object.hasOwn(actual as object, key), `${key} is missing`);
    assert.equal((actual as Record<string, unknown>)[key], value, key);
  }
}
