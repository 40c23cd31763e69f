/** Each form in which a secret is written, with where the form is described; and what must stay readable. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriesSecret, redact, redactValue } from '../../shared/redact.ts';

interface Form {
  /** A text, and what of it must not be shown. */
  readonly text: string;
  readonly secret: string | readonly string[];
  readonly source: string;
}

const TESTING = 'https://docs.stripe.com/testing#cards';
const KEYS = 'https://docs.stripe.com/keys';
const CARD = ['4000056655665556', '5200828282828210', '378282246310005', '6011000990139424'];
const PEM = 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg';

/** What no one has to name: keys, tokens, addresses, card numbers. */
const SHOWING: readonly Form[] = [
  { text: 'key rk_live_51Qw9ZkR used', secret: '51Qw9ZkR', source: KEYS },
  {
    text: 'key sk_org_live_9QnB4xw used',
    secret: '9QnB4xw',
    source: 'https://docs.stripe.com/keys#organization-api-keys',
  },
  { text: 'key sk_org_9QnB4xw used', secret: '9QnB4xw', source: 'https://docs.stripe.com/keys#organization-api-keys' },
  {
    text: 'ek_test_YWNjdF8xOVE',
    secret: 'YWNjdF8xOVE',
    source: 'https://docs.stripe.com/issuing/elements#create-an-ephemeral-key',
  },
  { text: 'line one\\nsk_test_Q8wErTy', secret: 'Q8wErTy', source: 'RFC 8259 7' },
  {
    text: 'whsec_N2Q0/Zm9v+YmFy=',
    secret: 'N2Q0/Zm9v+YmFy=',
    source: 'https://docs.stripe.com/webhooks#endpoint-secrets',
  },
  {
    text: 'seti_1Mm8s8_secret_NXDICkPqPeiBTAFqWmkbff09lRmSVXe',
    secret: 'NXDICkPqPeiBTAFqWmkbff09lRmSVXe',
    source: 'https://docs.stripe.com/api/setup_intents/object',
  },
  { text: 'accs_secret__NXZlYzE9', secret: 'NXZlYzE9', source: 'https://docs.stripe.com/api/account_sessions/object' },
  {
    text: 'pst_test_YWNjdF8xSFJ',
    secret: 'YWNjdF8xSFJ',
    source: 'https://docs.stripe.com/api/terminal/connection_tokens/object',
  },
  {
    text: 'ya29.a0AfH6SMBx-9_z',
    secret: 'a0AfH6SMBx-9_z',
    source: 'https://cloud.google.com/docs/authentication/token-types',
  },
  {
    text: 'key=AIzaSyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe',
    secret: 'SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe',
    source: 'https://cloud.google.com/docs/authentication/api-keys',
  },
  {
    text: 'got eyJ0eXAiOiJKV1QifQ.eyJpc3MiOiJqb2UifQ.dBjftJeZ4CVP-mB92K27 .',
    secret: ['eyJpc3MiOiJqb2UifQ', 'dBjftJeZ4CVP-mB92K27'],
    source: 'RFC 7519 3.1',
  },
  {
    text: `-----BEGIN EC PRIVATE KEY-----\n${PEM}\n-----END EC PRIVATE KEY-----\nafter`,
    secret: PEM,
    source: 'RFC 7468 10, RFC 5915',
  },
  {
    text: `{"private":"-----BEGIN PRIVATE KEY-----\\n${PEM}\\n-----END PRIVATE KEY-----\\n"}`,
    secret: PEM,
    source: 'RFC 7468 10',
  },
  { text: `-----BEGIN ENCRYPTED PRIVATE KEY-----\n${PEM}`, secret: PEM, source: 'RFC 7468 11, cut' },
  { text: 'curl -H "Authorization: Bearer mF_9.B5f-4.1JqM" x', secret: 'mF_9.B5f-4.1JqM', source: 'RFC 6750 2.1' },
  { text: 'sent Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', secret: 'QWxhZGRpbjpvcGVuIHNlc2FtZQ', source: 'RFC 7617 2' },
  {
    text: 'basic c2tfdGVzdF80ZUMzOUhxTHlqVw==',
    secret: '80ZUMzOUhxTHlqVw',
    source: 'RFC 7617 2, https://docs.stripe.com/api/authentication',
  },
  {
    text: 'header c2tfbGl2ZV80ZUMzOUhxTHlqVzo=',
    secret: '80ZUMzOUhxTHlqVzo',
    source: 'https://docs.stripe.com/api/authentication',
  },
  {
    text: 'Digest username="Mufasa", response="753927fa0e85d155564e2e272a28d180"',
    secret: '753927fa0e85d155564e2e272a28d180',
    source: 'RFC 7616 3.9.1',
  },
  { text: 'amqp://guest:Gu3st!pw@broker:5672/', secret: 'Gu3st!pw', source: 'RFC 3986 3.2.1' },
  { text: 'redis://:only-pw@cache/0', secret: 'only-pw', source: 'RFC 3986 3.2.1' },
  { text: 'https:\\/\\/u5er:s3cr3t@host\\/', secret: 's3cr3t', source: 'RFC 8259 7' },
  { text: 'https://u:p%40ss@host/', secret: 'p%40ss', source: 'RFC 3986 2.1' },
  { text: 'write to ada.l+x@mail.example.co.uk today', secret: 'ada.l+x@mail.example.co.uk', source: 'RFC 5322 3.4.1' },
  { text: 'to=ada%2Bx%40example.org&a=1', secret: 'ada%2Bx%40example.org', source: 'RFC 3986 2.1' },
  { text: 'to=ada%2540example.org', secret: 'ada%2540example.org', source: 'RFC 3986 2.4' },
  { text: '{"to":"ada\\u0040example.org"}', secret: 'ada\\u0040example.org', source: 'RFC 8259 7' },
  {
    text: 'o\u2019clock jos\u00e9@b\u00fccher.example!',
    secret: 'jos\u00e9@b\u00fccher.example',
    source: 'RFC 6531 3.3, RFC 5890',
  },
  { text: 'x@xn--bcher-kva.example', secret: 'x@xn--bcher-kva.example', source: 'RFC 5890 2.3.2.1' },
  {
    text: '\u7528\u6237@\u4f8b\u5b50.\u5e7f\u544a',
    secret: '\u7528\u6237@\u4f8b\u5b50.\u5e7f\u544a',
    source: 'RFC 6531',
  },
  { text: '"very unusual"@example.com', secret: 'very unusual', source: 'RFC 5321 4.1.2' },
  { text: "o'brien@example.com", secret: "o'brien@example.com", source: 'RFC 5322 3.2.3' },
  { text: 'root@[192.0.2.7]', secret: 'root@[192.0.2.7]', source: 'RFC 5321 4.1.3' },
  ...CARD.flatMap((number): Form[] => {
    const four = number.match(/.{1,4}/g) ?? [];
    const separators = [
      '',
      ' ',
      '  ',
      '\t',
      '.',
      '_',
      '-',
      ' - ',
      '\u00a0',
      '\u2009',
      '%20',
      '+',
      '%20%20',
      '%C2%A0',
      '\\t',
    ];
    return [
      ...separators.map((separator) => ({
        text: `paid ${four.join(separator)}, ok`,
        secret: four.join(separator),
        source: TESTING,
      })),
      { text: `1 x ${four.join(' ')} 12/31`, secret: four.join(' '), source: TESTING },
      { text: `qty 12 ${number}`, secret: number, source: TESTING },
      { text: wide(number), secret: wide(number), source: `${TESTING}, Unicode block Halfwidth and Fullwidth Forms` },
      { text: encodeURIComponent(wide(number)), secret: encodeURIComponent(wide(number)), source: TESTING },
    ];
  }),
  {
    text: 'x \u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662 \u0664\u0662\u0664\u0662',
    secret: '\u0664\u0662\u0664\u0662',
    source: 'Unicode block Arabic',
  },
  {
    text: `key=-----BEGIN+PRIVATE+KEY-----%0A${PEM}%0A-----END+PRIVATE+KEY-----&a=1`,
    secret: PEM,
    source: 'RFC 7468 10, https://url.spec.whatwg.org/#application/x-www-form-urlencoded',
  },
  { text: '3782 822463 10005', secret: '3782 822463 10005', source: TESTING },
];

