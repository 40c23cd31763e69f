/** Flows of a platform: onboarding, destination charges, transfers, direct charges, payouts. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from '../money/shop.ts';

const documented = inShop();

/** Seconds after which a charge is certainly available. It is after two days. */
const SETTLING_SECONDS = 3 * 86_400;

async function seller({ stripe }: Shop, more: object = {}): Promise<Stripe.Account> {
  return stripe.accounts.create({
    type: 'custom',
    country: 'US',
    email: 'seller@example.com',
    capabilities: { card_payments: { requested: true }, transfers: { requested: true } },
    external_account: 'btok_us_verified',
    ...more,
  });
}

async function availableAndPending({ stripe }: Shop, options: Stripe.RequestOptions = {}): Promise<[number, number]> {
  const balance = await stripe.balance.retrieve({}, options);
  const usd = (list: Stripe.Balance.Available[]): number =>
    list.find(({ currency }) => currency === 'usd')?.amount ?? 0;
  return [usd(balance.available), usd(balance.pending)];
}

documented(
  '/connect/onboarding/quickstart',
  'flow: a seller is onboarded with a link and capabilities',
  async (shop) => {
    const { stripe } = shop;
    const account = await stripe.accounts.create({ controller: { fees: { payer: 'application' } }, country: 'DE' });
    assert.deepEqual([account.default_currency, account.charges_enabled], ['eur', false]);
    const link = await stripe.accountLinks.create({
      account: account.id,
      type: 'account_onboarding',
      refresh_url: 'https://example.com/again',
      return_url: 'https://example.com/done',
    });
    assert.match(link.url, /^https?:/);
    const before = await stripe.accounts.retrieveCapability(account.id, 'card_payments');
    assert.deepEqual([before.requested, before.status], [false, 'unrequested']);
    const capability = await stripe.accounts.updateCapability(account.id, 'card_payments', { requested: true });
    assert.deepEqual([capability.requested, capability.status, capability.account], [true, 'active', account.id]);
    assert.equal((await stripe.accounts.retrieve(account.id)).charges_enabled, true);
    const { data } = await stripe.accounts.listCapabilities(account.id);
    assert.deepEqual(
      data.map(({ id }) => id),
      ['card_payments'],
    );
    await rejected(stripe.accounts.retrieveCapability(account.id, 'nope'), {
      statusCode: 404,
      code: 'resource_missing',
    });
  },
);

documented(
  '/connect/testing',
  'flow: a website that fails its verification keeps the capability inactive',
  async (shop) => {
    const { stripe } = shop;
    const url = 'https://inaccessible.stripe.com';
    const { id, capabilities, requirements } = await seller(shop, { business_profile: { url } });
    assert.deepEqual([capabilities?.card_payments, capabilities?.transfers], ['inactive', 'inactive']);
    assert.deepEqual(
      requirements?.errors?.map(({ code, requirement }) => [code, requirement]),
      [['invalid_url_website_inaccessible', 'business_profile.url']],
    );
    const changed = await stripe.accounts.update(id, { business_profile: { url: 'https://accessible.stripe.com' } });
    assert.deepEqual([changed.capabilities?.transfers, changed.requirements?.currently_due], ['active', []]);
  },
);

documented('/connect/destination-charges', 'flow: a marketplace keeps 10 % of a destination charge', async (shop) => {
  const { stripe, pay, charge } = shop;
  const { id } = await seller(shop);
  const [available, pending] = await availableAndPending(shop);
  const paid = await pay({ amount: 10_000, application_fee_amount: 1000, transfer_data: { destination: id } });
  const made = await charge(paid);
  const transfer = await stripe.transfers.retrieve(String(made.transfer), { expand: ['destination_payment'] }, {});
  assert.deepEqual([transfer.amount, transfer.destination, transfer.source_transaction], [10_000, id, made.id]);
  const fee = await stripe.applicationFees.retrieve(String(made.application_fee));
  assert.deepEqual([fee.amount, fee.account, fee.refunded], [1000, id, false]);
  // The platform pays Stripe's fee of 3.20 out of its 10.00.
  assert.deepEqual(await availableAndPending(shop), [available, pending + 1000 - 320]);
  assert.deepEqual(await availableAndPending(shop, { stripeAccount: id }), [0, 9000]);
  await stripe.refunds.create({ payment_intent: paid.id, reverse_transfer: true, refund_application_fee: true });
  assert.equal((await stripe.transfers.retrieve(transfer.id)).reversed, true);
  assert.equal((await stripe.applicationFees.retrieve(fee.id)).refunded, true);
});

