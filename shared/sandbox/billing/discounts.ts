import type { Context } from '../context.ts';
import { isValidCoupon } from '../discounts/coupons.ts';
import { badRequest, noSuchObject } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { addIntervals } from './periods.ts';
import type { DiscountRule } from './totals.ts';
import { hashOrEmpty, hashesOf, stringsOf } from './values.ts';

/** The ids of the customer and of the object to which a discount belongs. They become fields of the discount. */
export type DiscountOwner = Readonly<
  Partial<Record<'customer' | 'invoice' | 'invoice_item' | 'subscription' | 'subscription_item', string | null>>
>;

/**
 * Returns the ids of the discounts in a `discounts` parameter. An entry with a coupon or a promotion code creates a
 * discount. Other entries name an existing discount.
 * https://docs.stripe.com/api/discounts/object, https://docs.stripe.com/billing/subscriptions/coupons
 */
export function makeDiscounts(context: Context, entries: unknown, owner: DiscountOwner, param = 'discounts'): string[] {
  return hashesOf(entries).map((entry, index) => {
    const entryParam = `${param}[${index}]`;
    const { discount: discountId, coupon, promotion_code: code } = entry;
    if (typeof discountId === 'string') {
      const discount = context.account.get('discount', discountId);
      if (discount === undefined) throw noSuchObject('discount', discountId, `${entryParam}[discount]`, true);
      return discount.id;
    }
    const promotion =
      typeof code === 'string' ? redeemCode(context, code, owner, `${entryParam}[promotion_code]`) : undefined;
    const couponId = String(coupon ?? hashOrEmpty(promotion?.['promotion'])['coupon'] ?? '');
    return makeDiscount(context, redeemCoupon(context, couponId, `${entryParam}[coupon]`), promotion, owner).id;
  });
}

