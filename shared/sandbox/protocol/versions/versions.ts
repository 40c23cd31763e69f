import { API_VERSION } from '../../../catalog/api-version.ts';
import { badRequest } from '../../api-error.ts';
import { isHash, type Account, type StoredObject } from '../../store.ts';
import { VERSION_NAMES } from './version-names.ts';

/** The API version in the samples of Google's managed connector. */
export const OLDER_VERSION = '2024-04-10';

/**
 * Returns the version in which the sandbox responds to a request: `OLDER_VERSION` if the request has this version, and
 * the catalog's version for every other version that Stripe has named. A beta in the header (`; feature_beta=v1`) has
 * no effect.
 * https://docs.stripe.com/api/versioning
 */
export function responseVersion(requested: string | undefined): string {
  const [version = ''] = (requested ?? API_VERSION).split(';').map((part) => part.trim());
  if (version === OLDER_VERSION) return OLDER_VERSION;
  if (version === API_VERSION || VERSION_NAMES.has(version)) return API_VERSION;
  throw badRequest(
    `Invalid Stripe API version: ${version}. You can find the list of supported versions at https://docs.stripe.com/upgrades#api-versions.`,
  );
}

/**
 * Converts a response to a version. For `OLDER_VERSION`, adds the fields that later versions have removed, and removes
 * the fields that later versions have added.
 */
export function convertToVersion(response: unknown, version: string, account: Account): unknown {
  if (version !== OLDER_VERSION) return response;
  if (Array.isArray(response)) return response.map((item) => convertToVersion(item, version, account));
  if (!isHash(response)) return response;
  const older = Object.fromEntries(
    Object.entries(response).map(([key, value]) => [key, convertToVersion(value, version, account)]),
  );
  if (response['object'] === 'payment_intent')
    return { ...older, invoice: invoicePaymentOf(account, response['id'])?.['invoice'] ?? null };
  return response['object'] === 'invoice' ? olderInvoice(older, account) : older;
}

/**
 * Adds the fields that invoice payments replaced, and removes `payments` and `confirmation_secret`.
 * https://docs.stripe.com/changelog/basil
 */
function olderInvoice(
  { payments: _payments, confirmation_secret: _secret, ...invoice }: Record<string, unknown>,
  account: Account,
): object {
  const payment = account.all('invoice_payment').find((invoicePayment) => invoicePayment['invoice'] === invoice['id']);
  const intent = (payment?.['payment'] as { payment_intent?: string } | undefined)?.payment_intent ?? null;
  const charge = intent === null ? null : (account.get('payment_intent', intent)?.['latest_charge'] ?? null);
  const isPaid = invoice['status'] === 'paid';
  return {
    ...invoice,
    paid: isPaid,
    paid_out_of_band: isPaid && invoice['amount_due'] !== 0 && charge === null,
    payment_intent: intent,
    charge,
  };
}

/** Returns the invoice payment of a payment intent. */
function invoicePaymentOf(account: Account, intent: unknown): StoredObject | undefined {
  return account.all('invoice_payment').find(({ payment }) => isHash(payment) && payment['payment_intent'] === intent);
}
