/** What a message asks for, who may ask, and what of an answer is published. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import manifest from '../../functions/manifest.json';
import type { FunctionRow } from '../../shared/catalog/function-rows.ts';
import { maskSensitiveFields } from '../../shared/stripe/sensitive-fields.ts';
import { isConnectorError } from '../../shared/errors.ts';
import { carriesSecret, redact, redactValue } from '../../shared/redact.ts';
import { requireAllowed } from '../../shared/http/allowlist.ts';
import { handleMessage } from '../../shared/automation/function.ts';
import { parsePushRequest, type PubsubMessage } from '../../shared/automation/push-message.ts';
import { parseCommands } from '../../shared/automation/commands.ts';
import { redrive } from '../../shared/automation/redrive.ts';
import { testConnector } from '../support/connector.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { limitedPublisher } from '../support/pubsub-limits.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { pubsubMessage } from '../support/calls.ts';

const arrived = (
  data: unknown,
  attributes: Record<string, string> = {},
  more: Partial<PubsubMessage> = {},
): PubsubMessage => pubsubMessage(data, { attributes, ...more });

/** What is asked, in one line each: the kind of body, the id, the body. */
const asked = (data: unknown, attributes?: Record<string, string>): string[] =>
  parseCommands(arrived(data, attributes), 1_000_000, manifest.functions).map(({ operationId, todo }) =>
    'handler' in todo
      ? `${todo.handler.kind} ${operationId} ${JSON.stringify(todo.body)}`
      : `${todo.details.reason} ${operationId}`,
  );

test('a message says what is to be done by function, operation or action', () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [{ function: 'list-entities', entity: 'Customer' }, 'List m-1 {"entity":"Customer"}'],
    [
      { function: 'delete-entity', entity: 'Customer', entityId: 'cus_1' },
      'Delete m-1 {"entity":"Customer","entityId":"cus_1"}',
    ],
    [{ operation: 'Get', entity: 'Balance' }, 'Get m-1 {"entity":"Balance"}'],
    [{ action: 'PayInvoice' }, 'ExecuteAction m-1 {"action":"PayInvoice"}'],
    [{ function: 'execute-action', action: 'PayInvoice' }, 'ExecuteAction m-1 {"action":"PayInvoice"}'],
    [{ function: 'finalize-quote' }, 'ExecuteAction m-1 {"action":"FinalizeQuote"}'],
    [{ operation: 'Create', operationId: 'own' }, 'Create own {"operationId":"own"}'],
    [{ function: 'constructor' }, 'ExecuteAction m-1 {"action":"Constructor"}'],
    [{ function: '__proto__' }, 'ExecuteAction m-1 {"action":"__proto__"}'],
    [{ operation: 'toString' }, 'INVALID_INPUT m-1'],
    [{}, 'INVALID_INPUT m-1'],
  ];
  for (const [data, wanted] of cases) assert.deepEqual(asked(data), [wanted]);
});

/** What each of these messages comes to, by its reason where it fails, and what would be requested. */
async function plans(cases: readonly object[], functions: readonly FunctionRow[], allow = ['*']): Promise<string[]> {
  const connector = testConnector({
    clock: new VirtualClock(),
    stripe: fakeStripe(() => ({})),
    open: false,
    settings: {
      dead_letter_topic: 'projects/p-1/topics/dead-letters',
      automation_allowlist: allow,
    },
  });
  const found: string[] = [];
  for (const [at, one] of cases.entries()) {
    const { results } = await handleMessage(
      connector,
      arrived({ dryRun: true, ...one }, {}, { id: `m-${at}` }),
      functions,
    );
    const { requests = [], error } = JSON.parse(JSON.stringify(results[0])) as {
      requests?: { method: string; path: string }[];
      error?: { message: string };
    };
    found.push(error?.message ?? requests.map(({ method, path }) => `${method} ${path}`).join(', '));
  }
  return found;
}

