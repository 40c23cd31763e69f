/** Debits of bank accounts: test accounts, microdeposits, failures, disputes. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from './shop.ts';

const documented = inShop();

/** Past the three minutes of accounts that respond later. */
const RESPONSE_SECONDS = 200;

const MANDATE = { mandate_data: { customer_acceptance: { type: 'offline' } } };

function debit({ pay }: Shop, currency: string, method: string | object): Promise<Stripe.PaymentIntent> {
  const named =
    typeof method === 'string'
      ? { payment_method: method }
      : { payment_method: undefined, payment_method_data: method };
  return pay({ currency, ...named, ...MANDATE });
}

async function ended(shop: Shop, { id }: Stripe.PaymentIntent): Promise<Stripe.PaymentIntent> {
  shop.pass(RESPONSE_SECONDS);
  return shop.stripe.paymentIntents.retrieve(id);
}

/** Name, currency, status after the bank's response, failure code. */
const OUTCOMES: readonly (readonly [string, string, string, string?])[] = [
  ['pm_sepaDebit_success_de', 'eur', 'succeeded'],
  ['pm_sepaDebit_successDelayed_fr', 'eur', 'succeeded'],
  ['pm_sepaDebit_failed_at', 'eur', 'requires_payment_method', 'generic_could_not_process'],
  ['pm_sepaDebit_failedDelayed_nl', 'eur', 'requires_payment_method', 'generic_could_not_process'],
  ['pm_sepaDebit_exceedsWeeklyVolumeLimit_es', 'eur', 'requires_payment_method', 'charge_exceeds_source_limit'],
  ['pm_sepaDebit_exceedsWeeklyTransactionLimit_gb', 'eur', 'requires_payment_method', 'charge_exceeds_weekly_limit'],
  ['pm_sepaDebit_insufficientFunds_ie', 'eur', 'requires_payment_method', 'insufficient_funds'],
  ['pm_bacsDebit_success', 'gbp', 'succeeded'],
  ['pm_bacsDebit_insufficientFundsDelayed', 'gbp', 'requires_payment_method', 'insufficient_funds'],
  ['pm_bacsDebit_debitNotAuthorized', 'gbp', 'requires_payment_method', 'debit_not_authorized'],
  ['pm_auBecsDebit_success', 'aud', 'succeeded'],
  ['pm_auBecsDebit_accountClosed', 'aud', 'requires_payment_method', 'account_closed'],
  ['pm_auBecsDebit_referToCustomer', 'aud', 'requires_payment_method', 'refer_to_customer'],
];

for (const [name, currency, status, code] of OUTCOMES)
  documented('/testing#non-card-payments', `${name} is processing, then ${code ?? status}`, async (shop) => {
    const started = await debit(shop, currency, name);
    assert.equal(started.status, 'processing');
    const intent = await ended(shop, started);
    assert.deepEqual([intent.status, intent.last_payment_error?.code], [status, code]);
    const charge = await shop.charge(intent);
    assert.deepEqual([charge.status, charge.failure_code], [code === undefined ? 'succeeded' : 'failed', code ?? null]);
    assert.equal(charge.balance_transaction === null, code !== undefined);
  });

documented('/testing#sepa-direct-debit', 'an account responds the same by its IBAN', async (shop) => {
  const data = {
    type: 'sepa_debit',
    sepa_debit: { iban: 'DE62 3704 0044 0532 0130 01' },
    billing_details: { name: 'Jane', email: 'jane@example.com' },
  };
  const started = await debit(shop, 'eur', data);
  const { sepa_debit: shown } = await shop.stripe.paymentMethods.retrieve(String(started.payment_method));
  assert.deepEqual([shown?.last4, shown?.country, shown?.bank_code], ['3001', 'DE', '37040044']);
  assert.equal((await ended(shop, started)).status, 'requires_payment_method');
});

documented('/testing#bacs-direct-debit', 'a delayed account responds after three minutes', async (shop) => {
  const { id } = await debit(shop, 'gbp', 'pm_bacsDebit_successDelayed');
  shop.pass(150);
  assert.equal((await shop.stripe.paymentIntents.retrieve(id)).status, 'processing');
  shop.pass(60);
  assert.equal((await shop.stripe.paymentIntents.retrieve(id)).status, 'succeeded');
});

documented('/testing#sepa-direct-debit', 'pm_sepaDebit_disputed_de succeeds and is disputed', async (shop) => {
  const { id, status } = await ended(shop, await debit(shop, 'eur', 'pm_sepaDebit_disputed_de'));
  const { data } = await shop.stripe.disputes.list({ payment_intent: id });
  assert.deepEqual([status, data[0]?.reason], ['succeeded', 'debit_not_authorized']);
});

