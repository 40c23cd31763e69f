import type { Context } from '../../context.ts';
import { badRequest } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { storedObjectsOf } from '../values.ts';
import { storeLineRates, linesOf, setLines } from './draft.ts';

/** The data of a new invoice line. */
export interface LineInput {
  readonly amount: number;
  readonly currency: unknown;
  readonly description: unknown;
  readonly discountable?: unknown;
  readonly discounts?: unknown;
  readonly metadata?: unknown;
  readonly period: unknown;
  readonly pricing: unknown;
  readonly quantity: unknown;
  readonly parent: object;
  readonly subscription?: unknown;
  readonly rates?: readonly StoredObject[];
}

/** Creates a line of an invoice. https://docs.stripe.com/api/invoice-line-item/object */
export function makeLine(context: Context, invoice: StoredObject, { rates = [], ...input }: LineInput): StoredObject {
  const line: StoredObject = {
    ...input,
    id: context.ids.id('line_item'),
    object: 'line_item',
    description: input.description ?? null,
    discount_amounts: [],
    discountable: input.discountable ?? true,
    discounts: input.discounts ?? [],
    invoice: invoice.id,
    livemode: false,
    metadata: structuredClone(input.metadata ?? {}),
    pretax_credit_amounts: [],
    quantity_decimal: input.quantity === null ? null : String(Number(input.quantity)),
    subscription: input.subscription ?? null,
    subtotal: input.amount,
    taxes: [],
  };
  storeLineRates(context, line, rates);
  return line;
}

/** Creates the line of an invoice item. */
export function makeLineOfItem(context: Context, invoice: StoredObject, item: StoredObject): StoredObject {
  const details = (item['parent'] as { subscription_details?: Record<string, unknown> } | null)?.subscription_details;
  return makeLine(context, invoice, {
    amount: Number(item['amount']),
    currency: item['currency'],
    description: item['description'],
    discountable: item['discountable'],
    discounts: structuredClone(item['discounts'] ?? []),
    metadata: item['metadata'],
    period: structuredClone(item['period']),
    pricing: structuredClone(item['pricing'] ?? null),
    quantity: item['quantity'],
    subscription: details?.['subscription'],
    rates: storedObjectsOf(item['tax_rates']),
    parent: {
      type: 'invoice_item_details',
      invoice_item_details: {
        invoice_item: item.id,
        proration: item['proration'] === true,
        proration_details: { credited_items: null },
        subscription: details?.['subscription'] ?? null,
      },
      subscription_item_details: null,
    },
  });
}

/** Returns the id of a line's invoice item, or undefined if the line bills a subscription. */
export function itemIdOf(line: StoredObject): string | undefined {
  const details = (line['parent'] as { invoice_item_details?: { invoice_item?: string } | null }).invoice_item_details;
  return details?.invoice_item;
}

/** Adds the line of an item to a draft. All items of an invoice have the same currency. */
export function addInvoiceItem(context: Context, invoice: StoredObject, item: StoredObject): void {
  const lines = linesOf(invoice);
  if (lines.length > 0 && lines[0]?.['currency'] !== item['currency'])
    throw badRequest(
      `The currency of the invoice item (${String(item['currency'])}) must match the invoice (${String(invoice['currency'])}).`,
      { param: 'currency' },
    );
  item['invoice'] = invoice.id;
  invoice['currency'] = item['currency'];
  setLines(context, invoice, [makeLineOfItem(context, invoice, item), ...lines]);
}

/** Replaces the line of an item that has changed. The new line has the id of the former line. */
export function rebuildItemLine(context: Context, invoice: StoredObject, item: StoredObject): void {
  const lines = linesOf(invoice).map((line) =>
    itemIdOf(line) === item.id ? { ...makeLineOfItem(context, invoice, item), id: line.id } : line,
  );
  // `makeLineOfItem` stores the tax rates under the id that it generates. This loop stores them under the former id
  // too.
  for (const line of lines)
    if (itemIdOf(line) === item.id) storeLineRates(context, line, storedObjectsOf(item['tax_rates']));
  setLines(context, invoice, lines);
}

/** Removes the line of an invoice item from a draft. */
export function removeItemLine(context: Context, invoice: StoredObject, item: StoredObject): void {
  setLines(
    context,
    invoice,
    linesOf(invoice).filter((line) => itemIdOf(line) !== item.id),
  );
}
