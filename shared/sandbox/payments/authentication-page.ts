import type { ServerResponse } from 'node:http';
import { answerPage, escaped } from '../control/pages.ts';
import type { Context } from '../context.ts';
import type { State } from '../state.ts';
import type { Stored } from '../store.ts';
import { intentFacts } from './authentication.ts';
import { finishPaymentAuthentication } from './confirm.ts';
import { finishSetupAuthentication } from './setup-intents.ts';

interface AuthenticationPageRequest {
  readonly method: string;
  /** `/_sandbox/authenticate/pi_…` */
  readonly path: string;
  /** `account=acct_…` for the intent of a connected account. */
  readonly query: string;
  /** `outcome=succeed` or `outcome=fail`. */
  readonly form: string;
}

/**
 * The page of a card's issuer: GET shows it, POST with an outcome finishes the authentication and sends the customer back to
 * the return_url. https://docs.stripe.com/payments/3d-secure/authentication-flow#when-to-use-3d-secure
 */
export function authenticationPage(
  state: State,
  request: AuthenticationPageRequest,
  response: ServerResponse,
  publish: (accountId: string) => void,
): void {
  const account = new URLSearchParams(request.query).get('account') ?? '';
  const context = state.context(state.account(account), {});
  const intent = context.account.find(request.path.split('/').at(-1) ?? '');
  if (intent === undefined) return answerPage(response, 404, 'There is no such payment to authenticate.');
  const target = `${request.path}${request.query === '' ? '' : `?${request.query}`}`;
  if (request.method !== 'POST') return answerPage(response, 200, authenticationForm(target, intent));
  const outcome = new URLSearchParams(request.form).get('outcome');
  if (outcome !== 'succeed' && outcome !== 'fail') return answerPage(response, 400, 'outcome must be succeed or fail.');
  const { returnUrl } = intentFacts(context, intent);
  finishAuthentication(context, intent, outcome === 'succeed');
  publish(account);
  if (returnUrl === undefined) return answerPage(response, 200, `The intent is ${String(intent['status'])}.`);
  response.writeHead(303, { location: back(returnUrl, intent, outcome === 'succeed') }).end();
}

function finishAuthentication(context: Context, intent: Stored, succeeded: boolean): void {
  if (intent.object === 'payment_intent') finishPaymentAuthentication(context, intent, succeeded);
  else finishSetupAuthentication(context, intent, succeeded);
}

/** What Stripe adds to a return_url. https://docs.stripe.com/payments/accept-a-payment?ui=elements#web-collect-payment-details */
function back(returnUrl: string, intent: Stored, succeeded: boolean): string {
  const url = new URL(returnUrl);
  url.searchParams.set(intent.object, intent.id);
  url.searchParams.set(`${intent.object}_client_secret`, String(intent['client_secret']));
  url.searchParams.set('redirect_status', succeeded ? 'succeeded' : 'failed');
  return url.href;
}

function authenticationForm(target: string, intent: Stored): string {
  const form = (outcome: string, text: string): string =>
    `<form method="post" action="${escaped(target)}"><button name="outcome" value="${outcome}">${text}</button></form>`;
  return `<h1>3-D Secure test page</h1><p>${escaped(intent.id)} is ${escaped(String(intent['status']))}.</p>${form('succeed', 'Complete authentication')}${form('fail', 'Fail authentication')}`;
}
