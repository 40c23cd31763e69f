import type { StripeObject } from '../../stripe/transport.ts';

/**
 * Keys of the vendor's samples that newer API versions dropped, told from the same answer where the truth is in it.
 * A key that Stripe did send is never touched.
 * Sources: https://docs.stripe.com/changelog/basil (invoice payments), the SDK's types of Invoice and InvoicePayment.
 */
export function withLegacyFields(object: StripeObject): StripeObject {
  if (object['object'] !== 'invoice') return object;
  const payment = settledPayment(object);
  const intent = payment?.['payment_intent'];
  const told: Record<string, unknown> = {
    paid: object['status'] === 'paid',
    paid_out_of_band: paidOutOfBand(object, payment),
    payment_intent: idOf(intent),
    charge: idOf(payment?.['charge']) ?? idOf(isObject(intent) ? intent['latest_charge'] : null),
  };
  const missing = Object.entries(told).filter(([key]) => !Object.hasOwn(object, key));
  return { ...object, ...Object.fromEntries(missing) };
}

/** The payment that paid the invoice, else its default one. */
function settledPayment(invoice: StripeObject): StripeObject | undefined {
  const payments = listed(invoice['payments']) ?? [];
  const chosen =
    payments.find((payment) => payment['status'] === 'paid') ??
    payments.find((payment) => payment['is_default'] === true);
  const payment = chosen?.['payment'];
  return isObject(payment) ? payment : undefined;
}

/** False where it is not paid or there was nothing to pay or a payment paid it; null where the answer cannot tell. */
function paidOutOfBand(invoice: StripeObject, payment: StripeObject | undefined): boolean | null {
  const offStripe = invoice['amount_paid_off_stripe'];
  if (typeof offStripe === 'number') return offStripe > 0;
  if (invoice['status'] !== 'paid' || invoice['amount_due'] === 0 || payment !== undefined) return false;
  return null;
}

function listed(list: unknown): StripeObject[] | undefined {
  if (!isObject(list) || !Array.isArray(list['data'])) return undefined;
  return list['data'].filter(isObject);
}

function idOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return isObject(value) && typeof value['id'] === 'string' ? value['id'] : null;
}

function isObject(value: unknown): value is StripeObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
