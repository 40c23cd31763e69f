import type { Context } from '../../context.ts';
import { badRequest, noSuchObject } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { hashesOf } from '../values.ts';
import { invoiceInPath } from './create.ts';
import { linesOf } from './draft.ts';
import { makeInvoiceItem, removeInvoiceItem, updateInvoiceItem } from './items.ts';
import { addInvoiceItem, itemIdOf } from './lines.ts';

function draftInPath(requestContext: Context, id: string): { context: Context; invoice: StoredObject } {
  const invoiceAndContext = invoiceInPath(requestContext, id);
  if (invoiceAndContext.invoice['status'] !== 'draft')
    throw badRequest('You can only change the lines of draft invoices.', { code: 'invoice_not_editable' });
  return invoiceAndContext;
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

/** Returns the invoice item of a line. Throws for a line without one. */
function requireItem({ account }: Context, invoice: StoredObject, id: unknown, param: string): StoredObject {
  const line = linesOf(invoice).find((one) => one.id === id);
  if (line === undefined) throw noSuchObject('line_item', String(id), param, true);
  const item = account.get('invoiceitem', itemIdOf(line) ?? '');
  if (item === undefined) throw badRequest('Lines of a subscription are changed with the subscription.', { param });
  return item;
}

/** POST /v1/invoices/{id}/update_lines. https://docs.stripe.com/api/invoice-line-item/invoices/update */
export function updateLines(requestContext: Context, id: string): StoredObject {
  const { context, invoice } = draftInPath(requestContext, id);
  for (const [index, { id: line, ...params }] of hashesOf(context.params['lines']).entries())
    updateInvoiceItem({ ...context, params }, requireItem(context, invoice, line, `lines[${index}][id]`));
  return invoice;
}

/** POST /v1/invoices/{id}/remove_lines deletes the items, or keeps them for another invoice. https://docs.stripe.com/api/invoice-line-item/invoices/remove_lines */
export function removeLines(requestContext: Context, id: string): StoredObject {
  const { context, invoice } = draftInPath(requestContext, id);
  for (const [index, { id: line, behavior }] of hashesOf(context.params['lines']).entries()) {
    const item = requireItem(context, invoice, line, `lines[${index}][id]`);
    removeInvoiceItem(context, item);
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
  const updatedLine = linesOf(invoice).find((one) => one.id === line.id);
  Object.assign(line, updatedLine);
}
