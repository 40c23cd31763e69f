/** Money: balance transactions, holds, refunds, disputes, payouts. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from './shop.ts';

const documented = inShop();

const DAY = 86_400;

async function balance({ stripe }: Shop): Promise<[available: number, pending: number]> {
  const { available, pending } = await stripe.balance.retrieve();
  const of = (part: typeof available): number => part.find(({ currency }) => currency === 'usd')?.amount ?? 0;
  return [of(available), of(pending)];
}

/** How a call moves available and pending dollars. */
async function moves(shop: Shop, call: () => Promise<unknown>): Promise<[number, number]> {
  const [available, pending] = await balance(shop);
  await call();
  const [laterAvailable, laterPending] = await balance(shop);
  return [laterAvailable - available, laterPending - pending];
}

const transactionOf = async ({ stripe }: Shop, id: unknown): Promise<Stripe.BalanceTransaction> =>
  stripe.balanceTransactions.retrieve(String(id));

const disputeOf = async ({ stripe, pay }: Shop, name: string): Promise<Stripe.Dispute> => {
  const paid = await pay({ payment_method: `pm_card_${name}` });
  const [dispute] = (await stripe.disputes.list({ payment_intent: paid.id })).data;
  assert.ok(dispute);
  return dispute;
};

documented(
  '/api/balance_transactions/object',
  'a charge of 10.00 has a transaction with its fee of 2.9 % and 30 cents, pending for two days',
  async (shop) => {
    const { balance_transaction: id } = await shop.charge(await shop.pay());
    const { amount, fee, net, status, type, reporting_category: category } = await transactionOf(shop, id);
    assert.deepEqual([amount, fee, net, status, type, category], [1000, 59, 941, 'pending', 'charge', 'charge']);
    shop.pass(2 * DAY);
    assert.equal((await transactionOf(shop, id)).status, 'available');
  },
);

documented(
  '/testing#available-balance',
  'pm_card_visa adds to the pending balance, pm_card_bypassPending to the available one',
  async (shop) => {
    assert.deepEqual(await moves(shop, () => shop.pay()), [0, 941]);
    assert.deepEqual(await moves(shop, () => shop.pay({ payment_method: 'pm_card_bypassPending' })), [941, 0]);
  },
);

documented(
  '/currencies/conversions',
  'a charge in another currency is converted into the one of the balance',
  async (shop) => {
    const { balance_transaction: id } = await shop.charge(await shop.pay({ currency: 'eur' }));
    const { amount, currency, exchange_rate: rate } = await transactionOf(shop, id);
    assert.deepEqual([currency, amount], ['usd', Math.round(1000 * (rate ?? 0))]);
  },
);

documented(
  '/payments/place-a-hold-on-a-payment-method',
  'a hold moves no money; its capture moves what is captured, once',
  async (shop) => {
    const held = await shop.pay({ capture_method: 'manual' });
    assert.equal((await shop.charge(held)).balance_transaction, null);
    const capture = (): Promise<unknown> => shop.stripe.paymentIntents.capture(held.id, { amount_to_capture: 600 });
    assert.deepEqual(await moves(shop, capture), [0, 600 - 47]);
    const { amount_captured: captured, amount_refunded: released } = await shop.charge(held);
    assert.deepEqual([captured, released], [600, 400]);
    await rejected(capture(), { code: 'payment_intent_unexpected_state' });
    await rejected(shop.stripe.refunds.create({ payment_intent: held.id, amount: 601 }), { statusCode: 400 });
  },
);

documented(
  '/payments/multicapture',
  'a card without multicapture has no captures but the final one',
  async ({ stripe, pay }) =>
    rejected(
      stripe.paymentIntents.capture((await pay({ capture_method: 'manual' })).id, {
        amount_to_capture: 100,
        final_capture: false,
      }),
      {
        statusCode: 400,
      },
    ),
);

