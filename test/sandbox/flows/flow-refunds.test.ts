/** Flows after a payment: refunds, disputes, fraud warnings, the balance. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from '../money/shop.ts';

const documented = inShop();

async function available({ stripe }: Shop): Promise<number> {
  const { available: sums } = await stripe.balance.retrieve();
  return sums.find(({ currency }) => currency === 'usd')?.amount ?? 0;
}

const disputeOf = async ({ stripe }: Shop, intent: Stripe.PaymentIntent): Promise<Stripe.Dispute> =>
  (await stripe.disputes.list({ payment_intent: intent.id })).data[0] as Stripe.Dispute;

documented('/refunds#issuing', 'flow: an order of two articles is refunded one by one', async (shop) => {
  const { stripe, pay, charge } = shop;
  const paid = await pay({ amount: 3000 });
  const first = await stripe.refunds.create({
    payment_intent: paid.id,
    amount: 1000,
    reason: 'requested_by_customer',
    metadata: { article: 'A' },
  });
  assert.deepEqual(
    [first.status, first.reason, first.charge],
    ['succeeded', 'requested_by_customer', paid.latest_charge],
  );
  let state = await charge(paid);
  assert.deepEqual([state.amount_refunded, state.refunded], [1000, false]);
  const rest = await stripe.refunds.create({ charge: state.id });
  assert.equal(rest.amount, 2000);
  state = await charge(paid);
  assert.deepEqual([state.amount_refunded, state.refunded, state.status], [3000, true, 'succeeded']);
  await rejected(stripe.refunds.create({ charge: state.id }), { code: 'charge_already_refunded', statusCode: 400 });
  const { data } = await stripe.refunds.list({ payment_intent: paid.id });
  assert.deepEqual(
    data.map((refund) => refund.id),
    [rest.id, first.id],
  );
  const changed = await stripe.refunds.update(first.id, { metadata: { article: '', note: 'done' } });
  assert.deepEqual(changed.metadata, { note: 'done' });
  const { refunds } = await stripe.charges.retrieve(state.id, { expand: ['refunds'] });
  assert.equal(refunds?.data.length, 2);
});

documented('/refunds#failed-refunds', 'flow: a refund that fails returns its money to the balance', async (shop) => {
  const { stripe, pay, pass } = shop;
  const paid = await pay({ amount: 2000, payment_method: 'pm_card_refundFail' });
  pass(3 * 86_400);
  const before = await available(shop);
  const refund = await stripe.refunds.create({ payment_intent: paid.id });
  assert.deepEqual([refund.status, await available(shop)], ['succeeded', before - 2000]);
  pass(5);
  const failed = await stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] });
  assert.equal(failed.status, 'failed');
  const back = failed.failure_balance_transaction as Stripe.BalanceTransaction;
  assert.deepEqual([back.type, back.amount, await available(shop)], ['refund_failure', 2000, before]);
  assert.equal((await stripe.events.list({ type: 'refund.failed' })).data.length, 1);
});

documented('/disputes/api', 'flow: a dispute is answered in two steps and won', async (shop) => {
  const { stripe, pay, pass } = shop;
  await pay({ amount: 50_000, payment_method: 'pm_card_bypassPending' });
  const before = await available(shop);
  const paid = await pay({ amount: 4000, payment_method: 'pm_card_createDispute' });
  const dispute = await disputeOf(shop, paid);
  assert.deepEqual(
    [dispute.status, dispute.amount, dispute.evidence_details.has_evidence],
    ['needs_response', 4000, false],
  );
  assert.equal(await available(shop), before - 4000 - 1500);
  const staged = await stripe.disputes.update(dispute.id, {
    evidence: { customer_name: 'Jane', product_description: 'Tea' },
    submit: false,
  });
  assert.deepEqual(
    [staged.status, staged.evidence_details.submission_count, staged.evidence.customer_name],
    ['needs_response', 0, 'Jane'],
  );
  const won = await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: 'winning_evidence' } });
  assert.deepEqual([won.status, won.evidence_details.submission_count], ['won', 1]);
  assert.equal(await available(shop), before);
  pass(1);
  const types = (await stripe.events.list({ limit: 50 })).data.map(({ type }) => type);
  for (const type of [
    'charge.dispute.created',
    'charge.dispute.funds_withdrawn',
    'charge.dispute.closed',
    'charge.dispute.funds_reinstated',
  ])
    assert.ok(types.includes(type as Stripe.Event['type']), type);
  await rejected(stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: 'x' } }), { statusCode: 400 });
});

documented(
  '/api/disputes/close',
  'flow: a dispute that is accepted is lost, and its charge is not refunded',
  async (shop) => {
    const { stripe, pay, charge } = shop;
    const paid = await pay({ payment_method: 'pm_card_createDisputeProductNotReceived' });
    const { id } = await disputeOf(shop, paid);
    assert.equal((await stripe.disputes.close(id)).status, 'lost');
    const state = await charge(paid);
    assert.deepEqual([state.disputed, state.refunded], [true, false]);
    await rejected(stripe.refunds.create({ payment_intent: paid.id }), { code: 'charge_disputed' });
  },
);

documented('/disputes/how-disputes-work#inquiries', 'flow: an inquiry is answered with a refund', async (shop) => {
  const { stripe, pay } = shop;
  const paid = await pay({ payment_method: 'pm_card_createDisputeInquiry' });
  const inquiry = await disputeOf(shop, paid);
  assert.deepEqual([inquiry.status, inquiry.is_charge_refundable], ['warning_needs_response', true]);
  await stripe.refunds.create({ payment_intent: paid.id });
  assert.equal((await stripe.disputes.retrieve(inquiry.id)).status, 'warning_closed');
});

documented(
  '/disputes/how-disputes-work#early-fraud-warnings',
  'flow: a fraud warning is answered with a refund',
  async (shop) => {
    const { stripe, pay } = shop;
    const paid = await pay({ payment_method: 'pm_card_createIssuerFraudRecord' });
    const list = { payment_intent: paid.id };
    const warning = (await stripe.radar.earlyFraudWarnings.list(list)).data[0] as Stripe.Radar.EarlyFraudWarning;
    assert.deepEqual([warning.charge, warning.actionable], [paid.latest_charge, true]);
    await stripe.refunds.create({ payment_intent: paid.id, reason: 'fraudulent' });
    assert.equal((await stripe.radar.earlyFraudWarnings.retrieve(warning.id)).actionable, false);
  },
);

documented(
  '/api/balance_transactions/list',
  'flow: the day is reconciled: every cent of the balance is explained',
  async (shop) => {
    const { stripe, pay, pass } = shop;
    await pay({ amount: 10_000 });
    const paid = await pay({ amount: 5000, payment_method: 'pm_card_bypassPending' });
    await stripe.refunds.create({ payment_intent: paid.id, amount: 500 });
    pass(2 * 86_400 + 60);
    await stripe.payouts.create({ amount: 1000, currency: 'usd' });
    let sum = 0;
    for await (const { net, fee, amount, status } of stripe.balanceTransactions.list({ limit: 100 })) {
      assert.deepEqual([net, status], [amount - fee, 'available']);
      sum += net;
    }
    assert.equal(sum, await available(shop));
    const refunds = await stripe.balanceTransactions.list({ type: 'refund', limit: 1 });
    assert.deepEqual(
      refunds.data.map(({ amount, reporting_category: category }) => [amount, category]),
      [[-500, 'refund']],
    );
  },
);

documented('/file-upload', 'flow: a receipt is uploaded and attached to a dispute', async (shop) => {
  const { stripe, pay } = shop;
  const { id } = await disputeOf(shop, await pay({ payment_method: 'pm_card_createDispute' }));
  const file = await stripe.files.create({
    purpose: 'dispute_evidence',
    file: { data: Buffer.from('%PDF-1.4'), name: 'receipt.pdf', type: 'application/pdf' },
  });
  assert.deepEqual([file.filename, file.type, file.size], ['receipt.pdf', 'pdf', 8]);
  const changed = await stripe.disputes.update(id, { evidence: { receipt: file.id }, submit: false });
  assert.equal(changed.evidence.receipt, file.id);
  await rejected(stripe.disputes.update(id, { evidence: { receipt: 'file_nope' } }), { statusCode: 400 });
});
