import { definedFields } from '../../defined-fields.ts';
import { hashOrEmpty } from '../billing/values.ts';
import type { Context } from '../context.ts';
import { sendPage, escapeHtml } from '../control/pages.ts';
import type { PageRequest } from '../control/page-request.ts';
import { hiddenParamsOf } from './session-data.ts';
import { lineItemsOf, lineState } from './line-items.ts';
import { sessionParams } from './payment-links.ts';
import { createSession } from './sessions.ts';

/**
 * Serves the page of a Payment Link. Each visit creates a session and redirects to the session's page. The query may
 * have `prefilled_email`, `client_reference_id` and `prefilled_promo_code`.
 * https://docs.stripe.com/payment-links/url-parameters
 */
export function linkPage({ context, id, query, response, publish }: PageRequest): void {
  const link = context.account.get('payment_link', id);
  if (link === undefined) return sendPage(response, 404, '<h1>There is no such payment link.</h1>');
  if (link['active'] !== true) {
    const message = link['inactive_message'] ?? 'This link is no longer active.';
    return sendPage(response, 410, `<h1>${escapeHtml(String(message))}</h1>`);
  }
  const email = query.get('prefilled_email');
  const reference = query.get('client_reference_id');
  const code = query.get('prefilled_promo_code');
  const { allow_promotion_codes: allowsCodes, ...params } = sessionParams(context, link);
  const session = createSession({
    ...context,
    params: definedFields({
      ...params,
      customer_email: email || undefined,
      client_reference_id: reference || undefined,
      ...(allowsCodes === true ? promotionParams(context, code) : {}),
    }),
  });
  session['payment_link'] = link.id;
  // The customer may change the quantities that the link declares adjustable.
  const linkLines = lineItemsOf(context.account, 'payment_link', link);
  lineItemsOf(context.account, 'checkout_session', session).forEach((line, index) => {
    const linkLine = linkLines[index];
    if (linkLine !== undefined)
      Object.assign(lineState(context, line).adjustable, lineState(context, linkLine).adjustable);
  });
  publish();
  response.writeHead(303, { location: String(session['url']) }).end();
}

/**
 * Returns the parameters that apply the promotion code in the URL. If no such code is active, they let the customer
 * enter a code.
 */
function promotionParams({ account }: Context, code: string | null): Context['params'] {
  const promotion = account
    .all('promotion_code')
    .find((promotionCode) => promotionCode['code'] === code && promotionCode['active'] === true);
  return promotion === undefined ? { allow_promotion_codes: true } : { discounts: [{ promotion_code: promotion.id }] };
}

/**
 * Serves the page that the customer sees after a payment if neither the link nor the session redirects. The page shows
 * the message of the link, if there is one.
 */
export function paidPage({ context, id, response }: PageRequest): void {
  const link = context.account.get('payment_link', id);
  const message = hashOrEmpty(hashOrEmpty(link?.['after_completion'])['hosted_confirmation'])['custom_message'];
  sendPage(response, 200, `<h1>${escapeHtml(String(message ?? 'Thanks for your payment'))}</h1>`, 'Paid');
}

/** Serves the recovery URL of an expired session: creates a similar session and redirects to its page. https://docs.stripe.com/payments/checkout/abandoned-carts */
export function recoverPage({ context, id, response, publish }: PageRequest): void {
  const session = context.account.get('checkout.session', id);
  const recovery = hashOrEmpty(hashOrEmpty(session?.['after_expiration'])['recovery']);
  if (session === undefined || Number(recovery['expires_at'] ?? 0) <= context.now)
    return sendPage(response, 410, '<h1>This link is no longer active.</h1>');
  const paramOf = (name: string): Record<string, unknown> =>
    session[name] === null || session[name] === undefined ? {} : { [name]: session[name] };
  const newSession = createSession({
    ...context,
    params: definedFields({
      ...sendableParams(hiddenParamsOf(context, session)),
      mode: session['mode'],
      line_items: lineItemsOf(context.account, 'checkout_session', session).map((line) =>
        definedFields({
          price: hashOrEmpty(line['price'])['id'],
          quantity: line['quantity'] ?? undefined,
        }),
      ),
      metadata: structuredClone(session['metadata']),
      ...paramOf('success_url'),
      ...paramOf('cancel_url'),
      ...paramOf('customer'),
      ...paramOf('client_reference_id'),
      allow_promotion_codes: recovery['allow_promotion_codes'] === true ? true : undefined,
    }),
  });
  newSession['recovered_from'] = session.id;
  publish();
  response.writeHead(303, { location: String(newSession['url']) }).end();
}

/**
 * Returns the hidden parameters of a session as a request can send them: without the tax rate objects that
 * `storeHiddenParams` has added.
 */
function sendableParams(data: Record<string, unknown>): Record<string, unknown> {
  if (data['subscription_data'] === undefined) return data;
  const { rates: _rates, ...subscription } = hashOrEmpty(data['subscription_data']);
  return { ...data, subscription_data: subscription };
}
