import type { StatusEvents } from './status-events.ts';

/** Events that report the statuses of billing objects, and their deletions. */
export const BILLING_STATUSES: StatusEvents = {
  'billing.meter': {
    created: 'active',
    reactivated: 'active',
    deactivated: 'inactive',
  },
  coupon: {
    deleted: 'deleted',
  },
  credit_note: {
    created: 'issued',
    voided: 'void',
  },
  customer: {
    deleted: 'deleted',
  },
  invoice: {
    created: 'draft',
    finalization_failed: 'draft',
    finalized: 'open',
    sent: 'open',
    payment_failed: 'open',
    payment_action_required: 'open',
    paid: 'paid',
    payment_succeeded: 'paid',
    overpaid: 'paid',
    voided: 'void',
    marked_uncollectible: 'uncollectible',
    updated: '*',
    deleted: 'deleted',
  },
  invoiceitem: {
    deleted: 'deleted',
  },
  plan: {
    deleted: 'deleted',
  },
  product: {
    deleted: 'deleted',
  },
  quote: {
    created: 'draft',
    finalized: 'open',
    accepted: 'accepted',
    canceled: 'canceled',
  },
  subscription: {
    'customer.subscription.created': 'incomplete trialing active',
    'customer.subscription.updated': 'incomplete incomplete_expired trialing active past_due unpaid paused',
    'customer.subscription.active': 'active',
    'customer.subscription.trialing': 'trialing',
    'customer.subscription.incomplete': 'incomplete',
    'customer.subscription.incomplete_expired': 'incomplete_expired',
    'customer.subscription.past_due': 'past_due',
    'customer.subscription.unpaid': 'unpaid',
    'customer.subscription.paused': 'paused',
    'customer.subscription.resumed': 'active',
    'customer.subscription.deleted': 'canceled deleted',
  },
  subscription_schedule: {
    created: 'not_started active',
    updated: 'not_started active',
    completed: 'completed',
    released: 'released',
    canceled: 'canceled',
    aborted: 'canceled',
  },
  'tax.settings': {
    updated: '*',
  },
  tax_id: {
    'customer.tax_id.deleted': 'deleted',
  },
  'test_helpers.test_clock': {
    created: 'ready',
    advancing: 'advancing',
    ready: 'ready',
    internal_failure: 'internal_failure',
    deleted: 'deleted',
  },
};
