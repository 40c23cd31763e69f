import { makeObject, type Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { makeDiscounts, discountRulesOf } from '../discounts.ts';
import { priceAmount } from '../price-amounts.ts';
import { isRecurring, requirePrice, productName } from '../prices.ts';
import { addUpItems, totalDetails } from '../item-totals.ts';
import { priceOf } from '../subscriptions/items.ts';
import { taxRates } from '../tax-rates.ts';
import { sumOf } from '../totals.ts';
import { hashOrEmpty, hashesOf, storedObjectsOf } from '../values.ts';

/** Returns the line items of a quote, in the order of the request. https://docs.stripe.com/api/quotes/line_items/list */
export function quoteItems({ account }: Context, quote: StoredObject): StoredObject[] {
  return account.all('item').filter((line) => account.parents.get(line)?.['quote'] === quote.id);
}

/** Replaces the line items of a quote, if the request has `line_items`, and calculates the totals of the quote. */
export function setQuoteItems(context: Context, quote: StoredObject, lineItems: unknown): void {
  if (lineItems !== undefined) {
    for (const line of quoteItems(context, quote)) context.account.remove('item', line.id);
    for (const [index, entry] of hashesOf(lineItems).entries())
      addQuoteItem(context, quote, entry, `line_items[${index}]`);
  }
  addUpQuote(context, quote);
}

/** Stores a line item of a quote, with its tax rates and discounts. */
function addQuoteItem(context: Context, quote: StoredObject, entry: Record<string, unknown>, param: string): void {
  const price = requirePrice(context, entry, param);
  const quantity = Number(entry['quantity'] ?? 1);
  const line = makeObject(context, 'LineItem');
  Object.assign(line, {
    amount_subtotal: priceAmount(price, quantity),
    currency: price['currency'],
    description: productName(context, price),
    price: structuredClone(price),
    quantity,
  });
  context.account.parents.set(line, { quote: quote.id });
  context.account.privateData.set(
    QUOTE_LINE_RATES + line.id,
    structuredClone(taxRates(context, entry['tax_rates'], `${param}[tax_rates]`)),
  );
  context.account.privateData.set(
    QUOTE_LINE_DISCOUNTS + line.id,
    makeDiscounts(context, entry['discounts'], { customer: quote['customer'] as string | null }),
  );
}

const QUOTE_LINE_RATES = 'tax rates of quote line ';
const QUOTE_LINE_DISCOUNTS = 'discounts of quote line ';

/** Returns the tax rates and discounts of a line, which are stored in the private data. */
export function ratesAndDiscounts(
  { account }: Context,
  line: StoredObject,
): { rates: StoredObject[]; discounts: string[] } {
  return {
    rates: (account.privateData.get(QUOTE_LINE_RATES + line.id) ?? []) as StoredObject[],
    discounts: (account.privateData.get(QUOTE_LINE_DISCOUNTS + line.id) ?? []) as string[],
  };
}

/** Calculates the totals of a quote and of its line items. */
function addUpQuote(context: Context, quote: StoredObject): void {
  const items = quoteItems(context, quote);
  if (new Set(items.map((item) => item['currency'])).size > 1)
    throw badRequest('All prices on a quote must have the same currency.', { param: 'line_items' });
  const totals = addUpItems(
    items,
    (item) => {
      const { rates, discounts } = ratesAndDiscounts(context, item);
      const appliedRates = rates.length > 0 ? rates : storedObjectsOf(quote['default_tax_rates']);
      return { rates: appliedRates, discounts: discountRulesOf(context, discounts) };
    },
    discountRulesOf(context, quote['discounts']),
  );
  const details = totalDetails(totals);
  const recurringItems = items.filter((item) => isRecurring(priceOf(item)));
  Object.assign(quote, {
    amount_subtotal: totals.subtotal,
    amount_total: totals.total,
    computed: {
      recurring: recurringItems.length === 0 ? null : recurringTotals(recurringItems),
      upfront: { amount_subtotal: totals.subtotal, amount_total: totals.total, total_details: details },
    },
    currency: items[0]?.['currency'] ?? null,
    total_details: details,
  });
}

/** Returns the field `computed.recurring` of a quote: the sums of its recurring items. */
function recurringTotals(items: readonly StoredObject[]): object {
  const { interval, interval_count } = hashOrEmpty(hashOrEmpty(items[0]?.['price'])['recurring']);
  const sumOfField = (name: string): number => sumOf(items.map((item) => Number(item[name])));
  return {
    amount_subtotal: sumOfField('amount_subtotal'),
    amount_total: sumOfField('amount_total'),
    interval,
    interval_count,
    total_details: {
      amount_discount: sumOfField('amount_discount'),
      amount_shipping: 0,
      amount_tax: sumOfField('amount_tax'),
    },
  };
}
