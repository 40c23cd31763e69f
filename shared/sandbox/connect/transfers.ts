import { inParam, inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { requireCurrency, checkPositive, formatted } from '../ledger/currencies.ts';
import { availableIn, postTransaction, settled } from '../ledger/ledger.ts';
import { bad } from '../refusal.ts';
import { emptyList, type Stored } from '../store.ts';
import { checkDestination } from './accounts.ts';
import { makeFee } from './application-fees.ts';

export interface Moved {
  /** In minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
  /** A connected account. */
  readonly destination: string;
  /** The charge whose money moves. */
  readonly source?: Stored;
  readonly transferGroup: unknown;
  readonly availableOn: number;
  /** What the platform keeps of it. */
  readonly applicationFee?: number;
  readonly params?: Context['params'];
}

/** Moves money from the platform's balance to a connected account's, where it arrives as a payment. */
export function makeTransfer(context: Context, moved: Moved): { transfer: Stored; payment: Stored } {
  const { amount, currency, destination, source, availableOn } = moved;
  const transfer = make(context, 'Transfer', moved.params ?? {});
  const own = settled(context, amount, currency);
  const transaction = postTransaction(context, {
    ...own,
    amount: -own.amount,
    type: 'transfer',
    source: transfer.id,
    availableOn,
  });
  // A transfer is in the currency that its charge settled in, and so is what arrives.
  const fee = settled(context, moved.applicationFee ?? 0, currency).amount;
  const payment = receivePayment(context, transfer, { ...moved, ...own, applicationFee: fee });
  Object.assign(transfer, {
    amount: own.amount,
    amount_reversed: 0,
    balance_transaction: transaction.id,
    currency: own.currency,
    destination,
    destination_payment: payment.id,
    reversals: { ...emptyList(), url: `/v1/transfers/${transfer.id}/reversals` },
    reversed: false,
    source_transaction: source?.id ?? null,
    source_type: 'card',
    transfer_group: moved.transferGroup ?? null,
  });
  return { transfer, payment };
}

/** The payment on the connected account: `py_…`. https://docs.stripe.com/api/transfers/object#transfer_object-destination_payment */
function receivePayment(context: Context, transfer: Stored, moved: Moved): Stored {
  const { amount, currency, source, availableOn } = moved;
  const receiver: Context = { ...context, account: context.accountOf(moved.destination), params: {} };
  const payment = make(receiver, 'Charge', { id: `py_${context.ids.letters(24)}` });
  Object.assign(payment, {
    amount,
    amount_captured: amount,
    captured: true,
    currency,
    paid: true,
    source_transfer: transfer.id,
    status: 'succeeded',
  });
  const fee = moved.applicationFee ?? 0;
  const taken =
    fee === 0
      ? undefined
      : makeFee(receiver, {
          charge: payment,
          amount: fee,
          availableOn,
          ...(source === undefined ? {} : { originating: source }),
        });
  if (taken !== undefined) Object.assign(payment, { application_fee: taken.made.id, application_fee_amount: fee });
  const posting = {
    ...settled(receiver, amount, currency),
    type: 'payment',
    reporting_category: 'charge',
    source: payment.id,
  };
  payment['balance_transaction'] = postTransaction(receiver, {
    ...posting,
    availableOn,
    ...(taken === undefined ? {} : { fees: [taken.line] }),
  }).id;
  return payment;
}

/** POST /v1/transfers. https://docs.stripe.com/connect/separate-charges-and-transfers */
function createTransfer(context: Context): Stored {
  const { source_transaction: _source, amount: given, ...params } = context.params;
  const destination = String(params['destination']);
  const currency = requireCurrency(params['currency']);
  if (given === undefined) throw bad('Missing required param: amount.', { code: 'parameter_missing', param: 'amount' });
  const amount = Number(given);
  checkPositive(amount);
  checkDestination(context, destination, 'destination');
  const source = inParam(context, 'charge', 'source_transaction');
  if (source === undefined) checkAvailable(context, amount, currency);
  else checkSource(context, source, amount, currency);
  const settledCharge = context.account.get('balance_transaction', String(source?.['balance_transaction']));
  const group =
    params['transfer_group'] ?? source?.['transfer_group'] ?? (source === undefined ? null : `group_${source.id}`);
  if (source !== undefined && source['transfer_group'] === null) source['transfer_group'] = group;
  return makeTransfer(context, {
    amount,
    currency,
    destination,
    ...(source === undefined ? {} : { source }),
    transferGroup: group,
    availableOn: Number(settledCharge?.['available_on'] ?? context.now),
    params,
  }).transfer;
}

function checkAvailable(context: Context, amount: number, currency: string): void {
  if (availableIn(context, currency) >= amount) return;
  throw bad(
    'You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card. See: https://stripe.com/docs/testing#available-balance',
    { code: 'balance_insufficient' },
  );
}

/** Transfers of a charge are at most its amount, in the currency that it settled in. */
function checkSource({ account }: Context, source: Stored, amount: number, currency: string): void {
  const transaction = account.get('balance_transaction', String(source['balance_transaction']));
  if (transaction === undefined)
    throw bad(`The charge ${source.id} has not succeeded: there is nothing to transfer.`, {
      param: 'source_transaction',
    });
  if (transaction['currency'] !== currency)
    throw bad(
      `The currency of source_transaction's balance transaction (${String(transaction['currency'])}) must be the same as the transfer currency (${currency})`,
      { param: 'currency' },
    );
  const moved = account
    .all('transfer')
    .filter((transfer) => transfer['source_transaction'] === source.id)
    .reduce((sum, transfer) => sum + Number(transfer['amount']) - Number(transfer['amount_reversed']), 0);
  const left = Number(transaction['amount']) - moved;
  if (amount > left)
    throw bad(
      `Transfers using this transaction as a source must not exceed the source amount of ${formatted(Number(transaction['amount']), currency)}. (There is ${formatted(left, currency)} left.)`,
      { param: 'amount' },
    );
}

/** Takes a part of a transfer back. https://docs.stripe.com/api/transfer_reversals/create */
export function reverseTransfer(
  context: Context,
  transfer: Stored,
  amount: number,
  facts: Record<string, unknown>,
): Stored {
  const currency = String(transfer['currency']);
  const reversal = Object.assign(make(context, 'TransferReversal', facts), { amount, currency, transfer: transfer.id });
  const source = { source: reversal.id };
  reversal['balance_transaction'] = postTransaction(context, {
    amount,
    currency,
    type: 'transfer_refund',
    ...source,
  }).id;
  const receiver: Context = { ...context, account: context.accountOf(String(transfer['destination'])), params: {} };
  const payment = receiver.account.get('charge', String(transfer['destination_payment']));
  if (payment !== undefined) reversal['destination_payment_refund'] = takeBack(receiver, payment, amount, currency).id;
  const reversed = Number(transfer['amount_reversed']) + amount;
  const { data } = transfer['reversals'] as { data: Stored[] };
  Object.assign(transfer, {
    amount_reversed: reversed,
    reversed: reversed === transfer['amount'],
    reversals: { ...(transfer['reversals'] as object), data: [reversal, ...data], total_count: data.length + 1 },
  });
  return reversal;
}

function takeBack(receiver: Context, payment: Stored, amount: number, currency: string): Stored {
  const refund = make(receiver, 'Refund', { id: `pyr_${receiver.ids.letters(24)}` });
  const own = settled(receiver, amount, currency);
  const posting = { ...own, amount: -own.amount, type: 'payment_refund', reporting_category: 'refund' };
  const refunded = Number(payment['amount_refunded']) + settled(receiver, amount, currency).amount;
  Object.assign(payment, { amount_refunded: refunded, refunded: refunded >= Number(payment['amount']) });
  return Object.assign(refund, {
    amount,
    balance_transaction: postTransaction(receiver, { ...posting, source: refund.id }).id,
    charge: payment.id,
    currency,
    status: 'succeeded',
  });
}

/** POST /v1/transfers/{transfer}/reversals */
function createReversal(context: Context): Stored {
  const { amount: given, transfer: id, refund_application_fee: _fee, ...params } = context.params;
  const transfer = inPath(context, 'transfer', String(id), 'transfer');
  const left = Number(transfer['amount']) - Number(transfer['amount_reversed']);
  if (given !== undefined) checkPositive(Number(given));
  if (left <= 0) throw bad(`The transfer ${transfer.id} is already fully reversed.`, { param: 'transfer' });
  const amount = given === undefined ? left : Number(given);
  if (amount > left)
    throw bad(
      `The reversal amount (${formatted(amount, String(transfer['currency']))}) is greater than the unreversed amount of the transfer (${formatted(left, String(transfer['currency']))}).`,
      { param: 'amount' },
    );
  return reverseTransfer(context, transfer, amount, params);
}

export const transfers: Feature = {
  entities: { Transfer: { create: createTransfer }, TransferReversal: { create: createReversal } },
};
