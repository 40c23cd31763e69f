import { inParam, inPath, make, type Context } from '../context.ts';
import type { Feature } from '../feature.ts';
import { later } from '../ledger/due.ts';
import { bad, missing } from '../refusal.ts';
import { isHash, type Stored } from '../store.ts';
import { keepItems, readItems, type SoldItem } from './line-items.ts';
import { DAY } from '../seconds.ts';

/** A session ends after a day, or after what was asked for: half an hour at least. */
const HALF_AN_HOUR = 1_800;

/** POST /v1/checkout/sessions. https://docs.stripe.com/api/checkout/sessions/create */
function createSession(context: Context): Stored {
  const { params, now } = context;
  const mode = String(params['mode'] ?? 'payment');
  checkUrls(params);
  const expires = params['expires_at'] === undefined ? now + DAY : Number(params['expires_at']);
  if (expires < now + HALF_AN_HOUR || expires > now + DAY)
    throw bad('The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.', {
      param: 'expires_at',
    });
  const customer = inParam(context, 'customer', 'customer');
  const items = readItems(context);
  checkSoldItems(mode, items);
  const subtotal = items.reduce((sum, { amount }) => sum + amount, 0);
  const discount = discountOf(context, subtotal);
  const { line_items: _items, discounts: _discounts, ...rest } = params;
  const session = make(context, 'Checkout.Session', rest);
  keepItems(context, session, items);
  const isSetup = mode === 'setup';
  const isHosted = !isEmbedded(params);
  later(context, expires, 'checkout.session.expire', session);
  return Object.assign(session, {
    amount_subtotal: isSetup ? null : subtotal,
    amount_total: isSetup ? null : subtotal - discount,
    client_secret: isHosted ? null : `${session.id}_secret_${context.ids.letters(25)}`,
    currency: items[0]?.price['currency'] ?? params['currency'] ?? null,
    customer: customer?.id ?? null,
    customer_details: {
      email: params['customer_email'] ?? customer?.['email'] ?? null,
      tax_exempt: 'none',
      tax_ids: [],
    },
    expires_at: expires,
    mode,
    payment_intent: null,
    payment_method_collection: mode === 'subscription' ? 'always' : 'if_required',
    payment_method_types: ['card'],
    payment_status: isSetup || subtotal - discount === 0 ? 'no_payment_required' : 'unpaid',
    status: 'open',
    total_details: { amount_discount: discount, amount_shipping: 0, amount_tax: 0 },
    ui_mode: params['ui_mode'] ?? 'hosted_page',
    url: isHosted ? checkoutUrl(context, session) : null,
  });
}

function checkoutUrl({ account, origin }: Context, session: Stored): string {
  return `${origin}/_sandbox/checkout/${session.id}${account.id === '' ? '' : `?account=${account.id}`}`;
}

function isEmbedded({ ui_mode: ui }: Context['params']): boolean {
  return ui !== undefined && ui !== 'hosted_page';
}

/** Where the customer goes afterwards. */
function checkUrls(params: Context['params']): void {
  const wanted = isEmbedded(params) ? 'return_url' : 'success_url';
  if (params[wanted] === undefined && params['redirect_on_completion'] !== 'never')
    throw bad(`Missing required param: ${wanted}.`, { code: 'parameter_missing', param: wanted });
  for (const param of ['success_url', 'cancel_url', 'return_url'])
    if (params[param] !== undefined && !/^https?:\/\/\S/.test(String(params[param])))
      throw bad('Not a valid URL', { code: 'url_invalid', param });
}

/** Prices and mode go together, and one currency is paid. https://docs.stripe.com/api/checkout/sessions/create */
function checkSoldItems(mode: string, items: readonly SoldItem[]): void {
  const recurring = items.filter(({ price }) => price['type'] === 'recurring').length;
  if (mode !== 'setup' && items.length === 0)
    throw bad(`Missing required param: line_items. You must pass line items in \`${mode}\` mode.`, {
      code: 'parameter_missing',
      param: 'line_items',
    });
  if (mode === 'setup' && items.length > 0)
    throw bad('You can not pass `line_items` in `setup` mode.', { param: 'line_items' });
  if (mode === 'payment' && recurring > 0)
    throw bad(
      'You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.',
      { param: 'line_items' },
    );
  if (mode === 'subscription' && recurring === 0)
    throw bad('You must provide at least one recurring price in `subscription` mode when using prices.', {
      param: 'line_items',
    });
  if (new Set(items.map(({ price }) => price['currency'])).size > 1)
    throw bad('All prices on a Checkout Session must have the same currency.', { param: 'line_items' });
}

/** Of one coupon, or of the coupon of a promotion code. https://docs.stripe.com/payments/checkout/discounts */
function discountOf(context: Context, subtotal: number): number {
  const { discounts } = context.params;
  const [first] = Array.isArray(discounts) ? discounts.filter(isHash) : [];
  if (first === undefined) return 0;
  const promotion = context.account.get('promotion_code', String(first['promotion_code']));
  const inner = promotion?.['promotion'];
  const id = String(first['coupon'] ?? (isHash(inner) ? inner['coupon'] : promotion?.['coupon']));
  const coupon = context.account.get('coupon', id);
  if (coupon === undefined) throw missing('coupon', id, 'discounts[0][coupon]', true);
  const off =
    typeof coupon['percent_off'] === 'number'
      ? Math.round((subtotal * coupon['percent_off']) / 100)
      : Number(coupon['amount_off']);
  return Math.min(off, subtotal);
}

/** POST /v1/checkout/sessions/{id}/expire: only while it is open. https://docs.stripe.com/api/checkout/sessions/expire */
function expireSession(context: Context, id: string): Stored {
  const session = inPath(context, 'checkout.session', id, 'session');
  if (session['status'] !== 'open')
    throw bad(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${String(session['status'])}.`,
      { param: 'session' },
    );
  return Object.assign(session, { status: 'expired', url: null });
}

/** Its time is over. */
function expireUnpaid(_context: Context, session: Stored): void {
  if (session['status'] === 'open') Object.assign(session, { status: 'expired', url: null });
}

export const checkoutSessions: Feature = {
  due: { 'checkout.session.expire': expireUnpaid },
  entities: { 'Checkout.Session': { create: createSession } },
  actions: { '/v1/checkout/sessions/{id}/expire': expireSession },
  includes: {
    'checkout.session.line_items': (session, account) =>
      account.all('item').filter((line) => account.parents.get(line)?.['checkout_session'] === session.id),
  },
};
