/**
 * What the SDK's types do not say, reviewed by hand. Everything else in the catalogue is generated.
 */

/** `number` in the SDK's types that is not an integer. Source: the parameters' texts in the SDK's declarations. */
const FRACTIONS: ReadonlySet<string> = new Set([
  'amount_percent',
  'application_fee_percent',
  'effective_percentage',
  'exchange_rate',
  'percent_off',
  'percent_ownership',
  'percentage',
  'rate',
  // A package's size in inches and weight in ounces take two decimals.
  'height',
  'length',
  'weight',
  'width',
]);

export function isFraction(name: string): boolean {
  return FRACTIONS.has(name);
}

export interface NotServed {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly reason: string;
}

/** Calls of the SDK that look like an entity's operation and are none, or cannot be served. */
export const NOT_SERVED: readonly NotServed[] = [
  { method: 'POST', path: '/v1/files', reason: 'a file upload is multipart, not JSON' },
  { method: 'GET', path: '/v1/account', reason: 'the same as Account by its id' },
  { method: 'GET', path: '/v1/credit_notes/preview', reason: 'a preview, not a stored object' },
  { method: 'GET', path: '/v1/credit_notes/preview/lines', reason: 'a preview, not a stored object' },
  { method: 'GET', path: '/v1/apps/secrets/find', reason: 'a search by scope and name that has no id' },
];

/** Amounts in the currency's minor unit, by Stripe's names: never fractions, and never negative but for the table below. */
export function isAmount(name: string): boolean {
  return /(^|_)amount(_|$)/.test(name) && !name.endsWith('_percent');
}

/** Where Stripe means a negative amount (a credit). Source: the parameters' texts in the SDK's declarations. */
const SIGNED_AMOUNTS: ReadonlySet<string> = new Set([
  'InvoiceItem.amount',
  'InvoiceItem.unit_amount_decimal',
  'InvoiceItem.price_data.unit_amount',
  'InvoiceItem.price_data.unit_amount_decimal',
  'Subscription.add_invoice_items.price_data.unit_amount',
  'Subscription.add_invoice_items.price_data.unit_amount_decimal',
  'SubscriptionSchedule.phases.add_invoice_items.price_data.unit_amount',
  'SubscriptionSchedule.phases.add_invoice_items.price_data.unit_amount_decimal',
]);

export function mayBeNegative(entity: string, path: readonly string[]): boolean {
  return SIGNED_AMOUNTS.has([entity, ...path].join('.'));
}
