import { isHash, type StoredObject } from '../store.ts';
import type { ObjectChange } from './change-log.ts';

/**
 * The types of the events that Stripe documents for changes of an object, and when each occurs.
 * https://docs.stripe.com/api/events/types. The tables omit the prefix of the kind: `created` is `customer.created`.
 */

/** Prefixes of event types, by the kind of the object. For a kind that is not here, the prefix is the kind. */
const EVENT_PREFIXES: Readonly<Record<string, string>> = {
  dispute: 'charge.dispute',
  discount: 'customer.discount',
  fee_refund: 'application_fee.refund',
  subscription: 'customer.subscription',
  tax_id: 'customer.tax_id',
  'issuing.authorization': 'issuing_authorization',
  'issuing.card': 'issuing_card',
  'issuing.cardholder': 'issuing_cardholder',
  'issuing.dispute': 'issuing_dispute',
  'issuing.personalization_design': 'issuing_personalization_design',
  'issuing.token': 'issuing_token',
  'issuing.transaction': 'issuing_transaction',
};

/** Events that a new status causes, by kind and status. A status that is not here causes an event of the same name. */
const STATUS_EVENTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  payment_intent: { requires_capture: ['amount_capturable_updated'] },
  invoice: {
    open: ['finalized'],
    paid: ['paid', 'payment_succeeded'],
    void: ['voided'],
    uncollectible: ['marked_uncollectible'],
  },
  quote: { open: ['finalized'] },
  dispute: { won: ['closed', 'funds_reinstated'], lost: ['closed'], warning_closed: ['closed'] },
  'checkout.session': { complete: ['completed'] },
  credit_note: { void: ['voided'] },
  subscription: { canceled: ['deleted'], paused: ['paused'] },
  'billing.meter': { inactive: ['deactivated'], active: ['reactivated'] },
  'issuing.dispute': { won: ['closed'], lost: ['closed'] },
  'issuing.personalization_design': { active: ['activated'], inactive: ['deactivated'] },
  'treasury.debit_reversal': { succeeded: ['completed'] },
};

type EventRule = (before: StoredObject | undefined, after: StoredObject) => readonly string[];

/** For each kind, a function that returns those events of a change that the new status alone does not determine. */
const EVENT_RULES: Readonly<Record<string, EventRule>> = {
  charge: (before, after) => {
    if (before === undefined) return [];
    if (before['captured'] === false && after['captured'] === true) return ['captured'];
    return hasIncreased('amount_refunded', before, after) ? ['refunded'] : [];
  },
  payment_intent: (before, after) => (isNewFailure('last_payment_error', before, after) ? ['payment_failed'] : []),
  setup_intent: (before, after) => (isNewFailure('last_setup_error', before, after) ? ['setup_failed'] : []),
  // An invoice that is finalized and paid in one request has both events.
  invoice: (before, after) => [
    ...(finalizedAt(before) === null && finalizedAt(after) !== null ? ['finalized'] : []),
    ...(after['status'] === 'open' && Number(after['attempt_count']) > Number(before?.['attempt_count'] ?? 0)
      ? ['payment_failed']
      : []),
  ],
  payment_method: (before, after) => {
    const [customerBefore, customer] = [before?.['customer'] ?? null, after['customer'] ?? null];
    if (customerBefore === customer) return [];
    return customer === null ? ['detached'] : ['attached'];
  },
  subscription: (before, after) => (before?.['status'] === 'paused' && after['status'] === 'active' ? ['resumed'] : []),
  dispute: (before) => (before === undefined ? ['funds_withdrawn'] : []),
  transfer: (before, after) => (hasIncreased('amount_reversed', before, after) ? ['reversed'] : []),
  application_fee: (before, after) => (hasIncreased('amount_refunded', before, after) ? ['refunded'] : []),
  review: (before, after) => {
    if (before === undefined) return ['opened'];
    return after['open'] === false ? ['closed'] : [];
  },
};

/** Returns whether an amount of an existing object has increased. */
function hasIncreased(field: string, before: StoredObject | undefined, after: StoredObject): boolean {
  return before !== undefined && Number(after[field]) > Number(before[field]);
}

/** Returns the time at which an invoice was finalized, or null. */
function finalizedAt(invoice: StoredObject | undefined): unknown {
  const transitions = invoice?.['status_transitions'];
  return (isHash(transitions) ? transitions['finalized_at'] : null) ?? null;
}

