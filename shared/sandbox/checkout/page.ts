import type { ServerResponse } from 'node:http';
import { resolvePaymentMethod } from '../cards/payment-methods.ts';
import { make, type Context } from '../context.ts';
import { answerPage, escaped } from '../control/pages.ts';
import { formatted } from '../ledger/currencies.ts';
import { attemptPayment } from '../payments/attempt.ts';
import { withCardOptions } from '../payments/intent-rules.ts';
import { Refusal } from '../refusal.ts';
import type { State } from '../state.ts';
import type { Stored } from '../store.ts';

interface CheckoutPageRequest {
  readonly method: string;
  /** `/_sandbox/checkout/cs_test_…` */
  readonly path: string;
  /** `account=acct_…` for a session of a connected account. */
  readonly query: string;
  /** `payment_method=pm_card_visa`: the test card that the customer enters. */
  readonly form: string;
}

/**
 * The page of a session: GET shows what it costs, POST pays with a test card and sends the customer to the success_url.
 * https://docs.stripe.com/payments/checkout/how-checkout-works
 */
export function checkoutPage(
  state: State,
  request: CheckoutPageRequest,
  response: ServerResponse,
  publish: (accountId: string) => void,
): void {
  const account = new URLSearchParams(request.query).get('account') ?? '';
  const context = state.context(state.account(account), {});
  const session = context.account.get('checkout.session', request.path.split('/').at(-1) ?? '');
  if (session === undefined) return answerPage(response, 404, 'There is no such session.');
  if (session['status'] !== 'open' || Number(session['expires_at']) <= context.now)
    return answerPage(response, 410, `This session is ${String(session['status'])}.`);
  const target = `${request.path}${request.query === '' ? '' : `?${request.query}`}`;
  if (request.method !== 'POST') return answerPage(response, 200, checkoutForm(target, session));
  if (session['mode'] !== 'payment')
    return answerPage(response, 501, 'The sandbox completes sessions in payment mode only.');
  const card = new URLSearchParams(request.form).get('payment_method') ?? 'pm_card_visa';
  try {
    pay(context, session, card);
  } catch (error) {
    publish(account);
    if (!(error instanceof Refusal)) throw error;
    return answerPage(response, error.status, escaped(error.message) + checkoutForm(target, session));
  }
  publish(account);
  const location = String(session['success_url']).replace('{CHECKOUT_SESSION_ID}', session.id);
  response.writeHead(303, { location }).end();
}

/** The customer pays; a card that asks for authentication is authenticated on the way. */
function pay(context: Context, session: Stored, card: string): void {
  const method = resolvePaymentMethod(context, card, 'payment_method');
  const amount = Number(session['amount_total']);
  if (amount > 0) {
    const intent = Object.assign(make(context, 'PaymentIntent'), {
      amount,
      capture_method: 'automatic_async',
      client_secret: null,
      confirmation_method: 'automatic',
      currency: session['currency'],
      customer: session['customer'],
      payment_method_options: withCardOptions(undefined),
      payment_method_types: ['card'],
    });
    attemptPayment(context, intent, method, { offSession: false, failsOnAction: false, isAuthenticated: true });
    session['payment_intent'] = intent.id;
  }
  Object.assign(session, {
    payment_status: amount > 0 ? 'paid' : 'no_payment_required',
    status: 'complete',
    url: null,
  });
}

function checkoutForm(target: string, session: Stored): string {
  const amount = formatted(Number(session['amount_total'] ?? 0), String(session['currency'] ?? 'usd'));
  return `<h1>Test checkout</h1><p>${escaped(amount)}</p><form method="post" action="${escaped(target)}"><input name="payment_method" value="pm_card_visa"><button>Pay</button></form>`;
}
