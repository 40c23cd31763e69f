import { methodOfSource, resolvePaymentMethod } from '../../cards/payment-methods.ts';
import type { Context } from '../../context.ts';
import { attemptPayment } from '../../payments/attempt.ts';
import { badRequest, StripeApiError } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { currentStatus, hashOrEmpty } from '../values.ts';
import { invoiceInPath } from './create.ts';
import { finalizeDraft } from './finalize.ts';
import { cancelPayment, paymentIntentOf, markPaid, openPayment, subscriptionOf } from './settle.ts';

/**
 * Returns the payment method that pays an invoice: the requested one, or else the default of the invoice, the
 * subscription or the customer, in this order.
 * https://docs.stripe.com/billing/subscriptions/payment-methods-setting#payment-method-priority
 */
export function methodToPay(context: Context, invoice: StoredObject, requestedId?: unknown): StoredObject | undefined {
  const { account } = context;
  const subscription = subscriptionOf(context, invoice);
  const customer = account.get('customer', String(invoice['customer']));
  if (typeof requestedId === 'string' && requestedId !== '')
    return resolvePaymentMethod(context, requestedId, 'payment_method');
  const ids = [
    invoice['default_payment_method'],
    subscription?.['default_payment_method'],
    hashOrEmpty(customer?.['invoice_settings'])['default_payment_method'],
    customer?.['default_source'],
  ];
  const id = ids.find((candidate): candidate is string => typeof candidate === 'string' && candidate !== '');
  return id === undefined ? undefined : methodOfSource(context, id);
}

/**
 * Charges a payment method for an open invoice. Afterwards the invoice is paid, or its payment waits for the bank or
 * the customer. For a declined payment, the function throws an error with status 402, and the invoice stays open.
 */
export function chargeInvoice(
  context: Context,
  invoice: StoredObject,
  method: StoredObject,
  offSession: boolean,
  isAuthenticated = false,
): StoredObject {
  const intent = paymentIntentOf(context, openPayment(context, invoice));
  if (intent === undefined) return markPaid(context, invoice);
  invoice['attempt_count'] = Number(invoice['attempt_count']) + 1;
  invoice['attempted'] = true;
  intent['payment_method'] = method.id;
  attemptPayment(context, intent, method, { offSession, failsOnAction: false, isAuthenticated });
  if (intent['status'] === 'requires_action')
    context.account.changes.announce('invoice.payment_action_required', invoice);
  return invoice;
}

/**
 * Charges the default payment method for an open invoice. Returns whether the invoice is paid: false after a decline,
 * for example.
 */
export function tryToCharge(context: Context, invoice: StoredObject, offSession: boolean): boolean {
  const method = methodToPay(context, invoice);
  if (method === undefined) {
    invoice['attempt_count'] = Number(invoice['attempt_count']) + 1;
    invoice['attempted'] = true;
    return false;
  }
  try {
    return chargeInvoice(context, invoice, method, offSession)['status'] === 'paid';
  } catch (error) {
    if (error instanceof StripeApiError) return false;
    throw error;
  }
}

/**
 * POST /v1/invoices/{id}/pay. The invoice stays open while a bank processes a delayed payment.
 * https://docs.stripe.com/api/invoices/pay, https://docs.stripe.com/payments/payment-methods#payment-notification
 */
export function payInvoice(requestContext: Context, id: string): StoredObject {
  const { context, invoice } = invoiceInPath(requestContext, id);
  const { params } = context;
  if (invoice['status'] === 'paid') throw badRequest('Invoice is already paid');
  if (invoice['status'] === 'draft') finalizeDraft(context, invoice);
  if (invoice['status'] === 'paid') return invoice;
  if (invoice['status'] !== 'open' && invoice['status'] !== 'uncollectible')
    throw badRequest('This invoice can only be paid when it is open.', { code: 'invoice_not_open' });
  if (params['paid_out_of_band'] === true) {
    cancelPayment(context, invoice);
    return markPaid(context, invoice);
  }
  const method = methodToPay(context, invoice, params['payment_method']);
  if (method === undefined)
    throw badRequest(
      'There is no `default_payment_method` set on this Customer or Invoice. Please set a `default_payment_method` prior to making this payment attempt, or pass a `payment_method`.',
      { code: 'resource_missing', param: 'payment_method' },
    );
  if (method['customer'] !== null && method['customer'] !== invoice['customer'])
    throw badRequest(`The PaymentMethod ${method.id} does not belong to the Customer ${String(invoice['customer'])}.`, {
      param: 'payment_method',
    });
  chargeInvoice(context, invoice, method, params['off_session'] !== false);
  const isProcessing = paymentIntentOf(context, openPayment(context, invoice))?.['status'] === 'processing';
  if (currentStatus(invoice) !== 'paid' && !isProcessing)
    throw new StripeApiError(402, {
      type: 'card_error',
      code: 'invoice_payment_intent_requires_action',
      message:
        'This payment requires additional user action before it can be completed successfully. Payment can be completed using the PaymentIntent associated with the invoice.',
    });
  return invoice;
}
