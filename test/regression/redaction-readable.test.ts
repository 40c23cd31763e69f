/** What stays readable, where a text is cut, and secrets that are known. https://docs.stripe.com/keys */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriesSecret, redact, redactValue } from '../../shared/redact.ts';
import { SHOWING, SENTENCES } from './redaction-samples.ts';

/** Ids, times, amounts and words are not secrets, whatever they look like. */
const READABLE: readonly unknown[] = [
  'evt_4000056655665556 of req_4000056655665556 for pi_4000056655665556',
  { operationId: '4000056655665556', messageId: 4000056655665556, 'idempotency-key': 'a-4000056655665556' },
  'operationId=4000056655665556&a=1',
  // What the settings say of themselves. https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions
  'api_key: projects/P/secrets/S/versions/V, where V is a number or latest',
  'webhook_secrets: at most 10 secret versions projects/P/secrets/S/versions/V, where V is a number or latest',
  { api_key: 'projects/p/secrets/stripe-key/versions/latest', proxy_password: 'projects/p/secrets/s/versions/7' },
  '{"messageId":"4000056655665556"}',
  { atMs: 1795478400009, atUs: 1795478400000001, created: 1795478400, amount: 99999999, total: 123456789012 },
  // Their last digits fit, as one time in ten.
  'from 1795478400009 to 1795478400000001, or 1795478400000000009, then 2026-11-25 02:05:31.961 +0000, 2026-11-25T02:05:31.961Z',
  'order 4000056655665557, parcel 00340434161094021502',
  'ratio 0.4000056655665556, at 1795478400.123456',
  'amounts 1500, 2000, 3000000, 12 and 45',
  '123e4567-e89b-12d3-a456-426614174000',
  { listEntitiesPageToken: 'eyJhIjoxfQ', nextPageToken: 'abc', max_tokens: 5, tokens: 6, tokenWaitMs: 12 },
  { number: 'INV-0001', invoice_number: 'A-17', card: { last4: '4242', brand: 'visa' } },
  { source: 'tok_visa', token: 'tok_1Mm8s8', authorization: 'iauth_1Mm8s8', cvc_check: 'pass' },
  'api_key: must be the version of a secret',
  'password: is required; token: must be text; Authorization: is not a known field',
  'secret: null, {"password":null,"has_secret":true}',
  'the Basic plan, a Bearer token, basic authentication',
  'stripe@18.4.0, @google-cloud/pubsub, user@localhost, a @ b',
  'https://api.stripe.com/v1/customers?limit=100&starting_after=cus_1#top',
  'file:///srv/secret/index.js:12:5 and node:internal/timers:581:17',
  'projects/p/secrets/stripe-key/versions/latest',
];

test('ids, times, amounts and words stay readable', () => {
  for (const one of READABLE) {
    assert.deepEqual(redactValue(one), one);
    assert.ok(!carriesSecret(one), JSON.stringify(one));
  }
});

test('truncates a text at a whole character before it redacts, and never exposes a part of a secret', () => {
  assert.equal(redact('abcdef', [], 3), 'abc...');
  assert.equal(redact('abc', [], 3), 'abc');
  assert.equal(redact('ab\u{1f600}cd', [], 3), 'ab...');
  for (const { text, secret } of [...SHOWING, ...SENTENCES]) {
    for (let before = 0; before < text.length; before += 1) {
      const shown = redact(`${'.'.repeat(50)} ${text}`, [], 51 + before);
      const [first = ''] = [secret].flat();
      // What shows of it is its beginning, and less than a third.
      const part = first.slice(0, Math.max(4, Math.ceil(first.length / 3)));
      const alone = redact(` ${text}`);
      assert.ok(alone.includes(part) || !shown.includes(part), `${text} cut at ${before}: ${shown}`);
    }
  }
});

test('recognizes a held secret in base64 too, at any position', () => {
  const key = 'Zq7Lm2Xw9-long-enough';
  for (const around of [`${key}:`, `user:${key}`, `u:${key}`, `us:${key}x`, key]) {
    for (const encoding of ['base64', 'base64url'] as const) {
      const shown = redact(`x ${Buffer.from(around).toString(encoding)}.`, [key]);
      assert.equal(shown, 'x [redacted].', around);
    }
  }
});
