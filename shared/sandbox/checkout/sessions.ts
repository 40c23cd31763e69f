import { hashOrEmpty } from '../billing/values.ts';
import { objectInParam, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkChargeAmount } from '../ledger/currencies.ts';
import { scheduleTask } from '../ledger/due.ts';
import type { StoredObject } from '../store.ts';
import { settleSession } from './complete.ts';
import { expireOpenSession, expireSession } from './expire-session.ts';
import { checkRequestedItems, storeItems, lineItemsOf, readItems } from './line-items.ts';
import { paymentLinks } from './payment-links.ts';
import { checkCustomerParams, checkUrls, isEmbedded, readExpiry } from './session-checks.ts';
import { checkModeParams, storeHiddenParams, shippingOf } from './session-data.ts';
import { addUpSession, readDiscounts } from './totals.ts';

/** Parameters that the session stores in another form. */
const CONVERTED_PARAMS = ['line_items', 'discounts', 'shipping_options', 'invoice_creation'];

/** The first values of these fields, which are the same for every session. */
const NEW_SESSION = {
  amount_subtotal: null,
  amount_total: null,
  payment_intent: null,
  status: 'open',
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
};

/** POST /v1/checkout/sessions. https://docs.stripe.com/api/checkout/sessions/create */
export function createSession(context: Context): StoredObject {
  const { params } = context;
  const mode = String(params['mode'] ?? 'payment');
  checkUrls(params);
  checkModeParams(mode, params);
  const expiresAt = readExpiry(context);
  checkCustomerParams(mode, params);
  const customer = objectInParam(context, 'customer', 'customer');
  const items = readItems(context);
  checkRequestedItems(mode, items);
  const currency = items[0]?.price['currency'] ?? params['currency'] ?? null;
  const discounts = readDiscounts(context, customer?.id ?? null, currency);
  const shipping = shippingOf(context);
  const rest = Object.fromEntries(Object.entries(params).filter(([name]) => !CONVERTED_PARAMS.includes(name)));
  const session = makeObject(context, 'Checkout.Session', rest);
  storeItems(context, 'checkout_session', session, items);
  storeHiddenParams(context, session);
  Object.assign(session, {
    ...creationDefaults(mode, params),
    ...pageFields(context, session),
    ...structuredClone(NEW_SESSION),
    currency,
    customer: customer?.id ?? null,
    customer_details: customerDetails(customer, params['customer_email']),
    discounts,
    expires_at: expiresAt,
    mode,
    payment_method_types: params['allowed_payment_method_types'] ?? ['card'],
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    setup_intent: mode === 'setup' ? makeSetupIntent(context, customer).id : null,
    shipping_cost: shipping.cost,
    shipping_options: shipping.options,
  });
  addUpNewSession(context, session);
  scheduleTask(context, expiresAt, 'checkout.session.expire', session);
  return session;
}

/**
 * Calculates the totals of a new session. Deletes the session if the calculation throws an error, or if the total
 * cannot be charged.
 */
function addUpNewSession(context: Context, session: StoredObject): void {
  try {
    addUpSession(context, session);
    const total = Number(session['amount_total']);
    if (session['mode'] === 'payment' && total > 0) checkChargeAmount(total, String(session['currency']));
  } catch (error) {
    context.account.remove('checkout.session', session.id);
    throw error;
  }
}

/** Returns the field `customer_details` of a new session. */
function customerDetails(customer: StoredObject | undefined, requestedEmail: unknown): object {
  return {
    address: customer?.['address'] ?? null,
    business_name: null,
    email: requestedEmail ?? customer?.['email'] ?? null,
    individual_name: null,
    name: customer?.['name'] ?? null,
    phone: customer?.['phone'] ?? null,
    tax_exempt: customer?.['tax_exempt'] ?? 'none',
    tax_ids: [],
  };
}

/** The `invoice_data` of a session, as far as the request does not set its fields. */
const EMPTY_INVOICE_DATA = {
  account_tax_ids: null,
  custom_fields: null,
  description: null,
  footer: null,
  issuer: null,
  metadata: {},
  rendering_options: null,
};

/**
 * Returns those fields of a session that have defaults. The value of a field is that of the request, or else the
 * default.
 */
function creationDefaults(mode: string, params: Context['params']): object {
  const { enabled = false, invoice_data: invoiceData } = hashOrEmpty(params['invoice_creation']);
  const hasCustomer = params['customer'] !== undefined || params['customer_account'] !== undefined;
  const defaultCreation = mode === 'payment' ? 'if_required' : 'always';
  return {
    automatic_tax: {
      enabled: false,
      liability: null,
      provider: null,
      status: null,
      ...hashOrEmpty(params['automatic_tax']),
    },
    customer_creation: hasCustomer ? null : (params['customer_creation'] ?? defaultCreation),
    invoice_creation:
      mode === 'payment'
        ? { enabled, invoice_data: { ...structuredClone(EMPTY_INVOICE_DATA), ...hashOrEmpty(invoiceData) } }
        : null,
    payment_method_collection:
      params['payment_method_collection'] ?? (mode === 'subscription' ? 'always' : 'if_required'),
  };
}

/** Creates the setup intent that a session in setup mode confirms. https://docs.stripe.com/payments/save-and-reuse?platform=web&ui=stripe-hosted */
function makeSetupIntent(context: Context, customer: StoredObject | undefined): StoredObject {
  const data = hashOrEmpty(context.params['setup_intent_data']);
  const intent = makeObject(context, 'SetupIntent', data);
  return Object.assign(intent, {
    client_secret: `${intent.id}_secret_${context.ids.letters(25)}`,
    customer: customer?.id ?? null,
    payment_method_types: ['card'],
  });
}

/** Returns the fields for the page of a session: the URL of a page of Stripe, or the secret for a page of the shop. */
function pageFields(context: Context, session: StoredObject): object {
  const { params, ids } = context;
  const isHosted = !isEmbedded(params);
  return {
    client_secret: isHosted ? null : `${session.id}_secret_${ids.letters(25)}`,
    ui_mode: params['ui_mode'] ?? 'hosted_page',
    url: isHosted ? checkoutUrl(context, session) : null,
  };
}

function checkoutUrl({ account, origin }: Context, session: StoredObject): string {
  return `${origin}/_sandbox/checkout/${session.id}${account.id === '' ? '' : `?account=${account.id}`}`;
}

export const checkoutSessions: Feature = {
  scheduled: { 'checkout.session.expire': expireOpenSession, 'checkout.session.settle': settleSession },
  entities: { 'Checkout.Session': { create: createSession }, ...paymentLinks.entities },
  actions: { '/v1/checkout/sessions/{id}/expire': expireSession },
  includes: {
    'checkout.session.line_items': (session, account) => lineItemsOf(account, 'checkout_session', session),
    ...paymentLinks.includes,
  },
};
