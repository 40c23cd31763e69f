import type { Stored } from '../store.ts';
import { rounded } from './totals.ts';
import { hash, hashes } from './values.ts';

/** Returns the amount of a quantity of a price, in minor units. https://docs.stripe.com/products-prices/pricing-models */
export function priceAmount(price: Stored, quantity: number): number {
  const units = transformQuantity(hash(price['transform_quantity']), quantity);
  if (price['billing_scheme'] !== 'tiered') return rounded(unitAmount(price) * units);
  const tiers = hashes(price['tiers']);
  return rounded(price['tiers_mode'] === 'volume' ? byVolume(tiers, units) : graduated(tiers, units));
}

/** Minor units, with a fraction where the price has one. */
export function unitAmount(price: Stored): number {
  return Number(price['unit_amount_decimal'] ?? price['unit_amount'] ?? 0);
}

/** https://docs.stripe.com/products-prices/pricing-models#package-pricing */
function transformQuantity({ divide_by: divisor, round }: Record<string, unknown>, quantity: number): number {
  if (typeof divisor !== 'number') return quantity;
  return round === 'up' ? Math.ceil(quantity / divisor) : Math.floor(quantity / divisor);
}

/** The tier in which the quantity ends prices all of it. https://docs.stripe.com/products-prices/pricing-models#volume-based-pricing */
function byVolume(tiers: readonly Record<string, unknown>[], quantity: number): number {
  const tier = tiers.find(({ up_to: end }) => typeof end !== 'number' || quantity <= end);
  return tier === undefined ? 0 : tierAmount(tier, quantity);
}

/** Each tier prices what lies in it. https://docs.stripe.com/products-prices/pricing-models#graduated-pricing */
function graduated(tiers: readonly Record<string, unknown>[], quantity: number): number {
  let [total, start] = [0, 0];
  for (const tier of tiers) {
    const end = typeof tier['up_to'] === 'number' ? tier['up_to'] : Infinity;
    const inside = Math.min(quantity, end) - start;
    // The flat amount of the first tier is due for a quantity of zero, too.
    if (inside <= 0 && start > 0) break;
    total += tierAmount(tier, Math.max(0, inside));
    start = end;
  }
  return total;
}

function tierAmount(tier: Record<string, unknown>, quantity: number): number {
  const unit = Number(tier['unit_amount_decimal'] ?? tier['unit_amount'] ?? 0);
  return unit * quantity + Number(tier['flat_amount_decimal'] ?? tier['flat_amount'] ?? 0);
}
