import { atClockTime } from '../billing/clock-time.ts';
import { charge } from '../billing/invoices/pay.ts';
import { isRecurring } from '../billing/prices.ts';
import { makeSubscription } from '../billing/subscriptions/create.ts';
import { hash } from '../billing/values.ts';
import { attachTo, resolvePaymentMethod } from '../cards/payment-methods.ts';
import { make, type Context } from '../context.ts';
import { later } from '../ledger/due.ts';
import { attemptPayment } from '../payments/attempt.ts';
import { withCardOptions } from '../payments/intent-rules.ts';
import { confirmSetupIntent, finishSetupAuthentication } from '../payments/setup-intents.ts';
import type { Stored } from '../store.ts';
import { linesOf, lineState } from './line-items.ts';
import { countCompletion } from './payment-links.ts';
import { payInvoice, redeemed, requireAccepted } from './paid-invoice.ts';
import { dataOf } from './session-data.ts';

/** What the customer enters on the page. */
export interface Entered {
  /** A test card, or another payment method: `pm_card_visa`. */
  readonly card: string;
  readonly email?: string;
  readonly name?: string;
}

/** Seconds after which a bank debit of a session is looked at: it was settled before. */
const SETTLED_AFTER = 2;

/**
 * The customer completes a session: what its mode makes is made, paid with the card. A decline is thrown, and the
 * session stays open. https://docs.stripe.com/payments/checkout/how-checkout-works
 */
export function completeSession(given: Context, session: Stored, entered: Entered): void {
  const known = given.account.get('customer', String(session['customer']));
  const context = atClockTime(given, known);
  const needsMethod =
    session['mode'] === 'setup' ||
    Number(session['amount_total']) > 0 ||
    session['payment_method_collection'] === 'always';
  const method = needsMethod ? resolvePaymentMethod(context, entered.card, 'payment_method') : undefined;
  if (method !== undefined && session['mode'] === 'subscription') requireAccepted(context, method, session);
  const customer = known ?? makeCustomer(context, session, entered);
  if (session['mode'] === 'subscription') subscribe(context, session, customer, method);
  else if (session['mode'] === 'setup') setUp(context, session, customer, method);
  else if (method !== undefined) pay(context, session, customer, method, entered);
  const details = hash(session['customer_details']);
  Object.assign(session, {
    customer: customer?.id ?? null,
    customer_details: {
      ...details,
      email: entered.email ?? details['email'] ?? customer?.['email'] ?? null,
      name: entered.name ?? details['name'] ?? null,
    },
    status: 'complete',
    url: null,
  });
  countCompletion(context, session);
}

/** A customer that the session needs, or that is asked for. https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer_creation */
function makeCustomer(context: Context, session: Stored, { email, name }: Entered): Stored | undefined {
  const saves = hash(dataOf(context, session)['payment_intent_data'])['setup_future_usage'] !== undefined;
  const invoices = hash(session['invoice_creation'])['enabled'] === true;
  if (session['customer_creation'] !== 'always' && !saves && !invoices) return undefined;
  const address = email ?? session['customer_email'];
  return make(context, 'Customer', {
    ...(address === undefined || address === null ? {} : { email: address }),
    ...(name === undefined ? {} : { name }),
  });
}

function pay(context: Context, session: Stored, customer: Stored | undefined, method: Stored, entered: Entered): void {
  const attempt = { offSession: false, failsOnAction: false, isAuthenticated: true };
  if (hash(session['invoice_creation'])['enabled'] === true) {
    requireAccepted(context, method, session);
    return payInvoice(context, session, customer, method);
  }
  const data = hash(dataOf(context, session)['payment_intent_data']);
  const known = context.account.get('payment_intent', String(session['payment_intent']));
  const intent = known ?? make(context, 'PaymentIntent', data);
  Object.assign(intent, {
    amount: session['amount_total'],
    capture_method: data['capture_method'] ?? 'automatic_async',
    client_secret: null,
    confirmation_method: 'automatic',
    currency: session['currency'],
    customer: customer?.id ?? null,
    payment_method_options: withCardOptions(undefined),
    payment_method_types: session['payment_method_types'],
    receipt_email: data['receipt_email'] ?? entered.email ?? session['customer_email'] ?? null,
  });
  session['payment_intent'] = intent.id;
  attemptPayment(context, intent, method, attempt);
  session['payment_status'] = intent['status'] === 'succeeded' ? 'paid' : 'unpaid';
  if (intent['status'] === 'processing')
    later(context, context.now + SETTLED_AFTER, 'checkout.session.settle', session);
}

/** The bank has answered. https://docs.stripe.com/api/events/types#event_types-checkout.session.async_payment_succeeded */
export function settleSession({ account }: Context, session: Stored): void {
  const succeeded = account.get('payment_intent', String(session['payment_intent']))?.['status'] === 'succeeded';
  if (succeeded) session['payment_status'] = 'paid';
  account.changes.announce(`checkout.session.async_payment_${succeeded ? 'succeeded' : 'failed'}`, session);
}

/** https://docs.stripe.com/payments/subscriptions?platform=web&ui=stripe-hosted */
function subscribe(context: Context, session: Stored, customer: Stored | undefined, method: Stored | undefined): void {
  if (method !== undefined && method['customer'] === null && customer !== undefined)
    attachTo(context, method, customer.id);
  const { rates, invoice_settings: _settings, ...data } = hash(dataOf(context, session)['subscription_data']);
  const lines = linesOf(context.account, 'checkout_session', session);
  const entryOf = (line: Stored): Record<string, unknown> => ({
    price: (line['price'] as Stored).id,
    ...(line['quantity'] === null ? {} : { quantity: line['quantity'] }),
    tax_rates: lineState(context, line).rates.map(({ id }) => id),
  });
  const recurring = lines.filter((line) => isRecurring(line['price'] as Stored));
  const subscription = makeSubscription(
    context,
    customer,
    recurring.map((line) => ({
      price: line['price'] as Stored,
      quantity: Number(line['quantity'] ?? 1),
      params: entryOf(line),
    })),
    {
      ...data,
      add_invoice_items: lines.filter((line) => !recurring.includes(line)).map(entryOf),
      default_tax_rates: ((rates ?? []) as Stored[]).map(({ id }) => id),
      ...(method === undefined ? {} : { default_payment_method: method.id }),
      discounts: redeemed(session),
      payment_behavior: 'default_incomplete',
    },
  );
  const invoice = context.account.get('invoice', String(subscription['latest_invoice']));
  if (invoice?.['status'] === 'open' && method !== undefined) charge(context, invoice, method, false, true);
  Object.assign(session, {
    invoice: invoice?.id ?? null,
    payment_status: invoice === undefined || Number(invoice['total']) === 0 ? 'no_payment_required' : 'paid',
    subscription: subscription.id,
  });
  context.account.changes.endStep();
}

/** https://docs.stripe.com/payments/save-and-reuse?platform=web&ui=stripe-hosted */
function setUp(context: Context, session: Stored, customer: Stored | undefined, method: Stored | undefined): void {
  const id = String(session['setup_intent']);
  const intent = context.account.get('setup_intent', id);
  if (intent === undefined || method === undefined) return;
  if (customer !== undefined) intent['customer'] = customer.id;
  const params = { payment_method: method.id, return_url: String(session['success_url'] ?? session['return_url']) };
  confirmSetupIntent({ ...context, params }, id);
  if (intent['status'] === 'requires_action') finishSetupAuthentication(context, intent, true);
}
