import type { Context } from '../../context.ts';
import { badRequest, noSuchObject } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { hashesOf } from '../values.ts';
import { invoiceInPath } from './create.ts';
import { linesOf } from './draft.ts';
import { makeInvoiceItem, removeFromDraft, updateInvoiceItem } from './items.ts';
import { addInvoiceItem, itemIdOf } from './lines.ts';

/** Like `invoiceInPath`, but throws if the invoice is not a draft. */
function draftInPath(requestContext: Context, id: string): { context: Context; invoice: StoredObject } {
  const { context, invoice } = invoiceInPath(requestContext, id);
  if (invoice['status'] !== 'draft')
    throw badRequest('You can only change the lines of draft invoices.', { code: 'invoice_not_editable' });
  return { context, invoice };
}

/** POST /v1/invoices/{id}/add_lines. https://docs.stripe.com/api/invoice-line-item/bulk */
export function addLines(requestContext: Context, id: string): StoredObject {
  const { context, invoice } = draftInPath(requestContext, id);
  const customer = context.account.get('customer', String(invoice['customer']));
  for (const [index, line] of hashesOf(context.params['lines']).entries()) {
    const itemId = line['invoice_item'];
    const item =
      typeof itemId === 'string'
        ? context.account.get('invoiceitem', itemId)
        : makeInvoiceItem(context, customer, { ...line, currency: line['currency'] ?? invoice['currency'] });
    if (item === undefined) throw noSuchObject('invoiceitem', String(itemId), `lines[${index}][invoice_item]`, true);
    addInvoiceItem(context, invoice, item);
  }
  return invoice;
}

/**
 * Returns the invoice item of a line. Throws if the line does not exist, or if it bills a subscription and thus has no
 * item.
 */
function requireItem({ account }: Context, invoice: StoredObject, id: unknown, param: string): StoredObject {
  const line = linesOf(invoice).find((candidate) => candidate.id === id);
  if (line === undefined) throw noSuchObject('line_item', String(id), param, true);
  const item = account.get('invoiceitem', itemIdOf(line) ?? '');
  if (item === undefined)
    throw badRequest('A line of a subscription can only be changed through its subscription.', { param });
  return item;
}

/** POST /v1/invoices/{id}/update_lines. https://docs.stripe.com/api/invoice-line-item/invoices/update */
export function updateLines(requestContext: Context, id: string): StoredObject {
  const { context, invoice } = draftInPath(requestContext, id);
  for (const [index, { id: lineId, ...params }] of hashesOf(context.params['lines']).entries())
    updateInvoiceItem({ ...context, params }, requireItem(context, invoice, lineId, `lines[${index}][id]`));
  return invoice;
}

/** POST /v1/invoices/{id}/remove_lines also deletes the invoice items of the lines. With `behavior=unassign`, the items remain and can be on another invoice. https://docs.stripe.com/api/invoice-line-item/invoices/remove_lines */
export function removeLines(requestContext: Context, id: string): StoredObject {
  const { context, invoice } = draftInPath(requestContext, id);
  for (const [index, { id: lineId, behavior }] of hashesOf(context.params['lines']).entries()) {
    const item = requireItem(context, invoice, lineId, `lines[${index}][id]`);
    removeFromDraft(context, item);
    if (behavior === 'unassign') item['invoice'] = null;
    else context.account.remove('invoiceitem', item.id);
  }
  return invoice;
}

/** POST /v1/invoices/{invoice}/lines/{id}. https://docs.stripe.com/api/invoice-line-item/update */
export function updateLine(context: Context, line: StoredObject): void {
  const invoice = context.account.get('invoice', String(line['invoice']));
  if (invoice === undefined) return;
  if (invoice['status'] !== 'draft')
    throw badRequest('You can only change the lines of draft invoices.', { code: 'invoice_not_editable' });
  updateInvoiceItem(context, requireItem(context, invoice, line.id, 'id'));
  const updatedLine = linesOf(invoice).find((candidate) => candidate.id === line.id);
  Object.assign(line, updatedLine);
}
