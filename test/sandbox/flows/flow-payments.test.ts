/** Flows of a shop: holds, saved cards, authentication, retries, amounts. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop } from '../money/shop.ts';

const documented = inShop();

const RETURN = { return_url: 'https://example.com/done' };

/** The customer uses the page that `next_action` names. */
async function authenticate(intent: Stripe.PaymentIntent | Stripe.SetupIntent, outcome = 'succeed'): Promise<void> {
  const url = String(intent.next_action?.redirect_to_url?.url);
  await fetch(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' });
}

documented('/payments/place-a-hold-on-a-payment-method', 'flow: a hotel holds 100 and captures 75.50', async (shop) => {
  const { stripe, pay, charge } = shop;
  const held = await pay({ amount: 10_000, capture_method: 'manual' });
  assert.deepEqual([held.status, held.amount_capturable, held.amount_received], ['requires_capture', 10_000, 0]);
  assert.equal((await charge(held)).balance_transaction, null);
  await rejected(stripe.paymentIntents.capture(held.id, { amount_to_capture: 10_001 }), { code: 'amount_too_large' });
  const paid = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 7550, metadata: { room: '12' } });
  assert.deepEqual(
    [paid.status, paid.amount_received, paid.amount_capturable, paid.metadata['room']],
    ['succeeded', 7550, 0, '12'],
  );
  const captured = await charge(paid);
  assert.deepEqual([captured.amount, captured.amount_captured, captured.refunded], [10_000, 7550, false]);
  const transaction = await stripe.balanceTransactions.retrieve(String(captured.balance_transaction));
  assert.deepEqual([transaction.amount, transaction.type, transaction.source], [7550, 'charge', captured.id]);
});

documented('/payments/save-during-payment', 'flow: a card is saved with a payment and charged later', async (shop) => {
  const { stripe, pay, customer } = shop;
  const id = await customer();
  const first = await pay({ customer: id, setup_future_usage: 'off_session' });
  const { data } = await stripe.customers.listPaymentMethods(id, { type: 'card' });
  assert.deepEqual(
    data.map((method) => method.id),
    [first.payment_method],
  );
  const later = await pay({ customer: id, payment_method: data[0]?.id, off_session: true });
  assert.equal(later.status, 'succeeded');
});

documented(
  '/payments/save-and-reuse#charge-saved-payment-method',
  'flow: an off-session payment that needs authentication is recovered on session',
  async ({ stripe, pay, customer }) => {
    const id = await customer();
    const setup = await stripe.setupIntents.create({
      customer: id,
      payment_method: 'pm_card_authenticationRequired',
      confirm: true,
      ...RETURN,
    });
    assert.equal(setup.status, 'requires_action');
    await authenticate(setup);
    const saved = await stripe.setupIntents.retrieve(setup.id);
    assert.equal(saved.status, 'succeeded');
    const error = await rejected(
      pay({ customer: id, payment_method: String(saved.payment_method), off_session: true }),
      { statusCode: 402, code: 'authentication_required', rawType: 'card_error' },
    );
    const failed = error['payment_intent'] as Stripe.PaymentIntent;
    assert.deepEqual(
      [failed.status, failed.last_payment_error?.payment_method?.id],
      ['requires_payment_method', saved.payment_method],
    );
    const again = await stripe.paymentIntents.confirm(failed.id, {
      payment_method: String(saved.payment_method),
      ...RETURN,
    });
    await authenticate(again);
    assert.equal((await stripe.paymentIntents.retrieve(failed.id)).status, 'succeeded');
  },
);

documented(
  '/payments/accept-a-payment-synchronously',
  'flow: with manual confirmation the server confirms twice',
  async ({ stripe }) => {
    const waiting = await stripe.paymentIntents.create({
      amount: 2000,
      currency: 'eur',
      payment_method: 'pm_card_threeDSecure2Required',
      confirmation_method: 'manual',
      confirm: true,
      ...RETURN,
    });
    await authenticate(waiting);
    const back = await stripe.paymentIntents.retrieve(waiting.id);
    assert.equal(back.status, 'requires_confirmation');
    assert.equal((await stripe.paymentIntents.confirm(waiting.id, RETURN)).status, 'succeeded');
  },
);

