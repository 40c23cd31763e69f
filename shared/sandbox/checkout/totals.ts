import { checkCoupon, checkMinimum, couponRule, redeemableCode, redeemableCoupon } from '../billing/discounts.ts';
import { addUpItems, totalDetails } from '../billing/item-totals.ts';
import { isRecurring } from '../billing/prices.ts';
import { sumOf, type DiscountRule } from '../billing/totals.ts';
import { hashOrEmpty, hashesOf } from '../billing/values.ts';
import type { Context } from '../context.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { sellerLines, lineState } from './line-items.ts';
import { dataOf } from './session-data.ts';

/**
 * Reads the discounts of a session: at most one coupon or promotion code. The payment redeems it later.
 * https://docs.stripe.com/payments/checkout/discounts
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
    const id = String(coupon ?? hashOrEmpty(promotion?.['promotion'])['coupon'] ?? '');
    checkCoupon(redeemableCoupon(context, id, 'discounts[0][coupon]'), currency);
    return { coupon: promotion === undefined ? id : null, promotion_code: promotion?.id ?? null };
  });
}

/** Returns the discount rules of a session. */
function discountRulesOfSession({ account }: Context, session: StoredObject): DiscountRule[] {
  return hashesOf(session['discounts']).flatMap(({ coupon, promotion_code: code }) => {
    const promotion = account.get('promotion_code', String(code));
    const id = String(coupon ?? hashOrEmpty(promotion?.['promotion'])['coupon']);
    const couponObject = account.get('coupon', id);
    return couponObject === undefined ? [] : [couponRule(id, couponObject)];
  });
}

/** Calculates the totals of a session, after its creation and after the customer changed a quantity or entered a code. */
export function addUpSession(context: Context, session: StoredObject): void {
  if (session['mode'] === 'setup') return;
  const lines = sellerLines(context.account, 'checkout_session', session);
  const subscriptionData = hashOrEmpty(dataOf(context, session)['subscription_data']);
  const defaults = (subscriptionData['rates'] ?? []) as StoredObject[];
  const totals = addUpItems(
    lines,
    (line) => {
      const { rates } = lineState(context, line);
      return { rates: rates.length > 0 ? rates : defaults, discounts: [] };
    },
    discountRulesOfSession(context, session),
  );
  for (const { promotion_code: code } of hashesOf(session['discounts'])) {
    const subtotal = sumOf(lines.map((line) => Number(line['amount_subtotal'])));
    const promotion = context.account.get('promotion_code', String(code));
    checkMinimum(promotion, subtotal, session['currency'], 'discounts[0][promotion_code]');
  }
  // During a trial only one-time lines are due. https://docs.stripe.com/payments/checkout/free-trials
  const dueLines = hasTrial(subscriptionData)
    ? lines.filter((line) => !isRecurring(line['price'] as StoredObject))
    : lines;
  const sumOfField = (name: string): number => sumOf(dueLines.map((line) => Number(line[name])));
  const shipping = Number(hashOrEmpty(session['shipping_cost'])['amount_total'] ?? 0);
  const total = (dueLines === lines ? totals.total : sumOfField('amount_total')) + shipping;
  Object.assign(session, {
    amount_subtotal: sumOfField('amount_subtotal'),
    amount_total: total,
    payment_status: total === 0 ? 'no_payment_required' : 'unpaid',
    total_details: {
      ...(dueLines === lines
        ? totalDetails(totals)
        : { amount_discount: sumOfField('amount_discount'), amount_tax: sumOfField('amount_tax') }),
      amount_shipping: shipping,
    },
  });
}

export function hasTrial({ trial_period_days: days, trial_end: end }: Record<string, unknown>): boolean {
  return days !== undefined || end !== undefined;
}
