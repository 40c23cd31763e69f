import type { Context } from '../../context.ts';
import type { Stored } from '../../store.ts';
import { hash } from '../values.ts';

/** The payment of an invoice that is not over; undefined for an invoice that nothing was due for. */
export function openPayment({ account }: Context, invoice: Stored): Stored | undefined {
  return account.all('invoice_payment').find((one) => one['invoice'] === invoice.id && one['status'] === 'open');
}

export function intentOf({ account }: Context, payment: Stored | undefined): Stored | undefined {
  return account.get('payment_intent', String(hash(payment?.['payment'])['payment_intent']));
}

/** The subscription that an invoice bills. */
export function subscriptionOf({ account }: Context, invoice: Stored): Stored | undefined {
  const details = hash(hash(invoice['parent'])['subscription_details']);
  return account.get('subscription', String(details['subscription']));
}

/** An invoice that is paid: by its payment intent, out of band, or because nothing was due. */
export function markPaid(context: Context, invoice: Stored): Stored {
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
  if (subscription !== undefined) activate(context, subscription);
  return invoice;
}

/**
 * The latest change of any invoice of a customer says whether the customer owes money: true after a failed automatic
 * payment or a due date, false when it is paid or marked uncollectible.
 * https://docs.stripe.com/api/customers/object#customer_object-delinquent
 */
export function setDelinquent({ account }: Context, invoice: Stored, isDelinquent: boolean): void {
  const customer = account.get('customer', String(invoice['customer']));
  if (customer !== undefined && customer['deleted'] !== true && customer['delinquent'] !== isDelinquent)
    customer['delinquent'] = isDelinquent;
}

/** A payment of its latest invoice makes a subscription active. https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
function activate({ account }: Context, subscription: Stored): void {
  if (!['incomplete', 'past_due', 'paused', 'unpaid'].includes(String(subscription['status']))) return;
  const latest = account.get('invoice', String(subscription['latest_invoice']));
  if (latest !== undefined && latest['status'] !== 'paid') return;
  subscription['status'] = 'active';
}

/** https://docs.stripe.com/api/subscriptions/create#create_subscription-payment_settings-save_default_payment_method */
export function savesMethod(subscription: Stored): boolean {
  return hash(subscription['payment_settings'])['save_default_payment_method'] === 'on_subscription';
}

/** After a payment intent succeeded: the invoice that it pays, if it pays one. https://docs.stripe.com/api/invoice-payment/object */
export function settleInvoice(context: Context, intent: Stored): void {
  const payment = context.account
    .all('invoice_payment')
    .find((one) => one['status'] === 'open' && hash(one['payment'])['payment_intent'] === intent.id);
  const invoice = context.account.get('invoice', String(payment?.['invoice']));
  if (payment === undefined || invoice === undefined || intent['status'] !== 'succeeded') return;
  Object.assign(payment, {
    amount_paid: payment['amount_requested'],
    status: 'paid',
    status_transitions: { ...hash(payment['status_transitions']), paid_at: context.now },
  });
  if (invoice['status'] === 'open' || invoice['status'] === 'uncollectible') markPaid(context, invoice);
  const subscription = subscriptionOf(context, invoice);
  if (subscription !== undefined && savesMethod(subscription))
    subscription['default_payment_method'] = intent['payment_method'];
}

/** Ends the payment of an invoice when it is no longer the way to pay it. */
export function cancelPayment(context: Context, invoice: Stored): void {
  const payment = openPayment(context, invoice);
  const intent = intentOf(context, payment);
  if (payment !== undefined)
    Object.assign(payment, {
      status: 'canceled',
      status_transitions: { ...hash(payment['status_transitions']), canceled_at: context.now },
    });
  if (intent !== undefined)
    Object.assign(intent, {
      cancellation_reason: 'void_invoice',
      canceled_at: context.now,
      next_action: null,
      status: 'canceled',
    });
}
