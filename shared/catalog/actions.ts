import type { Action } from './types.ts';

/**
 * What the generated rows of `actions/` do not say: the vendor's own spellings and outputs. An action without a row here
 * takes its id (`InvoiceId`), its parents' ids and Stripe's parameters, and answers the whole object.
 * Rules: https://docs.stripe.com/payments/paymentintents/lifecycle, https://docs.stripe.com/quotes/overview,
 * https://docs.stripe.com/invoicing/integration/workflow-transitions
 */
export interface ActionSpec {
  /** Other spellings of an input, each for the input that it means. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Inputs whose name is not Stripe's parameter in PascalCase; required where `required` says so. */
  readonly inputs?: Readonly<Record<string, { readonly param: string; readonly required?: true }>>;
  /** What the `connector` row carries: the whole object, nothing but Success, or named outputs. */
  readonly output: 'object' | 'success' | Readonly<Record<string, string>>;
  /** Named outputs that stand in the row only where Stripe made that object. */
  readonly alternatives?: Readonly<Record<string, string>>;
}

/** One action, whole: the generated row and its shape. */
export interface ActionDefinition extends Action, ActionSpec {
  /** What Stripe expands in the same request, so that older keys can be told. */
  readonly expand?: readonly string[];
}

const SHAPES: Readonly<Record<string, ActionSpec>> = {
  AttachPaymentMethodToCustomer: {
    inputs: { CustomerId: { param: 'customer', required: true } },
    output: 'success',
  },
  DetachPaymentMethodFromCustomer: { output: 'success' },
  // The vendor's page garbles the name of the input; whoever copied it from there is understood.
  FinalizeQuote: { output: 'success', aliases: { SouQuoteIdrcePath: 'QuoteId' } },
  AcceptQuote: {
    output: { InvoiceId: 'invoice' },
    alternatives: { SubscriptionId: 'subscription', SubscriptionScheduleId: 'subscription_schedule' },
  },
  CancelQuote: { output: 'success' },
  DownloadQuotePdf: { output: { Content: 'content', ContentType: 'content_type' } },
};

/** By what Stripe answers: the expansion that tells the keys of `sample-keys` which newer API versions dropped. */
const EXPANSIONS: Readonly<Record<string, readonly string[]>> = {
  Invoice: ['payments.data.payment.payment_intent'],
};

export function actionDefinitionOf(action: Action): ActionDefinition {
  const expand = Object.hasOwn(action.params, 'expand') ? EXPANSIONS[action.answer ?? ''] : undefined;
  const actionSpec = SHAPES[action.action] ?? { output: 'object' };
  return { ...action, ...actionSpec, ...(expand === undefined ? {} : { expand }) };
}
