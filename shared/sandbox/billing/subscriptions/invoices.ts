import { definedFields } from '../../../defined-fields.ts';
import type { Context } from '../../context.ts';
import type { StoredObject } from '../../store.ts';
import { discountsOfNextInvoice } from '../discounts.ts';
import { subscriptionInvoiceParent, pendingItems } from '../invoices/create.ts';
import { linesOf, makeInvoice, setLines } from '../invoices/draft.ts';
import { addInvoiceItem, makeLine } from '../invoices/lines.ts';
import { usageOf } from '../meters/usage.ts';
import { priceAmount, unitAmount } from '../price-amounts.ts';
import { isMetered, pricingOf, productName } from '../prices.ts';
import { roundAmount } from '../totals.ts';
import { hashOrEmpty, storedObjectsOf, stringsOf } from '../values.ts';
import { subscriptionItems, priceOf, itemTaxRates } from './items.ts';

/** What an invoice of a subscription bills. */
export interface BillingOptions {
  readonly reason: string;
  /** The period whose metered usage is billed, in Unix seconds. If absent, no usage is billed. */
  readonly usage?: { readonly start: number; readonly end: number };
  /** Whether licensed items are billed for their current period. */
  readonly billsCurrentPeriod: boolean;
  /**
   * Share of the period for which licensed items are billed. If absent, 1. If 0, the invoice has no lines for items.
   */
  readonly periodShare?: number;
  /** The items that are billed. If absent, all items are billed. */
  readonly items?: readonly StoredObject[];
  /** Whether the pending invoice items of the customer are billed too. */
  readonly includesPendingItems: boolean;
}

/** Creates a draft invoice of a subscription. https://docs.stripe.com/billing/invoices/subscription */
export function billSubscription(context: Context, subscription: StoredObject, billing: BillingOptions): StoredObject {
  const customer = context.account.get('customer', String(subscription['customer']));
  const method = subscription['collection_method'];
  const invoice = makeInvoice(
    context,
    customer,
    definedFields({
      collection_method: method,
      currency: subscription['currency'],
      default_payment_method: subscription['default_payment_method'] ?? '',
      description: subscription['description'] ?? '',
      days_until_due: method === 'send_invoice' ? Number(subscription['days_until_due'] ?? 0) : undefined,
    }),
  );
  Object.assign(
    invoice,
    definedFields({
      auto_advance: true,
      billing_reason: billing.reason,
      default_tax_rates: structuredClone(storedObjectsOf(subscription['default_tax_rates'])),
      discounts: [...stringsOf(subscription['discounts'])],
      parent: subscriptionInvoiceParent(subscription),
      period_end: billing.usage?.end,
      period_start: billing.usage?.start,
    }),
  );
  const lines = (billing.items ?? subscriptionItems(context, subscription)).flatMap((item) => {
    const line = makeSubscriptionLine(context, subscription, invoice, item, billing);
    return line === undefined ? [] : [line];
  });
  setLines(context, invoice, lines);
  if (billing.includesPendingItems)
    for (const item of pendingItems(context, customer, subscription['currency'])) {
      const subscriptionId = hashOrEmpty(hashOrEmpty(item['parent'])['subscription_details'])['subscription'];
      if (subscriptionId === undefined || subscriptionId === subscription.id) addInvoiceItem(context, invoice, item);
    }
  subscription['latest_invoice'] = invoice.id;
  return invoice;
}

/**
 * Removes discounts from a subscription after an invoice: those for a single invoice, and those that have ended. If the
 * invoice bills nothing, all discounts remain.
 */
export function removeUsedDiscounts(context: Context, subscription: StoredObject, invoice: StoredObject): void {
  if (linesOf(invoice).some((line) => Number(line['amount']) > 0))
    subscription['discounts'] = discountsOfNextInvoice(context, subscription['discounts']);
}

/** Creates the invoice line of an item. Returns undefined if the invoice does not bill the item. */
function makeSubscriptionLine(
  context: Context,
  subscription: StoredObject,
  invoice: StoredObject,
  item: StoredObject,
  billing: BillingOptions,
): StoredObject | undefined {
  const { periodShare = 1 } = billing;
  const price = priceOf(item);
  const sale = isMetered(price)
    ? meteredSale(context, subscription, item, billing)
    : licensedSale(item, billing.billsCurrentPeriod, periodShare);
  if (sale === undefined || periodShare === 0) return undefined;
  const { quantity, period } = sale;
  const isTrial = subscription['status'] === 'trialing';
  return makeLine(context, invoice, {
    amount: isTrial ? 0 : sale.amount,
    currency: price['currency'],
    description: describeLine(context, price, quantity, isTrial),
    discounts: stringsOf(item['discounts']),
    metadata: subscription['metadata'],
    period,
    pricing: pricingOf(price),
    quantity,
    subscription: subscription.id,
    rates: itemTaxRates(item, subscription),
    parent: {
      type: 'subscription_item_details',
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: periodShare !== 1,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
    },
  });
}

/** What a line of an invoice bills for an item. */
interface ItemSale {
  readonly period: unknown;
  readonly quantity: number;
  readonly amount: number;
}

/** Returns the amount of a licensed item for its current period. Undefined if the invoice does not bill the period. */
function licensedSale(item: StoredObject, billsCurrentPeriod: boolean, periodShare: number): ItemSale | undefined {
  if (!billsCurrentPeriod) return undefined;
  const quantity = Number(item['quantity'] ?? 1);
  return { period: periodOf(item), quantity, amount: roundAmount(priceAmount(priceOf(item), quantity) * periodShare) };
}

/** Returns the amount for the usage of a metered item. Undefined if the invoice has no line for the item. */
function meteredSale(
  context: Context,
  subscription: StoredObject,
  item: StoredObject,
  { usage, billsCurrentPeriod }: BillingOptions,
): ItemSale | undefined {
  if (usage !== undefined) {
    const quantity = usageOf(context, priceOf(item), subscription['customer'], usage.start, usage.end);
    return { period: usage, quantity, amount: quantity === 0 ? 0 : priceAmount(priceOf(item), quantity) };
  }
  // In the classic billing mode, the invoice has a line with the amount 0 for metered usage that is billed later. In
  // the flexible mode, the invoice has no such line. https://docs.stripe.com/billing/subscriptions/billing-mode/compare
  const isClassic = hashOrEmpty(subscription['billing_mode'])['type'] === 'classic';
  return billsCurrentPeriod && isClassic ? { period: periodOf(item), quantity: 0, amount: 0 } : undefined;
}

function periodOf(item: StoredObject): object {
  return { start: item['current_period_start'], end: item['current_period_end'] };
}

/** Returns the description of an invoice line in Stripe's format. */
function describeLine(context: Context, price: StoredObject, quantity: number, isTrial: boolean): string {
  const name = productName(context, price);
  if (isTrial) return `Trial period for ${name}`;
  const { interval, interval_count: count = 1 } = hashOrEmpty(price['recurring']);
  const intervalText = Number(count) === 1 ? String(interval) : `${String(count)} ${String(interval)}s`;
  return `${quantity} × ${name} (at $${(unitAmount(price) / 100).toFixed(2)} / ${intervalText})`;
}
