import { make, type Context } from '../../context.ts';
import type { Stored } from '../../store.ts';
import { rulesOf } from '../discounts.ts';
import { linesOf } from '../invoices/draft.ts';
import { subscriptionParent } from '../invoices/items.ts';
import { priceAmount } from '../price-amounts.ts';
import { isMetered, pricingOf, productName } from '../prices.ts';
import { invoiceTotals, rounded, sumOf } from '../totals.ts';
import { hash, hashes } from '../values.ts';
import { priceOf, itemTaxRates, subscriptionItems } from './items.ts';

/** The part of the current period of an item that is left at a moment. https://docs.stripe.com/billing/subscriptions/prorations */
function shareLeft(item: Stored, at: number): number {
  const [start, end] = [Number(item['current_period_start']), Number(item['current_period_end'])];
  return end <= start ? 0 : Math.max(0, Math.min(1, (end - at) / (end - start)));
}

/** What was charged for an item and a part of its period, less discounts. */
interface Debit {
  readonly net: number;
  /** Unix seconds. */
  readonly start: number;
}

/**
 * Credit for what was paid ahead and is not used: the part of what was charged last, less the discounts of then.
 * https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
 */
export function creditUnused(context: Context, subscription: Stored, item: Stored, at: number): void {
  const debit = lastDebit(context, subscription, item, at);
  const end = Number(item['current_period_end']);
  const amount =
    debit === undefined
      ? priceAmount(priceOf(item), Number(item['quantity'] ?? 1)) * shareLeft(item, at)
      : (debit.net * (end - at)) / (end - debit.start);
  addProration(context, subscription, item, at, -rounded(amount), 'Unused time on');
}

/** Adds the charge of the new price or quantity for the rest of the period, with the current discounts. */
export function chargeRest(context: Context, subscription: Stored, item: Stored, at: number): void {
  const amount = rounded(netOf(context, subscription, item) * shareLeft(item, at));
  addProration(context, subscription, item, at, amount, 'Remaining time on');
}

/** The charge that covers a moment of the current period: of its invoice, or of a change since. */
function lastDebit({ account }: Context, subscription: Stored, item: Stored, at: number): Debit | undefined {
  const ofInvoices = account
    .all('invoice')
    .filter((invoice) => hash(hash(invoice['parent'])['subscription_details'])['subscription'] === subscription.id)
    .flatMap(linesOf)
    .filter((line) => hash(hash(line['parent'])['subscription_item_details'])['subscription_item'] === item.id)
    .map((line) => ({ period: hash(line['period']), net: netOfLine(line) }));
  const ofChanges = account
    .all('invoiceitem')
    .filter(
      (one) =>
        one['proration'] === true &&
        Number(one['amount']) > 0 &&
        hash(hash(one['parent'])['subscription_details'])['subscription_item'] === item.id,
    )
    .map((one) => ({ period: hash(one['period']), net: Number(one['amount']) }));
  return [...ofInvoices, ...ofChanges]
    .filter(({ period }) => period['end'] === item['current_period_end'] && Number(period['start']) <= at)
    .map(({ period, net }) => ({ net, start: Number(period['start']) }))
    .reduce<Debit | undefined>(
      (last, debit) => (last === undefined || debit.start >= last.start ? debit : last),
      undefined,
    );
}

function netOfLine(line: Stored): number {
  return Number(line['amount']) - sumOf(hashes(line['discount_amounts']).map(({ amount }) => Number(amount)));
}

/** A whole period of an item, less its part of the discounts of the subscription. */
function netOf(context: Context, subscription: Stored, item: Stored): number {
  const items = subscriptionItems(context, subscription).filter((one) => !isMetered(priceOf(one)));
  const lines = items.map((one) => ({
    amount: priceAmount(priceOf(one), Number(one['quantity'] ?? 1)),
    discountable: true,
    discounts: rulesOf(context, one['discounts']),
    product: String(priceOf(one)['product']),
    taxes: [],
  }));
  const { lines: totals } = invoiceTotals(lines, rulesOf(context, subscription['discounts']));
  const index = items.findIndex(({ id }) => id === item.id);
  const off = sumOf((totals[index]?.discounts ?? []).map(({ amount }) => amount));
  return (lines[index]?.amount ?? 0) - off;
}

function addProration(
  context: Context,
  subscription: Stored,
  item: Stored,
  at: number,
  amount: number,
  words: string,
): void {
  const price = priceOf(item);
  // Usage is billed afterwards, a trial costs nothing.
  if (isMetered(price) || subscription['status'] === 'trialing' || shareLeft(item, at) === 0) return;
  const quantity = Number(item['quantity'] ?? 1);
  const day = new Date(at * 1000).toUTCString().slice(5, 16);
  const made = make(context, 'InvoiceItem');
  Object.assign(made, {
    amount,
    currency: price['currency'],
    customer: subscription['customer'],
    date: context.now,
    description: `${words} ${quantity === 1 ? '' : `${quantity} × `}${productName(context, price)} after ${day}`,
    discountable: false,
    discounts: [],
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