// Found by a newcomer who added invoice-pay to the manifest: its messages were answered by 501.
test('a message to a narrowed function is planned as its address would', async () => {
  const rows: readonly FunctionRow[] = [
    ...manifest.functions,
    { name: 'invoice-pay', extends: 'execute-action', actions: ['PayInvoice'] },
    { name: 'billing-get', extends: 'get-entity', entities: ['Customer', 'Invoice'] },
  ];
  const pay = { function: 'invoice-pay', connectorInputPayload: { InvoiceId: 'in_1' } };
  const get = { function: 'billing-get', entityId: 'in_1' };
  const list = { function: 'customer-list', explain: true, dryRun: false };
  const found = await plans(
    [
      pay,
      { ...pay, action: 'PayInvoice' },
      { ...pay, action: 'VoidInvoice' },
      { ...pay, entity: 'Invoice' },
      { ...pay, operation: 'Delete' },
      { ...get, entity: 'Invoice' },
      get,
      { ...get, entity: 'Refund' },
      { ...get, action: 'PayInvoice' },
      { ...list, entity: 'Refund' },
      { function: 'customer-delete', entityId: 'cus_1' },
    ],
    rows,
  );
  const known = 'outputFormat, operationId, accountId, dryRun, fields, expand';
  assert.deepEqual(found, [
    'POST /v1/invoices/in_1/pay',
    'POST /v1/invoices/in_1/pay',
    'action: this function serves PayInvoice only',
    `entity: is not a known field; known fields are ${known}, action, connectorInputPayload`,
    'operation: must not be combined with function; send only one of them',
    'GET /v1/invoices/in_1',
    'entity: is required, one of Customer, Invoice',
    'entity: this function serves Customer, Invoice only',
    `action: is not a known field; known fields are ${known}, entity, entityId, connectorInputPayload`,
    'entity: this function serves Customer only',
    'DELETE /v1/customers/cus_1',
  ]);
  assert.deepEqual(await plans([pay], rows, ['Customer.List']), [
    'automation_allowlist does not permit PayInvoice (it lists Customer.List); add it to the setting',
  ]);
});

test('attributes carry the same fields; what stands in both must agree', () => {
  assert.deepEqual(asked(undefined, { operation: 'Get', entity: 'Balance', other: 'ignored' }), [
    'Get m-1 {"entity":"Balance"}',
  ]);
  assert.deepEqual(asked({ entity: 'Balance' }, { operation: 'Get', entity: 'Balance' }), [
    'Get m-1 {"entity":"Balance"}',
  ]);
  assert.deepEqual(
    asked({ connectorInputPayload: { a: 1 } }, { operation: 'Create', connectorInputPayload: '{"a":1}' }),
    ['Create m-1 {"connectorInputPayload":{"a":1}}'],
  );
  assert.deepEqual(
    asked({ connectorInputPayload: { a: 2 } }, { operation: 'Create', connectorInputPayload: '{"a":1}' }),
    ['INVALID_INPUT m-1'],
  );
  assert.deepEqual(asked({ operation: 'Get', operationId: 'a' }, { operationId: 'b' }), ['INVALID_INPUT a']);
  assert.deepEqual(asked({ operation: 'Get' }, { operationId: 'b' }), ['Get b {"operationId":"b"}']);
});

function refusedForId(todo: ReturnType<typeof parseCommands>[number]['todo']): boolean {
  if (!('handler' in todo)) return todo.details.violations?.[0]?.field === 'operationId';
  const connector = testConnector({ clock: new VirtualClock(), stripe: fakeStripe(() => ({})) });
  const terms = { operationId: 'm-1', deadlineMs: 1000, warnings: new Set<string>() };
  try {
    todo.handler.prepare(connector, todo.body, terms);
    return false;
  } catch (error) {
    return isConnectorError(error) && error.details.violations?.[0]?.field === 'operationId';
  }
}

