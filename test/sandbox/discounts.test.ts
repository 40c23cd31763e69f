/** Coupons and promotion codes. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, ownSandbox, rejected } from './documented.ts';

const double = ownSandbox({ now: () => 1_795_000_000 });
const coupon = (params: Stripe.CouponCreateParams = {}): Promise<Stripe.Coupon> =>
  double().stripe.coupons.create({ percent_off: 25, duration: 'once', ...params });
const code = async (params: Partial<Stripe.PromotionCodeCreateParams> = {}): Promise<Stripe.PromotionCode> =>
  double().stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: (await coupon()).id }, ...params });

documented('/api/coupons/object', 'a new coupon is valid and was never redeemed', async () => {
  const { valid, times_redeemed, duration, percent_off, amount_off } = await coupon();
  assert.deepEqual([valid, times_redeemed, duration, percent_off, amount_off], [true, 0, 'once', 25, null]);
});

for (const [form, param] of [
  ['duration=once', 'percent_off'],
  ['percent_off=10&amount_off=100&currency=usd', 'percent_off'],
  ['percent_off=0', 'percent_off'],
  ['percent_off=110', 'percent_off'],
  ['amount_off=100', 'currency'],
  ['amount_off=0&currency=usd', 'amount_off'],
  ['percent_off=10&duration=repeating', 'duration_in_months'],
  ['percent_off=10&duration=once&duration_in_months=3', 'duration_in_months'],
  ['percent_off=10&redeem_by=1700000000', 'redeem_by'],
  ['percent_off=10&max_redemptions=0', 'max_redemptions'],
  ['percent_off=10&id=Pro%20plan', 'id'],
  [`percent_off=10&name=${'x'.repeat(41)}`, 'name'],
] as const)
  documented('/api/coupons/create', `a coupon of ${form.slice(0, 60)} is rejected`, async () => {
    const { status, body } = await double().raw('POST', '/v1/coupons', form);
    assert.deepEqual([status, body.error?.['param']], [400, param]);
  });

documented('/api/coupons/create', 'fractions of a percent, months and currencies are kept', async () => {
  assert.equal((await coupon({ percent_off: 12.5 })).percent_off, 12.5);
  assert.equal((await coupon({ duration: 'repeating', duration_in_months: 3 })).duration_in_months, 3);
  const { stripe } = double();
  const amount = await stripe.coupons.create({ amount_off: 500, currency: 'USD', duration: 'forever' });
  assert.deepEqual([amount.amount_off, amount.currency, amount.percent_off], [500, 'usd', null]);
});

documented('/api/coupons/object#coupon_object-valid', 'a coupon is not valid after it could be redeemed', async () => {
  const { sandbox, stripe } = double();
  const { id } = await coupon({ redeem_by: sandbox.state.now() + 60 });
  sandbox.state.advance(120);
  assert.equal((await stripe.coupons.retrieve(id)).valid, false);
});

documented(
  '/api/promotion_codes/create#create_promotion_code-code',
  'a code is generated, active and unique whatever its case',
  async () => {
    const generated = await code();
    assert.match(generated.code, /^[A-Z0-9]{8}$/);
    assert.equal(generated.active, true);
    assert.equal((await code({ code: 'Summer-26' })).code, 'Summer-26');
    await rejected(code({ code: 'SUMMER-26' }), { statusCode: 400, param: 'code' });
    await rejected(code({ code: 'no blanks' }), { statusCode: 400, param: 'code' });
  },
);

documented('/api/promotion_codes/create', 'a code needs a coupon that is there and valid', async () => {
  await rejected(code({ promotion: { type: 'coupon', coupon: 'none' } }), { code: 'resource_missing' });
  await rejected(code({ expires_at: 1_700_000_000 }), { param: 'expires_at' });
});

documented(
  '/api/promotion_codes/list',
  'codes are found by their text without case, their coupon, and whether they are active',
  async () => {
    const { stripe } = double();
    const made = await code({ code: 'WINTER' });
    const of = made.promotion.coupon as string;
    await stripe.promotionCodes.update(made.id, { active: false });
    const found = async (params: Stripe.PromotionCodeListParams): Promise<string[]> =>
      (await stripe.promotionCodes.list(params)).data.map(({ id }) => id);
    assert.deepEqual(await found({ code: 'winter' }), [made.id]);
    assert.deepEqual(await found({ coupon: of }), [made.id]);
    assert.deepEqual(await found({ coupon: of, active: true }), []);
    assert.deepEqual(await found({ coupon: 'none' }), []);
  },
);
