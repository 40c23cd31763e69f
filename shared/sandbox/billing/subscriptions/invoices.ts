import type { Context } from '../../context.ts';
import type { Stored } from '../../store.ts';
import { lasting } from '../discounts.ts';
import { parentOf, pendingItems } from '../invoices/create.ts';
import { linesOf, makeInvoice, setLines } from '../invoices/draft.ts';
import { addInvoiceItem, makeLine } from '../invoices/lines.ts';
import { usageOf } from '../meters/usage.ts';
import { priceAmount, unitAmount } from '../price-amounts.ts';
import { isMetered, pricingOf, productName } from '../prices.ts';
import { rounded } from '../totals.ts';
import { hash, storedList, strings } from '../values.ts';
import { subscriptionItems, priceOf, itemTaxRates } from './items.ts';

export interface Billing {
  readonly reason: string;
  /** Bills metered usage of the period that ended, and licensed items for the one that begins. */
  readonly usage?: { readonly start: number; readonly end: number };
  /** Licensed items for their current period. */
  readonly ahead: boolean;
  /** Part of a whole period that licensed items are billed for. */
  readonly share?: number;
  /** The items that are billed; all of them if absent. */
  readonly items?: readonly Stored[];
  /** Pending items of the customer come along. */
  readonly pending: boolean;
}

/** A draft of what a subscription owes. https://docs.stripe.com/billing/invoices/subscription */
export function billSubscription(context: Context, subscription: Stored, billing: Billing): Stored {
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
    default_tax_rates: structuredClone(storedList(subscription['default_tax_rates'])),
    discounts: [...strings(subscription['discounts'])],
    parent: parentOf(subscription),
    ...(billing.usage === undefined ? {} : { period_end: billing.usage.end, period_start: billing.usage.start }),
  });
  const lines = (billing.items ?? subscriptionItems(context, subscription)).flatMap((item) => {
    const line = makeSubscriptionLine(context, subscription, invoice, item, billing);
    return line === undefined ? [] : [line];
  });
  setLines(context, invoice, lines);
  if (billing.pending)
    for (const item of pendingItems(context, customer, subscription['currency'])) {
      const of = hash(hash(item['parent'])['subscription_details'])['subscription'];
      if (of === undefined || of === subscription.id) addInvoiceItem(context, invoice, item);
    }
  subscription['latest_invoice'] = invoice.id;
  return invoice;
}

/** Discounts that are used up with an invoice are gone from the subscription. */
export function useDiscounts(context: Context, subscription: Stored, invoice: Stored): void {
  if (linesOf(invoice).some((line) => Number(line['amount']) > 0))
    subscription['discounts'] = lasting(context, subscription['discounts']);
}

function makeSubscriptionLine(
  context: Context,
  subscription: Stored,
  invoice: Stored,
  item: Stored,
  { usage, ahead, share = 1 }: Billing,
): Stored | undefined {
  const price = priceOf(item);
  const metered = isMetered(price);
  if (metered ? usage === undefined && !(ahead && isClassic(subscription)) : !ahead) return undefined;
  const trialing = subscription['status'] === 'trialing';
  const period =
    metered && usage !== undefined ? usage : { start: item['current_period_start'], end: item['current_period_end'] };
  const quantity = metered
    ? usage === undefined
      ? 0
      : usageOf(context, price, subscription['customer'], usage.start, usage.end)
    : Number(item['quantity'] ?? 1);
  const whole = metered && quantity === 0 ? 0 : priceAmount(price, quantity);
  return makeLine(context, invoice, {
    amount: trialing ? 0 : metered ? whole : rounded(whole * share),
    currency: price['currency'],
    description: describeLine(context, price, quantity, trialing),
    discounts: strings(item['discounts']),
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
        proration: share !== 1,
        proration_details: { credited_items: null },
        subscription: subscription.id,
        subscription_item: item.id,
      },
    },
  });
}

/**
 * In classic billing mode a metered item that is added has a line of zero; in the flexible mode it has none.
 * https://docs.stripe.com/billing/subscriptions/billing-mode/compare
 */
function isClassic(subscription: Stored): boolean {
  return hash(subscription['billing_mode'])['type'] === 'classic';
}

function describeLine(context: Context, price: Stored, quantity: number, trialing: boolean): string {
  const name = productName(context, price);
  if (trialing) return `Trial period for ${name}`;
  const { interval, interval_count: count = 1 } = hash(price['recurring']);
  const each = Number(count) === 1 ? String(interval) : `${String(count)} ${String(interval)}s`;
  return `${quantity} × ${name} (at $${(unitAmount(price) / 100).toFixed(2)} / ${each})`;
}
