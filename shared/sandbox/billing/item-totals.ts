import type { StoredObject } from '../store.ts';
import { taxRule } from './tax-rates.ts';
import { invoiceTotals, sumOf, type DiscountRule, type InvoiceTotals } from './totals.ts';
import { hashOrEmpty } from './values.ts';

/** The tax rates and the discount rules of a line item. */
export interface ItemRules {
  readonly rates: readonly StoredObject[];
  readonly discounts: readonly DiscountRule[];
}

/**
 * Calculates the totals of the line items of a quote or a Checkout Session from their `amount_subtotal`, and sets
 * `amount_discount`, `amount_tax` and `amount_total` of each item. `discounts` apply to all items that have no
 * discounts of their own. https://docs.stripe.com/api/quotes/line_items/list,
 * https://docs.stripe.com/api/checkout/sessions/line_items
 */
export function addUpItems(
  items: readonly StoredObject[],
  rulesOf: (item: StoredObject) => ItemRules,
  discounts: readonly DiscountRule[],
): InvoiceTotals {
  const totals = invoiceTotals(
    items.map((item) => {
      const { rates, discounts: itemDiscounts } = rulesOf(item);
      return {
        amount: Number(item['amount_subtotal']),
        discountable: true,
        discounts: itemDiscounts,
        product: String(hashOrEmpty(item['price'])['product']),
        taxes: rates.map(taxRule),
      };
    }),
    discounts,
  );
  items.forEach((item, index) => {
    const line = totals.lines[index];
    const discount = sumOf((line?.discounts ?? []).map(({ amount }) => amount));
    const exclusiveTax = sumOf((line?.taxes ?? []).flatMap((tax) => (tax.inclusive ? [] : [tax.amount])));
    Object.assign(item, {
      amount_discount: discount,
      amount_tax: sumOf((line?.taxes ?? []).map(({ amount }) => amount)),
      amount_total: Number(item['amount_subtotal']) - discount + exclusiveTax,
    });
  });
  return totals;
}

/** Returns the field `total_details` of a quote or a Checkout Session. https://docs.stripe.com/api/checkout/sessions/object#checkout_session_object-total_details */
export function totalDetails(totals: InvoiceTotals): Record<string, unknown> {
  return {
    amount_discount: sumOf(totals.discounts.map(({ amount }) => amount)),
    amount_shipping: 0,
    amount_tax: sumOf(totals.taxes.map(({ amount }) => amount)),
  };
}
