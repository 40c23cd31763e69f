import { make, type Context } from '../../context.ts';
import type { Stored } from '../../store.ts';
import { subscriptionParent } from '../invoices/items.ts';
import { priceAmount } from '../price-amounts.ts';
import { isMetered, pricingOf, productName } from '../prices.ts';
import { rounded } from '../totals.ts';
import { strings } from '../values.ts';
import { priceOf, itemTaxRates } from './items.ts';

/** The part of the current period of an item that is left at a moment. https://docs.stripe.com/billing/subscriptions/prorations */
function shareLeft(item: Stored, at: number): number {
  const [start, end] = [Number(item['current_period_start']), Number(item['current_period_end'])];
  return end <= start ? 0 : Math.max(0, Math.min(1, (end - at) / (end - start)));
}

/** Credit for what was paid ahead and is not used. */
export function creditUnused(context: Context, subscription: Stored, item: Stored, at: number): void {
  pending(context, subscription, item, at, -1, 'Unused time on');
}

/** What the new price or quantity costs for the rest of the period. */
export function chargeRest(context: Context, subscription: Stored, item: Stored, at: number): void {
  pending(context, subscription, item, at, 1, 'Remaining time on');
}

function pending(context: Context, subscription: Stored, item: Stored, at: number, sign: 1 | -1, words: string): void {
  const price = priceOf(item);
  // Usage is billed afterwards, a trial costs nothing.
  if (isMetered(price) || subscription['status'] === 'trialing' || shareLeft(item, at) === 0) return;
  const quantity = Number(item['quantity'] ?? 1);
  const amount = sign * rounded(priceAmount(price, quantity) * shareLeft(item, at));
  const day = new Date(at * 1000).toUTCString().slice(5, 16);
  const made = make(context, 'InvoiceItem');
  Object.assign(made, {
    amount,
    currency: price['currency'],
    customer: subscription['customer'],
    date: context.now,
    description: `${words} ${quantity === 1 ? '' : `${quantity} × `}${productName(context, price)} after ${day}`,
    discountable: false,
    discounts: sign > 0 ? [...strings(item['discounts'])] : [],
    invoice: null,
    net_amount: amount,
    parent: subscriptionParent(subscription.id, item.id),
    period: { start: at, end: item['current_period_end'] },
    pricing: pricingOf(price),
    proration: true,
    proration_details: { credited_items: null, discount_amounts: [] },
    quantity,
    quantity_decimal: String(quantity),
    tax_rates: structuredClone(itemTaxRates(item, subscription)),
    test_clock: subscription['test_clock'] ?? null,
  });
}
