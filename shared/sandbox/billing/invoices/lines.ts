import type { Context } from '../../context.ts';
import { bad } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { storedList } from '../values.ts';
import { keepRates, linesOf, setLines } from './draft.ts';

/** What a new line is made of. */
export interface LineFacts {
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
  readonly rates?: readonly Stored[];
}

/** A line of an invoice. https://docs.stripe.com/api/invoice-line-item/object */
export function makeLine(context: Context, invoice: Stored, { rates = [], ...facts }: LineFacts): Stored {
  const line: Stored = {
    ...facts,
    id: context.ids.id('line_item'),
    object: 'line_item',
    description: facts.description ?? null,
    discount_amounts: [],
    discountable: facts.discountable ?? true,
    discounts: facts.discounts ?? [],
    invoice: invoice.id,
    livemode: false,
    metadata: structuredClone(facts.metadata ?? {}),
    pretax_credit_amounts: [],
    quantity_decimal: facts.quantity === null ? null : String(Number(facts.quantity)),
    subscription: facts.subscription ?? null,
    subtotal: facts.amount,
    taxes: [],
  };
  keepRates(context, line, rates);
  return line;
}

/** The line of an invoice item. */
export function lineOfItem(context: Context, invoice: Stored, item: Stored): Stored {
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
    rates: storedList(item['tax_rates']),
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

/** The invoice item behind a line. */
export function itemIdOf(line: Stored): string | undefined {
  const details = (line['parent'] as { invoice_item_details?: { invoice_item?: string } | null }).invoice_item_details;
  return details?.invoice_item;
}

/** Puts an item on a draft. */
export function addInvoiceItem(context: Context, invoice: Stored, item: Stored): void {
  const lines = linesOf(invoice);
  if (lines.length > 0 && lines[0]?.['currency'] !== item['currency'])
    throw bad(
      `The currency of the invoice item (${String(item['currency'])}) must match the invoice (${String(invoice['currency'])}).`,
      { param: 'currency' },
    );
  item['invoice'] = invoice.id;
  invoice['currency'] = item['currency'];
  setLines(context, invoice, [lineOfItem(context, invoice, item), ...lines]);
}

/** Makes the line of a changed item again. */
export function refreshItem(context: Context, invoice: Stored, item: Stored): void {
  const lines = linesOf(invoice).map((line) =>
    itemIdOf(line) === item.id ? { ...lineOfItem(context, invoice, item), id: line.id } : line,
  );
  for (const line of lines) if (itemIdOf(line) === item.id) keepRates(context, line, storedList(item['tax_rates']));
  setLines(context, invoice, lines);
}

export function dropItem(context: Context, invoice: Stored, item: Stored): void {
  setLines(
    context,
    invoice,
    linesOf(invoice).filter((line) => itemIdOf(line) !== item.id),
  );
}
