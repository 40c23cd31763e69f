import type { Context } from '../context.ts';
import { bad, missing } from '../refusal.ts';
import type { Stored } from '../store.ts';
import type { TaxRule } from './totals.ts';
import { storedList, strings } from './values.ts';

/**
 * The tax rates that a parameter names; an inactive one only where it is set already.
 * https://docs.stripe.com/billing/taxes/tax-rates, https://docs.stripe.com/api/tax_rates/object#tax_rate_object-active
 */
export function taxRates(context: Context, given: unknown, param: string, current?: unknown): Stored[] {
  return strings(given).map((id, index) => {
    const rate = context.account.get('tax_rate', id);
    if (rate === undefined) throw missing('tax_rate', id, `${param}[${index}]`, true);
    if (rate['active'] === false && !storedList(current).some((known) => known.id === id))
      throw bad(`The tax rate ${id} is inactive: it can't be applied any more.`, { param: `${param}[${index}]` });
    return rate;
  });
}

export function taxRule(rate: Record<string, unknown>): TaxRule {
  return { id: String(rate['id']), percentage: Number(rate['percentage']), inclusive: rate['inclusive'] === true };
}
