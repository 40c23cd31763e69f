/** No secret reaches a log, an error answer or a dead letter, wherever it is planted; what is clean stays. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonLogger } from '../../shared/adapters/json-logger.ts';
import { ConnectorError, errorBody, invalidArgument } from '../../shared/errors.ts';
import { redact, redactValue } from '../../shared/redact.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'.match(/./g) ?? [];
const word = (least: number, most: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...LETTERS), { minLength: least, maxLength: most }).map((all) => all.join(''));

/** Since 1970, in milliseconds, microseconds, nanoseconds: no card number begins with 1 and is as long. ISO/IEC 7812-1 */
const TIME = /^1(?:\d{12}|\d{15}|\d{18})$/;

/** A number with a right last digit, plain or in groups. */
const card = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 12, maxLength: 18 }), fc.constantFrom('', ' ', '-'))
  .map(([digits, separator]) => {
    const sum = [...digits]
      .reverse()
      .reduce((total, digit, index) => total + (index % 2 === 1 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2), 0);
    const whole = [...digits, (10 - (sum % 10)) % 10].join('').replace(TIME, '4242424242424242');
    return separator === '' ? whole : (whole.match(/.{1,4}/g) ?? []).join(separator);
  });

/** Secrets that show by themselves, wherever they stand. */
const SHOWING: Readonly<Record<string, fc.Arbitrary<string>>> = {
  key: fc
    .tuple(fc.constantFrom('sk_live_', 'sk_test_', 'rk_live_', 'SK_LIVE_'), word(16, 40))
    .map((parts) => parts.join('')),
  signing: word(16, 40).map((text) => `whsec_${text}`),
  client: fc
    .tuple(fc.constantFrom('pi_', 'seti_', 'cs_test_'), word(10, 24), word(16, 30))
    .map(([kind, id, secret]) => `${kind}${id}_secret_${secret}`),
  card,
  mail: fc
    .tuple(word(3, 12), word(3, 12), fc.constantFrom('com', 'co.uk', 'example'))
    .map(([user, host, end]) => `${user}.x@${host}.${end}`),
};
/** Secrets that only their name, their scheme or our knowledge tells. */
const cvc = fc.integer({ min: 100, max: 9999 }).map(String);
const password = fc
  .tuple(word(8, 20), fc.constantFrom('', '!', 'ä', ' x', '"y', "'z", '&a=b', '\\n'))
  .map((parts) => parts.join(''));
const token = word(20, 60);

/** Where a text may stand: what surrounds it. */
const AROUND: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `failed for ${secret}, try again`,
  (secret) => JSON.stringify({ a: [{ b: secret }] }),
  (secret) => JSON.stringify(JSON.stringify({ value: secret })),
  (secret) => `https://api.stripe.com/v1/things?x=${encodeURIComponent(secret)}&y=1`,
  (secret) => `Error: bad ${secret}\n    at send (/srv/index.js:1:2)\n    at ${secret}`,
  (secret) => `(${secret})`,
  (secret) => `to:\t${secret}\n`,
];
const NAMES = {
  cvc: ['cvc', 'CVC', 'Cvc', 'cvv'],
  password: ['password', 'proxy_password', 'ProxyPassword', 'PROXY-PASSWORD'],
  secret: ['client_secret', 'clientSecret', 'ClientSecret', 'payment_intent.client_secret', 'secret'],
  authorization: ['authorization', 'Authorization', 'AUTHORIZATION', 'proxy-authorization', 'Proxy-Authorization'],
  mail: ['email', 'Email', 'receipt_email', 'ReceiptEmail'],
};

interface Planted {
  readonly secret: string;
  readonly facts: Readonly<Record<string, unknown>>;
}

const inText = fc
  .oneof(...Object.values(SHOWING))
  .chain((secret) =>
    fc.constantFrom(...AROUND).map((around): Planted => ({ secret, facts: { nested: { list: [1, around(secret)] } } })),
  );
const named = (names: readonly string[], secrets: fc.Arbitrary<string>): fc.Arbitrary<Planted> =>
  fc.tuple(fc.constantFrom(...names), secrets, fc.integer({ min: 0, max: 3 })).map(([name, secret, depth]) => {
    let facts: Record<string, unknown> = { [name]: secret };
    for (let level = 0; level < depth; level += 1) facts = { inner: level % 2 === 0 ? [facts] : facts };
    return { secret, facts };
  });
/** A name and its value inside a text: a form, JSON, a head. */
const namedInText = fc
  .tuple(
    fc.constantFrom('cvc', 'password', 'client_secret', 'api_key', 'Authorization'),
    word(8, 20),
    fc.constantFrom(0, 1, 2, 3, 4),
  )
  .map(([name, secret, how]): Planted => {
    const texts = [
      `${name}=${secret}&a=1`,
      `card[${name}]=${secret}`,
      JSON.stringify({ [name]: secret }),
      JSON.stringify(JSON.stringify({ [name]: secret })),
      `${name}: ${secret}`,
    ];
    return { secret, facts: { text: texts[how] } };
  });
