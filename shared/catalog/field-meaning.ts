/**
 * Derives from the name of a field whether its value is a fraction, an amount or a time. The lists in this file are
 * reviewed by hand.
 */

/**
 * Names of numbers that may have decimals. The SDK has the type `number` for these and for integers. Source: the
 * descriptions in the SDK's declarations, and the type `number` (as opposed to `integer`) in Stripe's OpenAPI document.
 */
const FRACTIONS: ReadonlySet<string> = new Set([
  'aggregated_value',
  'amount_percent',
  'application_fee_percent',
  'effective_percentage',
  'exchange_rate',
  // Coordinates and risk scores: https://docs.stripe.com/api/radar/reviews/object,
  // https://docs.stripe.com/api/issuing/authorizations/test_mode_create
  'latitude',
  'longitude',
  'percent_off',
  'percent_ownership',
  'percentage',
  'rate',
  'score',
  // The size of a package in inches and its weight in ounces have two decimals.
  'height',
  'length',
  'weight',
  'width',
]);

/** Returns whether a number with this name may have decimals. */
export function isFraction(name: string): boolean {
  return FRACTIONS.has(name);
}

/**
 * Returns whether a field with this name is an amount in the currency's minor unit. An amount is an integer, or a
 * decimal if its name ends with `_decimal`. In an input, only the amounts in `SIGNED_AMOUNTS` may be negative.
 */
export function isAmount(name: string): boolean {
  return /(^|_)amount(_|$)/.test(name) && !name.endsWith('_percent');
}

/** Paths of the amounts that may be negative, such as a credit. Source: the descriptions in the SDK's declarations. */
export const SIGNED_AMOUNTS: ReadonlySet<string> = new Set([
  'AddInvoiceLines.lines.amount',
  'CreateInvoicePreview.invoice_items.amount',
  'CreateInvoicePreview.invoice_items.price_data.unit_amount',
  'CreateInvoicePreview.invoice_items.price_data.unit_amount_decimal',
  'CreateInvoicePreview.invoice_items.unit_amount',
  'CreateInvoicePreview.invoice_items.unit_amount_decimal',
  'CreateInvoicePreview.schedule_details.phases.add_invoice_items.price_data.unit_amount',
  'CreateInvoicePreview.schedule_details.phases.add_invoice_items.price_data.unit_amount_decimal',
  'CreateTaxTransactionReversal.flat_amount',
  'CreateTaxTransactionReversal.line_items.amount',
  'CreateTaxTransactionReversal.line_items.amount_tax',
  'CreateTaxTransactionReversal.shipping_cost.amount',
  'CreateTaxTransactionReversal.shipping_cost.amount_tax',
  'CustomerBalanceTransaction.amount',
  'InvoiceLineItem.amount',
  'UpdateInvoiceLines.lines.amount',
  'InvoiceItem.amount',
  'InvoiceItem.unit_amount_decimal',
  'InvoiceItem.price_data.unit_amount',
  'InvoiceItem.price_data.unit_amount_decimal',
  'Subscription.add_invoice_items.price_data.unit_amount',
  'Subscription.add_invoice_items.price_data.unit_amount_decimal',
  'SubscriptionSchedule.phases.add_invoice_items.price_data.unit_amount',
  'SubscriptionSchedule.phases.add_invoice_items.price_data.unit_amount_decimal',
]);

/** Returns whether an amount at this path may be negative. */
export function mayBeNegative(entity: string, path: readonly string[]): boolean {
  return SIGNED_AMOUNTS.has([entity, ...path].join('.'));
}

/** Returns whether a field with this name is a time: Unix seconds in API v1, ISO 8601 in API v2. */
export function isTime(name: string): boolean {
  return /^(created|date|timestamp|start|end)$|^created_(after|before|gte?|lte?)$|_(at|on|date|start|end|anchor|until|time)$/.test(
    name,
  );
}