/** Creates and stores the discount of a coupon or a promotion code. */
function makeDiscount(
  context: Context,
  coupon: StoredObject,
  promotion: StoredObject | undefined,
  owner: DiscountOwner,
): StoredObject {
  const durationMonths = coupon['duration'] === 'repeating' ? Number(coupon['duration_in_months']) : undefined;
  return context.account.put('discount', {
    id: `di_${context.ids.letters(24)}`,
    object: 'discount',
    checkout_session: null,
    customer: null,
    end: durationMonths === undefined ? null : addIntervals(context.now, { interval: 'month', count: durationMonths }),
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

/** Returns a coupon. Throws if the coupon cannot be redeemed now. https://docs.stripe.com/error-codes#coupon-expired */
export function redeemableCoupon(context: Context, id: string, param: string): StoredObject {
  const coupon = context.account.get('coupon', id);
  if (coupon === undefined) throw noSuchObject('coupon', id, param, true);
  if (coupon['valid'] === false || !isValidCoupon(context, coupon))
    throw badRequest(`Coupon expired: ${id}`, { code: 'coupon_expired', param });
  return coupon;
}

/**
 * Counts a redemption of a coupon, and returns the coupon. The last redemption that the coupon allows makes it invalid.
 */
function redeemCoupon(context: Context, id: string, param: string): StoredObject {
  const coupon = redeemableCoupon(context, id, param);
  const { max_redemptions: max, times_redeemed: times } = coupon;
  coupon['times_redeemed'] = Number(times) + 1;
  if (typeof max === 'number' && Number(times) + 1 >= max) coupon['valid'] = false;
  return coupon;
}

/**
 * Returns a promotion code. Throws if the owner cannot redeem the code now.
 * https://docs.stripe.com/billing/subscriptions/coupons#promotion-codes
 */
export function redeemableCode(context: Context, id: string, owner: DiscountOwner, param: string): StoredObject {
  const { account, now } = context;
  const code = account.get('promotion_code', id);
  if (code === undefined) throw noSuchObject('promotion_code', id, param, true);
  const { expires_at: expires, max_redemptions: max, times_redeemed: times, customer } = code;
  if (
    code['active'] !== true ||
    (typeof expires === 'number' && expires <= now) ||
    (typeof max === 'number' && Number(times) >= max)
  )
    throw badRequest('This promotion code is not active, has expired, or has been redeemed as often as it may be.', {
      param,
    });
  if (typeof customer === 'string' && customer !== owner.customer)
    throw badRequest('This promotion code cannot be redeemed by this customer.', { param });
  const { first_time_transaction: onlyFirstTransaction } = hashOrEmpty(code['restrictions']);
  if (onlyFirstTransaction === true && hasPaid(context, owner.customer))
    throw badRequest('This promotion code cannot be redeemed because the associated customer has prior transactions.', {
      param,
    });
  return code;
}

/**
 * Rejects a promotion code if the purchase, before discounts and taxes, is below the code's minimum amount.
 * https://docs.stripe.com/api/promotion_codes/create#create_promotion_code-restrictions-minimum_amount
 */
export function checkMinimumAmount(
  code: StoredObject | undefined,
  subtotal: number,
  currency: unknown,
  param: string,
): void {
  const {
    minimum_amount: amount,
    minimum_amount_currency: minimumCurrency,
    currency_options: options,
  } = hashOrEmpty(code?.['restrictions']);
  const minimum =
    currency === minimumCurrency ? amount : hashOrEmpty(hashOrEmpty(options)[String(currency)])['minimum_amount'];
  if (typeof minimum !== 'number' || subtotal >= minimum) return;
  throw badRequest('This promotion code cannot be redeemed because the order does not meet its minimum amount.', {
    param,
  });
}

/** Returns a promotion code and counts its redemption. */
function redeemCode(context: Context, id: string, owner: DiscountOwner, param: string): StoredObject {
  const code = redeemableCode(context, id, owner, param);
  code['times_redeemed'] = Number(code['times_redeemed']) + 1;
  return code;
}

/** Returns whether a customer has a paid invoice or a successful charge. */
function hasPaid({ account }: Context, customer: string | null | undefined): boolean {
  return [...account.all('invoice'), ...account.all('charge')].some(
    (object) => object['customer'] === customer && (object['status'] === 'paid' || object['status'] === 'succeeded'),
  );
}

/** Returns the coupon of a discount, or undefined if the discount or the coupon was deleted. */
function couponOfDiscount({ account }: Context, discountId: string): StoredObject | undefined {
  const discount = account.get('discount', discountId);
  return account.get('coupon', String(hashOrEmpty(discount?.['source'])['coupon']));
}

function hasDiscountEnded({ account, now }: Context, discountId: string): boolean {
  const end = account.get('discount', discountId)?.['end'];
  return typeof end === 'number' && end <= now;
}

/**
 * Returns the rules of those discounts that apply now. A discount does not apply if it has ended, or if the discount or
 * its coupon was deleted.
 */
export function discountRulesOf(context: Context, ids: unknown): DiscountRule[] {
  return stringsOf(ids).flatMap((id): DiscountRule[] => {
    const coupon = couponOfDiscount(context, id);
    if (coupon === undefined || hasDiscountEnded(context, id)) return [];
    return [couponRule(id, coupon)];
  });
}

/** Returns the rule of a discount: what its coupon subtracts, and from which products. */
export function couponRule(discountId: string, coupon: StoredObject): DiscountRule {
  const products = stringsOf(hashOrEmpty(coupon['applies_to'])['products']);
  const percentOff = coupon['percent_off'];
  return {
    id: discountId,
    percentOff: typeof percentOff === 'number' ? percentOff : undefined,
    amountOff: typeof percentOff === 'number' ? undefined : Number(coupon['amount_off']),
    products: products.length === 0 ? undefined : products,
  };
}

/**
 * Returns the discounts that can also apply to the next invoice: not those of a coupon with the duration `once`, and
 * not those that have ended.
 */
export function discountsOfNextInvoice(context: Context, ids: unknown): string[] {
  return stringsOf(ids).filter(
    (id) => couponOfDiscount(context, id)?.['duration'] !== 'once' && !hasDiscountEnded(context, id),
  );
}

/**
 * Rejects discounts if one of their coupons subtracts an amount in another currency than `currency`.
 * https://docs.stripe.com/api/coupons/create#create_coupon-currency
 */
export function checkDiscountCurrency(context: Context, ids: readonly string[], currency: unknown): void {
  for (const id of ids) {
    const coupon = couponOfDiscount(context, id);
    if (coupon !== undefined) checkCouponCurrency(coupon, currency);
  }
}

/** Rejects a coupon that subtracts an amount in another currency than `currency`. */
export function checkCouponCurrency(coupon: StoredObject, currency: unknown): void {
  if (typeof coupon['amount_off'] === 'number' && coupon['currency'] !== currency)
    throw badRequest(`The coupon ${coupon.id} is in ${String(coupon['currency'])}, not in ${String(currency)}.`, {
      param: 'discounts',
    });
}
