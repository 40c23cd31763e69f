import {
  checkCouponCurrency,
  checkMinimumAmount,
  couponRule,
  redeemableCode,
  redeemableCoupon,
} from '../billing/discounts.ts';
import { addUpItems, totalDetails } from '../billing/item-totals.ts';
import { isRecurring } from '../billing/prices.ts';
import { priceOf } from '../billing/subscriptions/items.ts';
import { sumOf, type DiscountRule } from '../billing/totals.ts';
import { hashOrEmpty, hashesOf } from '../billing/values.ts';
import type { Context } from '../context.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { lineItemsOf, lineState } from './line-items.ts';
import { hiddenParamsOf } from './session-data.ts';

/**
 * Reads the discounts of a session: at most one coupon or promotion code. They are not redeemed here, but by the
 * invoice or the subscription that the completed session creates. https://docs.stripe.com/payments/checkout/discounts
 */
export function readDiscounts(context: Context, customer: string | null, currency: unknown): object[] {
  const discounts = hashesOf(context.params['discounts']);
  if (discounts.length > 1)
    throw badRequest('You can only pass one discount to a Checkout Session.', { param: 'discounts' });
  if (discounts.length > 0 && context.params['allow_promotion_codes'] !== undefined)
    throw badRequest('You may only specify one of these parameters: allow_promotion_codes, discounts.', {
      param: 'discounts',
    });
  return discounts.map(({ coupon, promotion_code: code }) => {
    const promotion =
      typeof code === 'string'
        ? redeemableCode(context, code, { customer }, 'discounts[0][promotion_code]')
        : undefined;
    const couponId = String(coupon ?? hashOrEmpty(promotion?.['promotion'])['coupon'] ?? '');
    checkCouponCurrency(redeemableCoupon(context, couponId, 'discounts[0][coupon]'), currency);
    return { coupon: promotion === undefined ? couponId : null, promotion_code: promotion?.id ?? null };
  });
}

/** Returns the rules of the discounts of a session. A coupon that was deleted has no rule. */
function discountRulesOfSession({ account }: Context, session: StoredObject): DiscountRule[] {
  return hashesOf(session['discounts']).flatMap(({ coupon: requestedId, promotion_code: code }) => {
    const promotion = account.get('promotion_code', String(code));
    const couponId = String(requestedId ?? hashOrEmpty(promotion?.['promotion'])['coupon']);
    const coupon = account.get('coupon', couponId);
    return coupon === undefined ? [] : [couponRule(couponId, coupon)];
  });
}

/**
 * Calculates the totals of a session. Call this function for a new session, and after the customer has changed a
 * quantity or the promotion code.
 */
export function addUpSession(context: Context, session: StoredObject): void {
  if (session['mode'] === 'setup') return;
  const lines = lineItemsOf(context.account, 'checkout_session', session);
  const subscriptionData = hashOrEmpty(hiddenParamsOf(context, session)['subscription_data']);
  const defaultRates = (subscriptionData['rates'] ?? []) as StoredObject[];
  const totals = addUpItems(
    lines,
    (line) => {
      const { rates } = lineState(context, line);
      return { rates: rates.length > 0 ? rates : defaultRates, discounts: [] };
    },
    discountRulesOfSession(context, session),
  );
  const subtotal = sumOf(lines.map((line) => Number(line['amount_subtotal'])));
  for (const { promotion_code: code } of hashesOf(session['discounts'])) {
    const promotion = context.account.get('promotion_code', String(code));
    checkMinimumAmount(promotion, subtotal, session['currency'], 'discounts[0][promotion_code]');
  }
  // During a trial only one-time lines are due. https://docs.stripe.com/payments/checkout/free-trials
  const due = hasTrial(subscriptionData)
    ? sumsOfLines(lines.filter((line) => !isRecurring(priceOf(line))))
    : { subtotal, total: totals.total, details: totalDetails(totals) };
  const shipping = Number(hashOrEmpty(session['shipping_cost'])['amount_total'] ?? 0);
  const total = due.total + shipping;
  Object.assign(session, {
    amount_subtotal: due.subtotal,
    amount_total: total,
    payment_status: total === 0 ? 'no_payment_required' : 'unpaid',
    total_details: { ...due.details, amount_shipping: shipping },
  });
}

/** Adds up the amounts of line items. */
function sumsOfLines(lines: readonly StoredObject[]): { subtotal: number; total: number; details: object } {
  const sumOfField = (name: string): number => sumOf(lines.map((line) => Number(line[name])));
  return {
    subtotal: sumOfField('amount_subtotal'),
    total: sumOfField('amount_total'),
    details: { amount_discount: sumOfField('amount_discount'), amount_tax: sumOfField('amount_tax') },
  };
}

/** Returns whether `subscription_data` sets a trial. */
export function hasTrial({ trial_period_days: days, trial_end: end }: Record<string, unknown>): boolean {
  return days !== undefined || end !== undefined;
}
