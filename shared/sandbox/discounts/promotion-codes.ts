import { objectInParam, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { badRequest, noSuchObject } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';

/** Number of characters of a generated code. */
const CODE_LENGTH = 8;

/** POST /v1/promotion_codes. https://docs.stripe.com/api/promotion_codes/create */
function createPromotionCode(context: Context): StoredObject {
  const { params } = context;
  const promotion = isHash(params['promotion']) ? params['promotion'] : {};
  const id = String(promotion['coupon'] ?? '');
  const coupon = context.account.get('coupon', id);
  if (coupon === undefined) throw noSuchObject('coupon', id, 'promotion[coupon]', true);
  if (coupon['valid'] !== true)
    throw badRequest(`Coupon expired: ${id}`, { code: 'coupon_expired', param: 'promotion[coupon]' });
  objectInParam(context, 'customer', 'customer');
  const code = params['code'] === undefined ? context.ids.letters(CODE_LENGTH).toUpperCase() : String(params['code']);
  checkCode(context, code);
  const { expires_at: expiresAt, max_redemptions: max } = params;
  if (typeof expiresAt === 'number' && expiresAt <= context.now)
    throw badRequest('`expires_at` must be in the future.', { param: 'expires_at' });
  if (typeof max === 'number' && typeof coupon['max_redemptions'] === 'number' && max > coupon['max_redemptions'])
    throw badRequest('`max_redemptions` cannot be greater than that of the coupon.', { param: 'max_redemptions' });
  return Object.assign(makeObject(context, 'PromotionCode', { ...params, code }), { times_redeemed: 0 });
}

/** Checks the characters of a code. Rejects a code that an active promotion code already has. Case is ignored. */
function checkCode({ account }: Context, code: string): void {
  if (!/^[A-Za-z0-9-]{1,500}$/.test(code))
    throw badRequest('Promotion codes may contain only letters, digits and dashes.', { param: 'code' });
  const activeCodes = account.all('promotion_code').filter((promotionCode) => promotionCode['active'] === true);
  const isTaken = activeCodes.some((active) => String(active['code']).toLowerCase() === code.toLowerCase());
  if (isTaken)
    throw badRequest(`An active promotion code with \`code: ${code}\` already exists.`, {
      code: 'resource_already_exists',
      param: 'code',
    });
}

/** POST /v1/promotion_codes/{id} rejects the activation if the coupon is no longer valid. https://docs.stripe.com/api/promotion_codes/update */
function updatePromotionCode(context: Context, promotionCode: StoredObject): void {
  if (context.params['active'] !== true || promotionCode['active'] === true) return;
  const promotion = promotionCode['promotion'];
  const coupon = context.account.get('coupon', String(isHash(promotion) ? promotion['coupon'] : ''));
  if (coupon?.['valid'] !== true)
    throw badRequest('This promotion code cannot be activated: its coupon is not valid.', { param: 'active' });
  checkCode(context, String(promotionCode['code']));
}

export const promotionCodes: Required<Pick<Feature, 'entities'>> = {
  entities: { PromotionCode: { create: createPromotionCode, beforeUpdate: updatePromotionCode } },
};
