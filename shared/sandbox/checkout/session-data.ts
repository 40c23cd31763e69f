import { make, type Context } from '../context.ts';
import { bad } from '../refusal.ts';
import type { Stored } from '../store.ts';
import { taxRates } from '../billing/tax-rates.ts';
import { hash, hashes } from '../billing/values.ts';

const KEY = 'checkout session ';

/** Parameters of a session that its object does not show: what is made of them comes with the payment. */
const KEPT = ['payment_intent_data', 'setup_intent_data', 'subscription_data', 'payment_method_data'] as const;

/** Keeps those parameters; the tax rates of a subscription are looked up. */
export function keepData(context: Context, session: Stored): void {
  const { params } = context;
  const kept = Object.fromEntries(KEPT.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])));
  const subscription = hash(params['subscription_data']);
  const rates = taxRates(context, subscription['default_tax_rates'], 'subscription_data[default_tax_rates]');
  if (params['subscription_data'] !== undefined) kept['subscription_data'] = { ...subscription, rates };
  context.account.hidden.set(KEY + session.id, structuredClone(kept));
}

export function dataOf({ account }: Context, session: Stored): Record<string, unknown> {
  return hash(account.hidden.get(KEY + session.id));
}

/** Data of another mode is rejected. https://docs.stripe.com/api/checkout/sessions/create */
export function checkData(mode: string, params: Context['params']): void {
  for (const [name, of] of [
    ['payment_intent_data', 'payment'],
    ['subscription_data', 'subscription'],
    ['setup_intent_data', 'setup'],
  ] as const)
    if (params[name] !== undefined && mode !== of)
      throw bad(`You can not pass \`${name}\` in \`${mode}\` mode.`, { param: name });
  for (const name of ['invoice_creation', 'submit_type'])
    if (params[name] !== undefined && mode !== 'payment' && !(name === 'submit_type' && mode === 'subscription'))
      throw bad(`You can not pass \`${name}\` in \`${mode}\` mode.`, { param: name });
}

/** The first shipping option is chosen until the customer takes another. https://docs.stripe.com/payments/during-payment/charge-shipping */
export function shippingOf(context: Context): { options: object[]; cost: object | null } {
  const options = hashes(context.params['shipping_options']).map((option) => {
    const id = option['shipping_rate'];
    const rate =
      typeof id === 'string'
        ? context.account.get('shipping_rate', id)
        : make(context, 'ShippingRate', hash(option['shipping_rate_data']));
    if (rate === undefined) throw bad(`No such shipping rate: '${String(id)}'`, { param: 'shipping_options' });
    return { shipping_amount: Number(hash(rate['fixed_amount'])['amount'] ?? 0), shipping_rate: rate.id };
  });
  const [first] = options;
  if (first === undefined) return { options, cost: null };
  const amount = first.shipping_amount;
  const cost = { amount_subtotal: amount, amount_tax: 0, amount_total: amount, shipping_rate: first.shipping_rate };
  return { options, cost };
}
