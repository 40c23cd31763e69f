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

/** Returns the part of an item's current period that remains at a moment. https://docs.stripe.com/billing/subscriptions/prorations */
function remainingShare(item: StoredObject, at: number): number {
  const [start, end] = [Number(item['current_period_start']), Number(item['current_period_end'])];
  return end <= start ? 0 : Math.max(0, Math.min(1, (end - at) / (end - start)));
}

/** An earlier charge for an item. It covers `start` to the end of the item's current period. */
interface PastCharge {
  /** Amount minus discounts. */
  readonly net: number;
  /** Unix seconds. */
  readonly start: number;
}

/**
 * Adds a credit for the unused time of an item: the unused share of its last charge, net of the discounts of that charge.
 * Without an earlier charge, the share of the current price, without discounts.
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

/** Adds the charge of the new price or quantity for the rest of the period, with the current discounts. */
export function chargeRest(context: Context, subscription: StoredObject, item: StoredObject, at: number): void {
  const amount = roundAmount(periodAmount(context, subscription, item) * remainingShare(item, at));
  addProration(context, subscription, item, at, amount, 'Remaining time on');
}

/** Returns the last charge that covers a moment of the current period: of an invoice, or of a later proration. */
function lastChargeFor(
  { account }: Context,
  subscription: StoredObject,
  item: StoredObject,
  at: number,
): PastCharge | undefined {
  const invoiceCharges = account
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
  const prorationCharges = account
    .all('invoiceitem')
    .filter(
      (invoiceItem) =>
        invoiceItem['proration'] === true &&
        Number(invoiceItem['amount']) > 0 &&
        hashOrEmpty(hashOrEmpty(invoiceItem['parent'])['subscription_details'])['subscription_item'] === item.id,
    )
    .map((candidate) => ({ period: hashOrEmpty(candidate['period']), net: Number(candidate['amount']) }));
  return [...invoiceCharges, ...prorationCharges]
    .filter(({ period }) => period['end'] === item['current_period_end'] && Number(period['start']) <= at)
    .map(({ period, net }) => ({ net, start: Number(period['start']) }))
    .reduce<PastCharge | undefined>(
      (last, charge) => (last === undefined || charge.start >= last.start ? charge : last),
      undefined,
    );
}

function netOfLine(line: StoredObject): number {
  return Number(line['amount']) - sumOf(hashesOf(line['discount_amounts']).map(({ amount }) => Number(amount)));
}

/** Returns the amount of a whole period of an item, minus its part of the subscription's discounts. */
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
  const day = new Date(at * 1000).toUTCString().slice(5, 16);
  const prorationItem = makeObject(context, 'InvoiceItem');
  Object.assign(prorationItem, {
    amount,
    currency: price['currency'],
    customer: subscription['customer'],
    date: context.now,
    description: `${prefix} ${quantity === 1 ? '' : `${quantity} × `}${productName(context, price)} after ${day}`,
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
