import { definedFields } from '../../defined-fields.ts';
import { snake } from '../names.ts';
import type { Action, ActionOutput, Field, Fields } from '../types.ts';

/** The part of an action that the SDK declares. */
export type DeclaredAction = Omit<Action, 'output'>;

/**
 * What Google's connector defines for an action and the SDK does not declare: input names and outputs. An action
 * without a spec has as inputs the id of its object (`InvoiceId`), the ids of the object's parents, and Stripe's
 * parameters. Its output is the complete object. https://docs.stripe.com/payments/paymentintents/lifecycle,
 * https://docs.stripe.com/quotes/overview,
 * https://docs.stripe.com/invoicing/integration/workflow-transitions
 */
interface ActionSpec {
  /** Other names under which callers may send an input. The key is the other name, the value is the input. */
  readonly aliases?: Readonly<Record<string, string>>;
  /**
   * Inputs whose name differs from the name of Stripe's parameter in PascalCase. `required` makes an input required.
   */
  readonly inputs?: Readonly<Record<string, { readonly param: string; readonly required?: true }>>;
  readonly output: ActionOutput;
  /** Outputs that the row has only if Stripe created the object, each with the Stripe field that contains its value. */
  readonly alternatives?: Readonly<Record<string, string>>;
}

const SPECS: Readonly<Record<string, ActionSpec>> = {
  AttachPaymentMethodToCustomer: {
    inputs: { CustomerId: { param: 'customer', required: true } },
    output: 'success',
  },
  DetachPaymentMethodFromCustomer: { output: 'success' },
  // Google's page misspells the name of the input, so the misspelled name is an alias.
  FinalizeQuote: { output: 'success', aliases: { SouQuoteIdrcePath: 'QuoteId' } },
  AcceptQuote: {
    output: { InvoiceId: 'invoice' },
    alternatives: { SubscriptionId: 'subscription', SubscriptionScheduleId: 'subscription_schedule' },
  },
  CancelQuote: { output: 'success' },
  DownloadQuotePdf: { output: { Content: 'content', ContentType: 'content_type' } },
};

/**
 * Fields that the connector asks Stripe to expand, by the entity that Stripe returns. The connector derives the legacy
 * keys of `sample-keys.ts` from them.
 */
const EXPANSIONS: Readonly<Record<string, readonly string[]>> = {
  Invoice: ['payments.data.payment.payment_intent'],
};

/**
 * Adds to an action what Google's connector defines for it (input names and output), and the expansions for legacy
 * keys. The output of an action without a spec is the complete object.
 */
export function withSpec(declared: DeclaredAction): Action {
  const { inputs, ...spec } = SPECS[declared.action] ?? { output: 'object' };
  const expand = Object.hasOwn(declared.params, 'expand') ? EXPANSIONS[declared.answer ?? ''] : undefined;
  const renaming = inputs === undefined ? undefined : renamedInputs(declared.params, inputs);
  return definedFields({
    ...declared,
    ...spec,
    expand,
    renamed: renaming?.renamed,
    fields: renaming?.fields,
  });
}

/** Returns the fields by the input names of a spec, and Stripe's parameter of each renamed input. */
function renamedInputs(
  params: Fields,
  inputs: NonNullable<ActionSpec['inputs']>,
): Required<Pick<Action, 'fields' | 'renamed'>> {
  const specs = Object.entries(inputs);
  const namedFields = specs.map(([input, { param, required }]): [string, Field] => {
    const field = params[param] ?? { type: 'string' };
    return [snake(input), definedFields({ ...field, required: required ? true : field.required })];
  });
  const renamed = Object.fromEntries(specs.map(([input, { param }]) => [snake(input), param]));
  const others = Object.entries(params).filter(([name]) => !Object.values(renamed).includes(name));
  return { renamed, fields: Object.fromEntries([...namedFields, ...others]) };
}