/** A secret that its name tells. RFC 9110 11.6.2, RFC 6265, RFC 6749 5.1, https://docs.stripe.com/webhooks#verify-manually */
const NAMES: readonly string[] = [
  'password',
  'Passwd',
  'pwd',
  'passphrase',
  'proxy_password',
  'user.pwd',
  'client_secret',
  'clientSecret',
  'ClientSecret',
  'webhookSecret',
  'secret',
  'secret_key',
  'access_token',
  'refreshToken',
  'id_token',
  'authToken',
  'Token',
  'x-auth-token',
  'api_key',
  'apiKey',
  'API-Key',
  'X-Api-Key',
  'x-goog-api-key',
  'private_key',
  'signing_key',
  'Authorization',
  'Proxy-Authorization',
  'Cookie',
  'Set-Cookie',
  'Stripe-Signature',
  'cvc',
  'CVV',
  'cvn',
  'csc',
  'cardCsc',
  'cvv2',
  'security_code',
  'securityCode',
  'card_number',
  'CardNumber',
  'card[cvc]',
  'card[number]',
  'payment_method_data[card][number]',
  'passwords',
  'credentials',
];
const VALUE = 'Zq7Lm2Xw9';
/** Where a name and its value may stand in a text. */
const PAIRS: Readonly<Record<string, (name: string, value: string) => string>> = {
  'a form': (name, value) => `a=1&${name}=${value}&b=readable`,
  'an encoded form': (name, value) => `a=1&${encodeURIComponent(name)}=${value}&b=readable`,
  'an encoded form in a query': (name, value) => `/x?back=${encodeURIComponent(`/y?${name}=${value}&z=1`)}&b=readable`,
  JSON: (name, value) => JSON.stringify({ a: 1, [name]: value, b: 'readable' }),
  'pretty JSON': (name, value) => JSON.stringify({ [name]: value, b: 'readable' }, null, 2),
  'JSON in JSON': (name, value) => JSON.stringify({ a: JSON.stringify({ [name]: value, b: 'readable' }) }),
  'JSON in JSON in JSON': (name, value) =>
    JSON.stringify([JSON.stringify({ a: JSON.stringify({ [name]: value, b: 'readable' }) })]),
  'JSON in Python': (name, value) => `{'${name}': '${value}', 'b': 'readable'}`,
  'a head': (name, value) => `Host: x\r\n${name}: ${value}\r\nAccept: readable`,
  'a sentence': (name, value) => `readable, ${name}: ${value}`,
  'JSON that was cut': (name, value) => `readable {"${name}":"${value}`,
};

