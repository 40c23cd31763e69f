import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryOperations } from '../../shared/adapters/memory-operations.ts';
import { lacksSecrets, publishable, withoutSecrets, withSecretsOf } from '../../shared/core/client-secrets.ts';
import { requestOnce } from '../../shared/core/request-once.ts';
import type { OperationRecord } from '../../shared/ports/operation-store.ts';
import type { StripeRequest } from '../../shared/ports/stripe.ts';
import { VirtualClock } from '../virtual-clock.ts';

const payment = {
  id: 'pi_1',
  client_secret: 'pi_1_secret_x',
  charges: [{ id: 'ch_1', setup: { client_secret: 'seti_1_secret_y' } }],
  note: 'no client_secret here',
  endpoint: { secret: 'whsec_z' },
};

test('secrets are blanked wherever they stand, nothing else is', () => {
  assert.deepEqual(withoutSecrets(payment), {
    ...payment,
    client_secret: null,
    charges: [{ id: 'ch_1', setup: { client_secret: null } }],
    endpoint: { secret: null },
  });
});

test('they come back from another reading, in their places; what is not there stays null', () => {
  assert.deepEqual(withSecretsOf(withoutSecrets(payment), payment), payment);
  assert.deepEqual(withSecretsOf(withoutSecrets(payment), { client_secret: 'new' }), {
    ...withoutSecrets(payment),
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

test('what a caller wrote into texts and metadata is marked where it is a credential or card data', () => {
  assert.deepEqual(withoutSecrets(note), {
    ...note,
    description: 'the key is sk_test_[redacted]',
    metadata: { plan: 'gold', password: '[redacted]', card: '[redacted]' },
    next_action: { url: 'https://h.example/?c=pi_1_secret_[redacted]' },
  });
  assert.ok(lacksSecrets(JSON.stringify({ whole: withoutSecrets(note) })));
  assert.ok(lacksSecrets(JSON.stringify({ whole: withoutSecrets(payment) })));
  assert.ok(!lacksSecrets(JSON.stringify({ whole: { id: 'cus_1', email: 'ada@example.com' } })));
});

test('a mark is filled from the same text, not from one that came later', () => {
  assert.deepEqual(withSecretsOf(withoutSecrets(note), note), note);
  const later = { ...note, description: 'another key: sk_test_Other', metadata: { plan: 'tin', password: null } };
  assert.deepEqual(withSecretsOf(withoutSecrets(note), later), {
    ...note,
    description: 'the key is sk_test_[redacted]',
    metadata: { plan: 'gold', password: '[redacted]', card: '[redacted]' },
  });
});

test('what is stored has no client secret, and the replay has it', async () => {
  const clock = new VirtualClock(1000);
  const operations = memoryOperations(clock);
  const sent: StripeRequest[] = [];
  const door = {
    prepare: () => undefined,
    run: (request: StripeRequest) => (sent.push(request), Promise.resolve({ ok: true as const, body: payment })),
  };
  const call = { name: 'test', clock, deadlineAt: 60_000, outputFormat: 'native' as const, operationId: 'op' };
  const request: StripeRequest = { method: 'POST', path: '/v1/payment_intents', params: {}, idempotencyKey: 'op' };
  assert.deepEqual(
    await requestOnce({ door, operations, operationsKeptUs: 1e12, log: { write: () => undefined } }, request, call),
    payment,
  );
  const record = await operations.update('op', (found) => ({ result: found as OperationRecord }));
  assert.doesNotMatch(JSON.stringify(record), /_secret_[xy]|whsec_/);
  assert.deepEqual(
    await requestOnce({ door, operations, operationsKeptUs: 1e12, log: { write: () => undefined } }, request, call),
    payment,
  );
  assert.deepEqual(
    sent.map(({ method, path }) => `${method} ${path}`),
    ['POST /v1/payment_intents', 'GET /v1/payment_intents/pi_1'],
  );
});

test('of an object too large for a document only the id is kept: a replay reads it anew', async () => {
  const clock = new VirtualClock(1000);
  const operations = memoryOperations(clock);
  // Fewer characters than bytes.
  const large = { id: 'pi_1', text: '\u2603'.repeat(200_000) };
  const methods: string[] = [];
  const door = {
    prepare: () => undefined,
    run: ({ method }: StripeRequest) => (methods.push(method), Promise.resolve({ ok: true as const, body: large })),
  };
  const call = { name: 'test', clock, deadlineAt: 60_000, outputFormat: 'native' as const, operationId: 'large' };
  const request: StripeRequest = { method: 'POST', path: '/v1/payment_intents', params: {}, idempotencyKey: 'large' };
  const parts = { door, operations, operationsKeptUs: 1e12, log: { write: () => undefined } };
  await requestOnce(parts, request, call);
  const record = await operations.update('large', (found) => ({ result: found as OperationRecord }));
  assert.ok(record.outcome.length < 100, String(record.outcome.length));
  assert.deepEqual(await requestOnce(parts, request, call), large);
  assert.deepEqual(methods, ['POST', 'GET']);
});

test('an item of a list is filled from the item of its id', () => {
  const first = { id: 'pi_1', client_secret: 'pi_1_secret_a' };
  const second = { id: 'pi_2', client_secret: 'pi_2_secret_b' };
  const stored = withoutSecrets({ id: 'sub_1', items: [first, second] });
  assert.deepEqual(withSecretsOf(stored, { id: 'sub_1', items: [second, first] })['items'], [first, second]);
  assert.deepEqual(withSecretsOf(stored, { id: 'sub_1', items: [second] })['items'], [
    { id: 'pi_1', client_secret: null },
    second,
  ]);
});

test('no column of a card that was issued is published with its number or its code', () => {
  const row = {
    Id: 'ic_1',
    CardCvc: '123',
    Cvc: '456',
    CardNumber: '4242424242424242',
    Number: 'INV-0001',
    Last4: '4242',
  };
  assert.deepEqual(publishable(row), {
    Id: 'ic_1',
    CardCvc: null,
    Cvc: null,
    CardNumber: '[redacted]',
    Number: 'INV-0001',
    Last4: '4242',
  });
});