/** Returns whether an intent has a new error and needs another payment method. */
function isNewFailure(field: string, before: StoredObject | undefined, after: StoredObject): boolean {
  const error = after[field];
  return (
    after['status'] === 'requires_payment_method' &&
    error !== null &&
    error !== undefined &&
    JSON.stringify(error) !== JSON.stringify(before?.[field])
  );
}

/** Events that replace `updated`: Stripe does not send `updated` for the same change. */
const WITHOUT_UPDATED: ReadonlySet<string> = new Set([
  'attached',
  'canceled',
  'captured',
  'closed',
  'deleted',
  'detached',
  'paid',
  'refunded',
  'reversed',
]);

/** Kinds of objects for which Stripe sends `updated` for every change, in addition to more specific events. */
const WITH_UPDATED: ReadonlySet<string> = new Set(['invoice']);

/** Returns the event types of a change. Some may not exist at Stripe: the caller must remove these. */
export function eventTypes({ kind, before, after }: ObjectChange): string[] {
  const prefix = prefixOf(kind, after ?? before);
  if (after === undefined) return [`${prefix}.deleted`];
  const specificEvents = [...(EVENT_RULES[kind]?.(before, after) ?? []), ...statusEvents(kind, before, after)];
  const updated =
    before !== undefined && (WITH_UPDATED.has(kind) || !specificEvents.some((name) => WITHOUT_UPDATED.has(name)))
      ? ['updated']
      : [];
  const names = [...(before === undefined ? ['created'] : []), ...specificEvents, ...updated];
  // https://docs.stripe.com/api/events/types#event_types-charge.refund.updated
  const legacyEvents = kind === 'refund' && before !== undefined ? ['charge.refund.updated'] : [];
  return [...new Set([...names.map((name) => `${prefix}.${name}`), ...legacyEvents])];
}

/** Returns the names of the events that a new status causes. */
function statusEvents(kind: string, before: StoredObject | undefined, after: StoredObject): readonly string[] {
  const status = after['status'];
  if (typeof status !== 'string' || before?.['status'] === status) return [];
  if (before === undefined && NO_EVENT_FOR_FIRST_STATUS.has(kind)) return [];
  return STATUS_EVENTS[kind]?.[status] ?? [status];
}

/** Kinds whose first status has no event: for a new meter, Stripe sends `created`, but not `reactivated`. */
const NO_EVENT_FOR_FIRST_STATUS: ReadonlySet<string> = new Set([
  'billing.meter',
  'issuing.personalization_design',
  'payout',
  'subscription_schedule',
  'test_helpers.test_clock',
  'topup',
]);

/**
 * Returns the prefix of the event types of an object. For a card or a bank account, the owner of the object decides.
 */
function prefixOf(kind: string, object: StoredObject | undefined): string {
  if (kind === 'card' || kind === 'bank_account' || kind === 'source')
    return typeof object?.['account'] === 'string' ? 'account.external_account' : 'customer.source';
  return EVENT_PREFIXES[kind] ?? kind;
}

/** The order in which Stripe usually sends the events of one request. Stripe does not guarantee this order. */
const EVENT_ORDER = [
  /\.created$/,
  /^invoice\.finalized$/,
  /^charge\./,
  /^refund\./,
  /^payment_intent\./,
  /^invoice\.updated$/,
  /^invoice\./,
];

/** Returns the position of an event type in `EVENT_ORDER`. Unlisted types are last. */
export function eventOrder(type: string): number {
  const index = EVENT_ORDER.findIndex((pattern) => pattern.test(type));
  return index < 0 ? EVENT_ORDER.length : index;
}

/** Returns the previous values of the changed fields. The value of an added field is null. https://docs.stripe.com/api/events/object#event_object-data */
export function previousAttributes(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    names.flatMap((name): [string, unknown][] => {
      const [valueBefore, valueAfter] = [before[name], after[name]];
      if (JSON.stringify(valueBefore) === JSON.stringify(valueAfter)) return [];
      if (isHash(valueBefore) && isHash(valueAfter)) return [[name, previousAttributes(valueBefore, valueAfter)]];
      return [[name, valueBefore ?? null]];
    }),
  );
}