test("an array's items have ids of their own: their operationId, or the message's with their place", () => {
  assert.deepEqual(
    asked([{ operation: 'Get' }, { operationId: 'own' }, 7], { operation: 'Create', operationId: 'all' }),
    ['INVALID_INPUT all:0', 'Create own {"operationId":"own"}', 'INVALID_INPUT all:2'],
  );
  // With the message's own id instead, the same message published again would have its effects again.
  for (const operationId of ['has space', '', 'é', 'x'.repeat(256)])
    for (const data of [{ operation: 'Get' }, [{ operation: 'Get' }, { operation: 'Get', operationId: 'own' }]])
      assert.ok(
        parseCommands(arrived(data, { operationId }), 1_000_000, manifest.functions).every(({ todo }) =>
          refusedForId(todo),
        ),
        `${operationId} ${JSON.stringify(data)}`,
      );
  const long = parseCommands(
    arrived([{ operation: 'Get' }], { operationId: 'x'.repeat(255) }),
    1_000_000,
    manifest.functions,
  );
  assert.match(long[0]?.operationId ?? '', /^[0-9a-f]{64}$/);
});

// Two items under one id are one operation: the second would be refused as the other payload, at each delivery.
test('two items of an array with one id are refused, by the name of the second, and none is worked on', () => {
  const get = (operationId?: string): object => ({
    operation: 'Get',
    ...(operationId === undefined ? {} : { operationId }),
  });
  for (const [items, fields] of [
    [[get('a'), get('b'), get('a')], ['[2].operationId']],
    [
      [get('a'), get('a'), get('a')],
      ['[1].operationId', '[2].operationId'],
    ],
    // The first has the message's own id and its place.
    [[get(), get('m-1:0')], ['[1].operationId']],
    [[get('m-1:1'), get()], ['[1].operationId']],
  ] as const) {
    const [ask, ...others] = parseCommands(arrived(items), 1_000_000, manifest.functions);
    assert.equal(others.length, 0);
    assert.ok(ask !== undefined && isConnectorError(ask.todo));
    assert.equal(ask.operationId, 'm-1');
    assert.deepEqual(
      ask.todo.details.violations?.map(({ field }) => field),
      fields,
    );
  }
});

test('the deployment names what messages may ask for: reads by default, all on an open server that says nothing', () => {
  const may = (allow: string[] | undefined, call: string, open = false): boolean => {
    try {
      requireAllowed(allow, open, call);
      return true;
    } catch (error) {
      assert.ok(isConnectorError(error));
      assert.equal(error.status, 'PERMISSION_DENIED');
      return false;
    }
  };
  const cases: readonly (readonly [string[] | undefined, string, boolean])[] = [
    [undefined, 'Customer.List', true],
    [undefined, 'Customer.Get', true],
    [undefined, 'Customer.Create', false],
    [undefined, 'Customer.Update', false],
    [undefined, 'Customer.Delete', false],
    [undefined, 'ConfirmPaymentIntent', false],
    [[], 'Customer.List', false],
    [['Create'], 'Issuing.Card.Create', true],
    [['Customer.Create'], 'Customer.Create', true],
    [['Customer.Create'], 'Invoice.Create', false],
    [['ConfirmPaymentIntent'], 'ConfirmPaymentIntent', true],
    [['ConfirmPaymentIntent'], 'CancelPaymentIntent', false],
    [['*'], 'CancelPaymentIntent', true],
    [['*'], 'Customer.Delete', true],
  ];
  for (const [allow, call, wanted] of cases) assert.equal(may(allow, call), wanted, `${String(allow)} ${call}`);
  assert.ok(may(undefined, 'Customer.Delete', true));
  assert.ok(!may(['List'], 'Customer.Delete', true));
});

