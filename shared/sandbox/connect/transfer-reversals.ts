import { badRequest } from '../api-error.ts';
import { makeObject, objectInPath, type Context } from '../context.ts';
import { checkPositive, formatAmount } from '../ledger/currencies.ts';
import { inSettlementCurrency, postTransaction } from '../ledger/ledger.ts';
import type { StoredObject } from '../store.ts';

/** Reverses a part of a transfer. https://docs.stripe.com/api/transfer_reversals/create */
export function reverseTransfer(
  context: Context,
  transfer: StoredObject,
  amount: number,
  params: Record<string, unknown>,
): StoredObject {
  const currency = String(transfer['currency']);
  const reversal = Object.assign(makeObject(context, 'TransferReversal', params), {
    amount,
    currency,
    transfer: transfer.id,
  });
  reversal['balance_transaction'] = postTransaction(context, {
    amount,
    currency,
    type: 'transfer_refund',
    source: reversal.id,
  }).id;
  const receiver: Context = { ...context, account: context.accountOf(String(transfer['destination'])), params: {} };
  const payment = receiver.account.get('charge', String(transfer['destination_payment']));
  if (payment !== undefined)
    reversal['destination_payment_refund'] = refundTransferPayment(receiver, payment, amount, currency).id;
  const reversed = Number(transfer['amount_reversed']) + amount;
  const { data } = transfer['reversals'] as { data: StoredObject[] };
  Object.assign(transfer, {
    amount_reversed: reversed,
    reversed: reversed === transfer['amount'],
    reversals: { ...(transfer['reversals'] as object), data: [reversal, ...data], total_count: data.length + 1 },
  });
  return reversal;
}

/** Refunds the reversed amount of the payment that the connected account received with the transfer. */
function refundTransferPayment(
  receiver: Context,
  payment: StoredObject,
  amount: number,
  currency: string,
): StoredObject {
  const refund = makeObject(receiver, 'Refund', { id: `pyr_${receiver.ids.letters(24)}` });
  const settledAmount = inSettlementCurrency(receiver, amount, currency);
  const transaction = postTransaction(receiver, {
    ...settledAmount,
    amount: -settledAmount.amount,
    type: 'payment_refund',
    reporting_category: 'refund',
    source: refund.id,
  });
  const refunded = Number(payment['amount_refunded']) + settledAmount.amount;
  Object.assign(payment, { amount_refunded: refunded, refunded: refunded >= Number(payment['amount']) });
  return Object.assign(refund, {
    amount,
    balance_transaction: transaction.id,
    charge: payment.id,
    currency,
    status: 'succeeded',
  });
}

/** POST /v1/transfers/{transfer}/reversals */
export function createReversal(context: Context): StoredObject {
  const { amount: requestedAmount, transfer: id, refund_application_fee: _fee, ...params } = context.params;
  const transfer = objectInPath(context, 'transfer', String(id), 'transfer');
  const remaining = Number(transfer['amount']) - Number(transfer['amount_reversed']);
  if (requestedAmount !== undefined) checkPositive(Number(requestedAmount));
  if (remaining <= 0) throw badRequest(`The transfer ${transfer.id} is already fully reversed.`, { param: 'transfer' });
  const amount = requestedAmount === undefined ? remaining : Number(requestedAmount);
  if (amount > remaining)
    throw badRequest(
      `The reversal amount (${formatAmount(amount, String(transfer['currency']))}) is greater than the unreversed amount of the transfer (${formatAmount(remaining, String(transfer['currency']))}).`,
      { param: 'amount' },
    );
  return reverseTransfer(context, transfer, amount, params);
}
