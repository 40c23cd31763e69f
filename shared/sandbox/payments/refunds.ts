import { cardOf } from '../cards/method-state.ts';
import { checkReturn, returnSplit } from '../connect/charge-splits.ts';
import { inParam, inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkPositive, checkStep, formatted } from '../ledger/currencies.ts';
import { later } from '../ledger/due.ts';
import { postTransaction, settled } from '../ledger/ledger.ts';
import { bad } from '../refusal.ts';
import type { Stored } from '../store.ts';
import { closeInquiries } from './disputes.ts';

/** Seconds after which a refund of a card that refunds asynchronously changes. https://docs.stripe.com/testing#refunds */
const ASYNCHRONOUS = 1;

/** POST /v1/refunds: of a charge, or of a payment intent's last one. https://docs.stripe.com/refunds */
export function createRefund(context: Context): Stored {
  const { params } = context;
  const charge = refundedCharge(context);
  const [total, currency] = [Number(charge['amount']), String(charge['currency'])];
  const left = total - Number(charge['amount_refunded']);
  if (params['amount'] !== undefined) checkPositive(Number(params['amount']));
  if (left <= 0)
    throw bad(`Charge ${charge.id} has already been refunded.`, { code: 'charge_already_refunded', charge: charge.id });
  checkNotDisputed(context, charge);
  checkReturn(context, charge);
  const amount = params['amount'] === undefined ? left : Number(params['amount']);
  if (amount > left)
    throw bad(
      `Refund amount (${formatted(amount, currency)}) is greater than ${left === total ? 'charge amount' : 'unrefunded amount on charge'} (${formatted(left, currency)})`,
      { code: 'amount_too_large', param: 'amount' },
    );
  checkStep(amount, currency);
  if (charge['captured'] !== true && amount < left)
    throw bad(
      'You cannot partially refund an uncaptured charge. Instead, capture the charge for an amount less than the original amount.',
      { param: 'amount' },
    );
  return makeRefund(context, charge, amount);
}

function makeRefund(context: Context, charge: Stored, amount: number): Stored {
  const { params } = context;
  const method = context.account.get('payment_method', String(charge['payment_method']));
  const behaviour = method === undefined ? undefined : cardOf(context, method)?.refunds;
  const refund = Object.assign(make(context, 'Refund', params), {
    amount,
    charge: charge.id,
    currency: charge['currency'],
    destination_details: refundDestination(method),
    payment_intent: charge['payment_intent'],
    reason: params['reason'] ?? null,
    status: behaviour === 'pending' && charge['captured'] === true ? 'pending' : 'succeeded',
  });
  addRefunded(charge, amount);
  // https://docs.stripe.com/charges/placing-a-hold: the hold is released; nothing reached the balance.
  if (charge['captured'] !== true) return refund;
  const own = settled(context, amount, String(charge['currency']));
  const posting = { ...own, amount: -own.amount, type: 'refund', source: refund.id, description: 'REFUND FOR CHARGE' };
  refund['balance_transaction'] = postTransaction(context, posting).id;
  closeInquiries(context, charge);
  returnSplit(context, charge, refund, amount);
  if (behaviour !== undefined)
    later(context, context.now + ASYNCHRONOUS, behaviour === 'fail' ? 'refund.fail' : 'refund.succeed', refund);
  return refund;
}

/** https://docs.stripe.com/api/refunds/object#refund_object-destination_details */
function refundDestination(method: Stored | undefined): object {
  const type = String(method?.['type'] ?? 'card');
  if (type !== 'card') return { [type]: {}, type };
  return { card: { reference_status: 'pending', reference_type: 'acquirer_reference_number', type: 'refund' }, type };
}

function addRefunded(charge: Stored, amount: number): void {
  const refunded = Number(charge['amount_refunded']) + amount;
  Object.assign(charge, { amount_refunded: refunded, refunded: refunded === Number(charge['amount']) });
}

/** The money comes back to the balance. https://docs.stripe.com/refunds#failed-refunds */
function failRefund(context: Context, refund: Stored): void {
  const amount = Number(refund['amount']);
  const own = settled(context, amount, String(refund['currency']));
  const back = postTransaction(context, {
    ...own,
    type: 'refund_failure',
    source: refund.id,
    description: 'REFUND FAILURE',
  });
  Object.assign(refund, {
    failure_balance_transaction: back.id,
    failure_reason: 'expired_or_canceled_card',
    status: 'failed',
  });
  const charge = context.account.get('charge', String(refund['charge']));
  if (charge !== undefined) addRefunded(charge, -amount);
}

function refundedCharge(context: Context): Stored {
  const intent = inParam(context, 'payment_intent', 'payment_intent');
  const named = inParam(context, 'charge', 'charge');
  if (named !== undefined && intent !== undefined && named['payment_intent'] !== intent.id)
    throw bad(`Charge ${named.id} does not belong to PaymentIntent ${intent.id}.`, { param: 'charge' });
  if (named === undefined && intent === undefined)
    throw bad('One of the following params should be provided for this request: payment_intent or charge.');
  const charge = named ?? context.account.get('charge', String(intent?.['latest_charge']));
  if (charge === undefined || (named === undefined && charge['status'] !== 'succeeded'))
    throw bad(`This PaymentIntent (${String(intent?.id)}) does not have a successful charge to refund.`, {
      param: 'payment_intent',
    });
  if (charge['status'] !== 'succeeded')
    throw bad(`Charge ${charge.id} cannot be refunded: it has a status of ${String(charge['status'])}.`, {
      param: 'charge',
    });
  if (charge['source_transfer'] !== null)
    throw bad(`Payment ${charge.id} is of a transfer: the platform takes it back with a reversal of the transfer.`, {
      param: 'charge',
    });
  if (charge['captured'] !== true && charge['refunded'] !== true && charge['payment_intent'] !== null)
    throw bad(`Charge ${charge.id} has not been captured: cancel its PaymentIntent to release the authorization.`, {
      param: named === undefined ? 'payment_intent' : 'charge',
    });
  return charge;
}

/** https://docs.stripe.com/error-codes#charge-disputed */
function checkNotDisputed({ account }: Context, charge: Stored): void {
  if (charge['disputed'] !== true) return;
  const open = account
    .all('dispute')
    .some((dispute) => dispute['charge'] === charge.id && dispute['is_charge_refundable'] === false);
  if (open)
    throw bad(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: 'charge_disputed',
      charge: charge.id,
    });
}

/** POST /v1/refunds/{id}/cancel: only while the customer has to act. https://docs.stripe.com/api/refunds/cancel */
function cancelRefund(context: Context, id: string): Stored {
  const refund = inPath(context, 'refund', id, 'refund');
  throw bad(
    `You cannot cancel this refund because it has a status of ${String(refund['status'])}. Only a refund with a status of requires_action can be canceled.`,
  );
}

function succeedRefund(_context: Context, refund: Stored): void {
  refund['status'] = 'succeeded';
}

export const refunds: Feature = {
  due: { 'refund.fail': failRefund, 'refund.succeed': succeedRefund },
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
