/**
 * Secrets in every place of a message and of Stripe's answers: none of them reaches a log line of any verbosity, an error
 * answer, a dead letter as it is stored and as it is published, a result, or what is kept of an operation.
 * FULL_SIZES=1 plants 10,000, else some hundreds.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonLogger } from '../../shared/adapters/json-logger.ts';
import { maskSensitiveFields, stripSensitiveFields } from '../../shared/stripe/sensitive-fields.ts';
import { toStripeError } from '../../shared/stripe/errors.ts';
import { requestLogFields } from '../../shared/stripe/request-log.ts';
import { ConnectorError, errorBody, invalidArgument } from '../../shared/errors.ts';
import type { StripeTransport, StripeFailure } from '../../shared/stripe/transport.ts';
import { handleMessage } from '../../shared/automation/handle-message.ts';
import { testConnector } from '../support/connector.ts';
import { inVirtualTime } from '../support/virtual-time.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { stripeFailure } from '../support/stripe-results.ts';
import { sized } from '../support/sizes.ts';

const PLANTED = sized(15, 10_000);

const SIGNS = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'.split('');
const word = (least: number, most: number): fc.Arbitrary<string> =>
  fc.array(fc.constantFrom(...SIGNS), { minLength: least, maxLength: most }).map((all) => all.join(''));
const digits = (count: number): fc.Arbitrary<string> =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((all) => all.join(''));

/** The last digit of a card number. ISO/IEC 7812-1 */
function withLast(number: string): string {
  for (let last = 0; last < 10; last += 1) {
    const whole = `${number}${last}`;
    const sum = whole
      .split('')
      .reverse()
      .reduce((total, digit, index) => {
        const twice = Number(digit) * (index % 2 === 0 ? 1 : 2);
        return total + (twice > 9 ? twice - 9 : twice);
      }, 0);
    if (sum % 10 === 0) return whole;
  }
  throw new Error('no digit fits');
}

/** What is planted: a value, and the name without which it is no secret. */
interface Planted {
  readonly value: string;
  readonly name?: string;
  /** May be kept and published: an e-mail address. */
  readonly mail?: true;
  /** A credential that Stripe creates: never published, not in a row either. */
  readonly credential?: true;
}

const card = fc
  .tuple(
    fc.constantFrom('4', '51', '22', '6011', '34'),
    digits(11),
    fc.constantFrom('', ' ', '  ', '-', '.', '\t', '_', '\u00a0'),
  )
  .map(([head, rest, separator]): Planted => {
    const whole = withLast(`${head}${rest}`.slice(0, 15).padEnd(15, '7'));
    return { value: (whole.match(/.{1,4}/g) ?? []).join(separator) };
  });
const credential = fc
  .tuple(
    fc.constantFrom(
      'sk_live_',
      'sk_test_',
      'rk_live_',
      'sk_org_live_',
      'ek_test_',
      'whsec_',
      'pi_3Q_secret_',
      'pst_test_',
    ),
    word(16, 40),
  )
  .map(([prefix, rest]): Planted => ({ value: `${prefix}${rest}`, credential: true }));
const token = fc
  .oneof(
    fc.tuple(word(8, 20), word(8, 40), word(8, 20)).map(([a, b, c]) => `eyJ${a}.eyJ${b}.${c}`),
    word(20, 60).map((text) => `ya29.${text}`),
  )
  .map((value): Planted => ({ value }));
const mail = fc
  .tuple(
    word(3, 10),
    fc.constantFrom('', '.x', '+y', '\u00e9'),
    word(3, 10),
    fc.constantFrom('com', 'co.uk', 'example', 'xn--p1ai', '\u5e7f\u544a'),
  )
  .map(([user, more, host, end]): Planted => ({ value: `${user}${more}@${host}.${end}`, mail: true }));
const named = fc
  .tuple(
    fc.constantFrom(
      'password',
      'proxy_password',
      'clientSecret',
      'api_key',
      'X-Api-Key',
      'access_token',
      'refreshToken',
      'Authorization',
      'passphrase',
      'security_code',
      'Cookie',
    ),
    word(8, 24),
  )
  .map(([name, value]): Planted => ({ name, value }));
