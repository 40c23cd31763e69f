import { isHash, type Stored } from '../store.ts';
import type { ObjectChange } from './change-log.ts';

/**
 * The events that Stripe documents for a change of an object: https://docs.stripe.com/api/events/types says of each when
 * it occurs. The names here are without the prefix of the kind.
 */

/** Prefixes that are not the `object` of the resource. */
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

/** The events of a new status, instead of the status's own name. */
const STATUS_EVENTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  payment_intent: { requires_capture: ['amount_capturable_updated'] },
  setup_intent: {},
  charge: {},
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

type Rule = (before: Stored | undefined, after: Stored) => readonly string[];

/** What the status alone does not show. */
const RULES: Readonly<Record<string, Rule>> = {
  charge: (before, after) => {
    if (before === undefined) return [];
    if (before['captured'] === false && after['captured'] === true) return ['captured'];
    return Number(after['amount_refunded']) > Number(before['amount_refunded']) ? ['refunded'] : [];
  },
  payment_intent: (before, after) => (isNewFailure('last_payment_error', before, after) ? ['payment_failed'] : []),
  setup_intent: (before, after) => (isNewFailure('last_setup_error', before, after) ? ['setup_failed'] : []),
  // Finalized and paid in one request, both happened.
  invoice: (before, after) => [
    ...(finalizedAt(before) === null && finalizedAt(after) !== null ? ['finalized'] : []),
    ...(after['status'] === 'open' && Number(after['attempt_count']) > Number(before?.['attempt_count'] ?? 0)
      ? ['payment_failed']
      : []),
  ],
  payment_method: (before, after) => {
    const [old, now] = [before?.['customer'] ?? null, after['customer'] ?? null];
    if (old === now) return [];
    return now === null ? ['detached'] : ['attached'];
  },
  subscription: (before, after) => (before?.['status'] === 'paused' && after['status'] === 'active' ? ['resumed'] : []),
  dispute: (before) => (before === undefined ? ['funds_withdrawn'] : []),
  transfer: (before, after) =>
    before !== undefined && Number(after['amount_reversed']) > Number(before['amount_reversed']) ? ['reversed'] : [],
  application_fee: (before, after) =>
    before !== undefined && Number(after['amount_refunded']) > Number(before['amount_refunded']) ? ['refunded'] : [],
  review: (before, after) => (before === undefined ? ['opened'] : after['open'] === false ? ['closed'] : []),
};

function finalizedAt(invoice: Stored | undefined): unknown {
  const transitions = invoice?.['status_transitions'];
  return (isHash(transitions) ? transitions['finalized_at'] : null) ?? null;
}

function isNewFailure(field: string, before: Stored | undefined, after: Stored): boolean {
  const error = after[field];
  return (
    after['status'] === 'requires_payment_method' &&
    error !== null &&
    error !== undefined &&
    JSON.stringify(error) !== JSON.stringify(before?.[field])
  );
}

/** After which of these events Stripe sends no `updated` for the same change. */
const WITHOUT_UPDATED: ReadonlySet<string> = new Set([
  'attached',
  'canceled',
  'captured',
  'charge.failed',
  'charge.succeeded',
  'closed',
  'deleted',
  'detached',
  'paid',
  'refunded',
  'reversed',
]);

const WITH_UPDATED: ReadonlySet<string> = new Set(['invoice']);

/** The names of the events of a change, most of the time one; those that Stripe does not know are left to the caller. */
export function eventTypes({ kind, before, after }: ObjectChange): string[] {
  const prefix = prefixOf(kind, after ?? before);
  if (after === undefined) return [`${prefix}.deleted`];
  const own = [...(RULES[kind]?.(before, after) ?? []), ...ofStatus(kind, before, after)];
  const updated =
    before !== undefined && (WITH_UPDATED.has(kind) || !own.some((name) => WITHOUT_UPDATED.has(name)))
      ? ['updated']
      : [];
  const names = [...(before === undefined ? ['created'] : []), ...own, ...updated];
  // https://docs.stripe.com/api/events/types#event_types-charge.refund.updated
  const more = kind === 'refund' && before !== undefined ? ['charge.refund.updated'] : [];
  return [...new Set([...names.map((name) => `${prefix}.${name}`), ...more])];
}

function ofStatus(kind: string, before: Stored | undefined, after: Stored): readonly string[] {
  const status = after['status'];
  if (typeof status !== 'string' || before?.['status'] === status) return [];
  if (before === undefined && NEW_IS_PLAIN.has(kind)) return [];
  return STATUS_EVENTS[kind]?.[status] ?? [status];
}

/** Kinds whose first status is no event of its own: a new meter is created, not reactivated. */
const NEW_IS_PLAIN: ReadonlySet<string> = new Set([
  'billing.meter',
  'issuing.personalization_design',
  'payout',
  'subscription_schedule',
  'test_helpers.test_clock',
  'topup',
]);

function prefixOf(kind: string, object: Stored | undefined): string {
  if (kind === 'card' || kind === 'bank_account' || kind === 'source')
    return typeof object?.['account'] === 'string' ? 'account.external_account' : 'customer.source';
  return EVENT_PREFIXES[kind] ?? kind;
}

/** Later events of one request by the order in which Stripe usually sends them; it promises none. */
const ORDER = [
  /\.created$/,
  /^invoice\.finalized$/,
  /^charge\./,
  /^refund\./,
  /^payment_intent\./,
  /^invoice\.updated$/,
  /^invoice\./,
];

export function rank(type: string): number {
  const found = ORDER.findIndex((pattern) => pattern.test(type));
  return found < 0 ? ORDER.length : found;
}

/** The fields that changed, with their values from before; what was added was null. https://docs.stripe.com/api/events/object#event_object-data */
export function previousAttributes(before: Stored, after: Stored): Record<string, unknown> {
  return difference(before, after);
}

function difference(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    names.flatMap((name): [string, unknown][] => {
      const [old, now] = [before[name], after[name]];
      if (JSON.stringify(old) === JSON.stringify(now)) return [];
      if (isHash(old) && isHash(now)) return [[name, difference(old, now)]];
      return [[name, old ?? null]];
    }),
  );
}
