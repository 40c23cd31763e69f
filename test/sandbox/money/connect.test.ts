/** Connect: capabilities, fees, destination charges, transfers. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from './shop.ts';

const documented = inShop();

const account = async ({ stripe }: Shop): Promise<string> =>
  (await stripe.accounts.create({ type: 'custom', country: 'US', capabilities: { transfers: { requested: true } } }))
    .id;

/** Returns the whole balance of an account in cents, available and pending. */
async function wholeBalance({ stripe }: Shop, id: string): Promise<number> {
  const { available, pending } = await stripe.balance.retrieve({}, { stripeAccount: id });
  return [...available, ...pending].reduce((sum, { amount }) => sum + amount, 0);
}

documented(
  '/connect/account-capabilities',
  'only an account with the capability `transfers` can receive transfers',
  async ({ stripe, pay }) => {
    const { id, capabilities } = await stripe.accounts.create({ type: 'custom', country: 'US' });
    assert.deepEqual(capabilities, {});
    const facts = { code: 'insufficient_capabilities_for_transfer' };
    await rejected(pay({ transfer_data: { destination: id } }), facts);
    const changed = await stripe.accounts.update(id, { capabilities: { transfers: { requested: true } } });
    assert.equal(changed.capabilities?.transfers, 'active');
    await rejected(pay({ transfer_data: { destination: 'acct_none' } }), { code: 'resource_missing' });
  },
);

documented(
  '/connect/destination-charges#application-fee',
  'a destination charge transfers the whole amount and takes the application fee from it',
  async (shop) => {
    const id = await account(shop);
    const paid = await shop.pay({ application_fee_amount: 123, transfer_data: { destination: id } });
    assert.equal(await wholeBalance(shop, id), 877);
    const charge = await shop.charge(paid);
    const transfer = await shop.stripe.transfers.retrieve(String(charge.transfer));
    assert.deepEqual([transfer.amount, transfer.destination, transfer.source_transaction], [1000, id, charge.id]);
    const fee = await shop.stripe.applicationFees.retrieve(String(charge.application_fee));
    assert.deepEqual([fee.amount, fee.account, fee.originating_transaction], [123, id, charge.id]);
  },
);

documented(
  '/connect/destination-charges#transfer-amount',
  '`transfer_data[amount]` is what the account receives, and cannot be combined with a fee',
  async (shop) => {
    const id = await account(shop);
    await shop.pay({ transfer_data: { destination: id, amount: 877 } });
    assert.equal(await wholeBalance(shop, id), 877);
    await rejected(shop.pay({ application_fee_amount: 1, transfer_data: { destination: id, amount: 1 } }), {
      statusCode: 400,
    });
    await rejected(shop.pay({ application_fee_amount: 1001, transfer_data: { destination: id } }), {
      statusCode: 400,
    });
    await rejected(shop.pay({ application_fee_amount: 10 }), { param: 'application_fee_amount' });
  },
);

documented(
  '/connect/destination-charges#issue-refunds',
  "a refund reduces the platform's balance, unless it reverses the transfer and refunds the fee",
  async (shop) => {
    const id = await account(shop);
    const pay = (): Promise<Stripe.PaymentIntent> =>
      shop.pay({ application_fee_amount: 100, transfer_data: { destination: id } });
    await shop.stripe.refunds.create({ payment_intent: (await pay()).id });
    assert.equal(await wholeBalance(shop, id), 900);
    const refund = await shop.stripe.refunds.create({
      payment_intent: (await pay()).id,
      amount: 500,
      reverse_transfer: true,
      refund_application_fee: true,
    });
    assert.ok(refund.transfer_reversal);
    assert.equal(await wholeBalance(shop, id), 900 + 450);
    await rejected(shop.stripe.refunds.create({ payment_intent: (await shop.pay()).id, reverse_transfer: true }), {
      statusCode: 400,
    });
  },
);

documented(
  '/connect/direct-charges#collect-fees',
  'a direct charge belongs to the connected account, which pays both fees',
  async (shop) => {
    const id = await account(shop);
    const paid = await shop.pay({ application_fee_amount: 50 }, { stripeAccount: id });
    assert.equal(await wholeBalance(shop, id), 1000 - 59 - 50);
    await rejected(shop.stripe.paymentIntents.retrieve(paid.id), { statusCode: 404 });
    const [fee] = (await shop.stripe.applicationFees.list({ limit: 1 })).data;
    assert.deepEqual([fee?.amount, fee?.charge, fee?.account], [50, paid.latest_charge, id]);
    const back = await shop.stripe.applicationFees.createRefund(String(fee?.id), { amount: 20 });
    assert.equal(back.amount, 20);
    assert.equal(await wholeBalance(shop, id), 1000 - 59 - 30);
    await rejected(shop.stripe.applicationFees.createRefund(String(fee?.id), { amount: 31 }), { statusCode: 400 });
  },
);

documented(
  '/connect/separate-charges-and-transfers',
  'a transfer needs available balance, or a source charge',
  async (shop) => {
    const destination = await account(shop);
    const transfer = (more: object): Promise<Stripe.Transfer> =>
      shop.stripe.transfers.create({ amount: 700, currency: 'usd', destination, ...more });
    await rejected(transfer({ amount: 9_000_000 }), { code: 'balance_insufficient' });
    const charge = String((await shop.pay()).latest_charge);
    const made = await transfer({ source_transaction: charge });
    assert.deepEqual([made.source_transaction, made.transfer_group], [charge, `group_${charge}`]);
    await rejected(transfer({ source_transaction: charge }), { statusCode: 400 });
    await shop.pay({ payment_method: 'pm_card_bypassPending', amount: 50_000 });
    assert.equal((await transfer({})).amount, 700);
    assert.equal(await wholeBalance(shop, destination), 1400);
  },
);

documented(
  '/api/transfer_reversals/create',
  'a transfer can be reversed in parts, up to its whole amount',
  async (shop) => {
    const destination = await account(shop);
    const source_transaction = String((await shop.pay()).latest_charge);
    const { id } = await shop.stripe.transfers.create({
      amount: 500,
      currency: 'usd',
      destination,
      source_transaction,
    });
    await shop.stripe.transfers.createReversal(id, { amount: 200 });
    await rejected(shop.stripe.transfers.createReversal(id, { amount: 301 }), { statusCode: 400 });
    await shop.stripe.transfers.createReversal(id);
    const { reversed, amount_reversed: amount, reversals } = await shop.stripe.transfers.retrieve(id);
    assert.deepEqual(
      [reversed, amount, reversals.data.length, await wholeBalance(shop, destination)],
      [true, 500, 2, 0],
    );
    await rejected(shop.stripe.transfers.createReversal(id), { statusCode: 400 });
  },
);
