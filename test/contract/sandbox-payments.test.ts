/** Payments in the sandbox, through Stripe's SDK: confirmation, capture, 3-D Secure, declines, payment methods, refunds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import Stripe from 'stripe';
import { stripe, says, customer, intent } from './sandbox-client.ts';

const visa = (): Promise<Stripe.PaymentMethod> =>
  stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } });

test('a payment intent walks from no method to success', async () => {
  const made = await intent();
  assert.equal(made.status, 'requires_payment_method');
  assert.match(made.client_secret ?? '', new RegExp(`^${made.id}_secret_`));
  await assert.rejects(
    stripe.paymentIntents.confirm(made.id),
    says({ code: 'payment_intent_unexpected_state', message: /missing a payment method/, statusCode: 400 }),
  );
  assert.equal(
    (await stripe.paymentIntents.update(made.id, { payment_method: 'pm_card_visa' })).status,
    'requires_confirmation',
  );
  const paid = await stripe.paymentIntents.confirm(made.id);
  assert.deepEqual([paid.status, paid.amount_received], ['succeeded', 1500]);
  await assert.rejects(
    stripe.paymentIntents.confirm(made.id),
    says({
      message:
        'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
    }),
  );
  await assert.rejects(
    stripe.paymentIntents.cancel(made.id),
    says({
      message:
        /You cannot cancel this PaymentIntent because it has a status of succeeded\. Only a PaymentIntent with one of the following statuses may be canceled: requires_payment_method, requires_capture/,
    }),
  );
});

test('manual capture holds, captures at most what it holds, once', async () => {
  const held = await intent({ capture_method: 'manual', confirm: true, payment_method: 'pm_card_visa' });
  assert.deepEqual([held.status, held.amount_capturable], ['requires_capture', 1500]);
  await assert.rejects(
    stripe.paymentIntents.capture(held.id, { amount_to_capture: 1501 }),
    says({ code: 'amount_too_large' }),
  );
  const captured = await stripe.paymentIntents.capture(held.id, { amount_to_capture: 1000 });
  assert.deepEqual([captured.status, captured.amount_received], ['succeeded', 1000]);
  await assert.rejects(
    stripe.paymentIntents.capture(held.id),
    says({ message: 'This PaymentIntent could not be captured because it has already been captured.' }),
  );
  await assert.rejects(
    stripe.paymentIntents.capture((await intent()).id),
    says({
      message:
        /has a status of requires_payment_method\. Only a PaymentIntent with one of the following statuses may be captured: requires_capture/,
    }),
  );
});

test('a cancellation is final', async () => {
  const canceled = await stripe.paymentIntents.cancel((await intent()).id, { cancellation_reason: 'abandoned' });
  assert.deepEqual([canceled.status, canceled.cancellation_reason], ['canceled', 'abandoned']);
  assert.ok(canceled.canceled_at);
  await assert.rejects(stripe.paymentIntents.cancel(canceled.id), says({ message: /has a status of canceled/ }));
});

// https://docs.stripe.com/payments/3d-secure/authentication-flow
test('a 3-D Secure card waits for its customer, who accepts or fails on the page of the issuer', async () => {
  const customerChooses = async (outcome: string): Promise<Stripe.PaymentIntent> => {
    const asked = await stripe.paymentIntents.create({
      amount: 1500,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_authenticationRequired',
      return_url: 'https://example.com/back',
    });
    assert.deepEqual([asked.status, asked.next_action?.type], ['requires_action', 'redirect_to_url']);
    assert.equal(
      (await stripe.paymentIntents.confirm(asked.id, { return_url: 'https://example.com/back' })).status,
      'requires_action',
    );
    const url = asked.next_action?.redirect_to_url?.url ?? '';
    assert.match(await (await fetch(url)).text(), /Complete authentication/);
    const chosen = await fetch(url, { method: 'POST', body: new URLSearchParams({ outcome }), redirect: 'manual' });
    assert.match(
      chosen.headers.get('location') ?? '',
      new RegExp(`^https://example.com/back\\?payment_intent=${asked.id}&`),
    );
    return stripe.paymentIntents.retrieve(asked.id);
  };
  assert.equal((await customerChooses('succeed')).status, 'succeeded');
  const failed = await customerChooses('fail');
  assert.deepEqual(
    [failed.status, failed.last_payment_error?.code],
    ['requires_payment_method', 'payment_intent_authentication_failure'],
  );
});

test('a decline is a 402 with its code, and the intent remembers it', async () => {
  const made = await intent({ payment_method: 'pm_card_visa_chargeDeclined' });
  await assert.rejects(
    stripe.paymentIntents.confirm(made.id),
    says({
      statusCode: 402,
      rawType: 'card_error',
      code: 'card_declined',
      decline_code: 'generic_decline',
      message: 'Your card was declined.',
    }),
  );
  const after = await stripe.paymentIntents.retrieve(made.id);
  assert.deepEqual(
    [after.status, after.last_payment_error?.code, after.payment_method],
    ['requires_payment_method', 'card_declined', null],
  );
});

test('a real card number is refused, a test one is taken', async () => {
  await assert.rejects(
    stripe.paymentMethods.create({
      type: 'card',
      card: { number: '4111111111111111', exp_month: 1, exp_year: 2040, cvc: '123' },
    }),
    says({ statusCode: 402, decline_code: 'test_mode_live_card' }),
  );
  assert.equal(
    (
      await stripe.paymentMethods.create({
        type: 'card',
        card: { number: '4242424242424242', exp_month: 1, exp_year: 2040, cvc: '123' },
      })
    ).card?.last4,
    '4242',
  );
});

test('attach and detach: attached once, detached permanently', async () => {
  const [one, other, method] = [await customer(), await customer(), await visa()];
  assert.equal((await stripe.paymentMethods.attach(method.id, { customer: one.id })).customer, one.id);
  await assert.rejects(
    stripe.paymentMethods.attach(method.id, { customer: other.id }),
    says({ message: 'The payment method you provided has already been attached to a customer.' }),
  );
  assert.equal((await stripe.paymentMethods.detach(method.id)).customer, null);
  await assert.rejects(
    stripe.paymentMethods.attach(method.id, { customer: one.id }),
    says({ message: /was detached from a Customer\. It may not be used again/ }),
  );
  await assert.rejects(
    intent({ payment_method: method.id, confirm: true }),
    says({ message: /It may not be used again/ }),
  );
  await assert.rejects(
    stripe.paymentMethods.detach(method.id),
    says({ message: 'The payment method you provided is not attached to a customer so detachment is impossible.' }),
  );
  await assert.rejects(
    stripe.paymentMethods.attach('pm_card_visa_chargeDeclined', { customer: one.id }),
    says({ code: 'card_declined' }),
  );
});

test('a refund gives back at most what was paid', async () => {
  const paid = await intent({ confirm: true, payment_method: 'pm_card_visa' });
  assert.equal((await stripe.refunds.create({ payment_intent: paid.id, amount: 500 })).status, 'succeeded');
  await assert.rejects(
    stripe.refunds.create({ payment_intent: paid.id, amount: 1001 }),
    says({ message: /greater than unrefunded amount/ }),
  );
  await stripe.refunds.create({ payment_intent: paid.id });
  await assert.rejects(stripe.refunds.create({ payment_intent: paid.id }), says({ code: 'charge_already_refunded' }));
});
