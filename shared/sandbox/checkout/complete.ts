import { definedFields } from '../../defined-fields.ts';
import { atClockTime } from '../billing/clock-time.ts';
import { chargeInvoice } from '../billing/invoices/pay.ts';
import { isRecurring } from '../billing/prices.ts';
import { makeSubscription } from '../billing/subscriptions/create.ts';
import { priceOf } from '../billing/subscriptions/items.ts';
import { hashOrEmpty } from '../billing/values.ts';
import { attachTo } from '../cards/attachment.ts';
import { resolvePaymentMethod } from '../cards/payment-methods.ts';
import { makeObject, type Context } from '../context.ts';
import { scheduleTask } from '../ledger/due.ts';
import { attemptPayment } from '../payments/attempt.ts';
import { withCardOptions } from '../payments/intent-rules.ts';
import { confirmSetupIntent, finishSetupAuthentication } from '../payments/setup-intents.ts';
import type { StoredObject } from '../store.ts';
import { lineItemsOf, lineState } from './line-items.ts';
import { countCompletion } from './payment-links.ts';
import { payByInvoice, discountParamsOf, checkNotDeclined } from './paid-invoice.ts';
import { hiddenParamsOf, needsPaymentMethod } from './session-data.ts';

/** What the customer entered on the page. */
export interface CustomerInput {
  /** Id of a test card or another payment method, such as `pm_card_visa`. */
  readonly card: string;
  readonly email: string | undefined;
  readonly name: string | undefined;
}

/**
 * Seconds until a session reads the result of its bank debit. The bank responds after `BANK_SECONDS`, one second
 * earlier.
 */
const BANK_RESPONSE_SECONDS = 2;

/**
 * Completes a session with the customer's payment method: makes the payment, creates the subscription or saves the
 * method. A declined card throws an error, and the session stays open.
 * https://docs.stripe.com/payments/checkout/how-checkout-works
 */
export function completeSession(requestContext: Context, session: StoredObject, input: CustomerInput): void {
  const existingCustomer = requestContext.account.get('customer', String(session['customer']));
  const context = atClockTime(requestContext, existingCustomer);
  const method = needsPaymentMethod(session) ? resolvePaymentMethod(context, input.card, 'payment_method') : undefined;
  if (method !== undefined && session['mode'] === 'subscription') checkNotDeclined(context, method, session);
  const customer = existingCustomer ?? makeCustomer(context, session, input);
  if (session['mode'] === 'subscription') startSubscriptionOf(context, session, customer, method);
  else if (session['mode'] === 'setup') setUpMethod(context, session, customer, method);
  else if (method !== undefined) payForSession(context, session, customer, method, input);
  const details = hashOrEmpty(session['customer_details']);
  Object.assign(session, {
    customer: customer?.id ?? null,
    customer_details: {
      ...details,
      email: input.email ?? details['email'] ?? customer?.['email'] ?? null,
      name: input.name ?? details['name'] ?? null,
    },
    status: 'complete',
    url: null,
  });
  countCompletion(context, session);
}

/** Creates the session's customer, if the session requires one. https://docs.stripe.com/api/checkout/sessions/create#create_checkout_session-customer_creation */
function makeCustomer(
  context: Context,
  session: StoredObject,
  { email, name }: CustomerInput,
): StoredObject | undefined {
  const savesMethod =
    hashOrEmpty(hiddenParamsOf(context, session)['payment_intent_data'])['setup_future_usage'] !== undefined;
  const createsInvoice = hashOrEmpty(session['invoice_creation'])['enabled'] === true;
  const requiresCustomer = session['customer_creation'] === 'always' || savesMethod || createsInvoice;
  if (!requiresCustomer) return undefined;
  const customerEmail = email ?? session['customer_email'];
  return makeObject(
    context,
    'Customer',
    definedFields({
      email: customerEmail ?? undefined,
      name,
    }),
  );
}

