import { priceAmount } from '../billing/price-amounts.ts';
import { isMetered, isRecurring, productName, requirePrice } from '../billing/prices.ts';
import { priceOf } from '../billing/subscriptions/items.ts';
import { taxRates } from '../billing/tax-rates.ts';
import { hashOrEmpty, hashesOf } from '../billing/values.ts';
import { makeObject, type Context } from '../context.ts';
import { badRequest } from '../api-error.ts';
import type { Account, StoredObject } from '../store.ts';

/**
 * Maximum number of recurring line items of a session.
 * https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items
 */
const MAX_RECURRING = 20;
/** Maximum number of line items of a session. */
const MAX_LINE_ITEMS = 100;

/** Maximum quantity that a customer can enter, if the request sets no maximum. https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items-adjustable_quantity-maximum */
export const DEFAULT_MAX_QUANTITY = 99;

/** A line item of a request, after its parameters were checked. */
export interface RequestedItem {
  readonly price: StoredObject;
  readonly quantity: number;
  /**
   * The parameter `adjustable_quantity`: `enabled` says whether the customer may change the quantity, within the limits
   * `minimum` and `maximum`.
   */
  readonly adjustable: Record<string, unknown>;
  readonly rates: readonly StoredObject[];
}

/** Private data of a line item, which no response shows. */
interface LineState {
  readonly adjustable: Record<string, unknown>;
  readonly rates: readonly StoredObject[];
}

/** Prefix of the key of a `LineState` in the private data. */
const LINE_STATE = 'checkout line ';

/**
 * The kind of object to which a line item belongs. The kind is also the name of the object's id in `Account.parents`.
 */
export type LineItemParent = 'checkout_session' | 'payment_link';

/** Reads the parameter `line_items` of a session or a link. */
export function readItems(context: Context): RequestedItem[] {
  const items = hashesOf(context.params['line_items']).map((item, index): RequestedItem => {
    const itemParam = `line_items[${index}]`;
    const price = requirePrice(context, item, itemParam);
    const { quantity = 1, adjustable_quantity: adjustable } = item;
    if (isMetered(price) && item['quantity'] !== undefined)
      throw badRequest('Quantity should not be specified where usage_type is metered.', {
        param: `${itemParam}[quantity]`,
      });
    if (Number(quantity) < 1)
      throw badRequest('This value must be greater than or equal to 1.', {
        code: 'parameter_invalid_integer',
        param: `${itemParam}[quantity]`,
      });
    return {
      price,
      quantity: Number(quantity),
      adjustable: hashOrEmpty(adjustable),
      rates: taxRates(context, item['tax_rates'], `${itemParam}[tax_rates]`),
    };
  });
  const recurring = items.filter(({ price }) => isRecurring(price)).length;
  if (recurring > MAX_RECURRING || items.length > MAX_LINE_ITEMS)
    throw badRequest(`You can have at most ${MAX_RECURRING} recurring and ${MAX_LINE_ITEMS} line items.`, {
      param: 'line_items',
    });
  return items;
}

/** Checks that the items fit the mode and have one currency. https://docs.stripe.com/api/checkout/sessions/create */
export function checkRequestedItems(mode: string, items: readonly RequestedItem[]): void {
  const recurring = items.filter(({ price }) => isRecurring(price)).length;
  if (mode !== 'setup' && items.length === 0)
    throw badRequest(`Missing required param: line_items. You must pass line items in \`${mode}\` mode.`, {
      code: 'parameter_missing',
      param: 'line_items',
    });
  if (mode === 'setup' && items.length > 0)
    throw badRequest('You can not pass `line_items` in `setup` mode.', { param: 'line_items' });
  if (mode === 'payment' && recurring > 0)
    throw badRequest(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      { param: 'line_items' },
    );
  if (mode === 'subscription' && recurring === 0)
    throw badRequest('You must provide at least one recurring price in `subscription` mode when using prices.', {
      param: 'line_items',
    });
  if (new Set(items.map(({ price }) => price['currency'])).size > 1)
    throw badRequest('All prices on a Checkout Session must have the same currency.', { param: 'line_items' });
}

/** Stores the line items of a session or a link. */
export function storeItems(
  context: Context,
  parentKind: LineItemParent,
  parent: StoredObject,
  items: readonly RequestedItem[],
): void {
  for (const { price, quantity, adjustable, rates } of items) {
    const line = Object.assign(makeObject(context, 'LineItem'), {
      currency: price['currency'],
      description: productName(context, price),
      price: structuredClone(price),
    });
    context.account.parents.set(line, { [parentKind]: parent.id });
    context.account.privateData.set(LINE_STATE + line.id, {
      adjustable,
      rates: structuredClone(rates),
    } satisfies LineState);
    setQuantity(line, quantity);
  }
}

/**
 * Sets the quantity and the amounts of a line item. With a metered price the amounts are 0, because usage is billed
 * later.
 */
export function setQuantity(line: StoredObject, quantity: number): void {
  const price = priceOf(line);
  const amount = isMetered(price) ? 0 : priceAmount(price, quantity);
  Object.assign(line, {
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    quantity: isMetered(price) ? null : quantity,
  });
}

/** Returns the line items of a session or a link, in the order of the request. */
export function lineItemsOf(account: Account, parentKind: LineItemParent, parent: StoredObject): StoredObject[] {
  return account.all('item').filter((line) => account.parents.get(line)?.[parentKind] === parent.id);
}

/** Returns the private data of a line item. */
export function lineState({ account }: Context, line: StoredObject): LineState {
  return (account.privateData.get(LINE_STATE + line.id) as LineState | undefined) ?? { adjustable: {}, rates: [] };
}
