/**
 * Any bytes arrive at Stripe byte for byte, whatever they are. The sandbox reads the multipart form by its boundary alone.
 * Sources: RFC 7578, RFC 2046 section 5.1.1 (multipart), RFC 4648 sections 3.5 and 4 (base64),
 * https://docs.stripe.com/file-upload. The whole limit of 10 MiB with FULL_SIZES=1.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { boundaryFor, multipart } from '../../shared/adapters/stripe/multipart.ts';
import { sdkTransport } from '../../shared/adapters/stripe/sdk-transport.ts';
import { catalogFiles } from '../../shared/adapters/catalog-files.ts';
import { BASE64_PATTERN } from '../../shared/catalog/file-inputs.ts';
import { buildEntityRequest } from '../../shared/operations/request/entity-request.ts';
import { REQUEST_LIMITS } from '../../shared/operations/request/limits.ts';
import { readTextForm } from '../../shared/operations/request/params/text-forms.ts';
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { boundaryOf, parseParts } from '../../shared/sandbox/protocol/parameters/multipart.ts';
import { SANDBOX_KEY, startSandbox, type Sandbox } from '../../shared/sandbox/server.ts';
import { FULL_SIZES, sized } from '../support/sizes.ts';

const SEED = Number(process.env['SEED'] ?? 20261127);

let sandbox: Sandbox;
before(async () => {
  sandbox = await startSandbox({ seed: 9 });
});
after(() => sandbox.close());

const file = catalogFiles('shared/catalog').entity('File');
const row = file.operations.Create;
assert.ok(row);
const plan = (input: Record<string, unknown>): StripeRequest =>
  buildEntityRequest('Create', file, row, undefined, input, { strict: true, limits: REQUEST_LIMITS }).request;

/** Bytes, pieces of a multipart form among them: line breaks, dashes, heads and boundaries of our own kind. */
const PIECES = [
  '\r\n',
  '--',
  '\r\n--',
  '--stripe-connector-',
  'Content-Disposition: form-data; name="purpose"\r\n\r\n',
  '\0',
];
const bytes = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom(...PIECES).map((one) => Buffer.from(one)),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => Buffer.concat(pieces));
const files = bytes.filter((content) => content.length > 0);

test('uploads any bytes byte for byte, with their name and type', async () => {
  const stripe = sdkTransport({ base: sandbox.url });
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(files, fc.stringMatching(/^[^"\\\p{C}]{1,40}$/u), async (content, name) => {
      sandbox.requests.length = 0;
      const request = plan({
        Purpose: 'terminal_android_apk',
        Content: content.toString('base64'),
        FileName: name,
        ContentType: 'image/png',
      });
      const answer = await stripe.send({ ...request, idempotencyKey: `k-${(turn += 1)}` }, SANDBOX_KEY, 5000);
      assert.ok(answer.ok, JSON.stringify(answer));
      assert.equal(answer.body['size'], content.length);
      const [sent] = sandbox.requests;
      assert.deepEqual(sent?.file, { fileName: name, type: 'image/png' });
      const form = new URLSearchParams(sent.body);
      assert.deepEqual([form.get('purpose'), form.get('file')], ['terminal_android_apk', content.toString('base64')]);
      assert.deepEqual([...form.keys()].sort(), ['file', 'purpose']);
    }),
    { numRuns: sized(60, 1000), seed: SEED },
  );
});

test('no part contains the boundary, even if it was made to contain it', () => {
  fc.assert(
    fc.property(bytes, fc.nat({ max: 4 }), (content, held) => {
      // What the encoder would choose first, second ...: planted into the content, under a hash that is not its own.
      const seed = createHash('sha256').update(content).digest('hex');
      const planted: string[] = [];
      for (let i = 0; i < held; i += 1)
        planted.push(
          boundaryFor(
            planted.map((one) => Buffer.from(one)),
            seed,
          ),
        );
      assert.equal(new Set(planted).size, held);
      const hostile = Buffer.concat([content, ...planted.map((one) => Buffer.from(`\r\n--${one}--\r\n`))]);
      const { type, body } = multipart(
        {
          purpose: 'terminal_android_apk',
          file_link_data: { create: true, metadata: { note: `a\r\n--${planted[0] ?? ''}--` } },
        },
        { part: 'file', name: 'a.bin', type: 'application/octet-stream', bytes: hostile, sha256: seed },
      );
      const parts = parseParts(body, boundaryOf(type) ?? '');
      assert.equal(parts.length, 4);
      assert.deepEqual(parts.at(-1)?.content, hostile);
      assert.equal(parts[2]?.content.toString(), `a\r\n--${planted[0] ?? ''}--`);
    }),
    { numRuns: sized(200, 2000), seed: SEED },
  );
});

