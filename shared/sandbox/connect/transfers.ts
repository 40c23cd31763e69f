import { objectInParam, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { requireCurrency, checkPositive, formatAmount } from '../ledger/currencies.ts';
import { availableIn, postTransaction, inSettlementCurrency } from '../ledger/ledger.ts';
import { badRequest } from '../api-error.ts';
import { emptyList, type StoredObject } from '../store.ts';
import { checkDestination } from './accounts.ts';
import { makeFee } from './application-fees.ts';
import { createReversal } from './transfer-reversals.ts';

/** The data of a new transfer. */
export interface TransferInput {
  /** In minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
  /** Id of a connected account. */
  readonly destination: string;
  /** The charge whose money is transferred. */
  readonly source?: StoredObject | undefined;
  readonly transferGroup: unknown;
  /** Time in Unix seconds at which the money is available in the balance of the connected account. */
  readonly availableOn: number;
  /** The platform's fee, in minor units of `currency`. */
  readonly applicationFee?: number;
  readonly params?: Context['params'];
}

/** Moves money from the platform's balance to the balance of a connected account, which receives it as a payment. */
export function makeTransfer(
  context: Context,
  input: TransferInput,
): { transfer: StoredObject; payment: StoredObject } {
  const { amount, currency, destination, source, availableOn } = input;
  const transfer = makeObject(context, 'Transfer', input.params ?? {});
  const settledAmount = inSettlementCurrency(context, amount, currency);
  const transaction = postTransaction(context, {
    ...settledAmount,
    amount: -settledAmount.amount,
    type: 'transfer',
    source: transfer.id,
    availableOn,
  });
  // The transfer and its payment are in the settlement currency of the platform.
  const fee = inSettlementCurrency(context, input.applicationFee ?? 0, currency).amount;
  const payment = receivePayment(context, transfer, { ...input, ...settledAmount, applicationFee: fee });
  Object.assign(transfer, {
    amount: settledAmount.amount,
    amount_reversed: 0,
    balance_transaction: transaction.id,
    currency: settledAmount.currency,
    destination,
    destination_payment: payment.id,
    reversals: { ...emptyList(), url: `/v1/transfers/${transfer.id}/reversals` },
    reversed: false,
    source_transaction: source?.id ?? null,
    source_type: 'card',
    transfer_group: input.transferGroup ?? null,
  });
  return { transfer, payment };
}

/** Creates the payment (`py_…`) by which the connected account receives a transfer. https://docs.stripe.com/api/transfers/object#transfer_object-destination_payment */
function receivePayment(context: Context, transfer: StoredObject, input: TransferInput): StoredObject {
  const { amount, currency, source, availableOn } = input;
  const receiver: Context = { ...context, account: context.accountOf(input.destination), params: {} };
  const payment = makeObject(receiver, 'Charge', { id: `py_${context.ids.letters(24)}` });
  Object.assign(payment, {
    amount,
    amount_captured: amount,
    captured: true,
    currency,
    paid: true,
    source_transfer: transfer.id,
    status: 'succeeded',
  });
  const fee = input.applicationFee ?? 0;
  const feeResult =
    fee === 0
      ? undefined
      : makeFee(receiver, {
          charge: payment,
          amount: fee,
          availableOn,
          originating: source,
        });
  if (feeResult !== undefined)
    Object.assign(payment, { application_fee: feeResult.fee.id, application_fee_amount: fee });
  payment['balance_transaction'] = postTransaction(receiver, {
    ...inSettlementCurrency(receiver, amount, currency),
    type: 'payment',
    reporting_category: 'charge',
    source: payment.id,
    availableOn,
    fees: feeResult === undefined ? undefined : [feeResult.line],
  }).id;
  return payment;
}

/** POST /v1/transfers. https://docs.stripe.com/connect/separate-charges-and-transfers */
function createTransfer(context: Context): StoredObject {
  const { source_transaction: _source, amount: requestedAmount, ...params } = context.params;
  const destination = String(params['destination']);
  const currency = requireCurrency(params['currency']);
  if (requestedAmount === undefined)
    throw badRequest('Missing required param: amount.', { code: 'parameter_missing', param: 'amount' });
  const amount = Number(requestedAmount);
  checkPositive(amount);
  checkDestination(context, destination, 'destination');
  const source = objectInParam(context, 'charge', 'source_transaction');
  if (source === undefined) checkAvailable(context, amount, currency);
  else checkSource(context, source, amount, currency);
  const chargeTransaction = context.account.get('balance_transaction', String(source?.['balance_transaction']));
  const defaultGroup = source === undefined ? null : `group_${source.id}`;
  const group = params['transfer_group'] ?? source?.['transfer_group'] ?? defaultGroup;
  if (source !== undefined && source['transfer_group'] === null) source['transfer_group'] = group;
  return makeTransfer(context, {
    amount,
    currency,
    destination,
    source,
    transferGroup: group,
    availableOn: Number(chargeTransaction?.['available_on'] ?? context.now),
    params,
  }).transfer;
}

/** Rejects a transfer that exceeds the available balance. */
function checkAvailable(context: Context, amount: number, currency: string): void {
  if (availableIn(context, currency) >= amount) return;
  throw badRequest(
    'You have insufficient available funds in your Stripe account. Try adding funds directly to your available balance by creating Charges using the 4000000000000077 test card. See: https://stripe.com/docs/testing#available-balance',
    { code: 'balance_insufficient' },
  );
}

/** Rejects a transfer that exceeds its charge or is not in the currency in which the charge was settled. */
function checkSource({ account }: Context, source: StoredObject, amount: number, currency: string): void {
  const transaction = account.get('balance_transaction', String(source['balance_transaction']));
  if (transaction === undefined)
    throw badRequest(`The charge ${source.id} has not succeeded: there is nothing to transfer.`, {
      param: 'source_transaction',
    });
  if (transaction['currency'] !== currency)
    throw badRequest(
      `The currency of source_transaction's balance transaction (${String(transaction['currency'])}) must be the same as the transfer currency (${currency})`,
      { param: 'currency' },
    );
  const transferred = account
    .all('transfer')
    .filter((transfer) => transfer['source_transaction'] === source.id)
    .reduce((sum, transfer) => sum + Number(transfer['amount']) - Number(transfer['amount_reversed']), 0);
  const remaining = Number(transaction['amount']) - transferred;
  if (amount > remaining)
    throw badRequest(
      `Transfers using this transaction as a source must not exceed the source amount of ${formatAmount(Number(transaction['amount']), currency)}. (There is ${formatAmount(remaining, currency)} left.)`,
      { param: 'amount' },
    );
}

export const transfers: Feature = {
  entities: { Transfer: { create: createTransfer }, TransferReversal: { create: createReversal } },
};
