import { definedFields } from '../../../defined-fields.ts';
import { makeObject, type Context } from '../../context.ts';
import { addBalanceTransaction } from '../../customers/balance-transactions.ts';
import { scheduleTask } from '../../ledger/due.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { recomputeTotals } from './draft.ts';
import { markPaid, savesDefaultMethod, subscriptionOf } from './settle.ts';
import { DAY } from '../../seconds.ts';

/** Finalizes a draft. Afterwards the invoice is open, or paid if nothing is due. https://docs.stripe.com/invoicing/integration/workflow-transitions */
export function finalizeDraft(context: Context, invoice: StoredObject): StoredObject {
  if (invoice['status'] !== 'draft')
    throw badRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_not_editable',
    });
  const customer = context.account.get('customer', String(invoice['customer']));
  recomputeTotals(context, invoice);
  if (customer !== undefined) updateCustomerBalance(context, invoice, customer);
  const secret = context.ids.letters(20);
  Object.assign(invoice, {
    automatically_finalizes_at: null,
    effective_at: invoice['effective_at'] ?? context.now,
    hosted_invoice_url: `https://invoice.stripe.com/i/acct_sandbox/${secret}`,
    invoice_pdf: `https://pay.stripe.com/invoice/acct_sandbox/${secret}/pdf`,
    number: invoice['number'] ?? nextInvoiceNumber(context, customer),
    status: 'open',
    status_transitions: { ...(invoice['status_transitions'] as object), finalized_at: context.now },
  });
  if (invoice['amount_due'] === 0) return markPaid(context, invoice);
  createInvoicePayment(context, invoice);
  if (typeof invoice['due_date'] === 'number')
    scheduleTask(context, invoice['due_date'] + DAY, 'invoice.overdue', invoice);
  return invoice;
}

/**
 * Returns the next invoice number, and counts it in the customer's sequence. It consists of the customer's prefix and
 * sequence number. Without a customer, the prefix is random.
 * https://docs.stripe.com/invoicing/customize#invoice-numbering
 */
function nextInvoiceNumber(context: Context, customer: StoredObject | undefined): string {
  const sequence = Number(customer?.['next_invoice_sequence'] ?? 1);
  if (customer !== undefined) customer['next_invoice_sequence'] = sequence + 1;
  const prefix = customer?.['invoice_prefix'] ?? context.ids.letters(8).toUpperCase();
  return `${String(prefix)}-${String(sequence).padStart(4, '0')}`;
}

/** Removes from the customer's balance the credit or debt that a finalized invoice includes. An invoice with a negative total adds credit. https://docs.stripe.com/billing/customer/balance */
function updateCustomerBalance(context: Context, invoice: StoredObject, customer: StoredObject): void {
  const startingBalance = Number(invoice['starting_balance']);
  const endingBalance = Math.min(0, Number(invoice['total']) + startingBalance);
  customer['currency'] ??= invoice['currency'];
  invoice['ending_balance'] = endingBalance;
  if (endingBalance === startingBalance) return;
  addBalanceTransaction(context, customer, endingBalance - startingBalance, 'applied_to_invoice', {
    currency: invoice['currency'],
    invoice: invoice.id,
  });
}

/** Creates the payment intent for an open invoice, and the invoice payment that links the invoice and the intent. */
function createInvoicePayment(context: Context, invoice: StoredObject): void {
  const intent = makeObject(context, 'PaymentIntent');
  const secret = `${intent.id}_secret_${context.ids.letters(25)}`;
  const subscription = subscriptionOf(context, invoice);
  Object.assign(
    intent,
    definedFields({
      amount: invoice['amount_due'],
      amount_capturable: 0,
      amount_received: 0,
      automatic_payment_methods: null,
      capture_method: 'automatic',
      client_secret: secret,
      confirmation_method: 'automatic',
      currency: invoice['currency'],
      customer: invoice['customer'],
      description: invoice['description'] ?? null,
      payment_method: null,
      payment_method_options: {
        card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' },
      },
      payment_method_types: ['card'],
      setup_future_usage: subscription !== undefined && savesDefaultMethod(subscription) ? 'off_session' : undefined,
      status: 'requires_payment_method',
    }),
  );
  Object.assign(makeObject(context, 'InvoicePayment'), {
    amount_paid: null,
    amount_requested: invoice['amount_due'],
    currency: invoice['currency'],
    invoice: invoice.id,
    is_default: true,
    payment: { type: 'payment_intent', payment_intent: intent.id },
    status: 'open',
    status_transitions: { canceled_at: null, paid_at: null },
  });
}
