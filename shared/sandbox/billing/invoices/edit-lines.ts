import type { Context } from '../../context.ts';
import { bad, missing } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { hashes } from '../values.ts';
import { invoiceInPath } from './create.ts';
import { linesOf } from './draft.ts';
import { makeInvoiceItem, removeInvoiceItem, updateInvoiceItem } from './items.ts';
import { addInvoiceItem, itemIdOf } from './lines.ts';

function draftInPath(given: Context, id: string): { context: Context; invoice: Stored } {
  const found = invoiceInPath(given, id);
  if (found.invoice['status'] !== 'draft')
    throw bad('You can only change the lines of draft invoices.', { code: 'invoice_not_editable' });
  return found;
}

/** POST /v1/invoices/{id}/add_lines. https://docs.stripe.com/api/invoice-line-item/bulk */
export function addLines(given: Context, id: string): Stored {
  const { context, invoice } = draftInPath(given, id);
  const customer = context.account.get('customer', String(invoice['customer']));
  for (const [index, line] of hashes(context.params['lines']).entries()) {
    const known = line['invoice_item'];
    const item =
      typeof known === 'string'
        ? context.account.get('invoiceitem', known)
        : makeInvoiceItem(context, customer, { ...line, currency: line['currency'] ?? invoice['currency'] });
    if (item === undefined) throw missing('invoiceitem', String(known), `lines[${index}][invoice_item]`, true);
    addInvoiceItem(context, invoice, item);
  }
  return invoice;
}

/** The item behind a line of an invoice. */
function requireItem({ account }: Context, invoice: Stored, id: unknown, param: string): Stored {
  const line = linesOf(invoice).find((one) => one.id === id);
  if (line === undefined) throw missing('line_item', String(id), param, true);
  const item = account.get('invoiceitem', itemIdOf(line) ?? '');
  if (item === undefined) throw bad('Lines of a subscription are changed with the subscription.', { param });
  return item;
}

/** POST /v1/invoices/{id}/update_lines. https://docs.stripe.com/api/invoice-line-item/invoices/update */
export function updateLines(given: Context, id: string): Stored {
  const { context, invoice } = draftInPath(given, id);
  for (const [index, { id: line, ...params }] of hashes(context.params['lines']).entries())
    updateInvoiceItem({ ...context, params }, requireItem(context, invoice, line, `lines[${index}][id]`));
  return invoice;
}

/** POST /v1/invoices/{id}/remove_lines: the items are deleted, or wait for another invoice. */
export function removeLines(given: Context, id: string): Stored {
  const { context, invoice } = draftInPath(given, id);
  for (const [index, { id: line, behavior }] of hashes(context.params['lines']).entries()) {
    const item = requireItem(context, invoice, line, `lines[${index}][id]`);
    removeInvoiceItem(context, item);
    if (behavior === 'unassign') item['invoice'] = null;
    else context.account.remove('invoiceitem', item.id);
  }
  return invoice;
}

/** POST /v1/invoices/{invoice}/lines/{id}. https://docs.stripe.com/api/invoice-line-item/update */
export function updateLine(context: Context, line: Stored): void {
  const invoice = context.account.get('invoice', String(line['invoice']));
  if (invoice === undefined) return;
  if (invoice['status'] !== 'draft')
    throw bad('You can only change the lines of draft invoices.', { code: 'invoice_not_editable' });
  updateInvoiceItem(context, requireItem(context, invoice, line.id, 'id'));
  const renewed = linesOf(invoice).find((one) => one.id === line.id);
  Object.assign(line, renewed);
}
