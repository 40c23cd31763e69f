/** The test kit: a whole call in a few lines. Its replies are those of https://docs.stripe.com/api/customers/create */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeStripeError, fakeStripe } from '../support/fake-stripe.ts';
import { createTestApp } from '../support/test-app.ts';

test('create sends the payload and returns the id', async () => {
  const app = createTestApp({ stripe: fakeStripe({ 'POST /v1/customers': { id: 'cus_1' } }) });
  const response = await app.post('/create-entity', { entity: 'Customer', connectorInputPayload: { Name: 'Jane' } });
  assert.deepEqual(response.body['connectorOutputPayload'], { Id: 'cus_1' });
  assert.deepEqual(app.stripe.requests, [{ method: 'POST', path: '/v1/customers', params: { name: 'Jane' } }]);
});

test('an action sends its idempotency key, and a repeated call replays the response', async () => {
  const app = createTestApp({ stripe: fakeStripe({ 'POST /v1/payment_intents/pi_1/confirm': { id: 'pi_1' } }) });
  const call = { operationId: 'order-1', connectorInputPayload: { PaymentIntentId: 'pi_1' } };
  const first = await app.post('/confirm-payment-intent', call);
  const second = await app.post('/confirm-payment-intent', call);
  assert.deepEqual([first.status, second.status], [200, 200]);
  assert.equal(second.headers['idempotent-replayed'], 'true');
  assert.equal(app.stripe.sent.length, 1);
  assert.ok(app.stripe.sent[0]?.idempotencyKey);
});

test('a Stripe error reaches the caller as an error of the connector', async () => {
  const declined = new FakeStripeError(402, { type: 'card_error', code: 'expired_card', message: 'It has expired.' });
  const app = createTestApp({ stripe: fakeStripe({ 'POST /v1/customers': declined }) });
  const { status, body } = await app.post('/create-entity', { entity: 'Customer', connectorInputPayload: {} });
  assert.equal(status, 400);
  assert.match(JSON.stringify(body), /"reason":"EXPIRED_CARD"/);
});

test('a request without a route gets the 404 of an unknown URL', async () => {
  const app = createTestApp({ stripe: fakeStripe({}) });
  const { status, body } = await app.post('/create-entity', { entity: 'Customer', connectorInputPayload: {} });
  assert.equal(status, 404);
  assert.match(JSON.stringify(body), /Unrecognized request URL \(POST: \/v1\/customers\)/);
});
