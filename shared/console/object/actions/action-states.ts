import type { ActionSummary } from '../../api/discovery.ts';

/**
 * The statuses in which Stripe accepts an action, from the action's page
 * `https://docs.stripe.com/api/<resource>/<verb>`. The console offers an action that is not listed in every status, and
 * Stripe decides. The console shows the actions of an entity in this order, in which the usual next step comes first.
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

/** Pattern of the columns that an action clears. While these columns are empty, the action is not available. */
const REMOVED_FIELDS: Readonly<Record<string, RegExp>> = {
  DeleteCustomerDiscount: /^Discount/,
  DeleteSubscriptionDiscount: /^Discount/,
};

interface AvailableAction {
  readonly action: ActionSummary;
  readonly available: boolean;
  /**
   * The statuses in which the action is available, or what the object lacks for it. Empty if every status permits the
   * action.
   */
  readonly requirements: readonly string[];
}

/** The actions of an entity, each with whether it is available for the object `row`. */
export function actionsFor(
  entity: string,
  row: Readonly<Record<string, unknown>> | undefined,
  actions: readonly ActionSummary[],
): readonly AvailableAction[] {
  const status = row?.['Status'];
  return actions
    .filter((action) => action.entity === entity)
    .sort((a, b) => actionRank(a) - actionRank(b))
    .map((action) => {
      const { [action.name]: states } = ACTION_STATES;
      const { [action.name]: field } = REMOVED_FIELDS;
      if (field !== undefined && row !== undefined && !hasValue(row, field))
        return { action, available: false, requirements: ['a discount'] };
      const available = typeof status !== 'string' || states === undefined || states.includes(status);
      return { action, available, requirements: states ?? [] };
    });
}

/** The position of an action in ACTION_STATES. Actions that are not listed come last. */
function actionRank({ name }: ActionSummary): number {
  const names = Object.keys(ACTION_STATES);
  return Object.hasOwn(ACTION_STATES, name) ? names.indexOf(name) : names.length;
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