const SENTENCES: readonly Form[] = [
  { text: 'my API key: Zq7Lm2Xw9 ok', secret: 'Zq7Lm2Xw9', source: 'two words' },
  { text: 'security code = 0417', secret: '0417', source: 'two words' },
  { text: '{"cvc":417,"a":1}', secret: '417', source: 'a number of JSON' },
  { text: JSON.stringify({ password: 'x"y\\', b: 1 }), secret: 'x\\"y', source: 'RFC 8259 7' },
  { text: JSON.stringify(JSON.stringify({ password: 'xx"yy\\', b: 1 })), secret: ['xx', 'yy'], source: 'RFC 8259 7' },
  { text: 'a=1\\u0026password=hunter22\\u0026b=2', secret: 'hunter22', source: 'RFC 8259 7' },
  { text: 'card%5Bcvc%5D=Zq7%26Lm2&x=1', secret: ['Zq7', 'Lm2'], source: 'RFC 3986 2.2' },
  { text: 'password=hunter%262&x=1', secret: ['hunter', '%262'], source: 'RFC 3986 2.2' },
  {
    text: "password=it's-hunter&x=1",
    secret: 's-hunter',
    source: 'https://url.spec.whatwg.org/#application/x-www-form-urlencoded',
  },
  { text: 'Cookie: a="b c"; session=31d4d96e', secret: ['b c', '31d4d96e'], source: 'RFC 6265 4.1.1' },
  // A number with a slip in it, beside what makes it a card's.
  { text: 'card[number]=4000056655665557&card[exp_month]=1', secret: '4000056655665557', source: TESTING },
  { text: '{"number":"4000056655665557","exp_year":2031}', secret: '4000056655665557', source: TESTING },
  { text: '{"number": "4000 0566 5566 555", "cvc": ', secret: '4000 0566 5566 555', source: TESTING },
  { text: 'card number: 4000 0566 5566 5557, ok', secret: ['4000', '0566', '5557'], source: TESTING },
  { text: '{"card":{"number":"4000056655665557"', secret: '4000056655665557', source: TESTING },
];

