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

export interface BillingOptions {
  readonly reason: string;
  /** The period whose metered usage is billed, in Unix seconds. If absent, no usage is billed. */
  readonly usage?: { readonly start: number; readonly end: number };
  /** Bills licensed items for their current period. */
  readonly billsAhead: boolean;
  /** Part of a period for which licensed items are billed. 1 if absent. */
  readonly periodShare?: number;
  /** The items that are billed. If absent, all are. */
  readonly items?: readonly StoredObject[];
  /** Adds the pending invoice items of the customer. */
  readonly includesPendingItems: boolean;
}

/** Creates the draft of a subscription's invoice. https://docs.stripe.com/billing/invoices/subscription */
export function billSubscription(context: Context, subscription: StoredObject, billing: BillingOptions): StoredObject {
  const customer = context.account.get('customer', String(subscription['customer']));
  const method = subscription['collection_method'];
  const invoice = makeInvoice(context, customer, {
    collection_method: method,
    currency: subscription['currency'],
    default_payment_method: subscription['default_payment_method'] ?? '',
    description: subscription['description'] ?? '',
    ...(method === 'send_invoice' ? { days_until_due: Number(subscription['days_until_due'] ?? 0) } : {}),
  });
  Object.assign(invoice, {
    auto_advance: true,
    billing_reason: billing.reason,
    default_tax_rates: structuredClone(storedObjectsOf(subscription['default_tax_rates'])),
    discounts: [...stringsOf(subscription['discounts'])],
    parent: subscriptionInvoiceParent(subscription),
    ...(billing.usage === undefined ? {} : { period_end: billing.usage.end, period_start: billing.usage.start }),
  });
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

/** Removes the discounts from a subscription that an invoice has used up. */
export function removeUsedDiscounts(context: Context, subscription: StoredObject, invoice: StoredObject): void {
  if (linesOf(invoice).some((line) => Number(line['amount']) > 0))
    subscription['discounts'] = discountsOfNextInvoice(context, subscription['discounts']);
}

function makeSubscriptionLine(
  context: Context,
  subscription: StoredObject,
  invoice: StoredObject,
  item: StoredObject,
  { usage, billsAhead, periodShare = 1 }: BillingOptions,
): StoredObject | undefined {
  const price = priceOf(item);
  const metered = isMetered(price);
  if (periodShare === 0) return undefined;
  if (metered ? usage === undefined && !(billsAhead && isClassic(subscription)) : !billsAhead) return undefined;
  const isTrial = subscription['status'] === 'trialing';
  const period =
    metered && usage !== undefined ? usage : { start: item['current_period_start'], end: item['current_period_end'] };
  const quantity = metered
    ? usage === undefined
      ? 0
      : usageOf(context, price, subscription['customer'], usage.start, usage.end)
    : Number(item['quantity'] ?? 1);
  const wholeAmount = metered && quantity === 0 ? 0 : priceAmount(price, quantity);
  return makeLine(context, invoice, {
    amount: isTrial ? 0 : metered ? wholeAmount : roundAmount(wholeAmount * periodShare),
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

/**
 * Returns whether the billing mode is classic. Then an added metered item has a line of zero. In flexible mode it has none.
 * https://docs.stripe.com/billing/subscriptions/billing-mode/compare
 */
function isClassic(subscription: StoredObject): boolean {
  return hashOrEmpty(subscription['billing_mode'])['type'] === 'classic';
}

function describeLine(context: Context, price: StoredObject, quantity: number, isTrial: boolean): string {
  const name = productName(context, price);
  if (isTrial) return `Trial period for ${name}`;
  const { interval, interval_count: count = 1 } = hashOrEmpty(price['recurring']);
  const intervalText = Number(count) === 1 ? String(interval) : `${String(count)} ${String(interval)}s`;
  return `${quantity} × ${name} (at $${(unitAmount(price) / 100).toFixed(2)} / ${intervalText})`;
}
