import type { Context } from '../context.ts';
import { missing } from '../refusal.ts';
import type { Stored } from '../store.ts';
import type { TaxRule } from './totals.ts';
import { strings } from './values.ts';

/** The tax rates that a parameter names. https://docs.stripe.com/billing/taxes/tax-rates */
export function taxRates(context: Context, given: unknown, param: string): Stored[] {
  return strings(given).map((id, index) => {
    const rate = context.account.get('tax_rate', id);
    if (rate === undefined) throw missing('tax_rate', id, `${param}[${index}]`, true);
    return rate;
  });
}

export function taxRule(rate: Record<string, unknown>): TaxRule {
  return { id: String(rate['id']), percentage: Number(rate['percentage']), inclusive: rate['inclusive'] === true };
}
