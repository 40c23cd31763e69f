import { make, type Context } from '../../context.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { makeDiscounts, rulesOf } from '../discounts.ts';
import { priceAmount } from '../price-amounts.ts';
import { isRecurring, requirePrice, productName } from '../prices.ts';
import { addUpItems, totalDetails } from '../item-totals.ts';
import { taxRates } from '../tax-rates.ts';
import { sumOf } from '../totals.ts';
import { hash, hashes, storedList } from '../values.ts';

/** The lines of a quote, in the order in which they were given. https://docs.stripe.com/api/quotes/line_items/list */
export function quoteItems({ account }: Context, quote: Stored): Stored[] {
  return account.all('item').filter((line) => account.parents.get(line)?.['quote'] === quote.id);
}

/** Sets the lines of a quote, if any are given, and adds it up. */
export function setItems(context: Context, quote: Stored, given: unknown): void {
  if (given !== undefined) {
    const known = quoteItems(context, quote);
    for (const line of known) context.account.remove('item', line.id);
    for (const [index, entry] of hashes(given).entries()) addQuoteItem(context, quote, entry, `line_items[${index}]`);
  }
  addUp(context, quote);
}

function addQuoteItem(context: Context, quote: Stored, entry: Record<string, unknown>, param: string): void {
  const price = requirePrice(context, entry, param);
  const quantity = Number(entry['quantity'] ?? 1);
  const line = make(context, 'LineItem');
  Object.assign(line, {
    amount_subtotal: priceAmount(price, quantity),
    currency: price['currency'],
    description: productName(context, price),
    price: structuredClone(price),
    quantity,
  });
  context.account.parents.set(line, { quote: quote.id });
  context.account.hidden.set(
    QUOTE_LINE_RATES + line.id,
    structuredClone(taxRates(context, entry['tax_rates'], `${param}[tax_rates]`)),
  );
  context.account.hidden.set(
    DISCOUNTS + line.id,
    makeDiscounts(context, entry['discounts'], { customer: quote['customer'] as string | null }),
  );
}

const QUOTE_LINE_RATES = 'tax rates of quote line ';
const DISCOUNTS = 'discounts of quote line ';

/** Returns the tax rates and discounts of a line, which are stored apart from its fields. */
export function ratesAndDiscounts({ account }: Context, line: Stored): { rates: Stored[]; discounts: string[] } {
  return {
    rates: (account.hidden.get(QUOTE_LINE_RATES + line.id) ?? []) as Stored[],
    discounts: (account.hidden.get(DISCOUNTS + line.id) ?? []) as string[],
  };
}

function addUp(context: Context, quote: Stored): void {
  const items = quoteItems(context, quote);
  if (new Set(items.map((item) => item['currency'])).size > 1)
    throw bad('All prices on a quote must have the same currency.', { param: 'line_items' });
  const totals = addUpItems(
    items,
    (item) => {
      const { rates, discounts } = ratesAndDiscounts(context, item);
      const applied = rates.length > 0 ? rates : storedList(quote['default_tax_rates']);
      return { rates: applied, discounts: rulesOf(context, discounts) };
    },
    rulesOf(context, quote['discounts']),
  );
  const details = totalDetails(totals);
  const recurring = items.filter((item) => isRecurring(item['price'] as Stored));
  Object.assign(quote, {
    amount_subtotal: totals.subtotal,
    amount_total: totals.total,
    computed: {
      recurring: recurring.length === 0 ? null : recurringTotals(recurring),
      upfront: { amount_subtotal: totals.subtotal, amount_total: totals.total, total_details: details },
    },
    currency: items[0]?.['currency'] ?? null,
    total_details: details,
  });
}

function recurringTotals(items: readonly Stored[]): object {
  const { interval, interval_count } = hash(hash(items[0]?.['price'])['recurring']);
  const of = (name: string): number => sumOf(items.map((item) => Number(item[name])));
  return {
    amount_subtotal: of('amount_subtotal'),
    amount_total: of('amount_total'),
    interval,
    interval_count,
    total_details: { amount_discount: of('amount_discount'), amount_shipping: 0, amount_tax: of('amount_tax') },
  };
}
