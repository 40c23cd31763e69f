import type { ActionSummary } from '../../api/discovery.ts';

/**
 * Statuses in which Stripe accepts an action, as its page documents. An action that is not here is available in every
 * state, and Stripe decides. The usual next step of an entity is its first. Source: `https://docs.stripe.com/api/<resource>/<verb>` of each action.
 */
const ACTION_STATES: Readonly<Record<string, readonly string[]>> = {
  ConfirmPaymentIntent: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  CapturePaymentIntent: ['requires_capture'],
  CancelPaymentIntent: [
    'requires_payment_method',
    'requires_capture',
    'requires_confirmation',
    'requires_action',
    'processing',
  ],
  IncrementPaymentIntentAuthorization: ['requires_capture'],
  VerifyPaymentIntentMicrodeposits: ['requires_action'],
  ApplyCustomerBalanceToPaymentIntent: ['requires_action', 'requires_payment_method'],
  ConfirmSetupIntent: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  CancelSetupIntent: ['requires_payment_method', 'requires_confirmation', 'requires_action'],
  VerifySetupIntentMicrodeposits: ['requires_action'],
  FinalizeInvoice: ['draft'],
  PayInvoice: ['open', 'uncollectible'],
  SendInvoice: ['open', 'draft'],
  VoidInvoice: ['open', 'uncollectible'],
  MarkInvoiceUncollectible: ['open'],
  AddInvoiceLines: ['draft'],
  RemoveInvoiceLines: ['draft'],
  UpdateInvoiceLines: ['draft'],
  CancelSubscription: ['active', 'trialing', 'past_due', 'unpaid', 'incomplete', 'paused'],
  ResumeSubscription: ['paused'],
  CancelSubscriptionSchedule: ['not_started', 'active'],
  ReleaseSubscriptionSchedule: ['not_started', 'active'],
  FinalizeQuote: ['draft'],
  AcceptQuote: ['open'],
  CancelQuote: ['draft', 'open'],
  CancelPayout: ['pending'],
  CancelRefund: ['requires_action', 'pending'],
  CancelTopup: ['pending'],
  CloseDispute: ['warning_needs_response', 'needs_response'],
  ExpireCheckoutSession: ['open'],
  VoidCreditNote: ['issued'],
  DeactivateBillingMeter: ['active'],
  ReactivateBillingMeter: ['inactive'],
};

/** Fields that an action removes: without a value there is nothing to remove. */
const ACTION_FIELDS: Readonly<Record<string, RegExp>> = {
  DeleteCustomerDiscount: /^Discount/,
  DeleteSubscriptionDiscount: /^Discount/,
};

interface AvailableAction {
  readonly action: ActionSummary;
  readonly available: boolean;
  /** The states in which it is available, or the field that it needs. */
  readonly needs: readonly string[];
}

/** The actions of an entity, with whether an object with these fields takes them. */
export function actionsFor(
  entity: string,
  row: Readonly<Record<string, unknown>> | undefined,
  actions: readonly ActionSummary[],
): readonly AvailableAction[] {
  const status = row?.['Status'];
  const order = Object.keys(ACTION_STATES);
  return actions
    .filter((action) => action.entity === entity)
    .sort((a, b) => (order.indexOf(a.name) + 1 || order.length + 1) - (order.indexOf(b.name) + 1 || order.length + 1))
    .map((action) => {
      const { [action.name]: states } = ACTION_STATES;
      const { [action.name]: field } = ACTION_FIELDS;
      if (field !== undefined && row !== undefined && !hasValue(row, field))
        return { action, available: false, needs: ['a discount'] };
      const available = typeof status !== 'string' || states === undefined || states.includes(status);
      return { action, available, needs: states ?? [] };
    });
}

function hasValue(row: Readonly<Record<string, unknown>>, field: RegExp): boolean {
  return Object.entries(row).some(
    ([name, value]) => field.test(name) && value !== null && !(Array.isArray(value) && value.length === 0),
  );
}

/** `Cancel` for `Cancel Payment Intent` on the page of a PaymentIntent. */
export function shortTitle(title: string, entity: string): string {
  const words = title.split(' ');
  const key = entity.replaceAll('.', '').toLowerCase();
  const start = words.findIndex((_, index) => index > 0 && words.slice(index).join('').toLowerCase() === key);
  if (start < 0) return title;
  return words
    .slice(0, start)
    .join(' ')
    .replace(/ (to|from|for|of)$/i, '');
}
