/** Lists of objects that a response includes only if `expand` names them. https://docs.stripe.com/expand#includable-properties */
import type { Included } from '../../feature.ts';
import { isHash, type Account, type Stored } from '../../store.ts';

/** Returns the objects of a kind whose parameter `param` is the id of the object. */
function objectsOf(kind: string, param: string): Included {
  return (object, account) => account.all(kind).filter((candidate) => candidate[param] === object.id);
}

/** Lists that Stripe includes only where `expand` names them, by kind and field. */
export const INCLUDABLE: Readonly<Record<string, Included>> = {
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

/** Hashes that Stripe includes only where `expand` names them, by kind and field. */
export const INCLUDABLE_HASHES: Readonly<Record<string, (object: Stored, account: Account) => object | null>> = {
  // https://docs.stripe.com/api/invoices/object#invoice_object-confirmation_secret
  'invoice.confirmation_secret': (invoice, account) => {
    const payment = account.all('invoice_payment').find((object_) => object_['invoice'] === invoice.id);
    const id = isHash(payment?.['payment']) ? payment['payment']['payment_intent'] : undefined;
    const secret = account.get('payment_intent', String(id))?.['client_secret'];
    return typeof secret === 'string' ? { client_secret: secret, type: 'payment_intent' } : null;
  },
};

/**
 * Fields that are stored and shown only where `expand` names them, by kind.
 * https://docs.stripe.com/api/prices/object#price_object-tiers
 */
export const HIDDEN: Readonly<Record<string, readonly string[]>> = { price: ['currency_options', 'tiers'] };
