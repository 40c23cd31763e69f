import type { Context } from '../context.ts';
import { DAY } from '../seconds.ts';

/**
 * The first values of an entity's fields. A field whose first value is the empty value of `emptyObject` may be omitted.
 */
type InitialFields = Readonly<Record<string, unknown>> | ((context: Context) => Readonly<Record<string, unknown>>);

/** Transfers of Treasury and of money management in API v2 can be canceled while they are processed. */
const PROCESSING = { status: 'processing', cancelable: true };

const ACTIVE = { active: true };
const STATUS_ACTIVE = { status: 'active' };

/**
 * The documented first state of a new object, by entity. The source is the page of the object or of the call that
 * creates it: `https://docs.stripe.com/api/<resource>/object` and `/create`. A feature may set more fields. An
 * enumeration of several values that is neither here nor in the request is null, because the documentation does not
 * name its first value.
 */
export const INITIAL_STATES: Readonly<Record<string, InitialFields>> = {
  Account: ({ params }) => ({
    type: params['controller'] === undefined ? 'standard' : 'none',
    country: 'US',
    default_currency: 'usd',
  }),
  'Apps.Install': { status: 'installing' },
  'Billing.Alert': STATUS_ACTIVE,
  'Billing.CreditGrant': ({ now }) => ({ category: 'paid', priority: 50, effective_at: now }),
  'Billing.FeedbackOption': STATUS_ACTIVE,
  'Billing.Meter': { ...STATUS_ACTIVE, default_aggregation: { formula: 'sum' } },
  'Billing.MeterEventAdjustment': { status: 'pending' },
  'BillingPortal.Configuration': ACTIVE,
  Charge: { status: 'succeeded', paid: true },
  'Checkout.Session': ({ now }) => ({
    mode: 'payment',
    status: 'open',
    payment_status: 'unpaid',
    expires_at: now + DAY,
  }),
  'Climate.Order': { status: 'open' },
  Coupon: { duration: 'once', valid: true },
  CreditNote: { status: 'issued', type: 'pre_payment' },
  CustomerBalanceTransaction: { type: 'adjustment' },
  Dispute: { status: 'needs_response' },
  'Entitlements.Feature': ACTIVE,
  'Identity.VerificationSession': { status: 'requires_input' },
  Invoice: { status: 'draft', collection_method: 'charge_automatically', auto_advance: false },
  InvoiceItem: { discountable: true, quantity: 1 },
  'Issuing.Card': { status: 'inactive' },
  'Issuing.Cardholder': { ...STATUS_ACTIVE, type: 'individual' },
  'Issuing.Dispute': { status: 'unsubmitted' },
  'Issuing.PersonalizationDesign': { status: 'inactive' },
  PaymentIntent: {
    status: 'requires_payment_method',
    capture_method: 'automatic_async',
    confirmation_method: 'automatic',
  },
  PaymentLink: ({ params }) => ({
    ...ACTIVE,
    billing_address_collection: 'auto',
    customer_creation: 'if_required',
    payment_method_collection: 'always',
    submit_type: params['subscription_data'] === undefined ? 'auto' : 'subscribe',
  }),
  PaymentMethodConfiguration: ACTIVE,
  PaymentMethodDomain: { enabled: true },
  Payout: ({ now }) => ({
    arrival_date: now + 2 * DAY,
    method: 'standard',
    reconciliation_status: 'not_applicable',
    source_type: 'card',
    status: 'pending',
    type: 'bank_account',
  }),
  Plan: { ...ACTIVE, billing_scheme: 'per_unit', interval_count: 1, usage_type: 'licensed' },
  Price: ({ params }) => ({
    ...ACTIVE,
    billing_scheme: 'per_unit',
    tax_behavior: 'unspecified',
    type: params['recurring'] === undefined ? 'one_time' : 'recurring',
  }),
  'ProductCatalog.TrialOffer': ACTIVE,
  Product: { ...ACTIVE, type: 'service' },
  PromotionCode: ACTIVE,
  Quote: ({ now }) => ({ status: 'draft', collection_method: 'charge_automatically', expires_at: now + 30 * DAY }),
  'Radar.ValueList': { item_type: 'string' },
  Refund: { status: 'succeeded' },
  'Reporting.ReportRun': { status: 'pending' },
  Review: { open: true, reason: 'manual', opened_reason: 'manual' },
  SetupIntent: { status: 'requires_payment_method', usage: 'off_session' },
  ShippingRate: { ...ACTIVE, tax_behavior: 'unspecified', type: 'fixed_amount' },
  Source: { status: 'pending', usage: 'reusable', flow: 'none' },
  Subscription: { status: 'active', collection_method: 'charge_automatically' },
  SubscriptionSchedule: ({ params, now }) => ({
    end_behavior: 'release',
    status: Number(params['start_date'] ?? now) > now ? 'not_started' : 'active',
  }),
  TaxRate: ACTIVE,
  'Tax.Registration': ({ params, now }) => ({
    status: typeof params['active_from'] === 'number' && params['active_from'] > now ? 'scheduled' : 'active',
    active_from: now,
  }),
  'Tax.Settings': { status: 'pending' },
  'Terminal.Reader': { status: 'online', device_type: 'simulated_wisepos_e' },
  'TestHelpers.Issuing.Authorization': {
    approved: true,
    authorization_method: 'online',
    status: 'pending',
  },
  'TestHelpers.TestClock': { status: 'ready' },
  'TestHelpers.Treasury.ReceivedCredit': { status: 'succeeded' },
  'TestHelpers.Treasury.ReceivedDebit': { status: 'succeeded' },
  'ThreeDSecure.Authentication': { status: 'requires_submission' },
  Topup: { status: 'pending' },
  Transfer: { source_type: 'card' },
  'Treasury.CreditReversal': { status: 'processing' },
  'Treasury.DebitReversal': { status: 'processing' },
  'Treasury.FinancialAccount': { status: 'open' },
  'Treasury.InboundTransfer': PROCESSING,
  'Treasury.OutboundPayment': PROCESSING,
  'Treasury.OutboundTransfer': PROCESSING,
  'V2.Billing.MeterEventAdjustment': { status: 'pending' },
  'V2.Commerce.ProductCatalogImport': { status: 'awaiting_upload' },
  'V2.Core.GbBankAccount': { bank_account_type: 'checking' },
  'V2.Core.UsBankAccount': { bank_account_type: 'checking' },
  'V2.Core.EventDestination': { status: 'enabled' },
  'V2.MoneyManagement.FinancialAddress': { status: 'pending' },
  'V2.MoneyManagement.OutboundPayment': PROCESSING,
  'V2.MoneyManagement.OutboundSetupIntent': { status: 'requires_payout_method', usage_intent: 'payment' },
  'V2.MoneyManagement.PayoutIntent': { status: 'pending', confirmation_method: 'automatic' },
  'V2.MoneyManagement.RecipientVerification': { status: 'verified', match_result: 'match' },
  WebhookEndpoint: { status: 'enabled' },
};

/**
 * Returns the documented first values of an entity's fields. A field that is missing has the value of `emptyObject`.
 */
export function initialState(context: Context, entity: string): Readonly<Record<string, unknown>> {
  const initial = INITIAL_STATES[entity] ?? {};
  return typeof initial === 'function' ? initial(context) : initial;
}
