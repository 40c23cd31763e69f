import type { PageRequest } from '../control/page-request.ts';
import { sendPage, escapeHtml } from '../control/pages.ts';
import type { Context } from '../context.ts';
import type { StoredObject } from '../store.ts';
import { authenticationState } from './authentication.ts';
import { finishPaymentAuthentication } from './confirm.ts';
import { finishSetupAuthentication } from './setup-intents.ts';

/**
 * Serves the page on which the customer authenticates a payment, for example the page of a card's issuer. GET shows the
 * page. POST with `outcome=succeed` or `outcome=fail` finishes the authentication and sends the customer back to the
 * `return_url`, if there is one. https://docs.stripe.com/payments/3d-secure/authentication-flow#when-to-use-3d-secure
 */
export function authenticationPage({ context, method, id, form, target, response, publish }: PageRequest): void {
  const intent = context.account.find(id);
  if (intent === undefined) return sendPage(response, 404, '<h1>There is no such payment to authenticate.</h1>');
  if (method !== 'POST') return sendPage(response, 200, authenticationForm(target, intent), '3-D Secure');
  const outcome = form.get('outcome');
  if (outcome !== 'succeed' && outcome !== 'fail')
    return sendPage(response, 400, '<h1>outcome must be succeed or fail.</h1>');
  const { returnUrl } = authenticationState(context, intent);
  finishAuthentication(context, intent, outcome === 'succeed');
  publish();
  if (returnUrl === undefined)
    return sendPage(response, 200, `<h1>The intent is ${escapeHtml(String(intent['status']))}.</h1>`);
  response.writeHead(303, { location: returnUrlWithOutcome(returnUrl, intent, outcome === 'succeed') }).end();
}

function finishAuthentication(context: Context, intent: StoredObject, succeeded: boolean): void {
  if (intent.object === 'payment_intent') finishPaymentAuthentication(context, intent, succeeded);
  else finishSetupAuthentication(context, intent, succeeded);
}

/** Returns a return_url with the parameters that Stripe adds. https://docs.stripe.com/payments/accept-a-payment?ui=elements#web-collect-payment-details */
function returnUrlWithOutcome(returnUrl: string, intent: StoredObject, succeeded: boolean): string {
  const url = new URL(returnUrl);
  url.searchParams.set(intent.object, intent.id);
  url.searchParams.set(`${intent.object}_client_secret`, String(intent['client_secret']));
  url.searchParams.set('redirect_status', succeeded ? 'succeeded' : 'failed');
  return url.href;
}

function authenticationForm(target: string, intent: StoredObject): string {
  const form = (outcome: string, text: string): string =>
    `<form method="post" action="${escapeHtml(target)}"><button name="outcome" value="${outcome}">${text}</button></form>`;
  return `<h1>3-D Secure test page</h1><p>${escapeHtml(intent.id)} is ${escapeHtml(String(intent['status']))}.</p>${form('succeed', 'Complete authentication')}${form('fail', 'Fail authentication')}`;
}
