import { cardOf } from '../cards/method-state.ts';
import { checkSplitRefund, refundSplit } from '../connect/charge-splits.ts';
import { objectInParam, objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkPositive, checkSmallestUnit, formatAmount } from '../ledger/currencies.ts';
import { scheduleTask } from '../ledger/due.ts';
import { postTransaction, inSettlementCurrency } from '../ledger/ledger.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { closeInquiries } from './disputes/disputes.ts';

/** Seconds until an asynchronous refund of a test card succeeds or fails. https://docs.stripe.com/testing#refunds */
const ASYNC_REFUND_SECONDS = 1;

/** POST /v1/refunds. Refunds a charge, or the latest charge of a payment intent. https://docs.stripe.com/refunds */
export function createRefund(context: Context): StoredObject {
  const { params } = context;
  const charge = chargeToRefund(context);
  const [total, currency] = [Number(charge['amount']), String(charge['currency'])];
  const refundable = total - Number(charge['amount_refunded']);
  if (params['amount'] !== undefined) checkPositive(Number(params['amount']));
  if (refundable <= 0)
    throw badRequest(`Charge ${charge.id} has already been refunded.`, {
      code: 'charge_already_refunded',
      charge: charge.id,
    });
  checkNotDisputed(context, charge);
  checkSplitRefund(context, charge);
  const amount = params['amount'] === undefined ? refundable : Number(params['amount']);
  if (amount > refundable) {
    const limit = refundable === total ? 'charge amount' : 'unrefunded amount on charge';
    throw badRequest(
      `Refund amount (${formatAmount(amount, currency)}) is greater than ${limit} (${formatAmount(refundable, currency)})`,
      { code: 'amount_too_large', param: 'amount' },
    );
  }
  checkSmallestUnit(amount, currency);
  if (charge['captured'] !== true && amount < refundable)
    throw badRequest(
      'You cannot partially refund an uncaptured charge. Instead, capture the charge for an amount less than the original amount.',
      { param: 'amount' },
    );
  return makeRefund(context, charge, amount);
}

/** Creates a refund, and subtracts its amount from the balance if the charge was captured. */
function makeRefund(context: Context, charge: StoredObject, amount: number): StoredObject {
  const { params } = context;
  const method = context.account.get('payment_method', String(charge['payment_method']));
  const refundBehavior = method === undefined ? undefined : cardOf(context, method)?.refunds;
  const refund = Object.assign(makeObject(context, 'Refund', params), {
    amount,
    charge: charge.id,
    currency: charge['currency'],
    destination_details: refundDestination(method),
    payment_intent: charge['payment_intent'],
    reason: params['reason'] ?? null,
    status: refundBehavior === 'pending' && charge['captured'] === true ? 'pending' : 'succeeded',
  });
  addRefunded(charge, amount);
  // An uncaptured charge is not in the balance, so only its hold is released. https://docs.stripe.com/charges/placing-a-hold
  if (charge['captured'] !== true) return refund;
  const settledAmount = inSettlementCurrency(context, amount, String(charge['currency']));
  const posting = {
    ...settledAmount,
    amount: -settledAmount.amount,
    type: 'refund',
    source: refund.id,
    description: 'REFUND FOR CHARGE',
  };
  refund['balance_transaction'] = postTransaction(context, posting).id;
  closeInquiries(context, charge);
  refundSplit(context, charge, refund, amount);
  if (refundBehavior !== undefined)
    scheduleTask(
      context,
      context.now + ASYNC_REFUND_SECONDS,
      refundBehavior === 'fail' ? 'refund.fail' : 'refund.succeed',
      refund,
    );
  return refund;
}

