/** Hostile bodies at every endpoint of the built local server: every response is bounded. Sizes are asserted, never times. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { MAX_NAME_LENGTH, MAX_TEXT_LENGTH, MAX_SUGGESTIONS, MAX_VIOLATIONS } from '../../shared/bounds.ts';
import { fixedAnswer } from '../bench/served.ts';
import { startWatched, WEBHOOK_SECRET, type Watched } from '../bench/hostile/server.ts';
import { delivery, HOSTILE_BODIES, LARGE_BODIES, signedBodies } from '../hostile/bodies.ts';
import type { Hostile, HostileRequest } from '../hostile/texts.ts';
import { sized } from '../support/sizes.ts';

const KB = 1024;
const SEED = 20261126;

let server: Watched;
let stripe: Awaited<ReturnType<typeof fixedAnswer>>;
before(async () => {
  stripe = await fixedAnswer();
  server = await startWatched(stripe.base);
});
after(async () => {
  await server.stop();
  await stripe.stop();
});

interface Violation {
  readonly field: string;
  readonly description: string;
}

async function sent({ method, path, headers, body }: HostileRequest): Promise<{ status: number; text: string }> {
  const response = await fetch(`${server.url}${path}`, { method, headers, ...(body === '' ? {} : { body }) });
  return { status: response.status, text: await response.text() };
}

/** Every list of violations in an answer, wherever it stands: in the error, in a message's results, in a tool's result. */
function violationsIn(value: unknown): Violation[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    name === 'fieldViolations' ? [inner as Violation[]] : violationsIn(inner),
  );
}

function checkBounded({ status, text }: { status: number; text: string }, name: string): void {
  assert.notEqual(status, 500, `${name}: ${text.slice(0, 300)}`);
  assert.notEqual(text, '', `${name}: ${status}`);
  assert.doesNotMatch(text, /"code":500/, name);
  assert.ok(Buffer.byteLength(text) <= 64 * KB, `${name}: ${Buffer.byteLength(text)} bytes`);
  for (const list of violationsIn(JSON.parse(text))) {
    assert.ok(list.length <= MAX_VIOLATIONS, `${name}: ${list.length} violations`);
    const near = list.filter(({ description }) => description.includes('did you mean'));
    assert.ok(near.length <= MAX_SUGGESTIONS, `${name}: ${near.length} suggestions`);
    for (const { field, description } of list) {
      assert.ok(field.length <= MAX_NAME_LENGTH && description.length <= MAX_TEXT_LENGTH, `${name}: ${field}`);
    }
  }
}

async function check({ name, of, taken, asked }: Hostile, bytes: number): Promise<void> {
  const answer = await sent(of(bytes));
  assert.notEqual(answer.status, 500, `${name}: ${answer.text.slice(0, 300)}`);
  if (taken !== true && asked !== true) checkBounded(answer, name);
}

test('every hostile body of the table gets a bounded response', async () => {
  for (const hostile of [...HOSTILE_BODIES, ...signedBodies(WEBHOOK_SECRET)])
    for (const size of sized([64 * KB], [64 * KB, 256 * KB])) await check(hostile, size);
});

test('so does every body of the message endpoints', async () => {
  for (const hostile of LARGE_BODIES)
    for (const size of sized([1024], [1024, 4096, 10_240])) await check(hostile, size * KB);
});

test('rejects a body with more values than a message may have before it is parsed', async () => {
  const attributes = `{${Array.from({ length: 200_100 }, (_, index) => `"a${index}":1`).join()}}`;
  const { status, text } = await sent({
    method: 'POST',
    path: '/automation',
    headers: { 'content-type': 'application/json' },
    body: `{"message":{"messageId":"1","attributes":${attributes}}}`,
  });
  assert.equal(status, 413);
  assert.match(text, /"reason":"BODY_TOO_LARGE"/);
});

/** Pieces of names: near known ones, what JSON writes longer, what redaction looks at, what cuts a character in two. */
const PIECES = [
  'PaymentMethod',
  'Address',
  'City',
  'Metadata',
  'entity',
  'fields',
  'x',
  '_',
  '.',
  '[',
  ']',
  ' ',
  '\u0001',
  '\ud83d',
  '😀',
  '"',
  '\\',
  '/',
  '@a.bc',
  'secret',
  '=',
  '4242424242424242',
] as const;

const PATHS: readonly ((payload: string) => HostileRequest)[] = [
  (payload) => json('/create-entity', `{"entity":"Customer","connectorInputPayload":${payload}}`),
  (payload) => json('/create-entity', `{"entity":"PaymentIntent","connectorInputPayload":${JSON.stringify(payload)}}`),
  (payload) =>
    json(
      '/update-entity',
      `{"entity":"Customer","entityId":"cus_1","connectorInputPayload":{"Metadata":{"a":[${payload}]}}}`,
    ),
  (payload) => json('/create-entity', payload),
  (payload) => json('/execute-action', `{"action":"ConfirmPaymentIntent","connectorInputPayload":${payload}}`),
  (payload) =>
    json('/v2/projects/p/locations/l/connections/stripe-local/entityTypes/Customer/entities', `{"fields":${payload}}`),
  (payload) => json('/v2/projects/p/locations/l/connections/stripe-local/entityTypes/Customer/entities', payload),
  (payload) => delivery(`{"operation":"Create","entity":"Customer","connectorInputPayload":${payload}}`),
  (payload) => delivery(`[${payload},${payload}]`),
  (payload) => json('/automation', `{"message":{"messageId":"1","attributes":${payload}}}`),
  (payload) => json('/stripe-events', payload),
];

function json(path: string, body: string): HostileRequest {
  return { method: 'POST', path, headers: { 'content-type': 'application/json' }, body };
}

test(`so does every generated body, seed ${SEED}`, async () => {
  const piece = fc.constantFrom(...PIECES);
  const name = fc.array(piece, { minLength: 1, maxLength: 30 }).map((pieces) => pieces.join(''));
  const value = fc.constantFrom<unknown>(1, 'x', null, [], {}, [[]], { a: 1 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...PATHS),
      fc.array(name, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 1, max: sized(40_000, 200_000) }),
      value,
      async (request, parts, bytes, one) => {
        const members: Record<string, unknown> = {};
        for (let at = 0, index = 0; at < bytes && index < 20_000; index += 1) {
          const key = `${parts[index % parts.length] ?? ''}${index}`;
          members[key] = one;
          at += key.length + 8;
        }
        checkBounded(await sent(request(JSON.stringify(members))), JSON.stringify(parts).slice(0, 200));
      },
    ),
    { seed: SEED, numRuns: sized(60, 600), endOnFailure: true },
  );
});
