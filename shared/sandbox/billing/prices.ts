import { inPath, type Context } from '../context.ts';
import { createPrice } from '../machines/prices.ts';
import { bad, missing, namedInHash } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';
import { hash } from './values.ts';

/** The price that an entry names by `price` or `pricing[price]`, or brings along as `price_data`; undefined without any. */
export function priceIn(context: Context, entry: Record<string, unknown>, param = ''): Stored | undefined {
  const at = (name: string): string => (param === '' ? name : `${param}[${name}]`);
  const id = entry['price'] ?? hash(entry['pricing'])['price'] ?? entry['plan'];
  if (typeof id === 'string' && id !== '') {
    const price = context.account.get('price', id);
    if (price === undefined) throw missing('price', id, at('price'), true);
    if (price['active'] === false)
      throw bad('The price specified is inactive. This field only accepts active prices.', { param: at('price') });
    return price;
  }
  const data = entry['price_data'];
  if (!isHash(data)) return undefined;
  const made = namedInHash(at('price_data'), () => createPrice({ ...context, params: data }));
  return Object.assign(made, { active: false });
}

/** The same of an entry that must have a price. */
export function requirePrice(context: Context, entry: Record<string, unknown>, param: string): Stored {
  const price = priceIn(context, entry, param);
  if (price === undefined)
    throw bad(`Missing required param: ${param}[price].`, { code: 'parameter_missing', param: `${param}[price]` });
  return price;
}

export function isRecurring(price: Stored): boolean {
  return isHash(price['recurring']);
}

export function isMetered(price: Stored): boolean {
  return hash(price['recurring'])['usage_type'] === 'metered';
}

export function productName(context: Context, price: Stored): string {
  return String(context.account.get('product', String(price['product']))?.['name'] ?? '');
}

/** What a line or an item says of its price. https://docs.stripe.com/api/invoice-line-item/object#invoice_line_item_object-pricing */
export function pricingOf(price: Stored): object {
  return {
    type: 'price_details',
    price_details: { price: price.id, product: price['product'] },
    unit_amount_decimal: price['unit_amount_decimal'] ?? null,
  };
}

export function priceOfPricing(context: Context, pricing: unknown): Stored | undefined {
  const id = hash(hash(pricing)['price_details'])['price'];
  return typeof id === 'string' ? inPath(context, 'price', id) : undefined;
}
