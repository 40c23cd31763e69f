import type { IncludableList } from '../../feature.ts';
import { isHash, type Account, type StoredObject } from '../../store.ts';

/** Returns a function that lists all objects of a kind whose field `field` contains the id of the owner. */
function objectsOf(kind: string, field: string): IncludableList {
  return (owner, account) => account.all(kind).filter((candidate) => candidate[field] === owner.id);
}

/** Lists that a response includes only if `expand` names them, by kind and field. https://docs.stripe.com/expand#includable-properties */
export const INCLUDABLE: Readonly<Record<string, IncludableList>> = {
  'application_fee.refunds': objectsOf('fee_refund', 'fee'),
  'charge.refunds': objectsOf('refund', 'charge'),
  'customer.sources': (customer, account) =>
    ['card', 'bank_account', 'source'].flatMap((kind) => objectsOf(kind, 'customer')(customer, account)),
  'customer.subscriptions': (customer, account) =>
    objectsOf('subscription', 'customer')(customer, account).filter(
      (subscription) => subscription['status'] !== 'canceled',
    ),
  'customer.tax_ids': objectsOf('tax_id', 'customer'),
  'invoice.payments': objectsOf('invoice_payment', 'invoice'),
  'transfer.reversals': objectsOf('transfer_reversal', 'transfer'),
};

/** Hashes that a response includes only if `expand` names them, by kind and field. */
export const INCLUDABLE_HASHES: Readonly<Record<string, (object: StoredObject, account: Account) => object | null>> = {
  // https://docs.stripe.com/api/invoices/object#invoice_object-confirmation_secret
  'invoice.confirmation_secret': (invoice, account) => {
    const payment = account.all('invoice_payment').find((entry) => entry['invoice'] === invoice.id);
    const id = isHash(payment?.['payment']) ? payment['payment']['payment_intent'] : undefined;
    const secret = account.get('payment_intent', String(id))?.['client_secret'];
    return typeof secret === 'string' ? { client_secret: secret, type: 'payment_intent' } : null;
  },
};

/**
 * Stored fields that a response includes only if `expand` names them, by kind.
 * https://docs.stripe.com/api/prices/object#price_object-tiers
 */
export const EXPAND_ONLY_FIELDS: Readonly<Record<string, readonly string[]>> = { price: ['currency_options', 'tiers'] };
