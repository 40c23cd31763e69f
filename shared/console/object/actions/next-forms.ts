import { hashOf } from '../../state/hash.ts';

/** A form whose inputs are filled from an object, such as a refund of a payment. */
interface NextForm {
  readonly text: string;
  /** The entity and the operation of the form. */
  readonly entity: string;
  readonly operation: 'Create' | 'Update';
  /**
   * Inputs of the form. `{id}` is replaced with the id of the object, and any other `{Column}` with this column of its
   * row.
   */
  readonly inputs: Readonly<Record<string, string>>;
  /** Statuses of the object for which the form is shown. Absent for all statuses. */
  readonly states?: readonly string[];
}

const refundOf = (input: string): NextForm => ({
  text: 'Refund',
  entity: 'Refund',
  operation: 'Create',
  inputs: { [input]: '{id}' },
  states: ['succeeded'],
});

const forCustomer = (text: string, entity: string): NextForm => ({
  text,
  entity,
  operation: 'Create',
  inputs: { Customer: '{id}' },
});

/**
 * The usual next steps with an object for which Stripe's API has no action, only an operation of some entity.
 * https://docs.stripe.com/api/refunds/create, https://docs.stripe.com/billing/subscriptions/cancel
 */
const NEXT_FORMS: Readonly<Record<string, readonly NextForm[]>> = {
  PaymentIntent: [refundOf('PaymentIntent')],
  Charge: [refundOf('Charge')],
  Customer: [
    forCustomer('Take a payment', 'PaymentIntent'),
    forCustomer('Subscribe', 'Subscription'),
    forCustomer('Invoice', 'Invoice'),
  ],
  Subscription: [
    {
      text: 'Cancel at period end',
      entity: 'Subscription',
      operation: 'Update',
      inputs: { id: '{id}', CancelAtPeriodEnd: 'true' },
      states: ['active', 'trialing', 'past_due'],
    },
  ],
  Invoice: [
    {
      text: 'Add an item',
      entity: 'InvoiceItem',
      operation: 'Create',
      inputs: { Customer: '{Customer}', Invoice: '{id}' },
      states: ['draft'],
    },
  ],
  Product: [{ text: 'Add a price', entity: 'Price', operation: 'Create', inputs: { Product: '{id}' } }],
};

/**
 * The deep links of the forms for an object in its current status. `offered` has the entities and operations that the
 * connector offers.
 */
export function nextForms(
  entity: string,
  id: string,
  row: Readonly<Record<string, unknown>>,
  offered: readonly { readonly name: string; readonly operations: readonly string[] }[],
): readonly { readonly text: string; readonly hash: string }[] {
  const { Status: status } = row;
  const fill = (text: string): string => {
    if (text === '{id}') return id;
    const [, field] = /^\{(\w+)\}$/.exec(text) ?? [];
    const value = field === undefined ? text : row[field];
    return typeof value === 'string' ? value : '';
  };
  return (NEXT_FORMS[entity] ?? [])
    .filter((form) => form.states === undefined || (typeof status === 'string' && form.states.includes(status)))
    .filter((form) =>
      offered.some(({ name, operations }) => name === form.entity && operations.includes(form.operation)),
    )
    .map((form) => ({
      text: form.text,
      hash: hashOf(
        ['entity', form.entity, form.operation],
        Object.fromEntries(Object.entries(form.inputs).map(([name, text]) => [name, fill(text)])),
      ),
    }));
}
