import { makeObject, type Context } from '../context.ts';
import { badRequest } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { taxRates } from '../billing/tax-rates.ts';
import { hashOrEmpty, hashesOf } from '../billing/values.ts';

/** Prefix of the keys in `privateData` under which the hidden parameters of sessions are stored. */
const SESSION_DATA = 'checkout session ';

/**
 * Parameters of a session that are not fields of the session object. They are stored for the completion of the session.
 */
const HIDDEN_PARAMS = ['payment_intent_data', 'setup_intent_data', 'subscription_data', 'payment_method_data'] as const;

/**
 * Stores the hidden parameters of a session. `subscription_data` also gets the objects of its tax rates, as `rates`.
 */
export function storeHiddenParams(context: Context, session: StoredObject): void {
  const { params } = context;
  const data = Object.fromEntries(
    HIDDEN_PARAMS.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])),
  );
  const subscription = hashOrEmpty(params['subscription_data']);
  const rates = taxRates(context, subscription['default_tax_rates'], 'subscription_data[default_tax_rates]');
  if (params['subscription_data'] !== undefined) data['subscription_data'] = { ...subscription, rates };
  context.account.privateData.set(SESSION_DATA + session.id, structuredClone(data));
}

/** Returns the hidden parameters of a session. */
export function hiddenParamsOf({ account }: Context, session: StoredObject): Record<string, unknown> {
  return hashOrEmpty(account.privateData.get(SESSION_DATA + session.id));
}

/** The modes of a session in which a parameter is allowed. https://docs.stripe.com/api/checkout/sessions/create */
const MODES_OF_PARAMS: Readonly<Record<string, readonly string[]>> = {
  payment_intent_data: ['payment'],
  subscription_data: ['subscription'],
  setup_intent_data: ['setup'],
  invoice_creation: ['payment'],
  submit_type: ['payment', 'subscription'],
};

/** Rejects parameters that the mode of a session does not allow. */
export function checkModeParams(mode: string, params: Context['params']): void {
  for (const [name, modes] of Object.entries(MODES_OF_PARAMS))
    if (params[name] !== undefined && !modes.includes(mode))
      throw badRequest(`You can not pass \`${name}\` in \`${mode}\` mode.`, { param: name });
}

/** Returns whether the customer has to enter a payment method on the page of a session. */
export function needsPaymentMethod(session: StoredObject): boolean {
  return (
    session['mode'] === 'setup' ||
    Number(session['amount_total']) > 0 ||
    session['payment_method_collection'] === 'always'
  );
}

/** Returns the shipping options of a request. `cost` is the cost of the first option, which the customer pays in the sandbox. https://docs.stripe.com/payments/during-payment/charge-shipping */
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
  const [firstOption] = options;
  if (firstOption === undefined) return { options, cost: null };
  const { shipping_amount: amount, shipping_rate: rate } = firstOption;
  const cost = { amount_subtotal: amount, amount_tax: 0, amount_total: amount, shipping_rate: rate };
  return { options, cost };
}
