import { objectInPath, type Context } from '../context.ts';
import { createPrice } from '../machines/prices.ts';
import { badRequest, noSuchObject, withHashInParam } from '../api-error.ts';
import { isHash, type StoredObject } from '../store.ts';
import { hashOrEmpty } from './values.ts';

/**
 * Returns the price that an entry of a request names in `price`, `pricing[price]` or `plan`, or defines in
 * `price_data`. Returns undefined if the entry has none of these.
 */
export function priceOfEntry(context: Context, entry: Record<string, unknown>, param = ''): StoredObject | undefined {
  const paramOf = (name: string): string => (param === '' ? name : `${param}[${name}]`);
  const id = entry['price'] ?? hashOrEmpty(entry['pricing'])['price'] ?? entry['plan'];
  if (typeof id === 'string' && id !== '') {
    const price = context.account.get('price', id);
    if (price === undefined) throw noSuchObject('price', id, paramOf('price'), true);
    if (price['active'] === false)
      throw badRequest('The price specified is inactive. This field only accepts active prices.', {
        param: paramOf('price'),
      });
    return price;
  }
  const data = entry['price_data'];
  if (!isHash(data)) return undefined;
  const price = withHashInParam(paramOf('price_data'), () => createPrice({ ...context, params: data }));
  // The new price is inactive, so that later requests cannot use it.
  return Object.assign(price, { active: false });
}

/** Like `priceOfEntry`, but throws if the entry has no price. */
export function requirePrice(context: Context, entry: Record<string, unknown>, param: string): StoredObject {
  const price = priceOfEntry(context, entry, param);
  if (price === undefined)
    throw badRequest(`Missing required param: ${param}[price].`, {
      code: 'parameter_missing',
      param: `${param}[price]`,
    });
  return price;
}

export function isRecurring(price: StoredObject): boolean {
  return isHash(price['recurring']);
}

export function isMetered(price: StoredObject): boolean {
  return hashOrEmpty(price['recurring'])['usage_type'] === 'metered';
}

export function productName(context: Context, price: StoredObject): string {
  return String(context.account.get('product', String(price['product']))?.['name'] ?? '');
}

/** Returns the field `pricing` of a line or an item. https://docs.stripe.com/api/invoice-line-item/object#invoice_line_item_object-pricing */
export function pricingOf(price: StoredObject): object {
  return {
    type: 'price_details',
    price_details: { price: price.id, product: price['product'] },
    unit_amount_decimal: price['unit_amount_decimal'] ?? null,
  };
}

/** Returns the price that the field `pricing` of an item names. */
export function priceOfPricing(context: Context, pricing: unknown): StoredObject | undefined {
  const id = hashOrEmpty(hashOrEmpty(pricing)['price_details'])['price'];
  return typeof id === 'string' ? objectInPath(context, 'price', id) : undefined;
}
