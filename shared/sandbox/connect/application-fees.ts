import { objectInPath, makeObject, platformContext, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkPositive, formatAmount } from '../ledger/currencies.ts';
import { postTransaction, inSettlementCurrency, type Fee } from '../ledger/ledger.ts';
import { badRequest } from '../api-error.ts';
import { emptyList, PLATFORM_APPLICATION, type StoredObject } from '../store.ts';

interface FeeInput {
  /** The charge on the connected account. */
  readonly charge: StoredObject;
  /** In minor units of the charge's currency. */
  readonly amount: number;
  /** Time in Unix seconds at which the fee is available in the platform's balance. */
  readonly availableOn: number;
  /** The charge on the platform, if the fee is for a destination charge. */
  readonly originating?: StoredObject | undefined;
}

/**
 * Creates the platform's fee for a charge on the connected account of `context`. Also returns the fee as `line`, an
 * entry for `fee_details` of the charge's balance transaction. https://docs.stripe.com/api/application_fees/object
 */
export function makeFee(
  context: Context,
  { charge, amount, availableOn, originating }: FeeInput,
): { fee: StoredObject; line: Fee } {
  const platform = { ...platformContext(context), params: {} };
  const fee = makeObject(platform, 'ApplicationFee');
  const currency = String(charge['currency']);
  const posting = {
    ...inSettlementCurrency(platform, amount, currency),
    type: 'application_fee',
    source: fee.id,
    availableOn,
  };
  Object.assign(fee, {
    account: context.account.id,
    amount,
    amount_refunded: 0,
    application: PLATFORM_APPLICATION,
    balance_transaction: postTransaction(platform, posting).id,
    charge: charge.id,
    currency,
    fee_source: { charge: charge.id, type: 'charge' },
    originating_transaction: originating?.id ?? null,
    refunded: false,
    refunds: { ...emptyList(), url: `/v1/application_fees/${fee.id}/refunds` },
  });
  const line: Fee = {
    amount: inSettlementCurrency(context, amount, currency).amount,
    application: PLATFORM_APPLICATION,
    description: 'Stripe connect application fee',
    type: 'application_fee',
  };
  return { fee, line };
}

/** Refunds a part of a fee to the connected account. https://docs.stripe.com/api/fee_refunds/create */
export function refundFee(
  platform: Context,
  fee: StoredObject,
  amount: number,
  params: Context['params'],
): StoredObject {
  const currency = String(fee['currency']);
  const refund = makeObject(platform, 'FeeRefund', params);
  const settledAmount = inSettlementCurrency(platform, amount, currency);
  const posting = {
    ...settledAmount,
    amount: -settledAmount.amount,
    type: 'application_fee_refund',
    source: refund.id,
  };
  Object.assign(refund, { amount, currency, fee: fee.id, balance_transaction: postTransaction(platform, posting).id });
  const connected = { ...platform, account: platform.accountOf(String(fee['account'])) };
  postTransaction(connected, {
    ...inSettlementCurrency(connected, amount, currency),
    type: 'application_fee_refund',
    source: refund.id,
  });
  const refunded = Number(fee['amount_refunded']) + amount;
  const { data } = fee['refunds'] as { data: StoredObject[] };
  Object.assign(fee, {
    amount_refunded: refunded,
    refunded: refunded === fee['amount'],
    refunds: { ...(fee['refunds'] as object), data: [refund, ...data], total_count: data.length + 1 },
  });
  return refund;
}

/** POST /v1/application_fees/{fee}/refunds */
function createFeeRefund(context: Context): StoredObject {
  const { amount: requestedAmount, fee: id, ...params } = context.params;
  const fee = objectInPath(context, 'application_fee', String(id), 'fee');
  const unrefunded = Number(fee['amount']) - Number(fee['amount_refunded']);
  if (requestedAmount !== undefined) checkPositive(Number(requestedAmount));
  if (unrefunded <= 0) throw badRequest(`Application fee ${fee.id} has already been refunded.`, { param: 'fee' });
  const amount = requestedAmount === undefined ? unrefunded : Number(requestedAmount);
  if (amount > unrefunded)
    throw badRequest(
      `Refund amount (${formatAmount(amount, String(fee['currency']))}) is greater than unrefunded amount on application fee (${formatAmount(unrefunded, String(fee['currency']))})`,
      { param: 'amount' },
    );
  return refundFee(context, fee, amount, params);
}

export const applicationFees: Feature = { entities: { FeeRefund: { create: createFeeRefund } } };
