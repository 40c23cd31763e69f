import type { StoredObject } from '../store.ts';
import { roundAmount } from './totals.ts';
import { hashOrEmpty, hashesOf } from './values.ts';

/** Returns the amount for a quantity at a price, in minor units. https://docs.stripe.com/products-prices/pricing-models */
export function priceAmount(price: StoredObject, quantity: number): number {
  const units = transformQuantity(hashOrEmpty(price['transform_quantity']), quantity);
  if (price['billing_scheme'] !== 'tiered') return roundAmount(unitAmount(price) * units);
  const tiers = hashesOf(price['tiers']);
  return roundAmount(price['tiers_mode'] === 'volume' ? volumeAmount(tiers, units) : graduatedAmount(tiers, units));
}

/** Returns the amount of one unit in minor units. The result may have decimals. */
export function unitAmount(price: StoredObject): number {
  return Number(price['unit_amount_decimal'] ?? price['unit_amount'] ?? 0);
}

/** Returns the number of packages for a quantity, rounded up or down as the price requires. Without packages, returns the quantity. https://docs.stripe.com/products-prices/pricing-models#package-pricing */
function transformQuantity({ divide_by: divisor, round }: Record<string, unknown>, quantity: number): number {
  if (typeof divisor !== 'number') return quantity;
  return round === 'up' ? Math.ceil(quantity / divisor) : Math.floor(quantity / divisor);
}

/** Returns the amount if all units have the price of the tier that contains the last unit. https://docs.stripe.com/products-prices/pricing-models#volume-based-pricing */
function volumeAmount(tiers: readonly Record<string, unknown>[], quantity: number): number {
  const tier = tiers.find(({ up_to: end }) => typeof end !== 'number' || quantity <= end);
  return tier === undefined ? 0 : tierAmount(tier, quantity);
}

/** Returns the amount if each unit has the price of the tier that contains it. https://docs.stripe.com/products-prices/pricing-models#graduated-pricing */
function graduatedAmount(tiers: readonly Record<string, unknown>[], quantity: number): number {
  let total = 0;
  let start = 0;
  for (const tier of tiers) {
    const end = typeof tier['up_to'] === 'number' ? tier['up_to'] : Infinity;
    const unitsInTier = Math.min(quantity, end) - start;
    // The flat amount of the first tier is also due for a quantity of zero.
    if (unitsInTier <= 0 && start > 0) break;
    total += tierAmount(tier, Math.max(0, unitsInTier));
    start = end;
  }
  return total;
}

function tierAmount(tier: Record<string, unknown>, quantity: number): number {
  const amountPerUnit = Number(tier['unit_amount_decimal'] ?? tier['unit_amount'] ?? 0);
  const flatAmount = Number(tier['flat_amount_decimal'] ?? tier['flat_amount'] ?? 0);
  return amountPerUnit * quantity + flatAmount;
}
