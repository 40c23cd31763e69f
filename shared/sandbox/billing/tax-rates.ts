import type { Context } from '../context.ts';
import { badRequest, noSuchObject } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import type { TaxRule } from './totals.ts';
import { storedObjectsOf, stringsOf } from './values.ts';

/**
 * Returns the tax rates whose ids are in a parameter. Rejects an inactive rate, unless the object already has this rate
 * in `current`.
 * https://docs.stripe.com/billing/taxes/tax-rates, https://docs.stripe.com/api/tax_rates/object#tax_rate_object-active
 */
export function taxRates(context: Context, ids: unknown, param: string, current?: unknown): StoredObject[] {
  return stringsOf(ids).map((id, index) => {
    const rate = context.account.get('tax_rate', id);
    if (rate === undefined) throw noSuchObject('tax_rate', id, `${param}[${index}]`, true);
    if (rate['active'] === false && !storedObjectsOf(current).some((currentRate) => currentRate.id === id))
      throw badRequest(`The tax rate ${id} is inactive: it can't be applied any more.`, {
        param: `${param}[${index}]`,
      });
    return rate;
  });
}

/** Returns a tax rate as the rule by which the tax is calculated. */
export function taxRule(rate: Record<string, unknown>): TaxRule {
  return { id: String(rate['id']), percentage: Number(rate['percentage']), inclusive: rate['inclusive'] === true };
}
