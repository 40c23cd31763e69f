/** What the record of an operation stores of Stripe's response: `operation_record`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { RECORD_BYTES } from '../../shared/cli/cost/model.ts';
import { toStoredOutcome } from '../../shared/idempotency/stored-outcome.ts';
import type { StripeObject, StripeRequest } from '../../shared/stripe/transport.ts';
import { fakeStripe } from '../support/fake-stripe.ts';
import { createTestApp } from '../support/test-app.ts';

const request = (method: 'POST' | 'DELETE', path: string): StripeRequest => ({ method, path, params: {} });
const CUSTOMER = { id: 'cus_1', object: 'customer', email: 'jane@example.com' };

/** A request, its response, and whether the id alone is stored with `operation_record = id`. */
const RESPONSES: readonly (readonly [what: string, StripeRequest, StripeObject, byId: boolean])[] = [
  ['a creation', request('POST', '/v1/customers'), CUSTOMER, true],
  ['an update', request('POST', '/v1/customers/cus_1'), CUSTOMER, true],
  ['an action', request('POST', '/v1/quotes/qt_1/accept'), { id: 'qt_1', object: 'quote' }, true],
  [
    'an object with a client secret, which a read returns again',
    request('POST', '/v1/payment_intents'),
    { id: 'pi_1', object: 'payment_intent', client_secret: 'pi_1_secret_x' },
    true,
  ],
  ['a deletion', request('DELETE', '/v1/customers/cus_1'), { id: 'cus_1', deleted: true }, false],
  [
    'a secret that Stripe shows once',
    request('POST', '/v1/webhook_endpoints'),
    { id: 'we_1', object: 'webhook_endpoint', secret: 'whsec_x' },
    false,
  ],
  ['an object without an id', request('POST', '/v1/account_links'), { object: 'account_link' }, false],
];

for (const [what, sent, body, byId] of RESPONSES)
  test(`${what} is stored ${byId ? 'by its id' : 'as a whole'} with operation_record = id, and as a whole without`, () => {
    const isWhole = (part: 'object' | 'id'): boolean => toStoredOutcome(sent, body, part).startsWith('{"whole":');
    assert.equal(isWhole('id'), !byId);
    assert.equal(isWhole('object'), true);
    assert.doesNotMatch(toStoredOutcome(sent, body, 'id'), /whsec_x|pi_1_secret/);
  });

for (const [part, status, isRead] of [
  ['object', 'requires_capture', false],
  ['id', 'succeeded', true],
] as const)
  test(`a repeat with operation_record = ${part} writes nothing, and returns the object as it ${isRead ? 'is' : 'was'}`, async () => {
    const payment = { id: 'pi_1', object: 'payment_intent' };
    const stripe = fakeStripe({
      'POST /v1/payment_intents/pi_1/confirm': { ...payment, status: 'requires_capture' },
      // Captured since then.
      'GET /v1/payment_intents/pi_1': { ...payment, status: 'succeeded' },
    });
    const app = createTestApp({ stripe, settings: { operation_record: part } });
    const call = { operationId: 'order-1', connectorInputPayload: { PaymentIntentId: 'pi_1' } };
    assert.match(JSON.stringify((await app.post('/confirm-payment-intent', call)).body), /requires_capture/);
    const { body, headers } = await app.post('/confirm-payment-intent', call);
    assert.equal(headers['idempotent-replayed'], 'true', JSON.stringify(body));
    assert.match(JSON.stringify(body), new RegExp(status));
    assert.deepEqual(
      stripe.sent.map(({ method }) => method),
      isRead ? ['POST', 'GET'] : ['POST'],
    );
  });

test('the sizes of the cost table hold the record of a payment', () => {
  const { answer } = JSON.parse(readFileSync('test/fixtures/golden/create-payment-intent.sdk.json', 'utf8')) as {
    answer: StripeObject;
  };
  // https://firebase.google.com/docs/firestore/storage-size: the names of the document and of 14 fields, the payload's
  // hash, a request id, eight numbers.
  const others = 450;
  for (const part of ['object', 'id'] as const) {
    const bytes = others + Buffer.byteLength(toStoredOutcome(request('POST', '/v1/payment_intents'), answer, part));
    assert.ok(bytes <= RECORD_BYTES[part], `${part}: ${bytes}`);
  }
});
