import { hashOrEmpty } from '../billing/values.ts';
import { objectInParam, objectInPath, makeObject, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { checkChargeAmount } from '../ledger/currencies.ts';
import { scheduleTask } from '../ledger/due.ts';
import { badRequest } from '../api-error.ts';
import { DAY } from '../seconds.ts';
import type { StoredObject } from '../store.ts';
import { settleSession } from './complete.ts';
import { checkSoldItems, storeItems, sellerLines, readItems } from './line-items.ts';
import { paymentLinks } from './payment-links.ts';
import { checkData, storeData, shippingOf } from './session-data.ts';
import { addUpSession, readDiscounts } from './totals.ts';

/** Minimum seconds until a session expires. The maximum and the default are a day. */
const MIN_SESSION_SECONDS = 1_800;

/** Seconds for which the recovery URL of an expired session is valid. https://docs.stripe.com/payments/checkout/abandoned-carts */
const RECOVERY_SECONDS = 30 * DAY;

/** Parameters that the session does not store unchanged. */
const SESSION_ONLY = ['line_items', 'discounts', 'shipping_options', 'invoice_creation'];

/** POST /v1/checkout/sessions. https://docs.stripe.com/api/checkout/sessions/create */
export function createSession(context: Context): StoredObject {
  const { params, now } = context;
  const mode = String(params['mode'] ?? 'payment');
  checkUrls(params);
  checkData(mode, params);
  const expiresAt = params['expires_at'] === undefined ? now + DAY : Number(params['expires_at']);
  if (expiresAt < now + MIN_SESSION_SECONDS || expiresAt > now + DAY)
    throw badRequest(
      'The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.',
      {
        param: 'expires_at',
      },
    );
  if (params['customer'] !== undefined && params['customer_email'] !== undefined)
    throw badRequest('You may only specify one of these parameters: customer, customer_email.', {
      param: 'customer_email',
    });
  if (params['customer_creation'] !== undefined && mode === 'subscription')
    throw badRequest('`customer_creation` can only be used in `payment` and `setup` mode.', {
      param: 'customer_creation',
    });
  const customer = objectInParam(context, 'customer', 'customer');
  const items = readItems(context);
  checkSoldItems(mode, items);
  const currency = items[0]?.price['currency'] ?? params['currency'] ?? null;
  const discounts = readDiscounts(context, customer?.id ?? null, currency);
  const shipping = shippingOf(context);
  const rest = Object.fromEntries(Object.entries(params).filter(([name]) => !SESSION_ONLY.includes(name)));
  const session = makeObject(context, 'Checkout.Session', rest);
  storeItems(context, 'checkout_session', session, items);
  storeData(context, session);
  const isHosted = !isEmbedded(params);
  Object.assign(session, {
    ...creationDefaults(mode, params),
    amount_subtotal: null,
    amount_total: null,
    client_secret: isHosted ? null : `${session.id}_secret_${context.ids.letters(25)}`,
    currency,
    customer: customer?.id ?? null,
    customer_details: {
      address: customer?.['address'] ?? null,
      business_name: null,
      email: params['customer_email'] ?? customer?.['email'] ?? null,
      individual_name: null,
      name: customer?.['name'] ?? null,
      phone: customer?.['phone'] ?? null,
      tax_exempt: customer?.['tax_exempt'] ?? 'none',
      tax_ids: [],
    },
    discounts,
    expires_at: expiresAt,
    mode,
    payment_intent: null,
    payment_method_types: params['allowed_payment_method_types'] ?? ['card'],
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    setup_intent: mode === 'setup' ? makeSetupIntent(context, customer).id : null,
    shipping_cost: shipping.cost,
    shipping_options: shipping.options,
    status: 'open',
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: params['ui_mode'] ?? 'hosted_page',
    url: isHosted ? checkoutUrl(context, session) : null,
  });
  try {
    addUpSession(context, session);
    const total = Number(session['amount_total']);
    if (mode === 'payment' && total > 0) checkChargeAmount(total, String(currency));
  } catch (error) {
    context.account.remove('checkout.session', session.id);
    throw error;
  }
  scheduleTask(context, expiresAt, 'checkout.session.expire', session);
  return session;
}

function creationDefaults(mode: string, params: Context['params']): object {
  const data = { account_tax_ids: null, custom_fields: null, description: null, footer: null, issuer: null };
  const invoice = { ...data, metadata: {}, rendering_options: null };
  const { enabled = false, invoice_data: invoiceData } = hashOrEmpty(params['invoice_creation']);
  const needsCustomer = params['customer'] === undefined && params['customer_account'] === undefined;
  return {
    automatic_tax: {
      enabled: false,
      liability: null,
      provider: null,
      status: null,
      ...hashOrEmpty(params['automatic_tax']),
    },
    customer_creation: !needsCustomer
      ? null
      : (params['customer_creation'] ?? (mode === 'payment' ? 'if_required' : 'always')),
    invoice_creation:
      mode === 'payment' ? { enabled, invoice_data: { ...invoice, ...hashOrEmpty(invoiceData) } } : null,
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

function checkoutUrl({ account, origin }: Context, session: StoredObject): string {
  return `${origin}/_sandbox/checkout/${session.id}${account.id === '' ? '' : `?account=${account.id}`}`;
}

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

/** Expires a session, unless it is complete. */
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
    'checkout.session.line_items': (session, account) => sellerLines(account, 'checkout_session', session),
    ...paymentLinks.includes,
  },
};
