import { makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { promotionCodes } from './promotion-codes.ts';

/** Maximum length of a name. https://docs.stripe.com/api/coupons/create#create_coupon-name */
const MAX_NAME = 40;

/** POST /v1/coupons. https://docs.stripe.com/api/coupons/create */
function createCoupon(context: Context): StoredObject {
  const { params } = context;
  checkCouponId(params['id']);
  checkValue(params);
  checkDuration(params);
  checkName(params);
  const { redeem_by: redeemBy, max_redemptions: max } = params;
  if (typeof redeemBy === 'number' && redeemBy <= context.now)
    throw badRequest('`redeem_by` must be in the future.', { param: 'redeem_by' });
  if (typeof max === 'number' && max < 1)
    throw badRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'max_redemptions',
    });
  const currency = typeof params['currency'] === 'string' ? { currency: params['currency'].toLowerCase() } : {};
  return Object.assign(makeObject(context, 'Coupon', { ...params, ...currency }), { times_redeemed: 0, valid: true });
}

/** Checks the characters of a coupon's id, as Stripe does since API version 2018-05-21. https://github.com/stripe/stripe-node/issues/462 */
function checkCouponId(id: unknown): void {
  if (typeof id !== 'string' || /^[A-Za-z0-9_-]+$/.test(id)) return;
  throw badRequest(`Invalid coupon id: ${id}. It may contain letters, digits, dashes and underscores only.`, {
    param: 'id',
  });
}

/** Requires either `percent_off` or `amount_off`, with a valid value. */
function checkValue({ percent_off: percent, amount_off: amount, currency }: Context['params']): void {
  if (percent === undefined && amount === undefined)
    throw badRequest('Must provide percent_off or amount_off.', { code: 'parameter_missing', param: 'percent_off' });
  if (percent !== undefined && amount !== undefined)
    throw badRequest('You may only specify one of these parameters: percent_off, amount_off.', {
      param: 'percent_off',
    });
  if (percent !== undefined && !(Number(percent) > 0 && Number(percent) <= 100))
    throw badRequest('`percent_off` must be greater than 0 and less than or equal to 100.', { param: 'percent_off' });
  if (amount === undefined) return;
  if (Number(amount) < 1)
    throw badRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'amount_off',
    });
  if (currency === undefined)
    throw badRequest('You must pass currency when passing amount_off.', {
      code: 'parameter_missing',
      param: 'currency',
    });
}

function checkDuration({ duration, duration_in_months: months }: Context['params']): void {
  if (duration === 'repeating' && months === undefined)
    throw badRequest('You must pass duration_in_months when passing duration=repeating.', {
      code: 'parameter_missing',
      param: 'duration_in_months',
    });
  if (duration !== 'repeating' && months !== undefined)
    throw badRequest('You can only pass duration_in_months when passing duration=repeating.', {
      param: 'duration_in_months',
    });
  if (months !== undefined && Number(months) < 1)
    throw badRequest('This value must be greater than or equal to 1.', {
      code: 'parameter_invalid_integer',
      param: 'duration_in_months',
    });
}

function checkName({ name }: Context['params']): void {
  if (typeof name === 'string' && name.length > MAX_NAME)
    throw badRequest(
      `Invalid string: ${name.slice(0, 10)}...${name.slice(-10)}; must be at most ${MAX_NAME} characters`,
      {
        param: 'name',
      },
    );
}

/** Returns whether a coupon may still be redeemed. https://docs.stripe.com/api/coupons/object#coupon_object-valid */
export function isValidCoupon(context: Context, coupon: StoredObject): boolean {
  const { redeem_by: redeemBy, max_redemptions: max, times_redeemed: times } = coupon;
  const isExpired = typeof redeemBy === 'number' && redeemBy <= context.now;
  const isUsedUp = typeof max === 'number' && Number(times) >= max;
  return !isExpired && !isUsedUp;
}

export const discounts: Feature = {
  entities: {
    Coupon: { create: createCoupon, beforeUpdate: ({ params }) => checkName(params) },
    ...promotionCodes.entities,
  },
  onTimeMoved: (context) => {
    for (const coupon of context.account.all('coupon')) coupon['valid'] = isValidCoupon(context, coupon);
  },
};
