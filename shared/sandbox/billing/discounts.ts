import type { Context } from '../context.ts';
import { isValid } from '../discounts/coupons.ts';
import { bad, missing } from '../refusal.ts';
import type { Stored } from '../store.ts';
import { after } from './periods.ts';
import type { DiscountRule } from './totals.ts';
import { hash, hashes, strings } from './values.ts';

/** Whose discount it is: field and id. */
export type Owner = Readonly<
  Partial<Record<'customer' | 'invoice' | 'invoice_item' | 'subscription' | 'subscription_item', string | null>>
>;

/**
 * Discounts of a `discounts` parameter: of coupons, promotion codes, or discounts that are there. Ids of the discounts.
 * https://docs.stripe.com/api/discounts/object, https://docs.stripe.com/billing/subscriptions/coupons
 */
export function makeDiscounts(context: Context, given: unknown, owner: Owner, param = 'discounts'): string[] {
  return hashes(given).map((entry, index) => {
    const at = `${param}[${index}]`;
    const { discount: known, coupon, promotion_code: code } = entry;
    if (typeof known === 'string') {
      const found = context.account.get('discount', known);
      if (found === undefined) throw missing('discount', known, `${at}[discount]`, true);
      return found.id;
    }
    const promotion = typeof code === 'string' ? redeemCode(context, code, owner, `${at}[promotion_code]`) : undefined;
    const id = String(coupon ?? hash(promotion?.['promotion'])['coupon'] ?? '');
    return makeDiscount(context, redeemCoupon(context, id, `${at}[coupon]`), promotion, owner).id;
  });
}

function makeDiscount(context: Context, coupon: Stored, promotion: Stored | undefined, owner: Owner): Stored {
  const months = coupon['duration'] === 'repeating' ? Number(coupon['duration_in_months']) : undefined;
  return context.account.put('discount', {
    id: `di_${context.ids.letters(24)}`,
    object: 'discount',
    checkout_session: null,
    customer: null,
    end: months === undefined ? null : after(context.now, { interval: 'month', count: months }),
    invoice: null,
    invoice_item: null,
    promotion_code: promotion?.id ?? null,
    source: { type: 'coupon', coupon: coupon.id },
    start: context.now,
    subscription: null,
    subscription_item: null,
    ...owner,
  });
}

/** A coupon that may be redeemed now. https://docs.stripe.com/error-codes#coupon-expired */
export function redeemableCoupon(context: Context, id: string, param: string): Stored {
  const coupon = context.account.get('coupon', id);
  if (coupon === undefined) throw missing('coupon', id, param, true);
  if (coupon['valid'] === false || !isValid(context, coupon))
    throw bad(`Coupon expired: ${id}`, { code: 'coupon_expired', param });
  return coupon;
}

function redeemCoupon(context: Context, id: string, param: string): Stored {
  const coupon = redeemableCoupon(context, id, param);
  const { max_redemptions: max, times_redeemed: times } = coupon;
  coupon['times_redeemed'] = Number(times) + 1;
  if (typeof max === 'number' && Number(times) + 1 >= max) coupon['valid'] = false;
  return coupon;
}

/** A promotion code that may be redeemed now. https://docs.stripe.com/billing/subscriptions/coupons#promotion-codes */
export function redeemableCode(context: Context, id: string, owner: Owner, param: string): Stored {
  const { account, now } = context;
  const code = account.get('promotion_code', id);
  if (code === undefined) throw missing('promotion_code', id, param, true);
  const { expires_at: expires, max_redemptions: max, times_redeemed: times, customer } = code;
  if (
    code['active'] !== true ||
    (typeof expires === 'number' && expires <= now) ||
    (typeof max === 'number' && Number(times) >= max)
  )
    throw bad('This promotion code is not active, has expired, or has been redeemed as often as it may be.', { param });
  if (typeof customer === 'string' && customer !== owner.customer)
    throw bad('This promotion code cannot be redeemed by this customer.', { param });
  const { first_time_transaction: first } = hash(code['restrictions']);
  if (first === true && hasPaid(context, owner.customer))
    throw bad('This promotion code cannot be redeemed because the associated customer has prior transactions.', {
      param,
    });
  return code;
}

/**
 * A code with a minimum counts only for a purchase of at least that amount, before discounts and taxes.
 * https://docs.stripe.com/api/promotion_codes/create#create_promotion_code-restrictions-minimum_amount
 */
export function checkMinimum(code: Stored | undefined, subtotal: number, currency: unknown, param: string): void {
  const {
    minimum_amount: amount,
    minimum_amount_currency: of,
    currency_options: options,
  } = hash(code?.['restrictions']);
  const minimum = currency === of ? amount : hash(hash(options)[String(currency)])['minimum_amount'];
  if (typeof minimum !== 'number' || subtotal >= minimum) return;
  throw bad('This promotion code cannot be redeemed because the order does not meet its minimum amount.', { param });
}

function redeemCode(context: Context, id: string, owner: Owner, param: string): Stored {
  const code = redeemableCode(context, id, owner, param);
  code['times_redeemed'] = Number(code['times_redeemed']) + 1;
  return code;
}

function hasPaid({ account }: Context, customer: string | null | undefined): boolean {
  return [...account.all('invoice'), ...account.all('charge')].some(
    (one) => one['customer'] === customer && (one['status'] === 'paid' || one['status'] === 'succeeded'),
  );
}

/** The rules of the discounts that count at a moment: ended and deleted ones take nothing off. */
export function rulesOf({ account, now }: Context, ids: unknown): DiscountRule[] {
  return strings(ids).flatMap((id): DiscountRule[] => {
    const discount = account.get('discount', id);
    const coupon = account.get('coupon', String(hash(discount?.['source'])['coupon']));
    if (discount === undefined || coupon === undefined) return [];
    if (typeof discount['end'] === 'number' && discount['end'] <= now) return [];
    return [couponRule(id, coupon)];
  });
}

/** What a coupon takes off, under the id of its discount. */
export function couponRule(id: string, coupon: Stored): DiscountRule {
  const products = strings(hash(coupon['applies_to'])['products']);
  const limited = products.length === 0 ? {} : { products };
  return typeof coupon['percent_off'] === 'number'
    ? { id, percentOff: coupon['percent_off'], ...limited }
    : { id, amountOff: Number(coupon['amount_off']), ...limited };
}

/** What is left for the next invoice: a coupon for once is used up, one for some months ends with them. */
export function lasting({ account, now }: Context, ids: unknown): string[] {
  return strings(ids).filter((id) => {
    const discount = account.get('discount', id);
    const coupon = account.get('coupon', String(hash(discount?.['source'])['coupon']));
    const end = discount?.['end'];
    return coupon?.['duration'] !== 'once' && !(typeof end === 'number' && end <= now);
  });
}

/** Amounts off are in the currency of what they are taken off. https://docs.stripe.com/api/coupons/create#create_coupon-currency */
export function checkCurrencyOf(context: Context, ids: readonly string[], currency: unknown): void {
  for (const id of ids) {
    const discount = context.account.get('discount', id);
    const coupon = context.account.get('coupon', String(hash(discount?.['source'])['coupon']));
    if (coupon !== undefined) checkCoupon(coupon, currency);
  }
}

export function checkCoupon(coupon: Stored, currency: unknown): void {
  if (typeof coupon['amount_off'] === 'number' && coupon['currency'] !== currency)
    throw bad(`The coupon ${coupon.id} is in ${String(coupon['currency'])}, not in ${String(currency)}.`, {
      param: 'discounts',
    });
}
