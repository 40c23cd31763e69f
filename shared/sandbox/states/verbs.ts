import { kindOfEntity, type Context } from '../context.ts';
import type { ActionHandler, Feature } from '../feature.ts';
import { applyParams, type StoredObject } from '../store.ts';
import { badRequest, noSuchObject } from '../api-error.ts';

interface StateChange {
  readonly entity: string;
  /** Statuses in which Stripe accepts the action. If absent, Stripe accepts the action in every status. */
  readonly fromStatuses?: readonly string[];
  /** The fields that the action sets. */
  readonly changes: Readonly<Record<string, unknown>> | ((context: Context) => Readonly<Record<string, unknown>>);
}

const CANCELED = { status: 'canceled' };
const ARCHIVED = { status: 'archived' };
const FAILED_STATE = { status: 'failed', cancelable: false };
const RETURNED_STATE = { status: 'returned', cancelable: false };
const POSTED_STATE = { status: 'posted', cancelable: false };
const CANCELED_FINAL = { status: 'canceled', cancelable: false };
const IN_PROCESSING = ['processing'];

/**
 * Actions that only change an object from one documented state to another, by path. Stripe documents each action at
 * `https://docs.stripe.com/api/<resource>/<verb>`.
 */
const STATE_CHANGES: Readonly<Record<string, StateChange>> = {
  '/v1/billing/alerts/{id}/activate': { entity: 'Billing.Alert', changes: { status: 'active' } },
  '/v1/billing/alerts/{id}/archive': { entity: 'Billing.Alert', changes: ARCHIVED },
  '/v1/billing/alerts/{id}/deactivate': { entity: 'Billing.Alert', changes: { status: 'inactive' } },
  '/v1/billing/credit_grants/{id}/expire': {
    entity: 'Billing.CreditGrant',
    changes: ({ now }) => ({ expires_at: now }),
  },
  '/v1/billing/credit_grants/{id}/void': { entity: 'Billing.CreditGrant', changes: ({ now }) => ({ voided_at: now }) },
  '/v1/billing/feedback_options/{id}/deactivate': { entity: 'Billing.FeedbackOption', changes: { status: 'inactive' } },
  '/v1/billing/meters/{id}/deactivate': {
    entity: 'Billing.Meter',
    fromStatuses: ['active'],
    changes: { status: 'inactive' },
  },
  '/v1/billing/meters/{id}/reactivate': {
    entity: 'Billing.Meter',
    fromStatuses: ['inactive'],
    changes: { status: 'active' },
  },
  '/v1/climate/orders/{id}/cancel': {
    entity: 'Climate.Order',
    fromStatuses: ['awaiting_funds', 'open'],
    changes: ({ now }) => ({ status: 'canceled', canceled_at: now, cancellation_reason: 'requested' }),
  },
  '/v1/financial_connections/accounts/{id}/disconnect': {
    entity: 'FinancialConnections.Account',
    changes: { status: 'disconnected' },
  },
  '/v1/identity/verification_sessions/{id}/cancel': {
    entity: 'Identity.VerificationSession',
    fromStatuses: ['requires_input'],
    changes: CANCELED,
  },
  '/v1/identity/verification_sessions/{id}/redact': {
    entity: 'Identity.VerificationSession',
    changes: { redaction: { status: 'processing' } },
  },
  '/v1/invoice_rendering_templates/{id}/archive': { entity: 'InvoiceRenderingTemplate', changes: ARCHIVED },
  '/v1/invoice_rendering_templates/{id}/unarchive': {
    entity: 'InvoiceRenderingTemplate',
    changes: { status: 'active' },
  },
  '/v1/issuing/disputes/{id}/submit': {
    entity: 'Issuing.Dispute',
    fromStatuses: ['unsubmitted'],
    changes: { status: 'submitted' },
  },
  '/v1/reviews/{id}/approve': {
    entity: 'Review',
    changes: { open: false, closed_reason: 'approved', reason: 'approved' },
  },
  '/v1/test_helpers/issuing/personalization_designs/{id}/activate': {
    entity: 'Issuing.PersonalizationDesign',
    changes: { status: 'active' },
  },
  '/v1/test_helpers/issuing/personalization_designs/{id}/deactivate': {
    entity: 'Issuing.PersonalizationDesign',
    changes: { status: 'inactive' },
  },
  '/v1/test_helpers/issuing/personalization_designs/{id}/reject': {
    entity: 'Issuing.PersonalizationDesign',
    changes: { status: 'rejected' },
  },
  '/v1/three_d_secure/authentications/{id}/cancel': { entity: 'ThreeDSecure.Authentication', changes: CANCELED },
  '/v1/treasury/financial_accounts/{id}/close': {
    entity: 'Treasury.FinancialAccount',
    fromStatuses: ['open'],
    changes: { status: 'closed' },
  },
  '/v1/treasury/inbound_transfers/{id}/cancel': {
    entity: 'Treasury.InboundTransfer',
    fromStatuses: IN_PROCESSING,
    changes: CANCELED_FINAL,
  },
  '/v1/treasury/outbound_payments/{id}/cancel': {
    entity: 'Treasury.OutboundPayment',
    fromStatuses: IN_PROCESSING,
    changes: CANCELED_FINAL,
  },
  '/v1/treasury/outbound_transfers/{id}/cancel': {
    entity: 'Treasury.OutboundTransfer',
    fromStatuses: IN_PROCESSING,
    changes: CANCELED_FINAL,
  },
  '/v1/test_helpers/treasury/inbound_transfers/{id}/fail': {
    entity: 'Treasury.InboundTransfer',
    changes: FAILED_STATE,
  },
  '/v1/test_helpers/treasury/inbound_transfers/{id}/return': {
    entity: 'Treasury.InboundTransfer',
    changes: { returned: true, cancelable: false },
  },
  '/v1/test_helpers/treasury/inbound_transfers/{id}/succeed': {
    entity: 'Treasury.InboundTransfer',
    changes: { status: 'succeeded', cancelable: false },
  },
  '/v1/test_helpers/treasury/outbound_payments/{id}/fail': {
    entity: 'Treasury.OutboundPayment',
    changes: FAILED_STATE,
  },
  '/v1/test_helpers/treasury/outbound_payments/{id}/post': {
    entity: 'Treasury.OutboundPayment',
    changes: POSTED_STATE,
  },
  '/v1/test_helpers/treasury/outbound_payments/{id}/return': {
    entity: 'Treasury.OutboundPayment',
    changes: RETURNED_STATE,
  },
  '/v1/test_helpers/treasury/outbound_transfers/{id}/fail': {
    entity: 'Treasury.OutboundTransfer',
    changes: FAILED_STATE,
  },
  '/v1/test_helpers/treasury/outbound_transfers/{id}/post': {
    entity: 'Treasury.OutboundTransfer',
    changes: POSTED_STATE,
  },
  '/v1/test_helpers/treasury/outbound_transfers/{id}/return': {
    entity: 'Treasury.OutboundTransfer',
    changes: RETURNED_STATE,
  },
  '/v2/core/accounts/{id}/close': { entity: 'V2.Core.Account', changes: { closed: true } },
  '/v2/core/vault/gb_bank_accounts/{id}/archive': { entity: 'V2.Core.GbBankAccount', changes: { archived: true } },
  '/v2/core/vault/gb_bank_accounts/{id}/unarchive': { entity: 'V2.Core.GbBankAccount', changes: { archived: false } },
  '/v2/core/vault/us_bank_accounts/{id}/archive': { entity: 'V2.Core.UsBankAccount', changes: { archived: true } },
  '/v2/core/vault/us_bank_accounts/{id}/unarchive': { entity: 'V2.Core.UsBankAccount', changes: { archived: false } },
  '/v2/money_management/outbound_payments/{id}/cancel': {
    entity: 'V2.MoneyManagement.OutboundPayment',
    fromStatuses: IN_PROCESSING,
    changes: CANCELED_FINAL,
  },
  '/v2/money_management/outbound_setup_intents/{id}/cancel': {
    entity: 'V2.MoneyManagement.OutboundSetupIntent',
    changes: CANCELED,
  },
  '/v2/money_management/payout_intents/{id}/cancel': { entity: 'V2.MoneyManagement.PayoutIntent', changes: CANCELED },
  '/v2/money_management/recipient_verifications/{id}/acknowledge': {
    entity: 'V2.MoneyManagement.RecipientVerification',
    changes: { status: 'acknowledged' },
  },
};

/** Returns the handler of an action that changes an object from one documented state to another. */
function stateChangeHandler({ entity, fromStatuses, changes }: StateChange): ActionHandler {
  return (context, id): StoredObject => {
    const definition = context.entity(entity);
    const kind = kindOfEntity(definition);
    const object = context.account.get(kind, id);
    if (object === undefined) throw noSuchObject(kind, id, 'id');
    const status = String(object['status']);
    if (fromStatuses !== undefined && !fromStatuses.includes(status))
      throw badRequest(
        `This ${kind.replace(/^.*\./, '').replaceAll('_', ' ')} has a status of ${status}. The action requires one of the following statuses: ${fromStatuses.join(', ')}.`,
      );
    applyParams(object, context.params, definition.fields);
    applyParams(object, typeof changes === 'function' ? changes(context) : changes, definition.fields);
    return object;
  };
}

export const stateChanges: Feature = {
  actions: Object.fromEntries(
    Object.entries(STATE_CHANGES).map(([path, change]) => [path, stateChangeHandler(change)]),
  ),
};