documented('/testing#ach-direct-debit', 'an account is verified by the amounts or the code', async (shop) => {
  for (const proof of [{ amounts: [32, 45] }, { descriptor_code: 'SM11AA' }]) {
    const started = await debit(shop, 'usd', 'pm_usBankAccount_success');
    assert.deepEqual([started.status, started.next_action?.type], ['requires_action', 'verify_with_microdeposits']);
    await rejected(shop.stripe.paymentIntents.verifyMicrodeposits(started.id, { amounts: [1, 2] }), {
      code: 'payment_method_microdeposit_verification_amounts_mismatch',
    });
    const verified = await shop.stripe.paymentIntents.verifyMicrodeposits(started.id, proof);
    assert.equal(verified.status, 'processing');
    const paid = await ended(shop, verified);
    const { balance_transaction: id } = await shop.charge(paid);
    const transaction = await shop.stripe.balanceTransactions.retrieve(String(id));
    assert.deepEqual([paid.status, transaction.status, transaction.type], ['succeeded', 'available', 'payment']);
  }
});

for (const [amounts, code] of [
  [[10, 11], 'payment_method_microdeposit_verification_attempts_exceeded'],
  [[40, 41], 'payment_method_microdeposit_verification_timeout'],
] as const)
  documented('/testing#ach-direct-debit', `${amounts.join(' and ')} are ${code}`, async (shop) => {
    const { id } = await debit(shop, 'usd', 'pm_usBankAccount_success');
    await rejected(shop.stripe.paymentIntents.verifyMicrodeposits(id, { amounts: [...amounts] }), { code });
    const { status, last_payment_error: error } = await shop.stripe.paymentIntents.retrieve(id);
    assert.deepEqual([status, error?.code], ['requires_payment_method', code]);
  });

documented(
  '/testing#ach-direct-debit',
  'microdeposits do not reach pm_usBankAccount_failMicrodeposits',
  async (shop) => {
    const intent = await ended(shop, await debit(shop, 'usd', 'pm_usBankAccount_failMicrodeposits'));
    assert.deepEqual(
      [intent.status, intent.last_payment_error?.code],
      ['requires_payment_method', 'payment_method_microdeposit_failed'],
    );
  },
);

/** Name, failure code; a payment without one never leaves processing. */
const US_FAILURES: readonly (readonly [string, string?])[] = [
  ['accountClosed', 'account_closed'],
  ['noAccount', 'no_account'],
  ['insufficientFunds', 'insufficient_funds'],
  ['debitNotAuthorized', 'debit_not_authorized'],
  ['invalidCurrency', 'invalid_currency'],
  ['weeklyLimitExceeded', 'charge_exceeds_weekly_limit'],
  ['processing'],
];

for (const [name, code] of US_FAILURES)
  documented('/testing#ach-direct-debit', `pm_usBankAccount_${name} ends in ${code ?? 'processing'}`, async (shop) => {
    const { id } = await debit(shop, 'usd', `pm_usBankAccount_${name}`);
    const intent = await ended(shop, await shop.stripe.paymentIntents.verifyMicrodeposits(id, { amounts: [32, 45] }));
    const status = code === undefined ? 'processing' : 'requires_payment_method';
    assert.deepEqual([intent.status, intent.last_payment_error?.code], [status, code]);
    if (code === undefined) assert.equal((await shop.stripe.paymentIntents.cancel(id)).status, 'canceled');
  });

documented('/testing#ach-direct-debit', 'Radar blocks pm_usBankAccount_riskLevelHighest', (shop) =>
  rejected(debit(shop, 'usd', 'pm_usBankAccount_riskLevelHighest'), { statusCode: 402, decline_code: 'fraudulent' }),
);

documented(
  '/payments/bank-debits',
  'a setup intent of an account waits for its verification',
  async ({ stripe, customer }) => {
    const waiting = await stripe.setupIntents.create({
      customer: await customer(),
      payment_method: 'pm_usBankAccount_success',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      ...MANDATE,
    });
    assert.equal(waiting.next_action?.type, 'verify_with_microdeposits');
    const done = await stripe.setupIntents.verifyMicrodeposits(waiting.id, { descriptor_code: 'SM11AA' });
    assert.equal(done.status, 'succeeded');
  },
);

documented('/payments/bank-debits', 'a debit is made in the currency of its scheme, and is not held', async (shop) => {
  await rejected(debit(shop, 'usd', 'pm_sepaDebit_success_de'), {
    code: 'payment_intent_incompatible_payment_method',
  });
  await rejected(shop.pay({ currency: 'eur', payment_method: 'pm_sepaDebit_success_de', capture_method: 'manual' }), {
    code: 'payment_intent_incompatible_payment_method',
  });
});

documented('/payments/bank-debits', 'the number of an account is never in a response', async (shop) => {
  const us_bank_account = {
    account_holder_type: 'individual',
    account_number: '000123456789',
    routing_number: '110000000',
  };
  const paid = await debit(shop, 'usd', {
    type: 'us_bank_account',
    us_bank_account,
    billing_details: { name: 'Jane' },
  });
  const method = await shop.stripe.paymentMethods.retrieve(String(paid.payment_method));
  assert.deepEqual([method.us_bank_account?.last4, method.us_bank_account?.bank_name], ['6789', 'STRIPE TEST BANK']);
  assert.ok(!JSON.stringify(method).includes('000123456789'));
});