const code = fc
  .tuple(fc.constantFrom('cvc', 'CVV', 'card[cvc]', 'securityCode'), fc.integer({ min: 90_001, max: 99_999 }))
  .map(([name, value]): Planted => ({ name, value: String(value) }));
/** A number with a slip in it. */
const mistyped = fc
  .tuple(fc.constantFrom('number', 'Number', 'card[number]', 'card_number'), digits(14))
  .map(([name, rest]): Planted => {
    const whole = withLast(`4${rest}`);
    return { name, value: `${whole.slice(0, -1)}${(Number(whole.slice(-1)) + 3) % 10}` };
  });
const planted = fc.oneof(card, credential, token, mail, named, code, mistyped);

type Tree = Readonly<Record<string, unknown>>;
/** The value, under its name where it needs one. */
const entry = ({ name = 'note', value }: Planted): Tree => ({ [name]: value });
const pair = ({ name = 'x', value }: Planted, separator: string, encode: (text: string) => string): string =>
  `${encode(name)}${separator}${encode(value)}`;

/** Where it may stand in an object. */
const IN_OBJECT: Readonly<Record<string, (one: Planted) => Tree>> = {
  'a value': entry,
  'a nested value': (one) => ({ a: { b: [{ c: entry(one) }] } }),
  'a list': ({ name = 'note', value }) => ({ [name]: [value, 'x'] }),
  metadata: (one) => ({ metadata: entry(one), Metadata: entry(one) }),
  'a key': (one) => (one.name === undefined ? { [`at ${one.value}`]: 1 } : entry(one)),
  'JSON in a text': (one) => ({ text: JSON.stringify({ a: [entry(one)] }) }),
  'JSON in JSON in a text': (one) => ({ text: JSON.stringify({ a: JSON.stringify(entry(one)) }) }),
};
/** Where it may stand in a text. */
const IN_TEXT: Readonly<Record<string, (one: Planted) => string>> = {
  JSON: (one) => JSON.stringify(entry(one)),
  'escaped JSON': (one) => JSON.stringify(JSON.stringify({ a: entry(one) })),
  'a form': (one) => `a=1&${pair(one, '=', encodeURIComponent)}&b=2`,
  'a head': (one) => `Host: h\n${pair(one, ': ', String)}\nAccept: */*`,
  'a URL': (one) => `https://h.example/p?a=1&${pair(one, '=', encodeURIComponent)}#f`,
  'a URL in a URL': (one) => `https://h.example/?to=${encodeURIComponent(`/p?${pair(one, '=', encodeURIComponent)}`)}`,
  'free text': (one) =>
    one.name === undefined ? `it said ${one.value}, so` : `it said ${pair(one, ': ', String)}, so`,
  'a stack': (one) => `Error: ${pair(one, '=', String)}\n    at send (/srv/index.js:1:2)`,
};

/** Every place once: in objects and in texts. */
const PLACES = Array.from(
  { length: Math.max(...[IN_OBJECT, IN_TEXT].map((all) => Object.keys(all).length)) },
  (_, at) => {
    const of = <T>(all: Readonly<Record<string, T>>): T => {
      const list = Object.values(all);
      return list[at % list.length] ?? assert.fail();
    };
    return { inObject: of(IN_OBJECT), inText: of(IN_TEXT) };
  },
);

/** A Stripe that rejects every request with this text. */
function refusing(text: string): StripeTransport {
  return fakeStripe(() => failure(text));
}

function failure(text: string): StripeFailure {
  return stripeFailure(402, { type: 'card_error', code: 'incorrect_number', param: text }, { message: text });
}

/** Every line of one request at every verbosity, and of a failure. */
function logged(tree: Tree, text: string): string[] {
  return ['1', '2', '3', '4', '5'].flatMap((verbosity) => {
    const lines: string[] = [];
    const log = jsonLogger({ verbosity, print: (line) => void lines.push(line) });
    const request = { method: 'POST' as const, path: '/v1/customers', params: tree };
    const seen = { status: 200, headers: { 'request-id': 'req_1', 'set-cookie': `session=${text}` } };
    log.write(
      'INFO',
      'transaction',
      requestLogFields(Number(verbosity), request, { ok: true, body: tree, wire: seen }),
    );
    log.write(
      'ERROR',
      'stripe request',
      requestLogFields(Number(verbosity), request, { ...failure(text), wire: seen }),
    );
    log.write('ERROR', text, { stack: text, ...tree });
    for (const line of lines) assert.doesNotThrow(() => JSON.parse(line) as unknown);
    return lines;
  });
}

