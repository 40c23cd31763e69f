import { requirePrice } from '../billing/prices.ts';
import { make, type Context } from '../context.ts';
import { bad } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';

export interface SoldItem {
  readonly price: Stored;
  readonly quantity: number;
  /** In minor units of the price's currency. */
  readonly amount: number;
}

/** What a session sells: prices, or prices made on the way. https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-line_items */
export function readItems(context: Context): SoldItem[] {
  const { line_items: given } = context.params;
  return (Array.isArray(given) ? given.filter(isHash) : []).map((item, index) => {
    const price = requirePrice(context, item, `line_items[${index}]`);
    const quantity = Number(item['quantity'] ?? 1);
    if (quantity < 1)
      throw bad('This value must be greater than or equal to 1.', {
        code: 'parameter_invalid_integer',
        param: `line_items[${index}][quantity]`,
      });
    return { price, quantity, amount: Number(price['unit_amount'] ?? 0) * quantity };
  });
}

/** Keeps the items under their session: GET /v1/checkout/sessions/{checkout_session}/line_items. */
export function keepItems(context: Context, session: Stored, items: readonly SoldItem[]): void {
  for (const { price, quantity, amount } of items) {
    const product = context.account.get('product', String(price['product']));
    const line = Object.assign(make(context, 'LineItem'), {
      amount_discount: 0,
      amount_subtotal: amount,
      amount_tax: 0,
      amount_total: amount,
      currency: price['currency'],
      description: product?.['name'] ?? null,
      price: structuredClone(price),
      quantity,
    });
    context.account.parents.set(line, { checkout_session: session.id });
  }
}
