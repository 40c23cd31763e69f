import type { Context } from '../../context.ts';
import type { Feature } from '../../feature.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { scheduleTask } from '../../ledger/due.ts';
import { createInvoice, invoiceInPath, prepareInvoiceDeletion, updateInvoice } from './create.ts';
import { createCreditNote, creditNoteRoutes, previewCreditNote, voidCreditNote } from './credit-notes.ts';
import { addLines, removeLines, updateLine, updateLines } from './edit-lines.ts';
import { finalizeDraft } from './finalize.ts';
import { createInvoiceItem, removeFromDraft, updateInvoiceItem } from './items.ts';
import { payInvoice } from './pay.ts';
import { cancelPayment, setDelinquent } from './settle.ts';

/** POST /v1/invoices/{id}/finalize. https://docs.stripe.com/api/invoices/finalize */
function finalizeInvoice(requestContext: Context, id: string): StoredObject {
  const { context, invoice } = invoiceInPath(requestContext, id);
  const { auto_advance: autoAdvance } = context.params;
  finalizeDraft(context, invoice);
  if (typeof autoAdvance === 'boolean') invoice['auto_advance'] = autoAdvance;
  // The response shows the open invoice. A task collects the payment afterwards.
  if (invoice['status'] === 'open' && invoice['auto_advance'] === true && autoAdvance === true)
    scheduleTask(context, context.now, 'invoice.collect', invoice);
  return invoice;
}

/** POST /v1/invoices/{id}/void. https://docs.stripe.com/api/invoices/void */
function voidInvoice(requestContext: Context, id: string): StoredObject {
  const { context, invoice } = invoiceInPath(requestContext, id);
  return markVoid(context, invoice);
}

/** Voids an invoice and cancels its payment. */
export function markVoid(context: Context, invoice: StoredObject): StoredObject {
  if (invoice['status'] !== 'open' && invoice['status'] !== 'uncollectible')
    throw badRequest(`You can only pass in open invoices. This invoice isn't open.`);
  cancelPayment(context, invoice);
  return setFinalStatus(invoice, 'void', 'voided_at', context.now);
}

/** POST /v1/invoices/{id}/mark_uncollectible. https://docs.stripe.com/api/invoices/mark_uncollectible */
function markUncollectible(requestContext: Context, id: string): StoredObject {
  const { context, invoice } = invoiceInPath(requestContext, id);
  if (invoice['status'] === 'draft') finalizeDraft(context, invoice);
  if (invoice['status'] !== 'open') throw badRequest(`You can only pass in open invoices. This invoice isn't open.`);
  setDelinquent(context, invoice, false);
  return setFinalStatus(invoice, 'uncollectible', 'marked_uncollectible_at', context.now);
}

/**
 * Sets a status in which Stripe no longer collects the invoice. Records the time of the change in `status_transitions`,
 * in the member that `transition` names.
 */
function setFinalStatus(invoice: StoredObject, status: string, transition: string, now: number): StoredObject {
  return Object.assign(invoice, {
    auto_advance: false,
    next_payment_attempt: null,
    status,
    status_transitions: { ...(invoice['status_transitions'] as object), [transition]: now },
  });
}

/** POST /v1/invoices/{id}/send finalizes a draft, and announces `invoice.sent`. https://docs.stripe.com/api/invoices/send */
function sendInvoice(requestContext: Context, id: string): StoredObject {
  const { context, invoice } = invoiceInPath(requestContext, id);
  if (invoice['collection_method'] !== 'send_invoice')
    throw badRequest('You can only manually send an invoice if its collection method is `send_invoice`.');
  if (invoice['status'] === 'draft') finalizeDraft(context, invoice);
  else if (invoice['status'] !== 'open') throw badRequest(`You can only send open invoices. This invoice isn't open.`);
  context.account.changes.announce('invoice.sent', invoice);
  return invoice;
}

export const invoices: Feature = {
  entities: {
    CreditNote: { create: createCreditNote },
    Invoice: { create: createInvoice, beforeUpdate: updateInvoice, beforeDelete: prepareInvoiceDeletion },
    InvoiceItem: { create: createInvoiceItem, beforeUpdate: updateInvoiceItem, beforeDelete: removeFromDraft },
    InvoiceLineItem: { beforeUpdate: updateLine },
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
