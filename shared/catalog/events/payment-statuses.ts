import type { StatusEvents } from './status-events.ts';

/** Events that report the statuses of payment objects. */
export const PAYMENT_STATUSES: StatusEvents = {
  CustomerSource: {
    'customer.source.created': 'new validated',
    'customer.source.updated': 'validated verified verification_failed tokenized_account_number_deactivated errored',
    'customer.source.deleted': 'deleted',
  },
  charge: {
    pending: 'pending',
    succeeded: 'succeeded',
    captured: 'succeeded',
    failed: 'failed',
  },
  'checkout.session': {
    completed: 'complete',
    async_payment_succeeded: 'complete',
    async_payment_failed: 'complete',
    expired: 'expired',
  },
  dispute: {
    'charge.dispute.created': 'warning_needs_response needs_response prevented',
    'charge.dispute.updated': '*',
    'charge.dispute.closed': 'lost warning_closed won',
    'charge.dispute.funds_reinstated': 'won',
  },
  payment_intent: {
    created: 'requires_payment_method requires_confirmation',
    payment_failed: 'requires_payment_method',
    requires_action: 'requires_action',
    partially_funded: 'requires_action',
    processing: 'processing',
    amount_capturable_updated: 'requires_capture',
    succeeded: 'succeeded',
    canceled: 'canceled',
  },
  refund: {
    created: 'pending requires_action succeeded',
    updated: 'pending requires_action succeeded failed canceled',
    'charge.refund.updated': 'pending requires_action succeeded failed canceled',
    failed: 'failed',
  },
  setup_intent: {
    created: 'requires_payment_method requires_confirmation',
    setup_failed: 'requires_payment_method',
    requires_action: 'requires_action',
    succeeded: 'succeeded',
    canceled: 'canceled',
  },
  source: {
    chargeable: 'chargeable',
    failed: 'failed',
    canceled: 'canceled',
  },
  'three_d_secure.authentication': {
    requires_submission: 'requires_submission',
    requires_challenge: 'requires_challenge',
    challenge_started: 'requires_challenge',
    succeeded: 'succeeded',
    failed: 'failed',
    canceled: 'canceled',
    errored: 'error',
  },
};
