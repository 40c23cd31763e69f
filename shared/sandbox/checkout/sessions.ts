import { hashOrEmpty } from '../billing/values.ts';
import { objectInParam, objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkChargeAmount } from '../ledger/currencies.ts';
import { scheduleTask } from '../ledger/due.ts';
import { badRequest } from '../api-error.ts';
import { DAY } from '../seconds.ts';
import type { StoredObject } from '../store.ts';
import { settleSession } from './complete.ts';
import { checkSoldItems, storeItems, lineItemsOf, readItems } from './line-items.ts';
import { paymentLinks } from './payment-links.ts';
import { checkModeParams, storeHiddenParams, shippingOf } from './session-data.ts';
import { addUpSession, readDiscounts } from './totals.ts';

/** Minimum seconds until a session expires. The maximum and the default are a day. */
const MIN_SESSION_SECONDS = 1_800;

/** Seconds for which the recovery URL of an expired session is valid. https://docs.stripe.com/payments/checkout/abandoned-carts */
const RECOVERY_SECONDS = 30 * DAY;

/** Parameters that the session stores in another form. */
const CONVERTED_PARAMS = ['line_items', 'discounts', 'shipping_options', 'invoice_creation'];

/** Fields that every new session has. */
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
  checkSoldItems(mode, items);
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

/** Calculates the totals of a new session. Deletes the session if its total cannot be charged. */
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

/** Returns the time in Unix seconds at which a new session expires. */
function readExpiry({ params, now }: Context): number {
  const expiresAt = params['expires_at'] === undefined ? now + DAY : Number(params['expires_at']);
  if (expiresAt >= now + MIN_SESSION_SECONDS && expiresAt <= now + DAY) return expiresAt;
  throw badRequest(
    'The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.',
    { param: 'expires_at' },
  );
}

/** Rejects customer parameters that exclude each other or that the mode does not allow. */
function checkCustomerParams(mode: string, params: Context['params']): void {
  if (params['customer'] !== undefined && params['customer_email'] !== undefined)
    throw badRequest('You may only specify one of these parameters: customer, customer_email.', {
      param: 'customer_email',
    });
  if (params['customer_creation'] !== undefined && mode === 'subscription')
    throw badRequest('`customer_creation` can only be used in `payment` and `setup` mode.', {
      param: 'customer_creation',
    });
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

/** The `invoice_data` of a session whose request does not set it. */
const EMPTY_INVOICE_DATA = {
  account_tax_ids: null,
  custom_fields: null,
  description: null,
  footer: null,
  issuer: null,
  metadata: {},
  rendering_options: null,
};

/** Returns the fields of a session that have a default value. The request can set them. */
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

/** Returns whether the form of the session is embedded in a page of the shop. The default is a page of Stripe. */
function isEmbedded({ ui_mode: ui }: Context['params']): boolean {
  return ui !== undefined && ui !== 'hosted_page';
}

/** Checks the URLs to which the customer returns. */
function checkUrls(params: Context['params']): void {
  const requiredUrl = isEmbedded(params) ? 'return_url' : 'success_url';
  if (params[requiredUrl] === undefined && params['redirect_on_completion'] !== 'never')
    throw badRequest(`Missing required param: ${requiredUrl}.`, { code: 'parameter_missing', param: requiredUrl });
  for (const param of ['success_url', 'cancel_url', 'return_url'])
    if (params[param] !== undefined && !/^https?:\/\/\S/.test(String(params[param])))
      throw badRequest('Not a valid URL', { code: 'url_invalid', param });
}

/** POST /v1/checkout/sessions/{id}/expire. The session must be open. https://docs.stripe.com/api/checkout/sessions/expire */
function expireSession(context: Context, id: string): StoredObject {
  const session = objectInPath(context, 'checkout.session', id, 'session');
  if (session['status'] !== 'open')
    throw badRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${String(session['status'])}.`,
      { param: 'session' },
    );
  expireOpenSession(context, session);
  return session;
}

/** Expires a session if it is open. With `after_expiration[recovery]`, the session gets a recovery URL. */
function expireOpenSession(context: Context, session: StoredObject): void {
  if (session['status'] !== 'open') return;
  Object.assign(session, { status: 'expired', url: null });
  const recovery = hashOrEmpty(hashOrEmpty(session['after_expiration'])['recovery']);
  if (recovery['enabled'] === true)
    session['after_expiration'] = {
      recovery: {
        allow_promotion_codes: recovery['allow_promotion_codes'] === true,
        enabled: true,
        expires_at: context.now + RECOVERY_SECONDS,
        url: `${context.origin}/_sandbox/recover/${session.id}`,
      },
    };
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