documented(
  '/payments/paymentintents/lifecycle',
  'flow: a declined payment is retried on the same intent',
  async (shop) => {
    const { stripe, intent } = shop;
    const made = await intent({ metadata: { order: '6735' } });
    assert.deepEqual(
      [made.status, made.client_secret?.startsWith(`${made.id}_secret_`)],
      ['requires_payment_method', true],
    );
    await rejected(
      stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_visa_chargeDeclinedInsufficientFunds' }),
      { code: 'card_declined', decline_code: 'insufficient_funds' },
    );
    await stripe.paymentIntents.update(made.id, { amount: 900, metadata: { attempt: '2' } });
    const paid = await stripe.paymentIntents.confirm(made.id, { payment_method: 'pm_card_mastercard' });
    assert.deepEqual(
      [paid.status, paid.amount, paid.last_payment_error, paid.metadata],
      ['succeeded', 900, null, { attempt: '2', order: '6735' }],
    );
    const { data } = await stripe.charges.list({ payment_intent: made.id });
    assert.deepEqual(
      data.map((charge) => [charge.status, charge.amount, charge.failure_code]),
      [
        ['succeeded', 900, null],
        ['failed', 1000, 'card_declined'],
      ],
    );
  },
);

documented('/api/payment_intents/cancel', 'flow: an abandoned cart is canceled with its reason, once', async (shop) => {
  const { id } = await shop.intent();
  const canceled = await shop.stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' });
  assert.deepEqual([canceled.status, canceled.cancellation_reason], ['canceled', 'abandoned']);
  assert.ok(Number(canceled.canceled_at) > 0);
  await rejected(shop.stripe.paymentIntents.cancel(id), { code: 'payment_intent_unexpected_state', statusCode: 400 });
  await rejected(shop.stripe.paymentIntents.update(id, { amount: 500 }), { code: 'payment_intent_unexpected_state' });
});

documented(
  '/payments/payment-intents/confirmation-tokens',
  'flow: a confirmation token pays and saves the card',
  async (shop) => {
    const { stripe, customer } = shop;
    const id = await customer();
    const token = await stripe.testHelpers.confirmationTokens.create({
      payment_method: 'pm_card_visa',
      setup_future_usage: 'off_session',
      ...RETURN,
    });
    const paid = await stripe.paymentIntents.create({
      amount: 1500,
      currency: 'usd',
      customer: id,
      confirm: true,
      confirmation_token: token.id,
    });
    assert.equal(paid.status, 'succeeded');
    const used = await stripe.confirmationTokens.retrieve(token.id);
    assert.equal(used.payment_intent, paid.id);
    assert.equal((await stripe.customers.listPaymentMethods(id)).data.length, 1);
  },
);

documented('/currencies#zero-decimal', 'flow: 500 yen are paid and refunded in part', async ({ stripe, pay }) => {
  const { id } = await pay({ amount: 500, currency: 'jpy' });
  const refund = await stripe.refunds.create({ payment_intent: id, amount: 200 });
  assert.deepEqual([refund.amount, refund.currency], [200, 'jpy']);
  await rejected(stripe.refunds.create({ payment_intent: id, amount: 400 }), { message: /\(¥400\).*\(¥300\)/ });
});

documented(
  '/api/payment_intents/list',
  'flow: the payments of a customer are paged with their charges',
  async (shop) => {
    const { stripe, pay, customer } = shop;
    const id = await customer();
    for (let count = 0; count < 3; count += 1) await pay({ customer: id, amount: 100 + count });
    const seen: [number, string][] = [];
    for await (const one of stripe.paymentIntents.list({
      customer: id,
      limit: 1,
      expand: ['data.latest_charge.balance_transaction', 'data.customer'],
    })) {
      const charge = one.latest_charge as Stripe.Charge;
      const transaction = charge.balance_transaction as Stripe.BalanceTransaction;
      assert.equal((one.customer as Stripe.Customer).id, id);
      seen.push([one.amount, transaction.type]);
    }
    assert.deepEqual(seen, [
      [102, 'charge'],
      [101, 'charge'],
      [100, 'charge'],
    ]);
  },
);
