import type { Fields } from './types.ts';

/** What the SDK's types do not say, reviewed by hand. The rest of the catalog is generated. */

/**
 * Values of the SDK's type `number` that are not integers. Source: the descriptions in the SDK's declarations, and the
 * type `number` (as opposed to `integer`) in Stripe's OpenAPI document.
 */
const FRACTIONS: ReadonlySet<string> = new Set([
  'aggregated_value',
  'amount_percent',
  'application_fee_percent',
  'effective_percentage',
  'exchange_rate',
  // Of locations and risk scores: https://docs.stripe.com/api/radar/reviews/object,
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
 * Fields that Stripe accepts in an input although the SDK's types omit them, by the name of the input. Stripe's error
 * message tells callers to send `payment_method_data` with `type=card` and `card[token]`:
 * https://github.com/stripe/stripe-node/issues/1264
 */
export const ADDED_INPUTS: Readonly<Record<string, Fields>> = {
  payment_method_data: {
    // As in a Create of PaymentMethod: https://docs.stripe.com/api/payment_methods/create#create_payment_method-card
    card: {
      type: {
        object: {
          cvc: { type: 'string' },
          exp_month: { type: 'integer' },
          exp_year: { type: 'integer' },
          networks: {
            type: {
              object: { preferred: { type: { enum: ['cartes_bancaires', 'mastercard', 'visa'], open: true } } },
            },
          },
          number: { type: 'string' },
          token: { type: 'string' },
        },
      },
    },
  },
};

/**
 * Enums that are closed in the SDK's types but open at Stripe: a webhook endpoint has its own API version and accepts
 * the event types of that version. https://docs.stripe.com/api/webhook_endpoints/create
 */
export const OPEN_INPUTS: ReadonlySet<string> = new Set(['api_version', 'enabled_events']);

export interface Unsupported {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Ids are `{}`. */
  readonly path: string;
  /** The name that a caller would expect. */
  readonly name: string;
  readonly reason: string;
}

/** Calls of the SDK that the connector deliberately does not support, with the reason. */
export const UNSUPPORTED_METHODS: readonly Unsupported[] = [
  {
    method: 'GET',
    path: '/v1/account',
    name: 'Account.GetCurrent',
    reason: 'use Account.Get with the id of the account',
  },
  {
    method: 'GET',
    path: '/v1/credit_notes/preview/lines',
    name: 'CreditNotePreviewLineItem.List',
    reason: 'it is a preview, not a stored object; use PreviewCreditNote for its lines',
  },
  {
    method: 'GET',
    path: '/v1/customers/{}/payment_methods',
    name: 'CustomerPaymentMethod.List',
    reason: 'use PaymentMethod.List filtered by Customer',
  },
  {
    method: 'POST',
    path: '/v2/billing/meter_event_stream',
    name: 'V2.Billing.MeterEventStream.Create',
    reason: 'it is a stream on another host with its own token; use V2.Billing.MeterEvent for the same events',
  },
];

/** Names of entities that the SDK's types do not have, by collection. */
export const ENTITY_NAMES: Readonly<Record<string, string>> = {
  '/v1/customers/{}/sources': 'CustomerSource',
  '/v1/checkout/sessions/{}/line_items': 'LineItem',
  '/v1/quotes/{}/computed_upfront_line_items': 'ComputedUpfrontLineItem',
};

/** Parents whose name is not the singular of their collection, by the path before the id. */
export const PARENT_NAMES: Readonly<Record<string, string>> = {
  '/v1/checkout/sessions': 'checkout_session',
  '/v1/application_fees': 'fee',
};

/** Kinds of objects that share a collection, each an entity too. `object` is Stripe's name of the kind. */
export const ENTITY_KINDS: Readonly<Record<string, readonly { readonly entity: string; readonly object: string }[]>> = {
  CustomerSource: [
    { entity: 'BankAccount', object: 'bank_account' },
    { entity: 'Card', object: 'card' },
  ],
  ExternalAccount: [
    { entity: 'BankAccount', object: 'bank_account' },
    { entity: 'Card', object: 'card' },
  ],
};

/** Actions whose name is not verb + entity (+ object), by method and path. Reviewed by hand. */
export const ACTION_NAMES: Readonly<Record<string, string>> = {
  'POST /v1/payment_methods/{id}/attach': 'AttachPaymentMethodToCustomer',
  'POST /v1/payment_methods/{id}/detach': 'DetachPaymentMethodFromCustomer',
  'DELETE /v1/subscriptions/{id}': 'CancelSubscription',
  'DELETE /v1/customers/{id}/discount': 'DeleteCustomerDiscount',
  'DELETE /v1/subscriptions/{id}/discount': 'DeleteSubscriptionDiscount',
  'POST /v1/invoices/{id}/attach_payment': 'AttachPaymentToInvoice',
  'POST /v1/payment_intents/{id}/apply_customer_balance': 'ApplyCustomerBalanceToPaymentIntent',
  'POST /v1/payment_records/report_payment': 'ReportPayment',
  'POST /v1/payment_records/{id}/report_payment_attempt': 'ReportPaymentAttempt',
  'POST /v1/payment_records/{id}/report_payment_attempt_canceled': 'ReportPaymentAttemptCanceled',
  'POST /v1/payment_records/{id}/report_payment_attempt_failed': 'ReportPaymentAttemptFailed',
  'POST /v1/payment_records/{id}/report_payment_attempt_guaranteed': 'ReportPaymentAttemptGuaranteed',
  'POST /v1/payment_records/{id}/report_payment_attempt_informational': 'ReportPaymentAttemptInformational',
  'POST /v1/terminal/readers/{id}/set_reader_display': 'SetTerminalReaderDisplay',
  'GET /v1/credit_notes/preview': 'PreviewCreditNote',
  'GET /v1/quotes/{id}/pdf': 'DownloadQuotePdf',
  'POST /v1/test_helpers/issuing/authorizations/{id}/fraud_challenges/respond':
    'RespondTestIssuingAuthorizationFraudChallenge',
  'POST /v2/money_management/test_helpers/financial_addresses/{id}/credit':
    'CreditTestV2MoneyManagementFinancialAddress',
  'POST /v2/test_helpers/money_management/recipient_verifications': 'CreateTestV2MoneyManagementRecipientVerification',
};

/** Actions for which Stripe returns a file, with its media type. https://docs.stripe.com/api/quotes/pdf */
export const FILE_ANSWERS: Readonly<Record<string, string>> = { DownloadQuotePdf: 'application/pdf' };

/**
 * Amounts in the currency's minor unit, by Stripe's names: always integers, and never negative except in the table
 * below.
 */
export function isAmount(name: string): boolean {
  return /(^|_)amount(_|$)/.test(name) && !name.endsWith('_percent');
}

/** Amounts that may be negative (a credit). Source: the descriptions in the SDK's declarations. */
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

/** Columns that are times: Unix seconds in API v1, ISO 8601 in API v2. Stripe names them consistently. */
export function isTime(name: string): boolean {
  return /^(created|date|timestamp|start|end)$|^created_(after|before|gte?|lte?)$|_(at|on|date|start|end|anchor|until|time)$/.test(
    name,
  );
}

/**
 * Columns of rows that the SDK's types do not have, with the paths where Stripe's object has the value; the first one
 * that is present counts. A clause may use each, so its rows show what they were found by.
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

/** Searchable fields that support a substring match (`~`). The others are tokens that match as a whole. */
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