test('the same request has the same bytes, so a repeat under its key is identical', () => {
  const request = plan({ Purpose: 'terminal_android_apk', Content: 'aGVsbG8=' });
  assert.ok(request.file);
  const once = multipart(request.params, request.file);
  assert.deepEqual(multipart(request.params, request.file), once);
});

test('accepts canonical base64 only, and the schema with the length agrees', () => {
  const pattern = new RegExp(BASE64_PATTERN, 'u');
  const canonical = (text: string): boolean => text !== '' && Buffer.from(text, 'base64').toString('base64') === text;
  const near = fc
    .tuple(
      fc.uint8Array({ maxLength: 12 }),
      fc.nat({ max: 16 }),
      fc.constantFrom('', '=', '==', '\n', ' ', '-', '_', 'A', 'B', '\u00e9', '\0'),
    )
    .map(([given, at, sign]) => {
      const text = Buffer.from(given).toString('base64');
      return text.slice(0, at) + sign + text.slice(at + (at % 2));
    });
  let refused = 0;
  fc.assert(
    fc.property(near, (text) => {
      const taken = 'value' in readTextForm('base64', text, REQUEST_LIMITS);
      assert.equal(taken, canonical(text), text);
      assert.equal(text.length >= 4 && text.length % 4 === 0 && pattern.test(text), taken, text);
      if (!taken) refused += 1;
    }),
    { numRuns: sized(3000, 50_000), seed: SEED },
  );
  assert.ok(refused > 100, String(refused));
  // The unused bits of the last sign, missing and further padding, line breaks, the alphabet of URLs (RFC 4648 section 5).
  for (const text of ['aGk', 'aGl=', 'aGk==', 'aGk=\n', 'YQ=', 'YR==', '-_-_', ' YQ==', 'YQ==YQ==', '=', 'A', ''])
    assert.ok('problem' in readTextForm('base64', text, REQUEST_LIMITS), text);
  for (const value of [1, true, null, {}, ['YQ==']])
    assert.ok('problem' in readTextForm('base64', value, REQUEST_LIMITS));
});

test('accepts 10 MiB and rejects one more byte', () => {
  const most = Buffer.alloc(REQUEST_LIMITS.maxFileBytes, 0xa5);
  // A group that is repeated 3.5 million times would overflow V8's stack of a pattern.
  assert.ok(new RegExp(BASE64_PATTERN, 'u').test(most.toString('base64')));
  assert.ok('value' in readTextForm('base64', most.toString('base64'), REQUEST_LIMITS));
  for (const more of [1, 2, 3, 1000]) {
    const text = Buffer.alloc(REQUEST_LIMITS.maxFileBytes + more, 0xa5).toString('base64');
    assert.deepEqual(readTextForm('base64', text, REQUEST_LIMITS), { problem: 'must have at most 10485760 bytes' });
  }
});

if (FULL_SIZES)
  test('uploads the largest file completely', async () => {
    const content = Buffer.alloc(REQUEST_LIMITS.maxFileBytes);
    for (let i = 0; i < content.length; i += 1) content[i] = (i * 2654435761) >>> 24;
    const request = plan({ Purpose: 'terminal_android_apk', Content: content.toString('base64') });
    sandbox.requests.length = 0;
    const answer = await sdkTransport({ base: sandbox.url }).send(
      { ...request, idempotencyKey: 'largest' },
      SANDBOX_KEY,
      20_000,
    );
    assert.ok(answer.ok, JSON.stringify(answer));
    assert.equal(new URLSearchParams(sandbox.requests[0]?.body).get('file'), content.toString('base64'));
  });
