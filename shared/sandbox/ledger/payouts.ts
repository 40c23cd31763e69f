import { payoutFailure } from '../cards/bank-tokens.ts';
import { objectInPath, makeObject, platformContext, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { DEBIT_FAILURES } from '../methods/debit-account.ts';
import { badRequest, noSuchObject } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { requireCurrency, checkPositive } from './currencies.ts';
import { scheduleTask } from './due.ts';
import { availableIn, postTransaction } from './ledger.ts';

/** Seconds until a standard payout arrives. https://docs.stripe.com/payouts#payout-speed */
const STANDARD_SECONDS = 2 * 86_400;
/** Seconds until an instant payout arrives. */
const INSTANT_SECONDS = 30 * 60;

/** Currencies with decimals whose payouts must be whole units. https://docs.stripe.com/currencies#special-cases */
const WHOLE_UNIT_PAYOUTS = new Set(['huf', 'isk', 'twd', 'ugx']);

/** The status in which a payout can be canceled. https://docs.stripe.com/api/payouts/cancel */
const CANCELABLE_STATUS = 'pending';

/** POST /v1/payouts. https://docs.stripe.com/api/payouts/create */
function createPayout(context: Context): StoredObject {
  const { params } = context;
  const amount = Number(params['amount']);
  const currency = requireCurrency(params['currency']);
  checkPayout(context, amount, currency);
  const isInstant = params['method'] === 'instant';
  const payout = makeObject(context, 'Payout', { ...params, currency });
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
  scheduleTask(context, Number(payout['arrival_date']), 'payout.arrive', payout);
  return payout;
}

/** Checks the amount of a payout, the available balance, and the external account that the request names. */
function checkPayout(context: Context, amount: number, currency: string): void {
  checkPositive(amount);
  if (WHOLE_UNIT_PAYOUTS.has(currency) && amount % 100 !== 0)
    throw badRequest(`Invalid amount: ${amount}. Payouts in ${currency} must be a multiple of 100.`, {
      param: 'amount',
    });
  if (amount > availableIn(context, currency))
    throw badRequest(
      'You have insufficient funds in your Stripe account for this transfer. Your card balance is too low. You can use the the /v1/balance endpoint to view your Stripe balance (for more details, see stripe.com/docs/api#balance).',
      { code: 'balance_insufficient', param: 'amount' },
    );
  const { destination } = context.params;
  // The sandbox has no bank accounts of the platform, so it accepts any destination in the platform's requests.
  if (typeof destination !== 'string' || context.account.id === '') return;
  if (payoutDestination(context, destination) === undefined)
    throw noSuchObject('external account', destination, 'destination', true);
}

/** POST /v1/payouts/{id}/cancel. https://docs.stripe.com/api/payouts/cancel */
function cancelPayout(context: Context, id: string): StoredObject {
  const payout = objectInPath(context, 'payout', id, 'payout');
  if (payout['status'] !== CANCELABLE_STATUS)
    throw badRequest(`Payouts can only be canceled while they are pending: ${id} is ${String(payout['status'])}.`, {
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

/** POST /v1/payouts/{id}/reverse returns the money of a paid payout from the bank to the balance. https://docs.stripe.com/api/payouts/reverse */
function reversePayout(context: Context, id: string): StoredObject {
  const payout = objectInPath(context, 'payout', id, 'payout');
  if (payout['status'] !== 'paid' || payout['original_payout'] !== null || payout['reversed_by'] !== null)
    throw badRequest(
      `Payouts can be reversed only after they are paid, and only once: ${id} is ${String(payout['status'])}.`,
    );
  const { amount, currency } = payout;
  const reversal = makeObject(context, 'Payout', { metadata: context.params['metadata'] ?? {} });
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

/** Marks a payout as paid, or as failed if it goes to a test bank account that rejects payouts. https://docs.stripe.com/connect/testing#payouts */
function finishPayout(context: Context, payout: StoredObject): void {
  if (payout['status'] !== 'pending') return;
  const bank = payoutDestination(context, payout['destination']);
  const code = bank === undefined ? undefined : payoutFailure(platformContext(context), bank);
  if (bank === undefined || code === undefined) {
    payout['status'] = 'paid';
    return;
  }
  const reversal = postTransaction(context, {
    amount: Number(payout['amount']),
    currency: String(payout['currency']),
    type: 'payout_failure',
    reporting_category: 'payout_reversal',
    source: payout.id,
    description: 'PAYOUT FAILURE',
  });
  Object.assign(payout, {
    failure_balance_transaction: reversal.id,
    failure_code: code,
    failure_message: DEBIT_FAILURES[code],
    status: 'failed',
  });
  bank['status'] = 'errored';
}

/**
 * Returns the external account that receives a payout of a connected account: the one with the id, or the first if no
 * id is passed. Undefined for the platform.
 */
function payoutDestination(context: Context, id: unknown): StoredObject | undefined {
  const { account } = platformContext(context);
  const externalAccounts = ['bank_account', 'card']
    .flatMap((kind) => account.all(kind))
    .filter((candidate) => candidate['account'] === context.account.id && context.account.id !== '');
  return typeof id === 'string' ? externalAccounts.find((candidate) => candidate.id === id) : externalAccounts[0];
}

export const payouts: Feature = {
  scheduled: { 'payout.arrive': finishPayout },
  entities: { Payout: { create: createPayout } },
  actions: { '/v1/payouts/{id}/cancel': cancelPayout, '/v1/payouts/{id}/reverse': reversePayout },
};
