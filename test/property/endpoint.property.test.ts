/** The endpoint that a request counts against: its method and its path without ids, for every route of the catalog. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { pathWordsAt } from '../../shared/catalog/path-words.ts';
import { endpointOf } from '../../shared/stripe/endpoints/endpoint-of.ts';
import { sized } from '../support/sizes.ts';

const PLACEHOLDER = /\{\w*\}/g;

/** Every path in the catalog's files. */
function pathsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    (name === 'path' || name === 'search') && typeof inner === 'string' && inner.startsWith('/v')
      ? [inner]
      : pathsIn(inner),
  );
}

const PATHS = [
  ...new Set(
    ['actions', 'entities'].flatMap((folder) =>
      readdirSync(`shared/catalog/${folder}`).flatMap((file) =>
        pathsIn(JSON.parse(readFileSync(`shared/catalog/${folder}/${file}`, 'utf8'))),
      ),
    ),
  ),
];

/** Stripe's ids, and those that owners choose: they may look like any word. */
const ids = fc.oneof(
  fc.stringMatching(/^[a-z]{2,6}_[A-Za-z0-9]{1,24}$/),
  fc.stringMatching(/^[A-Za-z0-9_.-]{1,20}$/),
  fc.constantFrom('gold', 'card_payments', 'usd', 'confirm', 'cancel', 'lines', 'sessions', 'issuing', '%20', 'v1'),
);

/** The path with these ids, or undefined where one of them makes it another path. */
function filled(path: string, values: readonly string[]): string | undefined {
  let place = 0;
  const others: string[] = [];
  const whole = path.replace(PLACEHOLDER, (placeholder, at: number) => {
    const value = values[(place += 1) - 1] ?? 'id_1';
    others.push(
      ...pathWordsAt(`${path.slice(0, at).replace(PLACEHOLDER, ':id')}${placeholder}`, placeholder).filter(
        (word) => word === value,
      ),
    );
    return value;
  });
  return others.length > 0 ? undefined : whole;
}

test('requests of one route count against one endpoint, whatever their ids', () => {
  assert.ok(PATHS.length > 400, String(PATHS.length));
  fc.assert(
    fc.property(
      fc.constantFrom(...PATHS),
      fc.constantFrom('GET', 'POST', 'DELETE'),
      fc.array(ids),
      (path, method, values) => {
        const request = filled(path, values);
        fc.pre(request !== undefined);
        const { kind, key } = endpointOf({ method, path: request });
        if (kind !== 'endpoint') return;
        assert.equal(key, `${method}${path.replace(PLACEHOLDER, ':id').replaceAll('/', '.')}`);
      },
    ),
    { numRuns: sized(3000, 100_000) },
  );
});

test('different routes count against different endpoints', () => {
  const templates = new Set(PATHS.map((path) => path.replace(PLACEHOLDER, ':id')));
  const counted = [...templates].filter((path) => !path.startsWith('/v1/files') && !path.endsWith('/search'));
  const keys = counted.map((path) => endpointOf({ method: 'POST', path: path.replaceAll(':id', 'id_1') }).key);
  assert.equal(new Set(keys).size, counted.length);
});

// https://docs.stripe.com/rate-limits
for (const [method, path, kind, key] of [
  ['POST', '/v1/payment_intents/pi_1/confirm', 'endpoint', 'POST.v1.payment_intents.:id.confirm'],
  ['GET', '/v1/payment_intents/pi_1', 'endpoint', 'GET.v1.payment_intents.:id'],
  ['GET', '/v1/payment_intents', 'endpoint', 'GET.v1.payment_intents'],
  ['DELETE', '/v1/coupons/gold', 'endpoint', 'DELETE.v1.coupons.:id'],
  ['GET', '/v1/customers/search', 'search', 'search'],
  ['GET', '/v1/charges/search', 'search', 'search'],
  ['POST', '/v1/files', 'files', 'files.write'],
  ['GET', '/v1/files/file_1', 'files', 'files.read'],
  ['GET', '/v1/file_links/link_1', 'endpoint', 'GET.v1.file_links.:id'],
] as const)
  test(`${method} ${path} counts against ${key}`, () => assert.deepEqual(endpointOf({ method, path }), { kind, key }));