test('in the cloud, where the deployment says nothing, a message moves no money', async () => {
  const clock = new VirtualClock();
  const stripe = fakeStripe(() => ({ id: 'pi_1' }));
  const connector = testConnector({ clock, stripe, open: false });
  for (const data of [
    { action: 'ConfirmPaymentIntent', connectorInputPayload: { PaymentIntentId: 'pi_1234567' } },
    { operation: 'Create', entity: 'Refund', connectorInputPayload: { PaymentIntent: 'pi_1234567' } },
    { operation: 'Delete', entity: 'Customer', entityId: 'cus_1234567' },
    { operation: 'Update', entity: 'Customer', filterClause: "Email = 'a@b.c'", connectorInputPayload: { Name: 'x' } },
  ]) {
    const { results, retry: again } = await handleMessage(connector, arrived(data), manifest.functions);
    assert.equal(again, undefined);
    assert.equal(results[0]?.outcome, 'failed');
  }
  assert.deepEqual(stripe.sent, []);
  assert.deepEqual(
    connector.published
      .filter(({ topic }) => topic.endsWith('dead-letters'))
      .map(({ attributes }) => attributes['reason']),
    Array.from({ length: 4 }, () => 'OPERATION_NOT_ALLOWED'),
  );
});

test('no secret of an answer is published, whatever the format', () => {
  const secret = 'pi_1_secret_abc';
  const published = JSON.stringify(
    maskSensitiveFields({
      client_secret: secret,
      ClientSecret: secret,
      PaymentIntentClientSecret: secret,
      'payment_intent.client_secret': secret,
      '["a.b"].client_secret': secret,
      secret: 'whsec_1',
      Secret: 'whsec_1',
      cvc: '123',
      next_action: JSON.stringify({ client_secret: secret, url: `https://x.y/?c=${secret}` }),
      url: `https://hooks.stripe.com/${secret}/x`,
      list: [{ inner: { client_secret: secret } }],
      not_json: `{ ${secret}`,
    }),
  );
  assert.doesNotMatch(published, /_secret_abc|whsec_1|"123"/);
  const clean = {
    Name: 'Ada',
    SecretaryName: 'Ben',
    Description: 'a secret',
    Metadata: { colour: 'secret' },
    lines: '[1,2]',
  };
  assert.deepEqual(maskSensitiveFields(clean), clean);
});

test('a card number is one by its last digit; the time in milliseconds is none', () => {
  assert.equal(redact('pay 4242 4242 4242 4242 now'), 'pay [redacted] now');
  assert.equal(redact('at 1795478400000'), 'at 1795478400000');
  assert.ok(carriesSecret('4242424242424242') && carriesSecret('sk_test_abc') && carriesSecret('whsec_abc'));
  assert.ok(!carriesSecret('a@b.c at 1795478400000'));
});

test('a dead letter shows no e-mail address, keeps it for a replay, and keeps no card data at all', async () => {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: fakeStripe(() => ({})) });
  const of = (Description: string, operationId: string): PubsubMessage =>
    arrived({ operation: 'Create', entity: 'Customer', connectorInputPayload: { Description, Nope: 1 }, operationId });
  await handleMessage(connector, of('ada@example.com', 'mail'), manifest.functions);
  await handleMessage(connector, of('4242424242424242', 'card'), manifest.functions);
  const dead = connector.published.filter(({ topic }) => topic.endsWith('dead-letters'));
  assert.doesNotMatch(JSON.stringify(dead), /ada@example\.com|4242424242424242/);
  const letters = await connector.deadLetters.list(10);
  assert.match(letters.find(({ operationId }) => operationId === 'mail')?.original?.data ?? '', /ada@example\.com/);
  assert.equal(letters.find(({ operationId }) => operationId === 'card')?.original, null);
});

