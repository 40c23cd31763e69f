/** Secrets in every form and spelling are redacted. https://docs.stripe.com/keys */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { carriesSecret, redact, redactValue } from '../../shared/redact.ts';
import { type Form, SHOWING, SENTENCES } from './redaction-samples.ts';

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

function lacks(shown: string, { text, secret, source }: Form): void {
  for (const one of [secret].flat()) assert.ok(!shown.includes(one), `${text} (${source}) is shown as ${shown}`);
}

test('recognizes a secret by its form, alone, in JSON and inside a text', () => {
  for (const form of SHOWING) {
    lacks(redact(form.text), form);
    lacks(String(redactValue({ x: [`${form.text}\nand more`] }, [])), form);
    lacks(redact(redact(form.text)), form);
    assert.equal(redact(redact(form.text)), redact(form.text), 'once redacted it stays as it is');
  }
});

test('recognizes a secret by its name in every spelling and kind of text; its neighbours stay readable', () => {
  for (const name of NAMES)
    for (const [where, pair] of Object.entries(PAIRS)) {
      const shown = redact(pair(name, VALUE));
      assert.ok(!shown.includes(VALUE) && shown.includes('readable'), `${name} in ${where}: ${shown}`);
      assert.ok(carriesSecret(pair(name, VALUE)), `${name} in ${where} is kept`);
    }
  for (const form of SENTENCES) lacks(redact(form.text), form);
});

test('classifies an object by its names and a number by its neighbours', () => {
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
