/** Columns that Stripe's Search API supports, and columns that only rows have. Reviewed by hand. */

/**
 * Columns that are not in the SDK's types, with the paths of their value in Stripe's object. The value is at the first
 * path that the object has. Filter clauses may name these columns, so rows have them too.
 * https://docs.stripe.com/changelog/basil/2025-03-31/adds-new-parent-field-to-invoicing-objects
 */
export const ROW_ONLY: Readonly<Record<string, Readonly<Record<string, readonly (readonly string[])[]>>>> = {
  Invoice: { Subscription: [['subscription'], ['parent', 'subscription_details', 'subscription']] },
};

/** Columns that the Search API supports, by entity. https://docs.stripe.com/search#query-fields-for-each-resource */
export const SEARCHABLE: Readonly<Record<string, readonly string[]>> = {
  Charge: [
    'amount',
    'created',
    'currency',
    'customer',
    'disputed',
    'payment_method_details.card.brand',
    'payment_method_details.card.exp_month',
    'payment_method_details.card.exp_year',
    'payment_method_details.card.fingerprint',
    'payment_method_details.card.last4',
    'refunded',
    'status',
  ],
  Customer: ['created', 'email', 'name', 'phone'],
  Invoice: ['created', 'currency', 'customer', 'number', 'receipt_number', 'status', 'total'],
  PaymentIntent: ['amount', 'created', 'currency', 'customer', 'status'],
  Price: ['active', 'currency', 'lookup_key', 'product', 'type'],
  Product: ['active', 'description', 'name', 'shippable', 'url'],
  Subscription: ['canceled_at', 'created', 'status'],
};

/** Searchable fields that support a substring match (`~`). Other searchable fields only match as a whole. */
export const SEARCHABLE_BY_PART: readonly string[] = [
  'description',
  'email',
  'name',
  'number',
  'phone',
  'receipt_number',
  'url',
];

/** Searchable fields that support `>`, `>=`, `<` and `<=`. */
export const SEARCHABLE_BY_RANGE: readonly string[] = ['amount', 'canceled_at', 'created', 'total'];
