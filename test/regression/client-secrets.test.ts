import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory/operations.ts';
import {
  hasMaskedFields,
  maskSensitiveFields,
  stripSensitiveFields,
  restoreSensitiveFields,
} from '../../shared/stripe/sensitive-fields.ts';
import { idempotentRequest } from '../../shared/idempotency/idempotent-request.ts';
import type { OperationRecord } from '../../shared/idempotency/store.ts';
import type { StripeRequest } from '../../shared/stripe/transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';
import { callContext } from '../support/calls.ts';
import { testDeps } from '../support/connector-deps.ts';

const payment = {
  id: 'pi_1',
  client_secret: 'pi_1_secret_x',
  charges: [{ id: 'ch_1', setup: { client_secret: 'seti_1_secret_y' } }],
  note: 'no client_secret here',
  endpoint: { secret: 'whsec_z' },
};

test('removes client secrets in every place and nothing else', () => {
  assert.deepEqual(stripSensitiveFields(payment), {
    ...payment,
    client_secret: null,
    charges: [{ id: 'ch_1', setup: { client_secret: null } }],
    endpoint: { secret: null },
  });
});

test('a second read restores them in place; a missing one stays null', () => {
  assert.deepEqual(restoreSensitiveFields(stripSensitiveFields(payment), payment), payment);
  assert.deepEqual(restoreSensitiveFields(stripSensitiveFields(payment), { client_secret: 'new' }), {
    ...stripSensitiveFields(payment),
    client_secret: 'new',
  });
});

const note = {
  id: 'cus_1',
  description: 'the key is sk_test_Zq7Lm2Xw9',
  metadata: { plan: 'gold', password: 'Zq7Lm2Xw9', card: '4000056655665556' },
  next_action: { url: 'https://h.example/?c=pi_1_secret_Zq7Lm2Xw9' },
  email: 'ada@example.com',
};

test("a caller's texts and metadata are masked where they hold credentials or card data", () => {
  assert.deepEqual(stripSensitiveFields(note), {
    ...note,
    description: 'the key is sk_test_[redacted]',
    metadata: { plan: 'gold', password: '[redacted]', card: '[redacted]' },
    next_action: { url: 'https://h.example/?c=pi_1_secret_[redacted]' },
  });
  assert.ok(hasMaskedFields(JSON.stringify({ whole: stripSensitiveFields(note) })));
  assert.ok(hasMaskedFields(JSON.stringify({ whole: stripSensitiveFields(payment) })));
  assert.ok(!hasMaskedFields(JSON.stringify({ whole: { id: 'cus_1', email: 'ada@example.com' } })));
});

test('a mask is restored from the same text only, not from a newer one', () => {
  assert.deepEqual(restoreSensitiveFields(stripSensitiveFields(note), note), note);
  const later = { ...note, description: 'another key: sk_test_Other', metadata: { plan: 'tin', password: null } };
  assert.deepEqual(restoreSensitiveFields(stripSensitiveFields(note), later), {
    ...note,
    description: 'the key is sk_test_[redacted]',
    metadata: { plan: 'gold', password: '[redacted]', card: '[redacted]' },
  });
});

test('the stored outcome has no client secret, and the replay has it', async () => {
  const clock = new VirtualClock(1000);
  const operations = memoryOperations(clock);
  const sent: StripeRequest[] = [];
  const stripe = {
    request: (request: StripeRequest) => (sent.push(request), Promise.resolve({ ok: true as const, body: payment })),
  };
  const deps = testDeps(stripe, { operations });
  const call = callContext(clock, { operationId: 'op' });
  const request: StripeRequest = { method: 'POST', path: '/v1/payment_intents', params: {}, idempotencyKey: 'op' };
  assert.deepEqual(await idempotentRequest(deps, request, call), payment);
  const record = await operations.update('op', (found) => ({ result: found as OperationRecord }));
  assert.doesNotMatch(JSON.stringify(record), /_secret_[xy]|whsec_/);
  assert.deepEqual(await idempotentRequest(deps, request, call), payment);
  assert.deepEqual(
    sent.map(({ method, path }) => `${method} ${path}`),
    ['POST /v1/payment_intents', 'GET /v1/payment_intents/pi_1'],
  );
});

