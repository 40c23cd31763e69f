import { priceAmount } from '../billing/price-amounts.ts';
import { isMetered, isRecurring, productName, requirePrice } from '../billing/prices.ts';
import { taxRates } from '../billing/tax-rates.ts';
import { hash, hashes } from '../billing/values.ts';
import { make, type Context } from '../context.ts';
import { bad } from '../refusal.ts';
import type { Account, Stored } from '../store.ts';

/** Line items of one session at most. https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items */
const MAX_RECURRING = 20;
const MAX_LINE_ITEMS = 100;

export interface SoldItem {
  readonly price: Stored;
  readonly quantity: number;
  /** `{enabled, minimum, maximum}`: the customer may change the quantity. */
  readonly adjustable: Record<string, unknown>;
  readonly rates: readonly Stored[];
}

/** What hangs on a line and is not shown with it. */
interface LineState {
  readonly adjustable: Record<string, unknown>;
  readonly rates: readonly Stored[];
}

const STATE = 'checkout line ';

/** The kinds of objects that sell lines, and the parameter of their path. */
export type SellerParam = 'checkout_session' | 'payment_link';

/** Reads the items of a session or a link: existing prices, or prices that the request defines. */
export function readItems(context: Context): SoldItem[] {
  const items = hashes(context.params['line_items']).map((item, index): SoldItem => {
    const at = `line_items[${index}]`;
    const price = requirePrice(context, item, at);
    const { quantity = 1, adjustable_quantity: adjustable } = item;
    if (isMetered(price) && item['quantity'] !== undefined)
      throw bad('Quantity should not be specified where usage_type is metered.', { param: `${at}[quantity]` });
    if (Number(quantity) < 1)
      throw bad('This value must be greater than or equal to 1.', {
        code: 'parameter_invalid_integer',
        param: `${at}[quantity]`,
      });
    return {
      price,
      quantity: Number(quantity),
      adjustable: hash(adjustable),
      rates: taxRates(context, item['tax_rates'], `${at}[tax_rates]`),
    };
  });
  const recurring = items.filter(({ price }) => isRecurring(price)).length;
  if (recurring > MAX_RECURRING || items.length > MAX_LINE_ITEMS)
    throw bad(`You can have at most ${MAX_RECURRING} recurring and ${MAX_LINE_ITEMS} line items.`, {
      param: 'line_items',
    });
  return items;
}

/** Prices and mode go together, and one currency is paid. https://docs.stripe.com/api/checkout/sessions/create */
export function checkSoldItems(mode: string, items: readonly SoldItem[]): void {
  const recurring = items.filter(({ price }) => isRecurring(price)).length;
  if (mode !== 'setup' && items.length === 0)
    throw bad(`Missing required param: line_items. You must pass line items in \`${mode}\` mode.`, {
      code: 'parameter_missing',
      param: 'line_items',
    });
  if (mode === 'setup' && items.length > 0)
    throw bad('You can not pass `line_items` in `setup` mode.', { param: 'line_items' });
  if (mode === 'payment' && recurring > 0)
    throw bad(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      { param: 'line_items' },
    );
  if (mode === 'subscription' && recurring === 0)
    throw bad('You must provide at least one recurring price in `subscription` mode when using prices.', {
      param: 'line_items',
    });
  if (new Set(items.map(({ price }) => price['currency'])).size > 1)
    throw bad('All prices on a Checkout Session must have the same currency.', { param: 'line_items' });
}

/** Keeps the items under their seller: GET /v1/checkout/sessions/{checkout_session}/line_items. */
export function keepItems(context: Context, param: SellerParam, seller: Stored, items: readonly SoldItem[]): void {
  for (const { price, quantity, adjustable, rates } of items) {
    const line = Object.assign(make(context, 'LineItem'), {
      currency: price['currency'],
      description: productName(context, price),
      price: structuredClone(price),
    });
    context.account.parents.set(line, { [param]: seller.id });
    context.account.hidden.set(STATE + line.id, { adjustable, rates: structuredClone(rates) } satisfies LineState);
    setQuantity(line, quantity);
  }
}

/** The amount of a line follows its quantity; usage is not paid ahead. */
export function setQuantity(line: Stored, quantity: number): void {
  const price = line['price'] as Stored;
  const amount = isMetered(price) ? 0 : priceAmount(price, quantity);
  Object.assign(line, {
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    quantity: isMetered(price) ? null : quantity,
  });
}

/** In the order in which they were given. */
export function sellerLines(account: Account, param: SellerParam, seller: Stored): Stored[] {
  return account.all('item').filter((line) => account.parents.get(line)?.[param] === seller.id);
}

export function lineState({ account }: Context, line: Stored): LineState {
  return (account.hidden.get(STATE + line.id) as LineState | undefined) ?? { adjustable: {}, rates: [] };
}
