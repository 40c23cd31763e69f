import { redeemableCode } from '../billing/discounts.ts';
import { hashOrEmpty } from '../billing/values.ts';
import type { Context } from '../context.ts';
import { sendPage, escapeHtml } from '../control/pages.ts';
import type { PageRequest } from '../control/page-request.ts';
import { StripeApiError } from '../api-error.ts';
import type { StoredObject } from '../store.ts';
import { completeSession } from './complete.ts';
import { checkoutForm } from './form.ts';
import { DEFAULT_MAX_QUANTITY, lineItemsOf, lineState, setQuantity } from './line-items.ts';
import { addUpSession } from './totals.ts';

/**
 * Serves the page of a session. GET shows the total. POST pays with a test card (`payment_method=pm_card_visa`) and
 * sends the customer to the success_url. A form with `promotion_code` or `quantity[...]` and `action=update` changes
 * the total.
 * https://docs.stripe.com/payments/checkout/how-checkout-works
 */
export function checkoutPage({ context, method, target, id, form, response, publish }: PageRequest): void {
  const session = context.account.get('checkout.session', id);
  if (session === undefined) return sendPage(response, 404, '<h1>There is no such session.</h1>');
  if (session['status'] !== 'open' || Number(session['expires_at']) <= context.now)
    return sendPage(response, 410, `<h1>This session is ${escapeHtml(String(session['status']))}.</h1>`);
  const showForm = (status: number, error?: string): void =>
    sendPage(response, status, checkoutForm(context, session, target, { entered: form, error }), 'Checkout');
  if (method !== 'POST') return showForm(200);
  try {
    applyForm(context, session, form);
    if (form.get('action') === 'update') {
      publish();
      return showForm(200);
    }
    saveCustomFields(session, form);
    completeSession(context, session, {
      card: form.get('payment_method') ?? 'pm_card_visa',
      email: enteredText(form, 'email'),
      name: enteredText(form, 'name'),
    });
  } catch (error) {
    publish();
    if (!(error instanceof StripeApiError)) throw error;
    return showForm(error.status, error.message);
  }
  publish();
  const nextUrl = String(session['success_url'] ?? session['return_url'] ?? `${context.origin}/_sandbox/paid/${id}`);
  response.writeHead(303, { location: nextUrl.replace('{CHECKOUT_SESSION_ID}', session.id) }).end();
}

/** Returns what the customer entered in a field. Undefined if the field is empty or not in the form. */
function enteredText(form: URLSearchParams, name: string): string | undefined {
  const text = form.get(name);
  return text === null || text === '' ? undefined : text;
}

/**
 * Applies the promotion code and the quantities that the customer entered, if the session allows it, and calculates the
 * totals.
 */
function applyForm(context: Context, session: StoredObject, form: URLSearchParams): void {
  const code = form.get('promotion_code')?.trim() ?? '';
  if (code !== '' && session['allow_promotion_codes'] === true) {
    const promotion = context.account
      .all('promotion_code')
      .find((candidate) => String(candidate['code']).toLowerCase() === code.toLowerCase());
    const owner = { customer: session['customer'] as string | null };
    const redeemable = redeemableCode(context, promotion?.id ?? code, owner, 'promotion_code');
    session['discounts'] = [{ coupon: null, promotion_code: redeemable.id }];
  }
  for (const line of lineItemsOf(context.account, 'checkout_session', session)) {
    const { enabled, minimum = 0, maximum = DEFAULT_MAX_QUANTITY } = lineState(context, line).adjustable;
    const quantity = Number(form.get(`quantity[${line.id}]`) ?? NaN);
    if (enabled === true && quantity >= Math.max(1, Number(minimum)) && quantity <= Number(maximum))
      setQuantity(line, quantity);
  }
  addUpSession(context, session);
}

/** Stores the values of the custom fields. https://docs.stripe.com/payments/checkout/custom-fields */
function saveCustomFields(session: StoredObject, form: URLSearchParams): void {
  const fields = (session['custom_fields'] ?? []) as Record<string, unknown>[];
  session['custom_fields'] = fields.map((field) => {
    const [type, key] = [String(field['type']), String(field['key'])];
    const value = form.get(`custom_fields[${key}]`) ?? '';
    if (value === '' && field['optional'] !== true && form.has(`custom_fields[${key}]`))
      throw new StripeApiError(400, { type: 'invalid_request_error', message: `Please fill in ${key}.` });
    return { ...field, [type]: { ...hashOrEmpty(field[type]), value: value === '' ? null : value } };
  });
}
