import { sendPage, escapeHtml } from '../control/pages.ts';
import type { PageRequest } from '../control/page-request.ts';
import { StripeApiError } from '../api-error.ts';
import { hashOrEmpty } from '../billing/values.ts';
import { portalHome } from './home.ts';
import { portalAction } from './actions.ts';

/** Number of seconds for which a new portal session can be used. https://docs.stripe.com/customer-management/integrate-customer-portal */
const SESSION_SECONDS = 3_600;

/**
 * Serves the page of a portal session: subscriptions, payment methods, invoices. A POST runs the action that the form
 * names. https://docs.stripe.com/customer-management
 */
export function portalPage({ context, method, id, form, target, response, publish }: PageRequest): void {
  const session = context.account.get('billing_portal.session', id);
  if (session === undefined) return sendPage(response, 404, '<h1>There is no such portal session.</h1>');
  if (context.now > Number(session['created']) + SESSION_SECONDS)
    return sendPage(response, 410, '<h1>This portal session has expired.</h1>');
  const showHome = (status: number, error?: string): void =>
    sendPage(response, status, portalHome(context, session, target, error), 'Billing');
  if (method !== 'POST') return showHome(200);
  try {
    portalAction(context, session, form);
  } catch (error) {
    publish();
    if (!(error instanceof StripeApiError)) throw error;
    return showHome(error.status, error.message);
  }
  publish();
  const afterCompletion = hashOrEmpty(hashOrEmpty(session['flow'])['after_completion']);
  const returnUrl = hashOrEmpty(afterCompletion['redirect'])['return_url'];
  if (afterCompletion['type'] === 'redirect' && typeof returnUrl === 'string') {
    response.writeHead(303, { location: returnUrl }).end();
    return;
  }
  const message = hashOrEmpty(afterCompletion['hosted_confirmation'])['custom_message'];
  if (afterCompletion['type'] === 'hosted_confirmation')
    return sendPage(response, 200, `<h1>${escapeHtml(String(message ?? 'Done'))}</h1>`, 'Billing');
  // After the redirect, a reload of the page does not repeat the action.
  response.writeHead(303, { location: target }).end();
}
