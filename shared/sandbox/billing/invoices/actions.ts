import type { Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { later } from '../../ledger/due.ts';
import { createInvoice, invoiceInPath, removeInvoice, updateInvoice } from './create.ts';
import { createCreditNote, creditNoteRoutes, previewCreditNote, voidCreditNote } from './credit-notes.ts';
import { addLines, removeLines, updateLine, updateLines } from './edit-lines.ts';
import { finalize } from './finalize.ts';
import { createInvoiceItem, removeInvoiceItem, updateInvoiceItem } from './items.ts';
import { payInvoice } from './pay.ts';
import { cancelPayment, setDelinquent } from './settle.ts';

/** Invoice: draft, open, paid, void, uncollectible. https://docs.stripe.com/invoicing/integration/workflow-transitions */

/** POST /v1/invoices/{id}/finalize. https://docs.stripe.com/api/invoices/finalize */
function finalizeInvoice(given: Context, id: string): Stored {
  const { context, invoice } = invoiceInPath(given, id);
  const { auto_advance: advance } = context.params;
  finalize(context, invoice);
  if (typeof advance === 'boolean') invoice['auto_advance'] = advance;
  // Automatic collection begins after the answer.
  if (invoice['status'] === 'open' && invoice['auto_advance'] === true && advance === true)
    later(context, context.now, 'invoice.collect', invoice);
  return invoice;
}

/** POST /v1/invoices/{id}/void. https://docs.stripe.com/api/invoices/void */
function voidInvoice(given: Context, id: string): Stored {
  const { context, invoice } = invoiceInPath(given, id);
  return markVoid(context, invoice);
}

export function markVoid(context: Context, invoice: Stored): Stored {
  if (invoice['status'] !== 'open' && invoice['status'] !== 'uncollectible')
    throw bad(`You can only pass in open invoices. This invoice isn't open.`);
  cancelPayment(context, invoice);
  return moved(invoice, 'void', 'voided_at', context.now);
}

/** POST /v1/invoices/{id}/mark_uncollectible. https://docs.stripe.com/api/invoices/mark_uncollectible */
function markUncollectible(given: Context, id: string): Stored {
  const { context, invoice } = invoiceInPath(given, id);
  if (invoice['status'] === 'draft') finalize(context, invoice);
  if (invoice['status'] !== 'open') throw bad(`You can only pass in open invoices. This invoice isn't open.`);
  setDelinquent(context, invoice, false);
  return moved(invoice, 'uncollectible', 'marked_uncollectible_at', context.now);
}

function moved(invoice: Stored, status: string, transition: string, now: number): Stored {
  return Object.assign(invoice, {
    auto_advance: false,
    next_payment_attempt: null,
    status,
    status_transitions: { ...(invoice['status_transitions'] as object), [transition]: now },
  });
}

/** POST /v1/invoices/{id}/send: opens a draft, and tells of the invoice. https://docs.stripe.com/api/invoices/send */
function sendInvoice(given: Context, id: string): Stored {
  const { context, invoice } = invoiceInPath(given, id);
  if (invoice['collection_method'] !== 'send_invoice')
    throw bad('You can only manually send an invoice if its collection method is `send_invoice`.');
  if (invoice['status'] === 'draft') finalize(context, invoice);
  else if (invoice['status'] !== 'open') throw bad(`You can only send open invoices. This invoice isn't open.`);
  context.account.changes.announce('invoice.sent', invoice);
  return invoice;
}

export const invoices: Feature = {
  entities: {
    CreditNote: { create: createCreditNote },
    Invoice: { create: createInvoice, update: updateInvoice, remove: removeInvoice },
    InvoiceItem: { create: createInvoiceItem, update: updateInvoiceItem, remove: removeInvoiceItem },
    InvoiceLineItem: { update: updateLine },
  },
  actions: {
    '/v1/credit_notes/preview': previewCreditNote,
    '/v1/credit_notes/{id}/void': voidCreditNote,
    '/v1/invoices/{id}/add_lines': addLines,
    '/v1/invoices/{id}/finalize': finalizeInvoice,
    '/v1/invoices/{id}/mark_uncollectible': markUncollectible,
    '/v1/invoices/{id}/pay': payInvoice,
    '/v1/invoices/{id}/remove_lines': removeLines,
    '/v1/invoices/{id}/send': sendInvoice,
    '/v1/invoices/{id}/update_lines': updateLines,
    '/v1/invoices/{id}/void': voidInvoice,
  },
  routes: creditNoteRoutes,
};