documented('/api/payment_intents/cancel', 'a canceled hold is released', async (shop) => {
  const held = await shop.pay({ capture_method: 'manual' });
  assert.deepEqual(await moves(shop, () => shop.stripe.paymentIntents.cancel(held.id)), [0, 0]);
  assert.deepEqual([(await shop.charge(held)).refunded, (await shop.charge(held)).amount_captured], [true, 0]);
});

documented('/api/refunds/object', 'a refund has its transaction, and Stripe keeps the fee', async (shop) => {
  const paid = await shop.pay();
  const refund = await shop.stripe.refunds.create({ payment_intent: paid.id, amount: 400 });
  const { amount, fee, net, type } = await transactionOf(shop, refund.balance_transaction);
  assert.deepEqual([amount, fee, net, type], [-400, 0, -400, 'refund']);
});
documented(
  '/api/refunds/create#create_refund-amount',
  'amounts of zero, below it and above the charge are rejected; so is what was never captured',
  async ({ stripe, pay }) => {
    const paid = await pay();
    for (const amount of [0, -1, 1001])
      await rejected(stripe.refunds.create({ payment_intent: paid.id, amount }), { statusCode: 400 });
    const held = await pay({ capture_method: 'manual' });
    await rejected(stripe.refunds.create({ payment_intent: held.id }), { statusCode: 400 });
  },
);

documented('/testing#refunds', 'pm_card_pendingRefund: pending, then succeeded', async ({ stripe, pay, pass }) => {
  const paid = await pay({ payment_method: 'pm_card_pendingRefund' });
  const refund = await stripe.refunds.create({ payment_intent: paid.id });
  assert.equal(refund.status, 'pending');
  pass(5);
  assert.equal((await stripe.refunds.retrieve(refund.id)).status, 'succeeded');
  const [event] = (await stripe.events.list({ type: 'refund.updated', limit: 1 })).data;
  assert.equal((event?.data.object as Stripe.Refund).id, refund.id);
});
documented(
  '/refunds#failed-refunds',
  'pm_card_refundFail: succeeded, then failed, and the money is back',
  async (shop) => {
    const paid = await shop.pay({ payment_method: 'pm_card_refundFail' });
    const refund = await shop.stripe.refunds.create({ payment_intent: paid.id });
    assert.equal(refund.status, 'succeeded');
    const failed = await moves(shop, async () => shop.pass(5));
    assert.deepEqual(failed, [1000, 0]);
    const after = await shop.stripe.refunds.retrieve(refund.id);
    assert.equal(after.status, 'failed');
    assert.equal((await transactionOf(shop, after.failure_balance_transaction)).type, 'refund_failure');
    assert.equal((await shop.charge(paid)).refunded, false);
  },
);

documented('/api/refunds/cancel', 'a refund of a card cannot be canceled by the API', async ({ stripe, pay }) => {
  const refund = await stripe.refunds.create({ payment_intent: (await pay()).id });
  await rejected(stripe.refunds.cancel(refund.id), { statusCode: 400 });
});

const DISPUTES: readonly (readonly [string, string, string, number])[] = [
  ['createDispute', 'fraudulent', 'needs_response', -2500],
  ['createDisputeProductNotReceived', 'product_not_received', 'needs_response', -2500],
  ['createDisputeInquiry', 'fraudulent', 'warning_needs_response', 0],
  ['createCe3EligibleDispute', 'fraudulent', 'needs_response', -2500],
];

for (const [name, reason, status, net] of DISPUTES)
  documented('/testing#disputes', `pm_card_${name} is disputed as ${reason}, ${status}`, async (shop) => {
    const dispute = await disputeOf(shop, name);
    const moved = dispute.balance_transactions.reduce((sum, one) => sum + one.net, 0);
    assert.deepEqual([dispute.reason, dispute.status, moved], [reason, status, net]);
  });
