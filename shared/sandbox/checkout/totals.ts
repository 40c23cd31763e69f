import { checkCoupon, checkMinimum, couponRule, redeemableCode, redeemableCoupon } from '../billing/discounts.ts';
import { addUpItems, totalDetails } from '../billing/item-totals.ts';
import { isRecurring } from '../billing/prices.ts';
import { sumOf, type DiscountRule } from '../billing/totals.ts';
import { hash, hashes } from '../billing/values.ts';
import type { Context } from '../context.ts';
import { bad } from '../refusal.ts';
import type { Stored } from '../store.ts';
import { sellerLines, lineState } from './line-items.ts';
import { dataOf } from './session-data.ts';

/**
 * The discounts of a session: one coupon or promotion code, which is redeemed with the payment.
 * https://docs.stripe.com/payments/checkout/discounts
 */
export function readDiscounts(context: Context, customer: string | null, currency: unknown): object[] {
  const given = hashes(context.params['discounts']);
  if (given.length > 1) throw bad('You can only pass one discount to a Checkout Session.', { param: 'discounts' });
  if (given.length > 0 && context.params['allow_promotion_codes'] !== undefined)
    throw bad('You may only specify one of these parameters: allow_promotion_codes, discounts.', {
      param: 'discounts',
    });
  return given.map(({ coupon, promotion_code: code }) => {
    const promotion =
      typeof code === 'string'
        ? redeemableCode(context, code, { customer }, 'discounts[0][promotion_code]')
        : undefined;
    const id = String(coupon ?? hash(promotion?.['promotion'])['coupon'] ?? '');
    checkCoupon(redeemableCoupon(context, id, 'discounts[0][coupon]'), currency);
    return { coupon: promotion === undefined ? id : null, promotion_code: promotion?.id ?? null };
  });
}

/** The coupon of a session's discounts, by its rule. */
function rulesOfSession({ account }: Context, session: Stored): DiscountRule[] {
  return hashes(session['discounts']).flatMap(({ coupon, promotion_code: code }) => {
    const promotion = account.get('promotion_code', String(code));
    const id = String(coupon ?? hash(promotion?.['promotion'])['coupon']);
    const found = account.get('coupon', id);
    return found === undefined ? [] : [couponRule(id, found)];
  });
}

/** Adds a session up again: after its creation, and after the customer changed a quantity or entered a code. */
export function addUpSession(context: Context, session: Stored): void {
  if (session['mode'] === 'setup') return;
  const lines = sellerLines(context.account, 'checkout_session', session);
  const subscribed = hash(dataOf(context, session)['subscription_data']);
  const defaults = (subscribed['rates'] ?? []) as Stored[];
  const totals = addUpItems(
    lines,
    (line) => {
      const { rates } = lineState(context, line);
      return { rates: rates.length > 0 ? rates : defaults, discounts: [] };
    },
    rulesOfSession(context, session),
  );
  for (const { promotion_code: code } of hashes(session['discounts'])) {
    const subtotal = sumOf(lines.map((line) => Number(line['amount_subtotal'])));
    const promotion = context.account.get('promotion_code', String(code));
    checkMinimum(promotion, subtotal, session['currency'], 'discounts[0][promotion_code]');
  }
  // During a trial nothing recurring is due. https://docs.stripe.com/payments/checkout/free-trials
  const due = hasTrial(subscribed) ? lines.filter((line) => !isRecurring(line['price'] as Stored)) : lines;
  const of = (name: string): number => sumOf(due.map((line) => Number(line[name])));
  const shipping = Number(hash(session['shipping_cost'])['amount_total'] ?? 0);
  const total = (due === lines ? totals.total : of('amount_total')) + shipping;
  Object.assign(session, {
    amount_subtotal: of('amount_subtotal'),
    amount_total: total,
    payment_status: total === 0 ? 'no_payment_required' : 'unpaid',
    total_details: {
      ...(due === lines
        ? totalDetails(totals)
        : { amount_discount: of('amount_discount'), amount_tax: of('amount_tax') }),
      amount_shipping: shipping,
    },
  });
}

export function hasTrial({ trial_period_days: days, trial_end: end }: Record<string, unknown>): boolean {
  return days !== undefined || end !== undefined;
}