function wide(digits: string): string {
  return digits.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit)));
}

function lacks(shown: string, { text, secret, source }: Form): void {
  for (const one of [secret].flat()) assert.ok(!shown.includes(one), `${text} (${source}) is shown as ${shown}`);
}

test('what shows itself is seen in every form, alone, in JSON and inside a text', () => {
  for (const form of SHOWING) {
    lacks(redact(form.text), form);
    lacks(String(redactValue({ x: [`${form.text}\nand more`] }, [])), form);
    lacks(redact(redact(form.text)), form);
    assert.equal(redact(redact(form.text)), redact(form.text), 'once redacted it stays as it is');
  }
});

test('a name tells a secret in every spelling and in every kind of text; its neighbours stay readable', () => {
  for (const name of NAMES)
    for (const [where, pair] of Object.entries(PAIRS)) {
      const shown = redact(pair(name, VALUE));
      assert.ok(!shown.includes(VALUE) && shown.includes('readable'), `${name} in ${where}: ${shown}`);
      assert.ok(carriesSecret(pair(name, VALUE)), `${name} in ${where} is kept`);
    }
  for (const form of SENTENCES) lacks(redact(form.text), form);
});

test('an object is judged by its names, a number by its neighbours', () => {
  for (const name of NAMES) {
    assert.deepEqual(redactValue({ a: [{ [name]: VALUE }] }), { a: [{ [name]: '[redacted]' }] }, name);
    assert.deepEqual(redactValue({ [name]: [VALUE, 417] }), { [name]: ['[redacted]', '[redacted]'] }, name);
    assert.deepEqual(redactValue({ name, value: VALUE }), { name, value: '[redacted]' }, name);
  }
  const number = '4000056655665557';
  for (const card of [
    { number, exp_month: 1 },
    { Number: number, expiry: '01/31' },
    { number, cvc: '1' },
    { card: { number } },
    { Card: { number: '40000566' } },
    { number: Number(number) },
  ]) {
    assert.doesNotMatch(JSON.stringify(redactValue(card)), /40000566/, JSON.stringify(card));
    assert.ok(carriesSecret(card));
  }
});

/** Ids, times, amounts, words: nothing of it is a secret, whatever it looks like. */
const READABLE: readonly unknown[] = [
  'evt_4000056655665556 of req_4000056655665556 for pi_4000056655665556',
  { operationId: '4000056655665556', messageId: 4000056655665556, 'idempotency-key': 'a-4000056655665556' },
  'operationId=4000056655665556&a=1',
  // What the settings say of themselves. https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions
  'api_key: projects/P/secrets/S/versions/V, where V is a number or latest',
  'webhook_secrets: at most 5 secret versions projects/P/secrets/S/versions/V, where V is a number or latest',
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

test('ids, times, amounts and words stay readable, and are kept', () => {
  for (const one of READABLE) {
    assert.deepEqual(redactValue(one), one);
    assert.ok(!carriesSecret(one), JSON.stringify(one));
  }
});

test('a text is cut before it is read, at a whole character, and no secret is cut so that a part of it shows', () => {
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

test('a secret that is held is known in base64 too, wherever in it it stands', () => {
  const key = 'Zq7Lm2Xw9-long-enough';
  for (const around of [`${key}:`, `user:${key}`, `u:${key}`, `us:${key}x`, key]) {
    for (const encoding of ['base64', 'base64url'] as const) {
      const shown = redact(`x ${Buffer.from(around).toString(encoding)}.`, [key]);
      assert.equal(shown, 'x [redacted].', around);
    }
  }
});
