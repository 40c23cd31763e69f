import { kindOfEntity, type Context } from '../context.ts';
import type { ActionMachine, Feature } from '../feature.ts';
import { assign, type Stored } from '../store.ts';
import { bad, missing } from '../refusal.ts';

interface Verb {
  readonly entity: string;
  /** Statuses from which Stripe takes the verb; all of them if absent. */
  readonly from?: readonly string[];
  /** The fields that the verb sets. */
  readonly to: Readonly<Record<string, unknown>> | ((context: Context) => Readonly<Record<string, unknown>>);
}

const CANCELED = { status: 'canceled' };
const ARCHIVED = { status: 'archived' };
const FAILED_STATE = { status: 'failed', cancelable: false };
const RETURNED = { status: 'returned', cancelable: false };
const POSTED = { status: 'posted', cancelable: false };
const GONE = { status: 'canceled', cancelable: false };
const UNDER_WAY = ['processing'];

/**
 * Verbs that move an object from one documented state to another and do nothing else, by path.
 * Each is documented with its call: `https://docs.stripe.com/api/<resource>/<verb>`.
 */
const VERBS: Readonly<Record<string, Verb>> = {
  '/v1/billing/alerts/{id}/activate': { entity: 'Billing.Alert', to: { status: 'active' } },
  '/v1/billing/alerts/{id}/archive': { entity: 'Billing.Alert', to: ARCHIVED },
  '/v1/billing/alerts/{id}/deactivate': { entity: 'Billing.Alert', to: { status: 'inactive' } },
  '/v1/billing/credit_grants/{id}/expire': { entity: 'Billing.CreditGrant', to: ({ now }) => ({ expires_at: now }) },
  '/v1/billing/credit_grants/{id}/void': { entity: 'Billing.CreditGrant', to: ({ now }) => ({ voided_at: now }) },
  '/v1/billing/feedback_options/{id}/deactivate': { entity: 'Billing.FeedbackOption', to: { status: 'inactive' } },
  '/v1/billing/meters/{id}/deactivate': { entity: 'Billing.Meter', from: ['active'], to: { status: 'inactive' } },
  '/v1/billing/meters/{id}/reactivate': { entity: 'Billing.Meter', from: ['inactive'], to: { status: 'active' } },
  '/v1/climate/orders/{id}/cancel': {
    entity: 'Climate.Order',
    from: ['awaiting_funds', 'open'],
    to: ({ now }) => ({ status: 'canceled', canceled_at: now, cancellation_reason: 'requested' }),
  },
  '/v1/financial_connections/accounts/{id}/disconnect': {
    entity: 'FinancialConnections.Account',
    to: { status: 'disconnected' },
  },
  '/v1/identity/verification_sessions/{id}/cancel': {
    entity: 'Identity.VerificationSession',
    from: ['requires_input'],
    to: CANCELED,
  },
  '/v1/identity/verification_sessions/{id}/redact': {
    entity: 'Identity.VerificationSession',
    to: { redaction: { status: 'processing' } },
  },
  '/v1/invoice_rendering_templates/{id}/archive': { entity: 'InvoiceRenderingTemplate', to: ARCHIVED },
  '/v1/invoice_rendering_templates/{id}/unarchive': { entity: 'InvoiceRenderingTemplate', to: { status: 'active' } },
  '/v1/issuing/disputes/{id}/submit': {
    entity: 'Issuing.Dispute',
    from: ['unsubmitted'],
    to: { status: 'submitted' },
  },
  '/v1/reviews/{id}/approve': {
    entity: 'Review',
    to: { open: false, closed_reason: 'approved', reason: 'approved' },
  },
  '/v1/test_helpers/issuing/personalization_designs/{id}/activate': {
    entity: 'Issuing.PersonalizationDesign',
    to: { status: 'active' },
  },
  '/v1/test_helpers/issuing/personalization_designs/{id}/deactivate': {
    entity: 'Issuing.PersonalizationDesign',
    to: { status: 'inactive' },
  },
  '/v1/test_helpers/issuing/personalization_designs/{id}/reject': {
    entity: 'Issuing.PersonalizationDesign',
    to: { status: 'rejected' },
  },
  '/v1/three_d_secure/authentications/{id}/cancel': { entity: 'ThreeDSecure.Authentication', to: CANCELED },
  '/v1/treasury/financial_accounts/{id}/close': {
    entity: 'Treasury.FinancialAccount',
    from: ['open'],
    to: { status: 'closed' },
  },
  '/v1/treasury/inbound_transfers/{id}/cancel': { entity: 'Treasury.InboundTransfer', from: UNDER_WAY, to: GONE },
  '/v1/treasury/outbound_payments/{id}/cancel': { entity: 'Treasury.OutboundPayment', from: UNDER_WAY, to: GONE },
  '/v1/treasury/outbound_transfers/{id}/cancel': { entity: 'Treasury.OutboundTransfer', from: UNDER_WAY, to: GONE },
  '/v1/test_helpers/treasury/inbound_transfers/{id}/fail': { entity: 'Treasury.InboundTransfer', to: FAILED_STATE },
  '/v1/test_helpers/treasury/inbound_transfers/{id}/return': {
    entity: 'Treasury.InboundTransfer',
    to: { returned: true, cancelable: false },
  },
  '/v1/test_helpers/treasury/inbound_transfers/{id}/succeed': {
    entity: 'Treasury.InboundTransfer',
    to: { status: 'succeeded', cancelable: false },
  },
  '/v1/test_helpers/treasury/outbound_payments/{id}/fail': { entity: 'Treasury.OutboundPayment', to: FAILED_STATE },
  '/v1/test_helpers/treasury/outbound_payments/{id}/post': { entity: 'Treasury.OutboundPayment', to: POSTED },
  '/v1/test_helpers/treasury/outbound_payments/{id}/return': { entity: 'Treasury.OutboundPayment', to: RETURNED },
  '/v1/test_helpers/treasury/outbound_transfers/{id}/fail': { entity: 'Treasury.OutboundTransfer', to: FAILED_STATE },
  '/v1/test_helpers/treasury/outbound_transfers/{id}/post': { entity: 'Treasury.OutboundTransfer', to: POSTED },
  '/v1/test_helpers/treasury/outbound_transfers/{id}/return': { entity: 'Treasury.OutboundTransfer', to: RETURNED },
  '/v2/core/accounts/{id}/close': { entity: 'V2.Core.Account', to: { closed: true } },
  '/v2/core/vault/gb_bank_accounts/{id}/archive': { entity: 'V2.Core.GbBankAccount', to: { archived: true } },
  '/v2/core/vault/gb_bank_accounts/{id}/unarchive': { entity: 'V2.Core.GbBankAccount', to: { archived: false } },
  '/v2/core/vault/us_bank_accounts/{id}/archive': { entity: 'V2.Core.UsBankAccount', to: { archived: true } },
  '/v2/core/vault/us_bank_accounts/{id}/unarchive': { entity: 'V2.Core.UsBankAccount', to: { archived: false } },
  '/v2/money_management/outbound_payments/{id}/cancel': {
    entity: 'V2.MoneyManagement.OutboundPayment',
    from: UNDER_WAY,
    to: GONE,
  },
  '/v2/money_management/outbound_setup_intents/{id}/cancel': {
    entity: 'V2.MoneyManagement.OutboundSetupIntent',
    to: CANCELED,
  },
  '/v2/money_management/payout_intents/{id}/cancel': { entity: 'V2.MoneyManagement.PayoutIntent', to: CANCELED },
  '/v2/money_management/recipient_verifications/{id}/acknowledge': {
    entity: 'V2.MoneyManagement.RecipientVerification',
    to: { status: 'acknowledged' },
  },
};

function machineOf({ entity, from, to }: Verb): ActionMachine {
  return (context, id): Stored => {
    const { fields, ...definition } = context.entity(entity);
    const kind = kindOfEntity({ fields, ...definition });
    const object = context.account.get(kind, id);
    if (object === undefined) throw missing(kind, id, 'id');
    const status = String(object['status']);
    if (from !== undefined && !from.includes(status))
      throw bad(
        `This ${kind.replace(/^.*\./, '').replaceAll('_', ' ')} has a status of ${status}. This is possible only with one of the following statuses: ${from.join(', ')}.`,
      );
    assign(object, context.params, fields);
    assign(object, typeof to === 'function' ? to(context) : to, fields);
    return object;
  };
}

export const verbs: Feature = {
  actions: Object.fromEntries(Object.entries(VERBS).map(([path, verb]) => [path, machineOf(verb)])),
};