function answered(text: string): string[] {
  const errors = [
    new ConnectorError('INTERNAL', text, { reason: 'X' }),
    invalidArgument([
      { field: text, description: 'is not a known field' },
      { field: 'a', description: text },
    ]),
    toStripeError(failure(text), true),
  ];
  return errors.map((error) => JSON.stringify(errorBody(error)));
}

interface Settled {
  readonly stored: string;
  readonly published: string;
  readonly results: string;
}

/** A message with the secret that is rejected: by the connector for an unknown name, else by Stripe. */
async function settled(tree: Tree, text: string): Promise<Settled> {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: refusing(text) });
  const body = { operation: 'Create', entity: 'Customer', operationId: 'op-1' };
  const messages = [
    { ...body, connectorInputPayload: { Nope: 1, ...tree } },
    { ...body, operationId: 'op-2', connectorInputPayload: { Description: text } },
    { operation: 'Get', entity: 'Customer', operationId: 'op-4', entityId: text },
    { ...body, operationId: 'op-3', connectorInputPayload: JSON.stringify({ Nope: 1, ...tree }) },
  ];
  const texts = [...messages.map((one) => JSON.stringify(one)), `{"broken": ${JSON.stringify(tree)}`, text];
  for (const [index, data] of texts.entries()) {
    const message = {
      id: `m-${index}`,
      data: Buffer.from(data).toString('base64'),
      attributes: {},
      publishedMs: undefined,
      orderingKey: '',
      deliveryAttempt: undefined,
    };
    await inVirtualTime(clock, handleMessage(connector, message, []));
  }
  const letters = await connector.deadLetters.list(10);
  assert.equal(letters.length, 6);
  const records = await Promise.all(
    ['op-1', 'op-2', 'op-3'].map((id) => connector.deps.operations.update(id, (found) => ({ result: found }))),
  );
  const of = (topic: string): string =>
    connector.published
      .filter((one) => one.topic.endsWith(topic))
      .map((one) => JSON.stringify(one))
      .join('\n');
  return { stored: JSON.stringify([letters, records]), published: of('dead-letters'), results: of('results') };
}

/** As it is, in a URL once and twice, in JSON once and twice. */
function formsOf(value: string): string[] {
  const inJson = (text: string): string => JSON.stringify(text).slice(1, -1);
  return [
    ...new Set([
      value,
      encodeURIComponent(value),
      encodeURIComponent(encodeURIComponent(value)),
      inJson(value),
      inJson(inJson(value)),
    ]),
  ];
}

/** Ids and fingerprints are hashes: a match in them is chance. */
const HASH = /\b[0-9a-f]{32,64}\b/g;

function none(where: string, whole: string, one: Planted): void {
  const output = whole.replace(HASH, '');
  for (const form of formsOf(one.value))
    assert.ok(!output.includes(form), `${JSON.stringify(one)} in ${where}: ${output.slice(0, 3000)}`);
}

/** One value in one place. */
async function nowhere(one: Planted, tree: Tree, text: string): Promise<void> {
  for (const line of logged(tree, text)) none('the log', line, one);
  for (const body of answered(text)) none('an error', body, one);
  const { stored, published, results } = await settled(tree, text);
  none('a published dead letter', published, one);
  if (one.credential === true)
    none('a published row', JSON.stringify(maskSensitiveFields({ Description: text, Metadata: tree })), one);
  if (one.mail === true) return;
  none('a result', results, one);
  none('what is stored', stored, one);
  const kept = JSON.stringify(stripSensitiveFields({ id: 'cus_1', description: text, metadata: entry(one) }));
  none('a kept outcome', kept, one);
}

test(`${PLANTED} planted secrets in every place: none is logged, stored or published`, async () => {
  let count = 0;
  await fc.assert(
    fc.asyncProperty(planted, async (one) => {
      count += 1;
      for (const { inObject, inText } of PLACES) await nowhere(one, inObject(one), inText(one));
    }),
    { numRuns: PLANTED, seed: 20_261_126 },
  );
  assert.equal(count, PLANTED);
});
