import type { StatusEvents } from './status-events.ts';

/** Events that report the statuses of money movement, cards, accounts and apps. */
export const ACCOUNT_STATUSES: StatusEvents = {
  'apps.install': {
    created: 'installing installed',
    updated: '*',
  },
  bank_account: {
    'account.external_account.created': 'new',
    'account.external_account.updated': 'verification_failed tokenized_account_number_deactivated errored',
    'account.external_account.deleted': 'deleted',
  },
  capability: {
    updated: '*',
  },
  card: {
    'account.external_account.created': 'new',
    'account.external_account.updated': 'errored',
    'account.external_account.deleted': 'deleted',
  },
  'climate.order': {
    created: 'awaiting_funds open confirmed',
    canceled: 'canceled',
    delivered: 'delivered',
  },
  'identity.verification_session': {
    created: 'requires_input',
    requires_input: 'requires_input',
    processing: 'processing',
    verified: 'verified',
    canceled: 'canceled',
  },
  'issuing.authorization': {
    created: 'pending closed',
    updated: '*',
  },
  'issuing.card': {
    created: 'active inactive',
    updated: '*',
  },
  'issuing.cardholder': {
    created: 'active inactive',
    updated: '*',
  },
  'issuing.dispute': {
    created: 'unsubmitted',
    updated: 'unsubmitted submitted',
    submitted: 'submitted',
    closed: 'won lost expired',
  },
  'issuing.personalization_design': {
    activated: 'active',
    deactivated: 'inactive',
    rejected: 'rejected',
    updated: '*',
  },
  'issuing.token': {
    created: 'requested active',
    updated: '*',
  },
  payout: {
    created: 'pending in_transit',
    updated: 'pending in_transit',
    paid: 'paid',
    failed: 'failed',
    canceled: 'canceled',
  },
  person: {
    deleted: 'deleted',
  },
  'reporting.report_run': {
    succeeded: 'succeeded',
    failed: 'failed',
  },
  topup: {
    created: 'pending',
    succeeded: 'succeeded',
    failed: 'failed',
    canceled: 'canceled',
    reversed: 'reversed',
  },
  'treasury.credit_reversal': {
    created: 'processing',
    posted: 'posted',
  },
  'treasury.debit_reversal': {
    created: 'processing',
    completed: 'succeeded',
  },
  'treasury.financial_account': {
    created: 'open',
    closed: 'closed',
  },
  'treasury.inbound_transfer': {
    created: 'processing',
    succeeded: 'succeeded',
    failed: 'failed',
    canceled: 'canceled',
  },
  'treasury.outbound_payment': {
    created: 'processing',
    posted: 'posted',
    failed: 'failed',
    canceled: 'canceled',
    returned: 'returned',
  },
  'treasury.outbound_transfer': {
    created: 'processing',
    posted: 'posted',
    failed: 'failed',
    canceled: 'canceled',
    returned: 'returned',
  },
  'treasury.received_credit': {
    created: '*',
    succeeded: 'succeeded',
    failed: 'failed',
  },
  'treasury.received_debit': {
    created: '*',
  },
  'v2.commerce.product_catalog_import': {
    'v2.commerce.product_catalog.imports.processing': 'processing',
    'v2.commerce.product_catalog.imports.succeeded': 'succeeded',
    'v2.commerce.product_catalog.imports.succeeded_with_errors': 'succeeded_with_errors',
    'v2.commerce.product_catalog.imports.failed': 'failed',
  },
  'v2.core.account_person': {
    deleted: 'deleted',
  },
  'v2.core.event_destination': {
    ping: 'enabled',
  },
  'v2.money_management.financial_account': {
    created: 'pending open',
    updated: '*',
  },
  'v2.money_management.financial_address': {
    activated: 'active',
    failed: 'failed',
  },
  'v2.money_management.outbound_payment': {
    created: 'processing',
    under_review: 'processing',
    posted: 'posted',
    failed: 'failed',
    canceled: 'canceled',
    returned: 'returned',
  },
  'v2.money_management.payout_intent': {
    created: 'pending',
    pending: 'pending',
    processing: 'processing',
    requires_action: 'requires_action',
    posted: 'posted',
    canceled: 'canceled',
  },
  'v2.money_management.received_credit': {
    available: 'succeeded',
    succeeded: 'succeeded',
    failed: 'failed',
    returned: 'returned',
  },
  'v2.money_management.recipient_verification': {
    created: 'awaiting_acknowledgement verified',
    updated: '*',
  },
  'v2.money_management.transaction': {
    created: 'pending posted',
    updated: '*',
  },
};
