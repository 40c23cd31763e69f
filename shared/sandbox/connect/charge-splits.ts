import type { Context } from '../context.ts';
import type { Fee } from '../ledger/ledger.ts';
import { badRequest, noSuchObject } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { checkDestination } from './accounts.ts';
import { makeFee, refundFee } from './application-fees.ts';
import { makeTransfer, reverseTransfer } from './transfers.ts';

/**
 * How a charge is split between a platform and a connected account.
 * Direct charges: https://docs.stripe.com/connect/direct-charges. Destination charges: https://docs.stripe.com/connect/destination-charges.
 */

interface TransferData {
  readonly destination: string;
  readonly amount?: number;
}

function transferDataOf(params: Record<string, unknown>): TransferData | undefined {
  const data = params['transfer_data'];
  if (!isHash(data) || typeof data['destination'] !== 'string') return undefined;
  return {
    destination: data['destination'],
    ...(typeof data['amount'] === 'number' ? { amount: data['amount'] } : {}),
  };
}

/** Rejects fees and transfers that a charge cannot have. https://docs.stripe.com/api/payment_intents/create */
export function checkSplit(context: Context, params: Record<string, unknown>): void {
  const { account, accountOf } = context;
  const fee = params['application_fee_amount'];
  const transfer = transferDataOf(params);
  const onBehalfOf = params['on_behalf_of'];
  if (typeof onBehalfOf === 'string' && onBehalfOf !== '' && accountOf('').get('account', onBehalfOf) === undefined)
    throw noSuchObject('account', onBehalfOf, 'on_behalf_of', true);
  if (transfer !== undefined) checkDestination(context, transfer.destination, 'transfer_data[destination]');
  if (transfer?.amount !== undefined) {
    if (typeof fee === 'number')
      throw badRequest('You may only provide either `application_fee_amount` or `transfer_data[amount]`, not both.', {
        param: 'transfer_data[amount]',
      });
    if (transfer.amount < 1 || transfer.amount > Number(params['amount']))
      throw badRequest('`transfer_data[amount]` must be positive and at most the amount of the charge.', {
        param: 'transfer_data[amount]',
      });
  }
  if (typeof fee !== 'number') return;
  if (account.id === '' && transfer === undefined)
    throw badRequest(
      'Can only apply an application_fee_amount when the PaymentIntent is attempting a direct payment (using an OAuth key or Stripe-Account header) or destination payment (using `transfer_data[destination]`).',
      { param: 'application_fee_amount' },
    );
  if (fee < 0)
    throw badRequest('This value must be greater than or equal to 0.', {
      code: 'parameter_invalid_integer',
      param: 'application_fee_amount',
    });
  if (fee > Number(params['amount']))
    throw badRequest('The application fee amount cannot be greater than the amount of the charge.', {
      param: 'application_fee_amount',
    });
}

interface ChargeSplit {
  /** The platform's fee in the balance transaction of a direct charge. */
  readonly applicationFee?: Fee;
  /** Makes the transfer of a destination charge. The charge itself must have been posted. */
  readonly transferAfterPosting?: () => void;
}

interface CapturedAmount {
  readonly amount: number;
  readonly availableOn: number;
}

/** Splits a captured amount between the platform and the connected account. */
export function splitCharge(
  context: Context,
  charge: StoredObject,
  { amount, availableOn }: CapturedAmount,
): ChargeSplit {
  const fee = Number(charge['application_fee_amount'] ?? 0);
  const transfer = transferDataOf(charge);
  if (transfer !== undefined)
    return {
      transferAfterPosting: () => {
        const { transfer: newTransfer, payment } = makeTransfer(context, {
          amount: transfer.amount ?? amount,
          currency: String(charge['currency']),
          destination: transfer.destination,
          source: charge,
          transferGroup: charge['transfer_group'] ?? `group_${charge.id}`,
          availableOn,
          applicationFee: fee,
        });
        Object.assign(charge, { transfer: newTransfer.id, transfer_group: newTransfer['transfer_group'] });
        if (payment['application_fee'] !== null) charge['application_fee'] = payment['application_fee'];
      },
    };
  if (context.account.id === '' || fee === 0) return {};
  const { fee: newFee, line } = makeFee(context, { charge, amount: fee, availableOn });
  charge['application_fee'] = newFee.id;
  return { applicationFee: line };
}

/** Reverses the transfer of a destination charge and the platform's fee for a refund. https://docs.stripe.com/api/refunds/create */
export function refundSplit(context: Context, charge: StoredObject, refund: StoredObject, amount: number): void {
  const { reverse_transfer: reverseTransferRequested, refund_application_fee: refundFeeRequested } = context.params;
  const captured = Number(charge['amount_captured']);
  const platform = { ...context, account: context.accountOf(''), params: {} };
  const transfer = platform.account.get('transfer', String(charge['transfer']));
  if (reverseTransferRequested === true && transfer !== undefined) {
    const unreversed = Number(transfer['amount']) - Number(transfer['amount_reversed']);
    const share = Math.min(unreversed, Math.round((Number(transfer['amount']) * amount) / captured));
    if (share > 0)
      refund['transfer_reversal'] = reverseTransfer(platform, transfer, share, { source_refund: refund.id }).id;
  }
  const fee = platform.account.get('application_fee', String(charge['application_fee']));
  if (refundFeeRequested === true && fee !== undefined) {
    const unrefunded = Number(fee['amount']) - Number(fee['amount_refunded']);
    const share = Math.min(unrefunded, Math.round((Number(fee['amount']) * amount) / captured));
    if (share > 0) refundFee(platform, fee, share, {});
  }
}

/** Rejects options of a refund that its charge cannot have. */
export function checkSplitRefund(context: Context, charge: StoredObject): void {
  if (context.params['reverse_transfer'] === true && charge['transfer'] === null)
    throw badRequest(`Charge ${charge.id} has no associated transfer to reverse.`, { param: 'reverse_transfer' });
  if (context.params['refund_application_fee'] === true && charge['application_fee'] === null)
    throw badRequest(`Charge ${charge.id} does not have an application fee to refund.`, {
      param: 'refund_application_fee',
    });
}
