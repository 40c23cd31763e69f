import { inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkPositive, formatted } from '../ledger/currencies.ts';
import { postTransaction, settled, type Fee } from '../ledger/ledger.ts';
import { bad } from '../refusal.ts';
import { emptyList, PLATFORM_APPLICATION, type Stored } from '../store.ts';

interface Charged {
  /** The charge on the connected account. */
  readonly charge: Stored;
  /** In minor units of the charge's currency. */
  readonly amount: number;
  readonly availableOn: number;
  /** The platform's charge of a destination charge. */
  readonly originating?: Stored;
}

/** The platform itself, for a request on behalf of one of its accounts. */
export function platformOf(context: Context): Context {
  return { ...context, account: context.accountOf(''), params: {} };
}

/**
 * The platform takes a fee of a charge on the connected account of `context`: the fee, and the line that it is in the fees of
 * the charge's balance transaction. https://docs.stripe.com/api/application_fees/object
 */
export function makeFee(
  context: Context,
  { charge, amount, availableOn, originating }: Charged,
): { made: Stored; line: Fee } {
  const platform = platformOf(context);
  const made = make(platform, 'ApplicationFee');
  const currency = String(charge['currency']);
  const posting = { ...settled(platform, amount, currency), type: 'application_fee', source: made.id, availableOn };
  Object.assign(made, {
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
    refunds: { ...emptyList(), url: `/v1/application_fees/${made.id}/refunds` },
  });
  const line: Fee = {
    amount: settled(context, amount, currency).amount,
    application: PLATFORM_APPLICATION,
    description: 'Stripe connect application fee',
    type: 'application_fee',
  };
  return { made, line };
}

/** Gives a part of a fee back to the connected account. https://docs.stripe.com/api/fee_refunds/create */
export function refundFee(platform: Context, fee: Stored, amount: number, params: Context['params']): Stored {
  const currency = String(fee['currency']);
  const refund = make(platform, 'FeeRefund', params);
  const own = settled(platform, amount, currency);
  const posting = { ...own, amount: -own.amount, type: 'application_fee_refund', source: refund.id };
  Object.assign(refund, { amount, currency, fee: fee.id, balance_transaction: postTransaction(platform, posting).id });
  const account = { ...platform, account: platform.accountOf(String(fee['account'])) };
  postTransaction(account, {
    ...settled(account, amount, currency),
    type: 'application_fee_refund',
    source: refund.id,
  });
  const refunded = Number(fee['amount_refunded']) + amount;
  const { data } = fee['refunds'] as { data: Stored[] };
  Object.assign(fee, {
    amount_refunded: refunded,
    refunded: refunded === fee['amount'],
    refunds: { ...(fee['refunds'] as object), data: [refund, ...data], total_count: data.length + 1 },
  });
  return refund;
}

/** POST /v1/application_fees/{fee}/refunds */
function createFeeRefund(context: Context): Stored {
  const { amount: given, fee: id, ...params } = context.params;
  const fee = inPath(context, 'application_fee', String(id), 'fee');
  const left = Number(fee['amount']) - Number(fee['amount_refunded']);
  if (given !== undefined) checkPositive(Number(given));
  if (left <= 0) throw bad(`Application fee ${fee.id} has already been refunded.`, { param: 'fee' });
  const amount = given === undefined ? left : Number(given);
  if (amount > left)
    throw bad(
      `Refund amount (${formatted(amount, String(fee['currency']))}) is greater than unrefunded amount on application fee (${formatted(left, String(fee['currency']))})`,
      { param: 'amount' },
    );
  return refundFee(context, fee, amount, params);
}

export const applicationFees: Feature = { entities: { FeeRefund: { create: createFeeRefund } } };