test('of an object too large for a document only the id is stored: a replay reads it again', async () => {
  const clock = new VirtualClock(1000);
  const operations = memoryOperations(clock);
  // Fewer characters than bytes.
  const large = { id: 'pi_1', text: '\u2603'.repeat(200_000) };
  const methods: string[] = [];
  const stripe = {
    request: ({ method }: StripeRequest) => (methods.push(method), Promise.resolve({ ok: true as const, body: large })),
  };
  const call = callContext(clock, { operationId: 'large' });
  const request: StripeRequest = { method: 'POST', path: '/v1/payment_intents', params: {}, idempotencyKey: 'large' };
  const deps = testDeps(stripe, { operations });
  await idempotentRequest(deps, request, call);
  const record = await operations.update('large', (found) => ({ result: found as OperationRecord }));
  assert.ok(record.outcome.length < 100, String(record.outcome.length));
  assert.deepEqual(await idempotentRequest(deps, request, call), large);
  assert.deepEqual(methods, ['POST', 'GET']);
});

test('an item of a list is restored from the item with its id', () => {
  const first = { id: 'pi_1', client_secret: 'pi_1_secret_a' };
  const second = { id: 'pi_2', client_secret: 'pi_2_secret_b' };
  const stored = stripSensitiveFields({ id: 'sub_1', items: [first, second] });
  assert.deepEqual(restoreSensitiveFields(stored, { id: 'sub_1', items: [second, first] })['items'], [first, second]);
  assert.deepEqual(restoreSensitiveFields(stored, { id: 'sub_1', items: [second] })['items'], [
    { id: 'pi_1', client_secret: null },
    second,
  ]);
});

test('no column of an issued card is published with its number or its code', () => {
  const row = {
    Id: 'ic_1',
    CardCvc: '123',
    Cvc: '456',
    CardNumber: '4242424242424242',
    Number: 'INV-0001',
    Last4: '4242',
  };
  assert.deepEqual(maskSensitiveFields(row), {
    Id: 'ic_1',
    CardCvc: null,
    Cvc: null,
    CardNumber: '[redacted]',
    Number: 'INV-0001',
    Last4: '4242',
  });
});

// https://docs.stripe.com/api/secret_management, .../account/link, .../identity/verification_sessions, .../v2/billing/meter-event-stream
const ONE_OF_A_TYPE: readonly (readonly [object: string, field: string])[] = [
  ['apps.secret', 'payload'],
  ['account_link', 'url'],
  ['v2.core.account_link', 'url'],
  ['login_link', 'url'],
  ['billing_portal.session', 'url'],
  ['identity.verification_session', 'url'],
  ['v2.billing.meter_event_session', 'authentication_token'],
  ['terminal.connection_token', 'secret'],
  ['ephemeral_key', 'secret'],
  ['source', 'client_token'],
  ['account', 'access_token'],
  ['v2.core.event_destination', 'signing_secret'],
];
for (const [object, field] of ONE_OF_A_TYPE)
  test(`${field} of ${object} is not stored and not published; the same field of another type is kept`, () => {
    const one = { id: 'x_1', object, [field]: 'Zq7Lm2Xw9' };
    assert.deepEqual(stripSensitiveFields({ id: 'y_1', inner: one }), { id: 'y_1', inner: { ...one, [field]: null } });
    const column = field.replace(/(?:^|_)([a-z])/g, (_, sign: string) => sign.toUpperCase());
    for (const published of [
      one,
      [one],
      { Id: 'x_1', Object: object, [column]: 'Zq7Lm2Xw9' },
      { Inner: JSON.stringify(one) },
    ])
      assert.doesNotMatch(JSON.stringify(maskSensitiveFields(published)), /Zq7Lm2Xw9/);
  });

test("a payer's link and a meter's numbers are stored and published", () => {
  for (const one of [
    { object: 'checkout.session', url: 'https://checkout.stripe.com/c/pay/x' },
    { Object: 'payment_link', Url: 'https://buy.stripe.com/x' },
    { object: 'billing.meter_event', payload: { value: '1', stripe_customer_id: 'cus_1' } },
  ]) {
    assert.deepEqual(stripSensitiveFields(one), one);
    assert.deepEqual(maskSensitiveFields(one), one);
  }
});

test('a repeat reads the link of an identity session again, but no single-use link', () => {
  const kept = (object: string): string =>
    JSON.stringify({ whole: stripSensitiveFields({ object, url: 'https://x.example' }) });
  assert.ok(hasMaskedFields(kept('identity.verification_session')));
  for (const once of ['account_link', 'login_link', 'billing_portal.session']) assert.ok(!hasMaskedFields(kept(once)));
});
