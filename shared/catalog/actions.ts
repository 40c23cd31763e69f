/**
 * What we offer as actions: a row each, nothing else to write for one. Parameters beside the named ids are
 * generated into `action-parameters/` from the installed SDK.
 * Rules: https://docs.stripe.com/payments/paymentintents/lifecycle, https://docs.stripe.com/quotes/overview,
 * https://docs.stripe.com/invoicing/integration/workflow-transitions
 */
export interface ActionRow {
  readonly action: string;
  /** The entity whose id goes into the path. */
  readonly entity: string;
  /** Path at Stripe; `{id}` is the value of `idInput`. Every action is a POST. */
  readonly path: string;
  /** The input that names the object: always required. */
  readonly idInput: string;
  /** Other spellings of an input, each for the input that it means. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** Inputs whose name is not Stripe's parameter in PascalCase; required where `required` says so. */
  readonly inputs?: Readonly<Record<string, { readonly param: string; readonly required?: true }>>;
  /** What the `connector` row carries: the whole object, nothing but Success, or named outputs. */
  readonly output: 'object' | 'success' | Readonly<Record<string, string>>;
  /** Named outputs that stand in the row only where Stripe made that object. */
  readonly alternatives?: Readonly<Record<string, string>>;
  /** What Stripe expands in the same request, so that older keys can be told. */
  readonly expand?: readonly string[];
}

export const ACTIONS: readonly ActionRow[] = [
  {
    action: 'ConfirmPaymentIntent',
    entity: 'PaymentIntent',
    path: '/v1/payment_intents/{id}/confirm',
    idInput: 'PaymentIntentId',
    output: 'object',
  },
  {
    action: 'CapturePaymentIntent',
    entity: 'PaymentIntent',
    path: '/v1/payment_intents/{id}/capture',
    idInput: 'PaymentIntentId',
    output: 'object',
  },
  {
    action: 'CancelPaymentIntent',
    entity: 'PaymentIntent',
    path: '/v1/payment_intents/{id}/cancel',
    idInput: 'PaymentIntentId',
    output: 'object',
  },
  {
    action: 'AttachPaymentMethodToCustomer',
    entity: 'PaymentMethod',
    path: '/v1/payment_methods/{id}/attach',
    idInput: 'PaymentMethodId',
    inputs: { CustomerId: { param: 'customer', required: true } },
    output: 'success',
  },
  {
    action: 'DetachPaymentMethodFromCustomer',
    entity: 'PaymentMethod',
    path: '/v1/payment_methods/{id}/detach',
    idInput: 'PaymentMethodId',
    output: 'success',
  },
  {
    action: 'FinalizeInvoice',
    entity: 'Invoice',
    path: '/v1/invoices/{id}/finalize',
    idInput: 'InvoiceId',
    output: 'object',
    expand: ['payments.data.payment.payment_intent'],
  },
  {
    action: 'FinalizeQuote',
    entity: 'Quote',
    path: '/v1/quotes/{id}/finalize',
    idInput: 'QuoteId',
    output: 'success',
    // The vendor's page garbles the name; whoever copied it from there is understood.
    aliases: { SouQuoteIdrcePath: 'QuoteId' },
  },
  {
    action: 'AcceptQuote',
    entity: 'Quote',
    path: '/v1/quotes/{id}/accept',
    idInput: 'QuoteId',
    output: { InvoiceId: 'invoice' },
    alternatives: { SubscriptionId: 'subscription', SubscriptionScheduleId: 'subscription_schedule' },
  },
  { action: 'CancelQuote', entity: 'Quote', path: '/v1/quotes/{id}/cancel', idInput: 'QuoteId', output: 'success' },
];

export function findAction(name: string): ActionRow | undefined {
  return ACTIONS.find((row) => row.action === name);
}
