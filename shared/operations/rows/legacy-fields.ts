import type { StripeObject } from '../../stripe/transport.ts';
import { isObject } from '../../is-object.ts';
import { referenceId } from './reference-id.ts';

/**
 * Adds the keys of an invoice that samples of Google's connector show and that newer API versions dropped. Their values
 * are derived from the same response. A key that Stripe sent is never changed. Sources:
 * https://docs.stripe.com/changelog/basil (invoice payments), the SDK's types of Invoice and InvoicePayment.
 */
export function withLegacyFields(object: StripeObject): StripeObject {
  if (object['object'] !== 'invoice') return object;
  const payment = settledPayment(object);
  const intent = payment?.['payment_intent'];
  const derived: Record<string, unknown> = {
    paid: object['status'] === 'paid',
    paid_out_of_band: paidOutOfBand(object, payment),
    payment_intent: referenceId(intent),
    charge: referenceId(payment?.['charge']) ?? referenceId(isObject(intent) ? intent['latest_charge'] : null),
  };
  const missing = Object.entries(derived).filter(([key]) => !Object.hasOwn(object, key));
  return { ...object, ...Object.fromEntries(missing) };
}

/** Returns the payment that paid the invoice, or else its default payment. */
function settledPayment(invoice: StripeObject): StripeObject | undefined {
  const payments = listData(invoice['payments']) ?? [];
  const selected =
    payments.find((payment) => payment['status'] === 'paid') ??
    payments.find((payment) => payment['is_default'] === true);
  const payment = selected?.['payment'];
  return isObject(payment) ? payment : undefined;
}

/**
 * Returns whether the invoice was paid outside Stripe. If the response has no `amount_paid_off_stripe`, returns false
 * for an invoice that is not paid, had nothing to pay, or has a payment, and else null, because the response does not
 * show it.
 */
function paidOutOfBand(invoice: StripeObject, payment: StripeObject | undefined): boolean | null {
  const offStripe = invoice['amount_paid_off_stripe'];
  if (typeof offStripe === 'number') return offStripe > 0;
  if (invoice['status'] !== 'paid' || invoice['amount_due'] === 0 || payment !== undefined) return false;
  return null;
}

function listData(list: unknown): StripeObject[] | undefined {
  if (!isObject(list) || !Array.isArray(list['data'])) return undefined;
  return list['data'].filter(isObject);
}