for (const evidence of ['winning_evidence', 'losing_evidence'] as const)
  documented('/testing#evidence', `${evidence} decides a dispute, and its money`, async (shop) => {
    const { id } = await disputeOf(shop, 'createDispute');
    const submit = (): Promise<unknown> =>
      shop.stripe.disputes.update(id, { evidence: { uncategorized_text: evidence } });
    const won = evidence === 'winning_evidence';
    assert.deepEqual(await moves(shop, submit), [won ? 2500 : 0, 0]);
    assert.equal((await shop.stripe.disputes.retrieve(id)).status, won ? 'won' : 'lost');
    await rejected(shop.stripe.disputes.close(id), { statusCode: 400 });
  });
documented(
  '/error-codes#charge-disputed',
  'a disputed charge is not refunded, one with an inquiry is',
  async (shop) => {
    const { charge } = await disputeOf(shop, 'createDispute');
    await rejected(shop.stripe.refunds.create({ charge: String(charge) }), { code: 'charge_disputed' });
    const inquiry = await disputeOf(shop, 'createDisputeInquiry');
    await shop.stripe.refunds.create({ charge: String(inquiry.charge) });
    assert.equal((await shop.stripe.disputes.retrieve(inquiry.id)).status, 'warning_closed');
  },
);

documented(
  '/disputes/how-disputes-work#early-fraud-warnings',
  'pm_card_createIssuerFraudRecord brings a warning and no dispute',
  async ({ stripe, pay }) => {
    const paid = await pay({ payment_method: 'pm_card_createIssuerFraudRecord' });
    const { data } = await stripe.radar.earlyFraudWarnings.list({ payment_intent: paid.id });
    assert.deepEqual(
      data.map(({ charge, actionable }) => [charge, actionable]),
      [[paid.latest_charge, true]],
    );
    assert.equal((await stripe.disputes.list({ payment_intent: paid.id })).data.length, 0);
  },
);

documented('/api/payouts/create', 'a payout takes from the available balance, at most what is there', async (shop) => {
  await shop.pay({ payment_method: 'pm_card_bypassPending', amount: 50_000 });
  assert.deepEqual(await moves(shop, () => shop.stripe.payouts.create({ amount: 700, currency: 'usd' })), [-700, 0]);
  const [available] = await balance(shop);
  const payout = (amount: number): Promise<unknown> => shop.stripe.payouts.create({ amount, currency: 'usd' });
  await rejected(payout(available + 1), { code: 'balance_insufficient' });
  for (const amount of [0, -5]) await rejected(payout(amount), { statusCode: 400 });
});
documented(
  '/api/payouts/cancel',
  'a pending payout is canceled once, and the money is back; one that is paid is reversed',
  async (shop) => {
    await shop.pay({ payment_method: 'pm_card_bypassPending', amount: 50_000 });
    const payout = (): Promise<Stripe.Payout> => shop.stripe.payouts.create({ amount: 300, currency: 'usd' });
    const first = await payout();
    assert.equal(first.status, 'pending');
    assert.deepEqual(await moves(shop, () => shop.stripe.payouts.cancel(first.id)), [300, 0]);
    await rejected(shop.stripe.payouts.cancel(first.id), { statusCode: 400 });
    const second = await payout();
    shop.pass(3 * DAY);
    assert.equal((await shop.stripe.payouts.retrieve(second.id)).status, 'paid');
    const reversal = await shop.stripe.payouts.reverse(second.id);
    assert.deepEqual([reversal.amount, reversal.original_payout], [-300, second.id]);
  },
);

documented('/connect/top-ups', 'a top-up is pending, then adds to the available balance', async (shop) => {
  const topup = await shop.stripe.topups.create({ amount: 2000, currency: 'usd' });
  assert.equal(topup.status, 'pending');
  assert.deepEqual(await moves(shop, async () => shop.pass(5)), [2000, 0]);
  assert.equal((await shop.stripe.topups.retrieve(topup.id)).status, 'succeeded');
});
