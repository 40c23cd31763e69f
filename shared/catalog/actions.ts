import type { Action } from './types.ts';

/**
 * What the generated files of `actions/` do not contain: the input names and outputs of Google's connector. An action
 * without an entry here has its id (`InvoiceId`), its parents' ids and Stripe's parameters as inputs, and returns the
 * complete object. Rules: https://docs.stripe.com/payments/paymentintents/lifecycle,
 * https://docs.stripe.com/quotes/overview, https://docs.stripe.com/invoicing/integration/workflow-transitions
 */
export interface ActionSpec {
  /** Aliases of inputs, each with the input that it stands for. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Inputs whose name is not Stripe's parameter in PascalCase. `required` marks required ones. */
  readonly inputs?: Readonly<Record<string, { readonly param: string; readonly required?: true }>>;
  /** The `connector` row: the complete object, only Success, or named outputs. */
  readonly output: 'object' | 'success' | Readonly<Record<string, string>>;
  /** Named outputs that the row only has if Stripe created that object. */
  readonly alternatives?: Readonly<Record<string, string>>;
}

/** An action: the generated definition and the overrides. */
export interface ActionDefinition extends Action, ActionSpec {
  /** What Stripe expands in the same request to supply legacy fields. */
  readonly expand?: readonly string[];
}

const SHAPES: Readonly<Record<string, ActionSpec>> = {
  AttachPaymentMethodToCustomer: {
    inputs: { CustomerId: { param: 'customer', required: true } },
    output: 'success',
  },
  DetachPaymentMethodFromCustomer: { output: 'success' },
  // Google's page has a typing error in the input's name, so that name is an alias.
  FinalizeQuote: { output: 'success', aliases: { SouQuoteIdrcePath: 'QuoteId' } },
  AcceptQuote: {
    output: { InvoiceId: 'invoice' },
    alternatives: { SubscriptionId: 'subscription', SubscriptionScheduleId: 'subscription_schedule' },
  },
  CancelQuote: { output: 'success' },
  DownloadQuotePdf: { output: { Content: 'content', ContentType: 'content_type' } },
};

/** The expansion, by Stripe's response, that supplies the keys of `sample-keys` which newer API versions dropped. */
const EXPANSIONS: Readonly<Record<string, readonly string[]>> = {
  Invoice: ['payments.data.payment.payment_intent'],
};

/** Adds the overrides to the generated definition of an action. */
export function actionDefinitionOf(action: Action): ActionDefinition {
  const expand = Object.hasOwn(action.params, 'expand') ? EXPANSIONS[action.answer ?? ''] : undefined;
  const actionSpec = SHAPES[action.action] ?? { output: 'object' };
  return { ...action, ...actionSpec, ...(expand === undefined ? {} : { expand }) };
}
