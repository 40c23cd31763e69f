import type { Context } from '../../context.ts';
import { noSuchObject } from '../../api-error.ts';
import type { StoredObject } from '../../store.ts';
import { taxRates, taxRule } from '../tax-rates.ts';
import { invoiceTotals, roundAmount, sumOf } from '../totals.ts';
import { hashOrEmpty, hashesOf } from '../values.ts';
import { linesOf, taxHash } from './draft.ts';

/**
 * Creates the lines of a credit note. A line credits a share of an invoice line, with the same share of the discounts
 * and taxes of the invoice line, or it is a custom line.
 * https://docs.stripe.com/api/credit_notes/create#create_credit_note-lines
 */
export function creditNoteLines(context: Context, invoice: StoredObject): StoredObject[] {
  return hashesOf(context.params['lines']).map((entry, index) => {
    const param = `lines[${index}]`;
    const invoiceLine = linesOf(invoice).find((line) => line.id === entry['invoice_line_item']);
    if (entry['type'] === 'invoice_line_item' && invoiceLine === undefined)
      throw noSuchObject('line_item', String(entry['invoice_line_item']), `${param}[invoice_line_item]`, true);
    const amount = creditedAmount(entry, invoiceLine);
    const { discounts, taxes } =
      invoiceLine === undefined
        ? taxesOfCustomLine(context, entry, amount, param)
        : shareOfLine(invoiceLine, amount / Number(invoiceLine['amount']));
    return {
      id: `cnli_${context.ids.letters(24)}`,
      object: 'credit_note_line_item',
      amount,
      description: entry['description'] ?? invoiceLine?.['description'] ?? null,
      discount_amount: sumOf(discounts.map((discount) => Number(discount['amount']))),
      discount_amounts: discounts,
      invoice_line_item: invoiceLine?.id ?? null,
      livemode: false,
      pretax_credit_amounts: [],
      quantity: entry['quantity'] ?? invoiceLine?.['quantity'] ?? null,
      tax_rates: [],
      taxes,
      type: entry['type'],
      unit_amount: entry['unit_amount'] ?? null,
      unit_amount_decimal: entry['unit_amount_decimal'] ?? null,
    };
  });
}

/**
 * Returns the amount of a credit note line before discounts and taxes. This is the requested amount, or else the
 * requested unit amount times the quantity, or else the share of the invoice line for the requested quantity, or else
 * the whole amount of the invoice line.
 */
function creditedAmount(entry: Record<string, unknown>, invoiceLine: StoredObject | undefined): number {
  const { amount, quantity } = entry;
  if (amount !== undefined && amount !== null) return Number(amount);
  const unitAmount = Number(entry['unit_amount_decimal'] ?? entry['unit_amount'] ?? NaN);
  if (!Number.isNaN(unitAmount)) return roundAmount(unitAmount * Number(quantity ?? 1));
  const lineAmount = Number(invoiceLine?.['amount']);
  if (quantity === undefined) return lineAmount;
  return roundAmount((lineAmount / Number(invoiceLine?.['quantity'])) * Number(quantity ?? 1));
}

interface DiscountsAndTaxes {
  readonly discounts: readonly Record<string, unknown>[];
  readonly taxes: readonly Record<string, unknown>[];
}

/** Returns the discounts and taxes of an invoice line, multiplied by `share` (0 to 1). */
function shareOfLine(line: StoredObject, share: number): DiscountsAndTaxes {
  return {
    discounts: hashesOf(line['discount_amounts']).map((discount) => ({
      ...discount,
      amount: roundAmount(Number(discount['amount']) * share),
    })),
    taxes: hashesOf(line['taxes']).map((tax) => ({
      ...tax,
      amount: roundAmount(Number(tax['amount']) * share),
      taxable_amount: roundAmount(Number(tax['taxable_amount']) * share),
    })),
  };
}

/** Returns the taxes of a custom line, which has no discounts. */
function taxesOfCustomLine(
  context: Context,
  entry: Record<string, unknown>,
  amount: number,
  param: string,
): DiscountsAndTaxes {
  const rates = taxRates(context, entry['tax_rates'], `${param}[tax_rates]`).map(taxRule);
  const { taxes } = invoiceTotals([{ amount, discountable: false, discounts: [], taxes: rates }], []);
  return { discounts: [], taxes: taxes.map((tax) => hashOrEmpty(taxHash(tax))) };
}

/**
 * Adds up the lines of a credit note. `tax` includes `inclusiveTax`, the tax that the amounts of the lines already
 * contain.
 */
export function creditNoteTotals(lines: readonly StoredObject[]): {
  readonly subtotal: number;
  readonly discount: number;
  readonly discounts: readonly Record<string, unknown>[];
  readonly taxes: readonly Record<string, unknown>[];
  readonly tax: number;
  readonly inclusiveTax: number;
  readonly total: number;
} {
  const subtotal = sumOf(lines.map((line) => Number(line['amount'])));
  const discounts = lines.flatMap((line) => hashesOf(line['discount_amounts']));
  const taxes = lines.flatMap((line) => hashesOf(line['taxes']));
  const sumOfAmounts = (list: readonly Record<string, unknown>[]): number =>
    sumOf(list.map(({ amount }) => Number(amount)));
  const inclusiveTax = sumOfAmounts(taxes.filter((tax) => tax['tax_behavior'] === 'inclusive'));
  const tax = sumOfAmounts(taxes);
  const discount = sumOfAmounts(discounts);
  return { subtotal, discount, discounts, taxes, tax, inclusiveTax, total: subtotal - discount + tax - inclusiveTax };
}
