import { API_VERSION } from '../../../catalog/api-version.ts';
import { bad } from '../../refusal.ts';
import { isHash, type Account } from '../../store.ts';
import { VERSION_NAMES } from './version-names.ts';

/** The older version of the samples of Google's connector. */
export const OLDER = '2024-04-10';

/**
 * The version of the answers. Every version that Stripe has named is taken; answers are of the catalog's version, but
 * for the one older version that is modelled. A beta of the header (`; feature_beta=v1`) changes nothing.
 * https://docs.stripe.com/api/versioning
 */
export function answeredVersion(requested: string | undefined): string {
  const [version = ''] = (requested ?? API_VERSION).split(';').map((part) => part.trim());
  if (version === OLDER) return OLDER;
  if (version === API_VERSION || VERSION_NAMES.has(version)) return API_VERSION;
  throw bad(
    `Invalid Stripe API version: ${version}. You can find the list of supported versions at https://docs.stripe.com/upgrades#api-versions.`,
  );
}

/** An answer as the older version would give it: what later versions dropped is there again, what they added is not. */
export function inVersion(answer: unknown, version: string, account: Account): unknown {
  if (version !== OLDER) return answer;
  if (Array.isArray(answer)) return answer.map((item) => inVersion(item, version, account));
  if (!isHash(answer)) return answer;
  const older = Object.fromEntries(
    Object.entries(answer).map(([key, value]) => [key, inVersion(value, version, account)]),
  );
  if (answer['object'] === 'payment_intent')
    return { ...older, invoice: paymentsOf(account, 'payment_intent', answer['id'])?.['invoice'] ?? null };
  return answer['object'] === 'invoice' ? olderInvoice(older, account) : older;
}

/** https://docs.stripe.com/changelog/basil: invoice payments took the place of these fields. */
function olderInvoice(
  { payments: _payments, confirmation_secret: _secret, ...invoice }: Record<string, unknown>,
  account: Account,
): object {
  const payment = account.all('invoice_payment').find((one) => one['invoice'] === invoice['id']);
  const intent = (payment?.['payment'] as { payment_intent?: string } | undefined)?.payment_intent ?? null;
  const charge = intent === null ? null : (account.get('payment_intent', intent)?.['latest_charge'] ?? null);
  const paid = invoice['status'] === 'paid';
  return {
    ...invoice,
    paid,
    paid_out_of_band: paid && invoice['amount_due'] !== 0 && charge === null,
    payment_intent: intent,
    charge,
  };
}

function paymentsOf(account: Account, kind: string, id: unknown): Record<string, unknown> | undefined {
  return account
    .all('invoice_payment')
    .find((one) => (one['payment'] as Record<string, unknown> | undefined)?.[kind] === id);
}
