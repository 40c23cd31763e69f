import { make, type Context } from '../../context.ts';
import { addTransaction } from '../../customers/balance-transactions.ts';
import { later } from '../../ledger/due.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { recompute } from './draft.ts';
import { markPaid, savesMethod, subscriptionOf } from './settle.ts';
import { DAY } from '../../seconds.ts';

/** Opens a draft; one without an amount due is paid at once. https://docs.stripe.com/invoicing/integration/workflow-transitions */
export function finalize(context: Context, invoice: Stored): Stored {
  if (invoice['status'] !== 'draft')
    throw bad("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_not_editable',
    });
  const customer = context.account.get('customer', String(invoice['customer']));
  recompute(context, invoice);
  if (customer !== undefined) useBalance(context, invoice, customer);
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
  firstPayment(context, invoice);
  if (typeof invoice['due_date'] === 'number') later(context, invoice['due_date'] + DAY, 'invoice.overdue', invoice);
  return invoice;
}

/** The customer's own prefix and running number. https://docs.stripe.com/invoicing/customize#invoice-numbering */
function nextInvoiceNumber(context: Context, customer: Stored | undefined): string {
  const sequence = Number(customer?.['next_invoice_sequence'] ?? 1);
  if (customer !== undefined) customer['next_invoice_sequence'] = sequence + 1;
  const prefix = customer?.['invoice_prefix'] ?? context.ids.letters(8).toUpperCase();
  return `${String(prefix)}-${String(sequence).padStart(4, '0')}`;
}

/** Credit and debt of the customer are settled with the finalization. https://docs.stripe.com/billing/customer/balance */
function useBalance(context: Context, invoice: Stored, customer: Stored): void {
  const starting = Number(invoice['starting_balance']);
  const ending = Math.min(0, Number(invoice['total']) + starting);
  customer['currency'] ??= invoice['currency'];
  invoice['ending_balance'] = ending;
  if (ending === starting) return;
  addTransaction(context, customer, ending - starting, 'applied_to_invoice', {
    currency: invoice['currency'],
    invoice: invoice.id,
  });
}

/** The payment intent that an open invoice waits for, and the invoice payment that ties the two. */
function firstPayment(context: Context, invoice: Stored): void {
  const intent = make(context, 'PaymentIntent');
  const secret = `${intent.id}_secret_${context.ids.letters(25)}`;
  const subscription = subscriptionOf(context, invoice);
  Object.assign(intent, {
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
    ...(subscription !== undefined && savesMethod(subscription) ? { setup_future_usage: 'off_session' } : {}),
    status: 'requires_payment_method',
  });
  Object.assign(make(context, 'InvoicePayment'), {
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