// https://docs.stripe.com/api/secret_management/object: `payload` is the plaintext of the secret
test('the secret of an app is in no dead letter; the numbers of a meter are', async () => {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: fakeStripe(() => ({})) });
  const of = (entity: string, Payload: unknown, operationId: string): PubsubMessage =>
    arrived({ operation: 'Create', entity, connectorInputPayload: { Payload, Nope: 1 }, operationId });
  await handleMessage(connector, of('Apps.Secret', 'Zq7Lm2Xw9', 'secret'), manifest.functions);
  await handleMessage(connector, of('Billing.MeterEvent', { value: '17' }, 'meter'), manifest.functions);
  assert.doesNotMatch(JSON.stringify(connector.published), /Zq7Lm2Xw9/);
  const letters = await connector.deadLetters.list(10);
  assert.equal(letters.find(({ operationId }) => operationId === 'secret')?.original, null);
  assert.match(letters.find(({ operationId }) => operationId === 'meter')?.original?.data ?? '', /"17"/);
});

// A card number has so few digits unknown beside its first six and last four that a plain hash of it can be searched.
test('the fingerprint of a dead letter is that of what it shows: card data cannot be guessed from it', async () => {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: fakeStripe(() => ({})) });
  const of = (number: string): PubsubMessage =>
    arrived({ operation: 'Create', entity: 'Customer', connectorInputPayload: { number, cvc: '987', Nope: 1 } });
  const prints: string[] = [];
  for (const number of ['4242424242424242', '4000056655665556', '4242424242424241']) {
    await handleMessage(connector, of(number), manifest.functions);
    const [letter] = await connector.deadLetters.list(1);
    prints.push(letter?.fingerprint ?? '');
  }
  assert.equal(new Set(prints).size, 1);
});

test('a dead letter shows of a file its length alone, and keeps none that a document cannot hold', async () => {
  const connector = testConnector({ clock: new VirtualClock(), stripe: fakeStripe(() => ({})) });
  const content = (bytes: number): string => Buffer.alloc(bytes, 'evidence').toString('base64');
  const of = (input: unknown, operationId: string): PubsubMessage =>
    arrived({ operation: 'Create', entity: 'File', connectorInputPayload: input, operationId });
  // No Purpose; a name that is not known; a payload that is no object.
  await handleMessage(connector, of({ Content: content(60) }, 'small'), manifest.functions);
  await handleMessage(
    connector,
    of({ Purpose: 'dispute_evidence', Contents: content(1000) }, 'misspelt'),
    manifest.functions,
  );
  await handleMessage(connector, of(content(1000), 'text'), manifest.functions);
  await handleMessage(connector, of({ Content: content(800_000) }, 'large'), manifest.functions);
  const shown = connector.published.filter(({ topic }) => topic.endsWith('dead-letters')).map(({ data }) => data);
  assert.equal(shown.length, 4);
  assert.doesNotMatch(JSON.stringify([shown, connector.logged]), new RegExp(content(24)));
  assert.match(shown[0] ?? '', /80 characters/);
  // https://cloud.google.com/firestore/quotas: a document holds 1 MiB.
  const letters = await connector.deadLetters.list(10);
  const kept = (id: string): number =>
    letters.find(({ operationId }) => operationId === id)?.original?.data.length ?? 0;
  assert.ok(kept('small') > 80);
  assert.equal(kept('large'), 0);
});

test('a message id that looks like a card number is an id: shown, and its message can be replayed', async () => {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: fakeStripe(() => ({})) });
  const id = '4242424242424242';
  await handleMessage(
    connector,
    arrived({ operation: 'Create', entity: 'Customer', connectorInputPayload: { Nope: 1 } }, {}, { id }),
    manifest.functions,
  );
  const [dead] = connector.published.filter(({ topic }) => topic.endsWith('dead-letters'));
  const { operationId, messageId, replayable } = JSON.parse(dead?.data ?? '{}') as Record<string, unknown>;
  assert.deepEqual([operationId, messageId, replayable], [id, id, true]);
  assert.deepEqual(redactValue({ operationId: id, messageId: id, other: id }), {
    operationId: id,
    messageId: id,
    other: '[redacted]',
  });
});

