import { payoutFailure } from '../cards/bank-tokens.ts';
import { inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { DEBIT_FAILURES } from '../methods/debit-account.ts';
import { bad, missing } from '../refusal.ts';
import type { Stored } from '../store.ts';
import { requireCurrency, checkPositive } from './currencies.ts';
import { later } from './due.ts';
import { availableIn, postTransaction } from './ledger.ts';

/** Days until a standard payout arrives. https://docs.stripe.com/payouts#payout-speed */
const STANDARD_SECONDS = 2 * 86_400;
const INSTANT_SECONDS = 30 * 60;

/** Currencies with decimals that are paid out without them. https://docs.stripe.com/currencies#special-cases */
const WHOLE_PAYOUTS = new Set(['huf', 'isk', 'twd', 'ugx']);

/** Whose status is not known to Stripe yet. */
const CANCELABLE_STATUS = 'pending';

/** POST /v1/payouts. https://docs.stripe.com/api/payouts/create */
function createPayout(context: Context): Stored {
  const { params } = context;
  const amount = Number(params['amount']);
  const currency = requireCurrency(params['currency']);
  checkPositive(amount);
  if (WHOLE_PAYOUTS.has(currency) && amount % 100 !== 0)
    throw bad(`Invalid amount: ${amount}. Payouts in ${currency} must be a multiple of 100.`, { param: 'amount' });
  if (amount > availableIn(context, currency))
    throw bad(
      'You have insufficient funds in your Stripe account for this transfer. Your card balance is too low. You can use the the /v1/balance endpoint to view your Stripe balance (for more details, see stripe.com/docs/api#balance).',
      { code: 'balance_insufficient', param: 'amount' },
    );
  const { destination } = params;
  if (
    typeof destination === 'string' &&
    context.account.id !== '' &&
    payoutDestination(context, destination) === undefined
  )
    throw missing('external account', destination, 'destination', true);
  const isInstant = params['method'] === 'instant';
  const payout = make(context, 'Payout', { ...params, currency });
  Object.assign(payout, {
    amount,
    arrival_date: context.now + (isInstant ? INSTANT_SECONDS : STANDARD_SECONDS),
    automatic: false,
    balance_transaction: postTransaction(context, {
      amount: -amount,
      currency,
      type: 'payout',
      source: payout.id,
      description: 'STRIPE PAYOUT',
    }).id,
    destination: params['destination'] ?? payoutDestination(context, undefined)?.id ?? null,
    method: params['method'] ?? 'standard',
    reconciliation_status: 'not_applicable',
    source_type: params['source_type'] ?? 'card',
    status: 'pending',
    type: isInstant ? 'card' : 'bank_account',
  });
  later(context, Number(payout['arrival_date']), 'payout.arrive', payout);
  return payout;
}

/** POST /v1/payouts/{id}/cancel. https://docs.stripe.com/api/payouts/cancel */
function cancelPayout(context: Context, id: string): Stored {
  const payout = inPath(context, 'payout', id, 'payout');
  if (payout['status'] !== CANCELABLE_STATUS)
    throw bad(`Payouts can only be canceled while they are pending: ${id} is ${String(payout['status'])}.`, {
      code: 'payouts_not_allowed',
    });
  postTransaction(context, {
    amount: Number(payout['amount']),
    currency: String(payout['currency']),
    type: 'payout_cancel',
    reporting_category: 'payout_reversal',
    source: payout.id,
  });
  return Object.assign(payout, { status: 'canceled' });
}

/** POST /v1/payouts/{id}/reverse: the bank sends the money back. https://docs.stripe.com/api/payouts/reverse */
function reversePayout(context: Context, id: string): Stored {
  const payout = inPath(context, 'payout', id, 'payout');
  if (payout['status'] !== 'paid' || payout['original_payout'] !== null || payout['reversed_by'] !== null)
    throw bad(`Payouts can only be reversed once they are paid, and once: ${id} is ${String(payout['status'])}.`);
  const { amount, currency } = payout;
  const reversal = make(context, 'Payout', { metadata: context.params['metadata'] ?? {} });
  const posting = { amount: Number(amount), currency: String(currency), type: 'payout', source: reversal.id };
  Object.assign(reversal, {
    amount: -Number(amount),
    arrival_date: context.now,
    automatic: false,
    balance_transaction: postTransaction(context, { ...posting, reporting_category: 'payout_reversal' }).id,
    currency,
    method: 'standard',
    original_payout: payout.id,
    reconciliation_status: 'not_applicable',
    source_type: payout['source_type'],
    status: 'paid',
    type: 'bank_account',
  });
  payout['reversed_by'] = reversal.id;
  return reversal;
}

/** The bank takes the payout, or sends it back. https://docs.stripe.com/connect/testing#payouts */
function payoutArrives(context: Context, payout: Stored): void {
  if (payout['status'] !== 'pending') return;
  const bank = payoutDestination(context, payout['destination']);
  const code = bank === undefined ? undefined : payoutFailure(platformContext(context), bank);
  if (bank === undefined || code === undefined) {
    payout['status'] = 'paid';
    return;
  }
  const back = postTransaction(context, {
    amount: Number(payout['amount']),
    currency: String(payout['currency']),
    type: 'payout_failure',
    reporting_category: 'payout_reversal',
    source: payout.id,
    description: 'PAYOUT FAILURE',
  });
  Object.assign(payout, {
    failure_balance_transaction: back.id,
    failure_code: code,
    failure_message: DEBIT_FAILURES[code],
    status: 'failed',
  });
  bank['status'] = 'errored';
}

/** External accounts are objects of the platform. */
function platformContext(context: Context): Context {
  return { ...context, account: context.accountOf('') };
}

/** The external account of a connected account that a payout goes to: the named one, or the first. */
function payoutDestination(context: Context, named: unknown): Stored | undefined {
  const { account } = platformContext(context);
  const owned = ['bank_account', 'card']
    .flatMap((kind) => account.all(kind))
    .filter((one) => one['account'] === context.account.id && context.account.id !== '');
  return typeof named === 'string' ? owned.find(({ id }) => id === named) : owned[0];
}

export const payouts: Feature = {
  due: { 'payout.arrive': payoutArrives },
  entities: { Payout: { create: createPayout } },
  actions: { '/v1/payouts/{id}/cancel': cancelPayout, '/v1/payouts/{id}/reverse': reversePayout },
};
