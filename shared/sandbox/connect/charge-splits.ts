import { platformContext, type Context } from '../context.ts';
import type { Fee } from '../ledger/ledger.ts';
import { badRequest, noSuchObject } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { checkDestination } from './accounts.ts';
import { makeFee, refundFee } from './application-fees.ts';
import { reverseTransfer } from './transfer-reversals.ts';
import { makeTransfer } from './transfers.ts';

/**
 * Divides the amount of a charge between a platform and a connected account.
 * Direct charges: https://docs.stripe.com/connect/direct-charges. Destination charges: https://docs.stripe.com/connect/destination-charges.
 */

interface TransferData {
  readonly destination: string;
  readonly amount?: number | undefined;
}

/** Returns the requested transfer of a destination charge. Undefined for other charges. */
function transferDataOf(params: Record<string, unknown>): TransferData | undefined {
  const data = params['transfer_data'];
  if (!isHash(data) || typeof data['destination'] !== 'string') return undefined;
  return {
    destination: data['destination'],
    amount: typeof data['amount'] === 'number' ? data['amount'] : undefined,
  };
}

/**
 * Rejects `application_fee_amount`, `transfer_data` and `on_behalf_of` if the charge cannot have them.
 * https://docs.stripe.com/api/payment_intents/create
 */
export function checkSplit(context: Context, params: Record<string, unknown>): void {
  const { account, accountOf } = context;
  const fee = params['application_fee_amount'];
  const transfer = transferDataOf(params);
  const onBehalfOf = params['on_behalf_of'];
  if (typeof onBehalfOf === 'string' && onBehalfOf !== '' && accountOf('').get('account', onBehalfOf) === undefined)
    throw noSuchObject('account', onBehalfOf, 'on_behalf_of', true);
  if (transfer !== undefined) checkDestination(context, transfer.destination, 'transfer_data[destination]');
  if (transfer?.amount !== undefined) checkTransferAmount(transfer.amount, params);
  if (typeof fee !== 'number') return;
  const isDirectCharge = account.id !== '';
  if (!isDirectCharge && transfer === undefined)
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

function checkTransferAmount(amount: number, params: Record<string, unknown>): void {
  if (typeof params['application_fee_amount'] === 'number')
    throw badRequest('You may only provide either `application_fee_amount` or `transfer_data[amount]`, not both.', {
      param: 'transfer_data[amount]',
    });
  if (amount < 1 || amount > Number(params['amount']))
    throw badRequest('`transfer_data[amount]` must be positive and at most the amount of the charge.', {
      param: 'transfer_data[amount]',
    });
}

interface ChargeSplit {
  /** The platform's fee in the balance transaction of a direct charge. */
  readonly applicationFee?: Fee;
  /**
   * Creates the transfer of a destination charge. Call this function after the charge has been posted to the balance,
   * so that the balance transactions are in this order.
   */
  readonly transferAfterPosting?: () => void;
}

interface CapturedAmount {
  readonly amount: number;
  readonly availableOn: number;
}

/**
 * Divides a captured amount: creates the platform's fee for a direct charge, and prepares the transfer of a destination
 * charge.
 */
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

/**
 * Reverses the transfer of a charge if the refund request has `reverse_transfer`, and refunds the platform's fee if the
 * request has `refund_application_fee`. The amounts are in proportion to the refund.
 * https://docs.stripe.com/api/refunds/create
 */
export function refundSplit(context: Context, charge: StoredObject, refund: StoredObject, amount: number): void {
  const { reverse_transfer: reversesTransfer, refund_application_fee: refundsFee } = context.params;
  const captured = Number(charge['amount_captured']);
  const platform = { ...platformContext(context), params: {} };
  const transfer = platform.account.get('transfer', String(charge['transfer']));
  if (reversesTransfer === true && transfer !== undefined) {
    const unreversed = Number(transfer['amount']) - Number(transfer['amount_reversed']);
    const amountToReverse = Math.min(unreversed, Math.round((Number(transfer['amount']) * amount) / captured));
    if (amountToReverse > 0)
      refund['transfer_reversal'] = reverseTransfer(platform, transfer, amountToReverse, {
        source_refund: refund.id,
      }).id;
  }
  const fee = platform.account.get('application_fee', String(charge['application_fee']));
  if (refundsFee === true && fee !== undefined) {
    const unrefunded = Number(fee['amount']) - Number(fee['amount_refunded']);
    const amountToRefund = Math.min(unrefunded, Math.round((Number(fee['amount']) * amount) / captured));
    if (amountToRefund > 0) refundFee(platform, fee, amountToRefund, {});
  }
}

/**
 * Rejects `reverse_transfer` for a charge without a transfer, and `refund_application_fee` for a charge without a fee.
 */
export function checkSplitRefund(context: Context, charge: StoredObject): void {
  if (context.params['reverse_transfer'] === true && charge['transfer'] === null)
    throw badRequest(`Charge ${charge.id} has no associated transfer to reverse.`, { param: 'reverse_transfer' });
  if (context.params['refund_application_fee'] === true && charge['application_fee'] === null)
    throw badRequest(`Charge ${charge.id} does not have an application fee to refund.`, {
      param: 'refund_application_fee',
    });
}