/** Pays a session in `payment` mode by a payment intent, or by an invoice if the session creates one. */
function payForSession(
  context: Context,
  session: StoredObject,
  customer: StoredObject | undefined,
  method: StoredObject,
  input: CustomerInput,
): void {
  if (hashOrEmpty(session['invoice_creation'])['enabled'] === true) {
    checkNotDeclined(context, method, session);
    return payByInvoice(context, session, customer, method);
  }
  const data = hashOrEmpty(hiddenParamsOf(context, session)['payment_intent_data']);
  const existingIntent = context.account.get('payment_intent', String(session['payment_intent']));
  const intent = existingIntent ?? makeObject(context, 'PaymentIntent', data);
  Object.assign(intent, {
    amount: session['amount_total'],
    capture_method: data['capture_method'] ?? 'automatic_async',
    client_secret: null,
    confirmation_method: 'automatic',
    currency: session['currency'],
    customer: customer?.id ?? null,
    payment_method_options: withCardOptions(undefined),
    payment_method_types: session['payment_method_types'],
    receipt_email: data['receipt_email'] ?? input.email ?? session['customer_email'] ?? null,
  });
  session['payment_intent'] = intent.id;
  attemptPayment(context, intent, method, { offSession: false, failsOnAction: false, isAuthenticated: true });
  session['payment_status'] = intent['status'] === 'succeeded' ? 'paid' : 'unpaid';
  if (intent['status'] === 'processing')
    scheduleTask(context, context.now + BANK_RESPONSE_SECONDS, 'checkout.session.settle', session);
}

/** Marks a session as paid if its bank debit succeeded, and announces the result of the debit. https://docs.stripe.com/api/events/types#event_types-checkout.session.async_payment_succeeded */
export function settleSession({ account }: Context, session: StoredObject): void {
  const succeeded = account.get('payment_intent', String(session['payment_intent']))?.['status'] === 'succeeded';
  if (succeeded) session['payment_status'] = 'paid';
  account.changes.announce(`checkout.session.async_payment_${succeeded ? 'succeeded' : 'failed'}`, session);
}

/** Creates the subscription of a session and pays its first invoice. https://docs.stripe.com/payments/subscriptions?platform=web&ui=stripe-hosted */
function startSubscriptionOf(
  context: Context,
  session: StoredObject,
  customer: StoredObject | undefined,
  method: StoredObject | undefined,
): void {
  if (method !== undefined && method['customer'] === null && customer !== undefined)
    attachTo(context, method, customer.id);
  const {
    rates,
    invoice_settings: _settings,
    ...data
  } = hashOrEmpty(hiddenParamsOf(context, session)['subscription_data']);
  const lines = lineItemsOf(context.account, 'checkout_session', session);
  const recurringLines = lines.filter((line) => isRecurring(priceOf(line)));
  const subscription = makeSubscription(
    context,
    customer,
    recurringLines.map((line) => ({
      price: priceOf(line),
      quantity: Number(line['quantity'] ?? 1),
      params: itemEntryOf(context, line),
    })),
    definedFields({
      ...data,
      add_invoice_items: lines
        .filter((line) => !recurringLines.includes(line))
        .map((line) => itemEntryOf(context, line)),
      default_tax_rates: ((rates ?? []) as StoredObject[]).map(({ id }) => id),
      default_payment_method: method?.id,
      discounts: discountParamsOf(session),
      payment_behavior: 'default_incomplete',
    }),
  );
  const invoice = context.account.get('invoice', String(subscription['latest_invoice']));
  if (invoice?.['status'] === 'open' && method !== undefined) chargeInvoice(context, invoice, method, false, true);
  Object.assign(session, {
    invoice: invoice?.id ?? null,
    payment_status: invoice === undefined || Number(invoice['total']) === 0 ? 'no_payment_required' : 'paid',
    subscription: subscription.id,
  });
  context.account.changes.endStep();
}

/** Returns a line item as an entry of `items` or `add_invoice_items` of a subscription. */
function itemEntryOf(context: Context, line: StoredObject): Record<string, unknown> {
  return definedFields({
    price: priceOf(line).id,
    quantity: line['quantity'] ?? undefined,
    tax_rates: lineState(context, line).rates.map(({ id }) => id),
  });
}

/** Confirms the setup intent of a session with the payment method. https://docs.stripe.com/payments/save-and-reuse?platform=web&ui=stripe-hosted */
function setUpMethod(
  context: Context,
  session: StoredObject,
  customer: StoredObject | undefined,
  method: StoredObject | undefined,
): void {
  const intent = context.account.get('setup_intent', String(session['setup_intent']));
  if (intent === undefined || method === undefined) return;
  if (customer !== undefined) intent['customer'] = customer.id;
  const params = { payment_method: method.id, return_url: String(session['success_url'] ?? session['return_url']) };
  confirmSetupIntent({ ...context, params }, intent.id);
  if (intent['status'] === 'requires_action') finishSetupAuthentication(context, intent, true);
}
