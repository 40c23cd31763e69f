import type { Context } from '../../context.ts';
import { DISPUTE_FEE } from '../../ledger/fees.ts';
import { postTransaction, inSettlementCurrency } from '../../ledger/ledger.ts';
import type { StoredObject } from '../../store.ts';

/** Subtracts the disputed amount and the fee from the balance. https://docs.stripe.com/disputes/how-disputes-work */
export function withdrawDisputedAmount(context: Context, dispute: StoredObject): void {
  postDisputedAmount(context, dispute, -1, 'dispute', `Chargeback withdrawal for ${String(dispute['charge'])}`);
}

/** Returns the disputed amount and the fee to the balance. */
export function reinstateDisputedAmount(context: Context, dispute: StoredObject): void {
  postDisputedAmount(context, dispute, 1, 'dispute_reversal', `Chargeback reversal for ${String(dispute['charge'])}`);
}

/** Changes the balance by the disputed amount and the fee: subtracts them if `sign` is -1, and adds them if it is 1. */
function postDisputedAmount(
  context: Context,
  dispute: StoredObject,
  sign: 1 | -1,
  category: string,
  description: string,
): void {
  const settledAmount = inSettlementCurrency(context, Number(dispute['amount']), String(dispute['currency']));
  const transaction = postTransaction(context, {
    ...settledAmount,
    amount: sign * settledAmount.amount,
    type: 'adjustment',
    reporting_category: category,
    fees: [{ amount: -sign * DISPUTE_FEE, type: 'stripe_fee', description: 'Dispute fee' }],
    source: dispute.id,
    description,
  });
  dispute['balance_transactions'] = [
    ...(dispute['balance_transactions'] as StoredObject[]),
    structuredClone(transaction),
  ];
}
