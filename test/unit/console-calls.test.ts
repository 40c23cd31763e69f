/** What the console knows of calls: their number by outcome, and the object that each operation wrote or left. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CallCounts } from '../../shared/stripe/activity/call-counts.ts';
import { withConsole } from '../support/console.ts';
import { FakeStripeError, fakeStripe } from '../support/fake-stripe.ts';
import { LOST } from '../support/stripe-results.ts';

// https://docs.stripe.com/api/errors: a card error of a confirmation has its `payment_intent`.
const DECLINED = new FakeStripeError(402, {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'generic_decline',
  message: 'Your card was declined.',
  payment_intent: { id: 'pi_left1', object: 'payment_intent', status: 'requires_payment_method' },
});

const PAYMENT = { entity: 'PaymentIntent', connectorInputPayload: { Amount: 1500, Currency: 'usd' } };

interface Listed {
  readonly operationId: string;
  readonly object: object | null;
}

test('calls are counted by outcome, apart from the requests that they need', () => {
  const stripe = fakeStripe(({ method }) =>
    method === 'POST' ? LOST : { object: 'list', data: [], has_more: false, url: '/v1/customers' },
  );
  return withConsole({ stripe, settings: { deadline_ms: 1000, max_wait_ms: 500 } }, async ({ get, post }) => {
    await post('/run/list-entities', { entity: 'Customer' });
    await post('/run/list-entities', { entity: 'Nope' });
    await post('/run/create-entity', { entity: 'Customer', connectorInputPayload: {} });
    const { callsToday, today } = (await get('/console/limiter')).body as {
      callsToday: Record<string, number>;
      today: { sent: number };
    };
    const { day: _day, ...calls } = callsToday;
    assert.deepEqual(calls, { succeeded: 1, failed: 1, rejected: 0, unknown: 1 });
    // The unknown entity needed no request, the lost write more than one.
    assert.ok(today.sent > 2, `${today.sent} requests`);
  });
});

test('a call without a permit is counted as rejected', () =>
  withConsole({ settings: { max_wait_ms: 0, min_nodes: 1, max_nodes: 1 } }, async ({ get, post }) => {
    await Promise.all(Array.from({ length: 30 }, () => post('/run/get-entity', { entity: 'Balance' })));
    const { callsToday } = (await get('/console/limiter')).body as { callsToday: Record<string, number> };
    assert.ok(Number(callsToday['rejected']) > 0, JSON.stringify(callsToday));
    assert.equal(Number(callsToday['rejected']) + Number(callsToday['succeeded']), 30);
  }));

test('the counts begin again each day', () => {
  const counts = new CallCounts();
  counts.add(10_000, 'succeeded');
  counts.add(11_000, 'failed');
  assert.deepEqual(counts.totalsOfDay(12_000), { day: 0, succeeded: 1, failed: 1, rejected: 0, unknown: 0 });
  assert.equal(counts.totalsOfDay(86_400_000).succeeded, 0);
});

test('an operation is listed with the object that it wrote and its amount', () => {
  const stripe = fakeStripe(() => ({ id: 'pi_1', object: 'payment_intent', amount: 1500, currency: 'usd' }));
  return withConsole({ stripe }, async ({ get, post }) => {
    assert.equal((await post('/run/create-entity', { ...PAYMENT, operationId: 'paid-1' })).status, 200);
    const { operations } = (await get('/console/operations')).body as unknown as { operations: readonly Listed[] };
    assert.deepEqual(
      operations.map(({ operationId, object }) => [operationId, object]),
      [['paid-1', { id: 'pi_1', amount: 1500, currency: 'usd' }]],
    );
  });
});

test('a declined payment names what it left at Stripe, in its error and in the list', () =>
  withConsole({ stripe: fakeStripe(() => DECLINED) }, async ({ get, post }) => {
    const { body } = await post('/run/create-entity', { ...PAYMENT, operationId: 'declined-1' });
    const { error } = body as { error: { details: [{ metadata: Record<string, string> }] } };
    assert.equal(error.details[0].metadata['objectId'], 'pi_left1');
    const { object } = (await get('/console/operations/declined-1')).body as unknown as Listed;
    assert.deepEqual(object, { id: 'pi_left1' });
  }));