const schemed = fc
  .tuple(fc.constantFrom('Bearer', 'Basic', 'bearer', 'BASIC'), token)
  .map(([scheme, secret]): Planted => ({ secret, facts: { head: `x: ${scheme} ${secret}` } }));
const inUrl = fc
  .tuple(word(4, 10), word(8, 20), fc.constantFrom('proxy.internal', '10.0.0.1', 'localhost'))
  .map(([user, secret, host]): Planted => ({ secret, facts: { url: `http://${user}:${secret}@${host}:3128/x` } }));

const planted = fc.oneof(
  { weight: 4, arbitrary: inText },
  named(
    NAMES.cvc,
    cvc.map((text) => `cvc${text}`),
  ),
  named(NAMES.password, password),
  named(NAMES.secret, token),
  named(NAMES.authorization, token),
  named(NAMES.mail, token),
  namedInText,
  schemed,
  inUrl,
);

const LEVELS = ['1', '2', '3', '4', '5'];

test('2,000 planted secrets, 5 verbosity levels: none reaches the log', () => {
  let count = 0;
  fc.assert(
    fc.property(planted, ({ secret, facts }) => {
      count += 1;
      for (const level of LEVELS) {
        const lines: string[] = [];
        jsonLogger({ verbosity: level, print: (line) => void lines.push(line) }).write(
          'ERROR',
          `about ${typeof facts['text'] === 'string' ? facts['text'] : ''}`,
          facts,
        );
        assert.equal(lines.length, 1);
        const line = lines[0] ?? '';
        assert.ok(!line.includes(secret) && !line.includes(encodeURIComponent(secret)), line);
        assert.doesNotThrow(() => JSON.parse(line) as unknown);
      }
    }),
    { numRuns: 2000 },
  );
  assert.equal(count, 2000);
});

test("none reaches an error response through a message, a field or Stripe's text", () => {
  fc.assert(
    fc.property(fc.oneof(...Object.values(SHOWING)), fc.constantFrom(...AROUND), (secret, around) => {
      const text = around(secret);
      const errors = [
        new ConnectorError('INTERNAL', text, { reason: 'X' }),
        invalidArgument([{ field: text, description: text }]),
        new ConnectorError('FAILED_PRECONDITION', 'no', { reason: 'X', stripe: { param: text, docUrl: text } }),
      ];
      for (const error of errors)
        assert.ok(!JSON.stringify(errorBody(error)).includes(secret), JSON.stringify(errorBody(error)));
    }),
    { numRuns: 500 },
  );
});

test('recognizes a held secret in any form: plain, in a URL, in JSON, in Basic credentials', () => {
  fc.assert(
    fc.property(password, (secret) => {
      for (const around of AROUND) {
        const text = redact(around(secret), [secret]);
        assert.ok(!text.includes(secret) && !text.includes(encodeURIComponent(secret)), text);
      }
      assert.ok(
        !redact(`x ${Buffer.from(secret).toString('base64')}`, [secret]).includes(
          Buffer.from(secret).toString('base64'),
        ),
      );
    }),
    { numRuns: 500 },
  );
});

/** What stands in our own logs and answers: none of it is a secret. */
const CLEAN: readonly unknown[] = [
  {
    call: 'Customer.Create',
    method: 'POST',
    outcome: 'ok',
    requestId: 'req_Xt4egvGWQH1HKn',
    operationId: 'order-1001',
    attempt: 1,
  },
  { durationMs: 1234, tokenWaitMs: 0, status: 402, at: 1_795_478_400_000, created: 1_795_478_400 },
  { id: 'cus_fy7wFDHGMVBLixEIfVOoVnNs', payment_intent: 'pi_3Mtw2eLkdIwHu7ix28a3tqPa', amount: 1500 },
  {
    message: "No such payment_intent: 'pi_nope1234'",
    path: '/v1/payment_intents/pi_1/confirm',
    version: '2026-02-25.clover',
  },
  {
    fingerprint: 'ac6af8c7f7ed8d1c55cb1a04fdce2829a3bb9ae5a1b9a4a1d9f2d3c3a9b7c5e1',
    member: '0b7f1d1e-6f0a-4c1e-9a53-5a2a1d9f2d3c',
  },
  { tokens: 6, secretary: 'Ada', password_changed: true, has_secret: null, max_tokens: 5, number: 'INV-0001' },
  'the secret version does not exist; create it or correct api_key',
  'the service account may not read the secret; grant roles/secretmanager.secretAccessor on it',
  'projects/p/secrets/stripe-key/versions/latest',
  'http://127.0.0.1:8080/v1/customers?limit=100&starting_after=cus_1',
  '2026-11-25T02:05:31.961Z',
];

test('fields without secrets stay unchanged', () => {
  for (const clean of CLEAN) assert.deepEqual(redactValue(clean), clean);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(word(3, 12), fc.oneof(word(0, 12), fc.integer({ min: 0, max: 1e9 }), fc.boolean())), {
        maxLength: 6,
      }),
      (entries) => {
        const facts = Object.fromEntries(entries.map(([name, value]) => [`f_${name}_x`, value]));
        assert.deepEqual(redactValue(facts), facts);
      },
    ),
    { numRuns: 500 },
  );
});
