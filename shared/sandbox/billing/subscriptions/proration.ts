import { makeObject, type Context } from '../../context.ts';
import type { StoredObject } from '../../store.ts';
import { discountRulesOf } from '../discounts.ts';
import { linesOf } from '../invoices/draft.ts';
import { subscriptionParent } from '../invoices/items.ts';
import { priceAmount } from '../price-amounts.ts';
import { isMetered, pricingOf, productName } from '../prices.ts';
import { invoiceTotals, roundAmount, sumOf } from '../totals.ts';
import { hashOrEmpty, hashesOf } from '../values.ts';
import { priceOf, itemTaxRates, subscriptionItems } from './items.ts';

/** Returns the share of an item's current period (0 to 1) that remains after the time `at`. https://docs.stripe.com/billing/subscriptions/prorations */
function remainingShare(item: StoredObject, at: number): number {
  const [start, end] = [Number(item['current_period_start']), Number(item['current_period_end'])];
  return end <= start ? 0 : Math.max(0, Math.min(1, (end - at) / (end - start)));
}

/** An earlier charge for an item. The charge covers the time from `start` to the end of the item's current period. */
interface PastCharge {
  /** Amount minus discounts. */
  readonly net: number;
  /** Unix seconds. */
  readonly start: number;
}

/**
 * Adds a credit for the unused time of an item. The credit is the unused share of the item's last charge after
 * discounts. If the item was not charged before, the credit is the unused share of the current price.
 * https://docs.stripe.com/billing/subscriptions/prorations#credit-prorations
 */
export function creditUnused(context: Context, subscription: StoredObject, item: StoredObject, at: number): void {
  const charge = lastChargeFor(context, subscription, item, at);
  const end = Number(item['current_period_end']);
  const amount =
    charge === undefined
      ? priceAmount(priceOf(item), Number(item['quantity'] ?? 1)) * remainingShare(item, at)
      : (charge.net * (end - at)) / (end - charge.start);
  addProration(context, subscription, item, at, -roundAmount(amount), 'Unused time on');
}

/**
 * Adds a charge for an item with its new price or quantity for the rest of the period. The current discounts are
 * subtracted.
 */
export function chargeRemaining(context: Context, subscription: StoredObject, item: StoredObject, at: number): void {
  const amount = roundAmount(periodAmount(context, subscription, item) * remainingShare(item, at));
  addProration(context, subscription, item, at, amount, 'Remaining time on');
}

/**
 * Returns the last charge for an item's current period that covers the time `at`. The charge is an invoice line or a
 * proration.
 */
function lastChargeFor(
  context: Context,
  subscription: StoredObject,
  item: StoredObject,
  at: number,
): PastCharge | undefined {
  const charges = [...invoiceCharges(context, subscription, item), ...prorationCharges(context, item)]
    .filter(({ period }) => period['end'] === item['current_period_end'] && Number(period['start']) <= at)
    .map(({ period, net }): PastCharge => ({ net, start: Number(period['start']) }));
  return charges.sort((a, b) => a.start - b.start).at(-1);
}

/** The period of a charge, and its amount minus discounts. */
interface ChargedPeriod {
  readonly period: Record<string, unknown>;
  readonly net: number;
}

/** Returns the charges for an item in the lines of the subscription's invoices. */
function invoiceCharges({ account }: Context, subscription: StoredObject, item: StoredObject): ChargedPeriod[] {
  return account
    .all('invoice')
    .filter(
      (invoice) =>
        hashOrEmpty(hashOrEmpty(invoice['parent'])['subscription_details'])['subscription'] === subscription.id,
    )
    .flatMap(linesOf)
    .filter(
      (line) => hashOrEmpty(hashOrEmpty(line['parent'])['subscription_item_details'])['subscription_item'] === item.id,
    )
    .map((line) => ({ period: hashOrEmpty(line['period']), net: netOfLine(line) }));
}

/** Returns the prorated charges for an item, which earlier changes in the middle of a period have created. */
function prorationCharges({ account }: Context, item: StoredObject): ChargedPeriod[] {
  return account
    .all('invoiceitem')
    .filter(
      (invoiceItem) =>
        invoiceItem['proration'] === true &&
        Number(invoiceItem['amount']) > 0 &&
        hashOrEmpty(hashOrEmpty(invoiceItem['parent'])['subscription_details'])['subscription_item'] === item.id,
    )
    .map((candidate) => ({ period: hashOrEmpty(candidate['period']), net: Number(candidate['amount']) }));
}

function netOfLine(line: StoredObject): number {
  return Number(line['amount']) - sumOf(hashesOf(line['discount_amounts']).map(({ amount }) => Number(amount)));
}

/**
 * Returns the amount of an item for a whole period, minus its discounts and its share of the subscription's discounts.
 */
function periodAmount(context: Context, subscription: StoredObject, item: StoredObject): number {
  const items = subscriptionItems(context, subscription).filter((candidate) => !isMetered(priceOf(candidate)));
  const lines = items.map((candidate) => ({
    amount: priceAmount(priceOf(candidate), Number(candidate['quantity'] ?? 1)),
    discountable: true,
    discounts: discountRulesOf(context, candidate['discounts']),
    product: String(priceOf(candidate)['product']),
    taxes: [],
  }));
  const { lines: totals } = invoiceTotals(lines, discountRulesOf(context, subscription['discounts']));
  const index = items.findIndex(({ id }) => id === item.id);
  const discount = sumOf((totals[index]?.discounts ?? []).map(({ amount }) => amount));
  return (lines[index]?.amount ?? 0) - discount;
}

/** Creates the invoice item of a credit or a charge for the rest of a period. */
function addProration(
  context: Context,
  subscription: StoredObject,
  item: StoredObject,
  at: number,
  amount: number,
  prefix: string,
): void {
  const price = priceOf(item);
  // Metered usage is billed afterwards, and a trial is free, so neither is prorated.
  if (isMetered(price) || subscription['status'] === 'trialing' || remainingShare(item, at) === 0) return;
  const quantity = Number(item['quantity'] ?? 1);
  const dayText = new Date(at * 1000).toUTCString().slice(5, 16);
  const quantityText = quantity === 1 ? '' : `${quantity} × `;
  const prorationItem = makeObject(context, 'InvoiceItem');
  Object.assign(prorationItem, {
    amount,
    currency: price['currency'],
    customer: subscription['customer'],
    date: context.now,
    description: `${prefix} ${quantityText}${productName(context, price)} after ${dayText}`,
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