documented(
  '/connect/separate-charges-and-transfers',
  'flow: one charge is shared between two sellers',
  async (shop) => {
    const { stripe, pay } = shop;
    const [first, second] = [await seller(shop), await seller(shop)];
    const paid = await pay({ amount: 10_000, transfer_group: 'ORDER10' });
    const send = (amount: number, destination: string): Promise<Stripe.Transfer> =>
      stripe.transfers.create({
        amount,
        currency: 'usd',
        destination,
        transfer_group: 'ORDER10',
        source_transaction: String(paid.latest_charge),
      });
    const sent = await send(7000, first.id);
    await send(2000, second.id);
    await rejected(send(2000, second.id), { statusCode: 400 });
    const { data } = await stripe.transfers.list({ transfer_group: 'ORDER10' });
    assert.deepEqual(
      data.map(({ amount }) => amount),
      [2000, 7000],
    );
    const reversal = await stripe.transfers.createReversal(sent.id, { amount: 500 });
    assert.deepEqual([reversal.amount, reversal.transfer], [500, sent.id]);
    const after = await stripe.transfers.retrieve(sent.id);
    assert.deepEqual([after.amount_reversed, after.reversed, after.reversals.data.length], [500, false, 1]);
  },
);

documented('/connect/direct-charges', 'flow: a direct charge belongs to the account, minus the fee', async (shop) => {
  const { stripe, pay } = shop;
  const { id } = await seller(shop);
  const options = { stripeAccount: id };
  const paid = await pay({ amount: 10_000, application_fee_amount: 123 }, options);
  await rejected(stripe.paymentIntents.retrieve(paid.id), { statusCode: 404 });
  const charge = await stripe.charges.retrieve(
    String(paid.latest_charge),
    { expand: ['balance_transaction'] },
    options,
  );
  const transaction = charge.balance_transaction as Stripe.BalanceTransaction;
  assert.deepEqual(
    [transaction.fee, transaction.net, transaction.fee_details.map(({ type }) => type).sort()],
    [443, 9557, ['application_fee', 'stripe_fee']],
  );
  const { data } = await stripe.applicationFees.list({ charge: charge.id });
  assert.deepEqual([data.length, data[0]?.amount], [1, 123]);
  const refund = await stripe.applicationFees.createRefund(String(data[0]?.id), { amount: 100 });
  assert.deepEqual([refund.amount, refund.fee], [100, data[0]?.id]);
  await rejected(stripe.applicationFees.createRefund(String(data[0]?.id), { amount: 24 }), { statusCode: 400 });
});

for (const [token, code] of [
  ['btok_us_verified', null],
  ['btok_us_verified_accountClosed', 'account_closed'],
] as const)
  documented('/connect/testing#payouts', `flow: a seller is paid out to ${token}: ${code ?? 'paid'}`, async (shop) => {
    const { stripe, pay, pass } = shop;
    const { id, external_accounts: banks } = await seller(shop, { external_account: token });
    const options = { stripeAccount: id };
    await pay({ amount: 20_000 }, options);
    await rejected(stripe.payouts.create({ amount: 100, currency: 'usd' }, options), { code: 'balance_insufficient' });
    pass(SETTLING_SECONDS);
    const [before] = await availableAndPending(shop, options);
    const payout = await stripe.payouts.create({ amount: 15_000, currency: 'usd' }, options);
    assert.deepEqual([payout.status, payout.destination], ['pending', banks?.data[0]?.id]);
    assert.deepEqual(await availableAndPending(shop, options), [before - 15_000, 0]);
    pass(SETTLING_SECONDS);
    const ended = await stripe.payouts.retrieve(payout.id, {}, options);
    assert.deepEqual([ended.status, ended.failure_code], [code === null ? 'paid' : 'failed', code]);
    assert.deepEqual(await availableAndPending(shop, options), [code === null ? before - 15_000 : before, 0]);
    const types = (await stripe.events.list({ type: 'payout.*' }, options)).data.map(({ type }) => type);
    assert.ok(types.includes(code === null ? 'payout.paid' : 'payout.failed'));
  });

documented('/api/account/delete', 'flow: a seller is rejected, and another one deleted', async (shop) => {
  const { stripe } = shop;
  const { id } = await seller(shop);
  const rejectedAccount = await stripe.accounts.reject(id, { reason: 'fraud_other' });
  assert.deepEqual([rejectedAccount.charges_enabled, rejectedAccount.payouts_enabled], [false, false]);
  const other = await seller(shop);
  assert.equal((await stripe.accounts.del(other.id)).deleted, true);
  await rejected(stripe.transfers.create({ amount: 100, currency: 'usd', destination: other.id }), { statusCode: 400 });
});

documented('/connect/top-ups', 'flow: a platform adds a top-up to its balance', async (shop) => {
  const { stripe, pass } = shop;
  const [before] = await availableAndPending(shop);
  const topup = await stripe.topups.create({ amount: 2000, currency: 'usd', description: 'week 48' });
  assert.equal(topup.status, 'pending');
  pass(10);
  assert.equal((await stripe.topups.retrieve(topup.id)).status, 'succeeded');
  assert.deepEqual((await availableAndPending(shop))[0], before + 2000);
});
