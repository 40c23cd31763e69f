import type { Fields } from './types.ts';

/** Facts about Stripe's API that are not in the SDK's types, reviewed by hand. The rest of the catalog is generated. */

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
 * Inputs for which Stripe accepts more values than the enumeration in the SDK's types. A webhook endpoint has its own
 * API version and accepts the event types of that version. https://docs.stripe.com/api/webhook_endpoints/create
 */
export const OPEN_INPUTS: ReadonlySet<string> = new Set(['api_version', 'enabled_events']);

export interface Unsupported {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** The path at Stripe, with `{}` for ids. */
  readonly path: string;
  /** The name that the call would have as an operation of the connector. */
  readonly name: string;
  readonly reason: string;
}

/** SDK methods that the connector deliberately does not support, with the reason. */
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

/** Names of entities that cannot be derived from the SDK's types, by the path of their collection. */
export const ENTITY_NAMES: Readonly<Record<string, string>> = {
  '/v1/customers/{}/sources': 'CustomerSource',
  '/v1/checkout/sessions/{}/line_items': 'LineItem',
  '/v1/quotes/{}/computed_upfront_line_items': 'ComputedUpfrontLineItem',
};

/** Names of parents that are not the singular of their collection, by the path before the id. */
export const PARENT_NAMES: Readonly<Record<string, string>> = {
  '/v1/checkout/sessions': 'checkout_session',
  '/v1/application_fees': 'fee',
};

/** Kinds of objects that share a collection. Each kind is also an entity. `object` is Stripe's name of the kind. */
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
