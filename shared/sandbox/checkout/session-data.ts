import { makeObject, type Context } from '../context.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { taxRates } from '../billing/tax-rates.ts';
import { hashOrEmpty, hashesOf } from '../billing/values.ts';

const SESSION_DATA = 'checkout session ';

/** Parameters of a session that its object does not show. They apply when the session is completed. */
const HIDDEN_PARAMS = ['payment_intent_data', 'setup_intent_data', 'subscription_data', 'payment_method_data'] as const;

/** Stores the hidden parameters, with the tax rate objects of a subscription. */
export function storeData(context: Context, session: StoredObject): void {
  const { params } = context;
  const data = Object.fromEntries(
    HIDDEN_PARAMS.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])),
  );
  const subscription = hashOrEmpty(params['subscription_data']);
  const rates = taxRates(context, subscription['default_tax_rates'], 'subscription_data[default_tax_rates]');
  if (params['subscription_data'] !== undefined) data['subscription_data'] = { ...subscription, rates };
  context.account.privateData.set(SESSION_DATA + session.id, structuredClone(data));
}

export function dataOf({ account }: Context, session: StoredObject): Record<string, unknown> {
  return hashOrEmpty(account.privateData.get(SESSION_DATA + session.id));
}

/** Rejects parameters of another mode. https://docs.stripe.com/api/checkout/sessions/create */
export function checkData(mode: string, params: Context['params']): void {
  for (const [name, requiredMode] of [
    ['payment_intent_data', 'payment'],
    ['subscription_data', 'subscription'],
    ['setup_intent_data', 'setup'],
  ] as const)
    if (params[name] !== undefined && mode !== requiredMode)
      throw badRequest(`You can not pass \`${name}\` in \`${mode}\` mode.`, { param: name });
  for (const name of ['invoice_creation', 'submit_type'])
    if (params[name] !== undefined && mode !== 'payment' && !(name === 'submit_type' && mode === 'subscription'))
      throw badRequest(`You can not pass \`${name}\` in \`${mode}\` mode.`, { param: name });
}

/** Returns the shipping options and the cost of the first one, which applies. https://docs.stripe.com/payments/during-payment/charge-shipping */
export function shippingOf(context: Context): { options: object[]; cost: object | null } {
  const options = hashesOf(context.params['shipping_options']).map((option) => {
    const id = option['shipping_rate'];
    const rate =
      typeof id === 'string'
        ? context.account.get('shipping_rate', id)
        : makeObject(context, 'ShippingRate', hashOrEmpty(option['shipping_rate_data']));
    if (rate === undefined) throw badRequest(`No such shipping rate: '${String(id)}'`, { param: 'shipping_options' });
    return { shipping_amount: Number(hashOrEmpty(rate['fixed_amount'])['amount'] ?? 0), shipping_rate: rate.id };
  });
  const [first] = options;
  if (first === undefined) return { options, cost: null };
  const amount = first.shipping_amount;
  const cost = { amount_subtotal: amount, amount_tax: 0, amount_total: amount, shipping_rate: first.shipping_rate };
  return { options, cost };
}