test('what could not be read is shown redacted, not hidden in base64, and kept nowhere where it holds card data', async () => {
  const clock = new VirtualClock();
  const connector = testConnector({ clock, stripe: fakeStripe(() => ({})) });
  const text = '{"number": "4242424242424242", ';
  await handleMessage(
    connector,
    { ...arrived(undefined), data: Buffer.from(text).toString('base64') },
    manifest.functions,
  );
  const [dead] = connector.published.filter(({ topic }) => topic.endsWith('dead-letters'));
  assert.doesNotMatch(dead?.data ?? '', /4242424242424242/);
  assert.ok(!(dead?.data ?? '').includes(Buffer.from(text).toString('base64')));
  assert.match(dead?.data ?? '', /"written":"\{\\"number\\": \\"\[redacted\]/);
  assert.equal((await connector.deadLetters.list(1))[0]?.original, null);
});

// https://docs.stripe.com/api/idempotent_requests: a key has at most 255 characters. A mark of a webhook's event has a space.
test('a messageId that can be no operationId is refused, and marks nothing', () => {
  for (const messageId of ['stripe-event evt_7', 'a\r\nb', 'z'.repeat(300), 'é', ''])
    assert.throws(() => parsePushRequest({ message: { messageId, data: '' } }), { status: 'INVALID_ARGUMENT' });
  assert.equal(parsePushRequest({ message: { messageId: '1234567890', data: '' } }).id, '1234567890');
});

// https://cloud.google.com/firestore/quotas#limits: a document has at most 1 MiB, in bytes; the letter stands in it as JSON.
// https://cloud.google.com/pubsub/docs/publisher#using-attributes: 100 attributes, and none that begins with goog.
test('whatever a message holds, it is put aside as a document that Firestore takes, and a replay as a message that Pub/Sub takes', async () => {
  const many = (count: number, name = 'a'): Record<string, string> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${name}${index}`, 'v']));
  const raw = (bytes: string | Buffer, attributes = {}): PubsubMessage => ({
    ...arrived(undefined, attributes),
    data: Buffer.from(bytes).toString('base64'),
  });
  const failing = (Nope: string): PubsubMessage =>
    arrived({ operation: 'Create', entity: 'Customer', connectorInputPayload: { Nope } });
  const cases: readonly (readonly [string, PubsubMessage, boolean])[] = [
    ['letters of three bytes', failing('東'.repeat(400_000)), false],
    ['letters of three bytes that fit', failing('東'.repeat(250_000)), true],
    ['quotes, escaped twice', failing('"'.repeat(340_000)), false],
    ['text that is no JSON', raw('東'.repeat(350_000)), false],
    ['control characters', raw('\u0000'.repeat(600_000)), false],
    ['bytes that are no text', raw(Buffer.from([0x7b, 0xff, 0x7d])), false],
    ['a hundred attributes', raw('no JSON', many(100)), false],
    ['98 attributes', raw('no JSON', many(98)), true],
    ["Pub/Sub's own attributes", raw('no JSON', { ...many(3, 'googclient_'), own: 'kept' }), true],
  ];
  for (const [kind, message, replayable] of cases) {
    const connector = testConnector({
      clock: new VirtualClock(),
      stripe: fakeStripe(() => ({})),
      settings: { max_body_bytes: 10_000_000 },
    });
    const { results, retry: again } = await handleMessage(connector, message, manifest.functions);
    assert.deepEqual([again, results[0]?.outcome], [undefined, 'failed'], kind);
    const [letter] = await connector.deadLetters.list(1);
    assert.ok(letter !== undefined && Buffer.byteLength(JSON.stringify(letter)) < 1_000_000, kind);
    assert.equal(letter.original !== null, replayable, kind);
    if (!replayable) continue;
    const publisher = limitedPublisher();
    assert.match(await redrive({ ...connector, publisher }, letter), /published again/, kind);
    assert.equal(publisher.published.length, 1);
  }
});