/** Returns `destination_details` of a refund. https://docs.stripe.com/api/refunds/object#refund_object-destination_details */
function refundDestination(method: StoredObject | undefined): object {
  const type = String(method?.['type'] ?? 'card');
  if (type !== 'card') return { [type]: {}, type };
  return { card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' }, type };
}

/** Adds `amount` to the refunded amount of a charge. After a failed refund, `amount` is negative. */
function addRefunded(charge: StoredObject, amount: number): void {
  const refunded = Number(charge['amount_refunded']) + amount;
  Object.assign(charge, { amount_refunded: refunded, refunded: refunded === Number(charge['amount']) });
}

/** Fails a refund and returns the money to the balance. https://docs.stripe.com/refunds#failed-refunds */
function failRefund(context: Context, refund: StoredObject): void {
  const amount = Number(refund['amount']);
  const settledAmount = inSettlementCurrency(context, amount, String(refund['currency']));
  const transaction = postTransaction(context, {
    ...settledAmount,
    type: 'refund_failure',
    source: refund.id,
    description: 'REFUND FAILURE',
  });
  Object.assign(refund, {
    failure_balance_transaction: transaction.id,
    failure_reason: 'expired_or_canceled_card',
    status: 'failed',
  });
  const charge = context.account.get('charge', String(refund['charge']));
  if (charge !== undefined) addRefunded(charge, -amount);
}

/** Returns the charge that a request refunds. Throws if the charge cannot be refunded. */
function chargeToRefund(context: Context): StoredObject {
  const intent = objectInParam(context, 'payment_intent', 'payment_intent');
  const requestedCharge = objectInParam(context, 'charge', 'charge');
  if (requestedCharge !== undefined && intent !== undefined && requestedCharge['payment_intent'] !== intent.id)
    throw badRequest(`Charge ${requestedCharge.id} does not belong to PaymentIntent ${intent.id}.`, {
      param: 'charge',
    });
  if (requestedCharge === undefined && intent === undefined)
    throw badRequest('One of the following params should be provided for this request: payment_intent or charge.');
  const charge = requestedCharge ?? context.account.get('charge', String(intent?.['latest_charge']));
  if (charge === undefined || (requestedCharge === undefined && charge['status'] !== 'succeeded'))
    throw badRequest(`This PaymentIntent (${String(intent?.id)}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
    });
  if (charge['status'] !== 'succeeded')
    throw badRequest(`Charge ${charge.id} cannot be refunded: it has a status of ${String(charge['status'])}.`, {
      param: 'charge',
    });
  if (charge['source_transfer'] !== null)
    throw badRequest(`Payment ${charge.id} belongs to a transfer: the platform must reverse the transfer instead.`, {
      param: 'charge',
    });
  if (charge['captured'] !== true && charge['refunded'] !== true && charge['payment_intent'] !== null)
    throw badRequest(
      `Charge ${charge.id} has not been captured: cancel its PaymentIntent to release the authorization.`,
      {
        param: requestedCharge === undefined ? 'payment_intent' : 'charge',
      },
    );
  return charge;
}

/**
 * Rejects the refund of a disputed charge, unless its disputes are inquiries.
 * https://docs.stripe.com/error-codes#charge-disputed
 */
function checkNotDisputed({ account }: Context, charge: StoredObject): void {
  if (charge['disputed'] !== true) return;
  const hasBlockingDispute = account
    .all('dispute')
    .some((dispute) => dispute['charge'] === charge.id && dispute['is_charge_refundable'] === false);
  if (hasBlockingDispute)
    throw badRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
      charge: charge.id,
    });
}

/** POST /v1/refunds/{id}/cancel. Always fails, because no refund of the sandbox has the status requires_action. https://docs.stripe.com/api/refunds/cancel */
function cancelRefund(context: Context, id: string): StoredObject {
  const refund = objectInPath(context, 'refund', id, 'refund');
  throw badRequest(
    `You cannot cancel this refund because it has a status of ${String(refund['status'])}. Only a refund with a status of requires_action can be canceled.`,
  );
}

function succeedRefund(_context: Context, refund: StoredObject): void {
  refund['status'] = 'succeeded';
}

export const refunds: Feature = {
  scheduled: { 'refund.fail': failRefund, 'refund.succeed': succeedRefund },
  entities: { Refund: { create: createRefund } },
  actions: { '/v1/refunds/{id}/cancel': cancelRefund },
  includes: {
    'charge.refunds': (charge, account) =>
      account
        .all('refund')
        .filter((refund) => refund['charge'] === charge.id)
        .reverse(),
  },
};
