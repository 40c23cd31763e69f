import { methodOfSource, resolvePaymentMethod } from '../../cards/payment-methods.ts';
import type { Context } from '../../context.ts';
import { attemptPayment } from '../../payments/attempt.ts';
import { bad, Refusal } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { hash } from '../values.ts';
import { invoiceInPath } from './create.ts';
import { finalize } from './finalize.ts';
import { cancelPayment, intentOf, markPaid, openPayment, subscriptionOf } from './settle.ts';

/**
 * The method that pays an invoice: the named one, that of the invoice, of the subscription, of the customer.
 * https://docs.stripe.com/billing/subscriptions/payment-methods-setting#payment-method-priority
 */
export function payingMethod(context: Context, invoice: Stored, named?: unknown): Stored | undefined {
  const { account } = context;
  const subscription = subscriptionOf(context, invoice);
  const customer = account.get('customer', String(invoice['customer']));
  if (typeof named === 'string' && named !== '') return resolvePaymentMethod(context, named, 'payment_method');
  const ids = [
    invoice['default_payment_method'],
    subscription?.['default_payment_method'],
    hash(customer?.['invoice_settings'])['default_payment_method'],
    customer?.['default_source'],
  ];
  const id = ids.find((one): one is string => typeof one === 'string' && one !== '');
  return id === undefined ? undefined : methodOfSource(context, id);
}

/** Charges a method for an open invoice: paid, waiting for the customer, or 402 with the invoice still open. */
export function charge(
  context: Context,
  invoice: Stored,
  method: Stored,
  offSession: boolean,
  isAuthenticated = false,
): Stored {
  const intent = intentOf(context, openPayment(context, invoice));
  if (intent === undefined) return markPaid(context, invoice);
  invoice['attempt_count'] = Number(invoice['attempt_count']) + 1;
  invoice['attempted'] = true;
  intent['payment_method'] = method.id;
  attemptPayment(context, intent, method, { offSession, failsOnAction: false, isAuthenticated });
  if (intent['status'] === 'requires_action')
    context.account.changes.announce('invoice.payment_action_required', invoice);
  return invoice;
}

/** The same without an error: whether the invoice is paid. */
export function tryToCharge(context: Context, invoice: Stored, offSession: boolean): boolean {
  const method = payingMethod(context, invoice);
  if (method === undefined) {
    invoice['attempt_count'] = Number(invoice['attempt_count']) + 1;
    invoice['attempted'] = true;
    return false;
  }
  try {
    return charge(context, invoice, method, offSession)['status'] === 'paid';
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/**
 * POST /v1/invoices/{id}/pay: the invoice stays open while the bank of a delayed method processes the payment.
 * https://docs.stripe.com/api/invoices/pay, https://docs.stripe.com/payments/payment-methods#payment-notification
 */
export function payInvoice(given: Context, id: string): Stored {
  const { context, invoice } = invoiceInPath(given, id);
  const { params } = context;
  if (invoice['status'] === 'paid') throw bad('Invoice is already paid');
  if (invoice['status'] === 'draft') finalize(context, invoice);
  if (invoice['status'] === 'paid') return invoice;
  if (invoice['status'] !== 'open' && invoice['status'] !== 'uncollectible')
    throw bad('This invoice can only be paid when it is open.', { code: 'invoice_not_open' });
  if (params['paid_out_of_band'] === true) {
    cancelPayment(context, invoice);
    return markPaid(context, invoice);
  }
  const method = payingMethod(context, invoice, params['payment_method']);
  if (method === undefined)
    throw bad(
      'There is no `default_payment_method` set on this Customer or Invoice. Please set a `default_payment_method` prior to making this payment attempt, or pass a `payment_method`.',
      { code: 'resource_missing', param: 'payment_method' },
    );
  if (method['customer'] !== null && method['customer'] !== invoice['customer'])
    throw bad(`The PaymentMethod ${method.id} does not belong to the Customer ${String(invoice['customer'])}.`, {
      param: 'payment_method',
    });
  charge(context, invoice, method, params['off_session'] !== false);
  const isProcessing = intentOf(context, openPayment(context, invoice))?.['status'] === 'processing';
  if (hash(invoice)['status'] !== 'paid' && !isProcessing)
    throw new Refusal(402, {
      type: 'card_error',
      code: 'invoice_payment_intent_requires_action',
      message:
        'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.',
    });
  return invoice;
}
