import type { Context } from '../../context.ts';
import type { StoredObject } from '../../store.ts';
import { hashOrEmpty } from '../values.ts';

/** Returns the open invoice payment of an invoice, if there is one. */
export function openPayment({ account }: Context, invoice: StoredObject): StoredObject | undefined {
  return account
    .all('invoice_payment')
    .find((invoicePayment) => invoicePayment['invoice'] === invoice.id && invoicePayment['status'] === 'open');
}

export function paymentIntentOf({ account }: Context, payment: StoredObject | undefined): StoredObject | undefined {
  return account.get('payment_intent', String(hashOrEmpty(payment?.['payment'])['payment_intent']));
}

/** Returns the subscription that an invoice bills. */
export function subscriptionOf({ account }: Context, invoice: StoredObject): StoredObject | undefined {
  const details = hashOrEmpty(hashOrEmpty(invoice['parent'])['subscription_details']);
  return account.get('subscription', String(details['subscription']));
}

/**
 * Marks an invoice as paid, also if it was paid out of band or nothing was due. Also records that the customer is not
 * delinquent, and activates a subscription that waits for the payment.
 */
export function markPaid(context: Context, invoice: StoredObject): StoredObject {
  const { now } = context;
  Object.assign(invoice, {
    amount_paid: Number(invoice['amount_paid']) + Number(invoice['amount_remaining']),
    amount_remaining: 0,
    attempted: true,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'paid',
    status_transitions: { ...(invoice['status_transitions'] as object), paid_at: now },
  });
  setDelinquent(context, invoice, false);
  const subscription = subscriptionOf(context, invoice);
  if (subscription !== undefined) activateSubscription(context, subscription);
  return invoice;
}

/**
 * Sets whether the customer of an invoice is delinquent: true after a failed automatic payment or a missed due date,
 * false after the invoice is paid or marked uncollectible. If a customer has several invoices, the last change decides.
 * https://docs.stripe.com/api/customers/object#customer_object-delinquent
 */
export function setDelinquent({ account }: Context, invoice: StoredObject, isDelinquent: boolean): void {
  const customer = account.get('customer', String(invoice['customer']));
  if (customer !== undefined && customer['deleted'] !== true && customer['delinquent'] !== isDelinquent)
    customer['delinquent'] = isDelinquent;
}

/**
 * Activates a subscription that waits for a payment, if its latest invoice is paid or if it has no invoice.
 * https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses
 */
function activateSubscription({ account }: Context, subscription: StoredObject): void {
  if (!['incomplete', 'past_due', 'paused', 'unpaid'].includes(String(subscription['status']))) return;
  const latest = account.get('invoice', String(subscription['latest_invoice']));
  if (latest !== undefined && latest['status'] !== 'paid') return;
  subscription['status'] = 'active';
}

/** Returns whether a successful payment makes its payment method the default of the subscription. https://docs.stripe.com/api/subscriptions/create#create_subscription-payment_settings-save_default_payment_method */
export function savesDefaultMethod(subscription: StoredObject): boolean {
  return hashOrEmpty(subscription['payment_settings'])['save_default_payment_method'] === 'on_subscription';
}

/**
 * If a payment intent for an invoice has succeeded, marks the invoice as paid. If the subscription has
 * `save_default_payment_method`, the payment method becomes its default.
 * https://docs.stripe.com/api/invoice-payment/object
 */
export function markInvoicePaidBy(context: Context, intent: StoredObject): void {
  const payment = context.account
    .all('invoice_payment')
    .find(
      (invoicePayment) =>
        invoicePayment['status'] === 'open' && hashOrEmpty(invoicePayment['payment'])['payment_intent'] === intent.id,
    );
  const invoice = context.account.get('invoice', String(payment?.['invoice']));
  if (payment === undefined || invoice === undefined || intent['status'] !== 'succeeded') return;
  Object.assign(payment, {
    amount_paid: payment['amount_requested'],
    status: 'paid',
    status_transitions: { ...hashOrEmpty(payment['status_transitions']), paid_at: context.now },
  });
  if (invoice['status'] === 'open' || invoice['status'] === 'uncollectible') markPaid(context, invoice);
  const subscription = subscriptionOf(context, invoice);
  if (subscription !== undefined && savesDefaultMethod(subscription))
    subscription['default_payment_method'] = intent['payment_method'];
}

/** Cancels the open invoice payment of an invoice, and the payment intent of that payment. */
export function cancelPayment(context: Context, invoice: StoredObject): void {
  const payment = openPayment(context, invoice);
  const intent = paymentIntentOf(context, payment);
  if (payment !== undefined)
    Object.assign(payment, {
      status: 'canceled',
      status_transitions: { ...hashOrEmpty(payment['status_transitions']), canceled_at: context.now },
    });
  if (intent !== undefined)
    Object.assign(intent, {
      cancellation_reason: 'void_invoice',
      canceled_at: context.now,
      next_action: null,
      status: 'canceled',
    });
}
