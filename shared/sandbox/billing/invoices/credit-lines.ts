import type { Context } from '../../context.ts';
import { missing } from '../../refusal.ts';
import type { Stored } from '../../store.ts';
import { taxRates, taxRule } from '../tax-rates.ts';
import { invoiceTotals, rounded, sumOf } from '../totals.ts';
import { hash, hashes } from '../values.ts';
import { linesOf, taxHash } from './draft.ts';

/**
 * The lines of a credit note: parts of lines of its invoice, with their parts of discounts and taxes, or lines of its own.
 * https://docs.stripe.com/api/credit_notes/create#create_credit_note-lines
 */
export function creditedLines(context: Context, invoice: Stored): Stored[] {
  return hashes(context.params['lines']).map((entry, index) => {
    const param = `lines[${index}]`;
    const of = linesOf(invoice).find((line) => line.id === entry['invoice_line_item']);
    if (entry['type'] === 'invoice_line_item' && of === undefined)
      throw missing('line_item', String(entry['invoice_line_item']), `${param}[invoice_line_item]`, true);
    const amount = creditedAmount(entry, of);
    const { discounts, taxes } =
      of === undefined ? ownTaxes(context, entry, amount, param) : partsOf(of, amount / Number(of['amount']));
    return {
      id: `cnli_${context.ids.letters(24)}`,
      object: 'credit_note_line_item',
      amount,
      description: entry['description'] ?? of?.['description'] ?? null,
      discount_amount: sumOf(discounts.map((discount) => Number(discount['amount']))),
      discount_amounts: discounts,
      invoice_line_item: of?.id ?? null,
      livemode: false,
      pretax_credit_amounts: [],
      quantity: entry['quantity'] ?? of?.['quantity'] ?? null,
      tax_rates: [],
      taxes,
      type: entry['type'],
      unit_amount: entry['unit_amount'] ?? null,
      unit_amount_decimal: entry['unit_amount_decimal'] ?? null,
    };
  });
}

/** Before discounts and taxes. */
function creditedAmount(entry: Record<string, unknown>, of: Stored | undefined): number {
  const quantity = Number(entry['quantity'] ?? 1);
  const unit = Number(entry['unit_amount_decimal'] ?? entry['unit_amount'] ?? NaN);
  const share =
    of === undefined || entry['quantity'] === undefined
      ? undefined
      : rounded((Number(of['amount']) / Number(of['quantity'])) * quantity);
  return Number(entry['amount'] ?? (Number.isNaN(unit) ? (share ?? of?.['amount']) : rounded(unit * quantity)));
}

interface Parts {
  readonly discounts: readonly Record<string, unknown>[];
  readonly taxes: readonly Record<string, unknown>[];
}

/** The part of what the invoice took off its line, and of the tax on it. */
function partsOf(line: Stored, share: number): Parts {
  return {
    discounts: hashes(line['discount_amounts']).map((discount) => ({
      ...discount,
      amount: rounded(Number(discount['amount']) * share),
    })),
    taxes: hashes(line['taxes']).map((tax) => ({
      ...tax,
      amount: rounded(Number(tax['amount']) * share),
      taxable_amount: rounded(Number(tax['taxable_amount']) * share),
    })),
  };
}

function ownTaxes(context: Context, entry: Record<string, unknown>, amount: number, param: string): Parts {
  const rates = taxRates(context, entry['tax_rates'], `${param}[tax_rates]`).map(taxRule);
  const { taxes } = invoiceTotals([{ amount, discountable: false, discounts: [], taxes: rates }], []);
  return { discounts: [], taxes: taxes.map((tax) => hash(taxHash(tax))) };
}

/** Returns the totals of the lines, with and without their taxes. */
export function creditedTotals(lines: readonly Stored[]): {
  readonly subtotal: number;
  readonly discount: number;
  readonly discounts: readonly Record<string, unknown>[];
  readonly taxes: readonly Record<string, unknown>[];
  readonly tax: number;
  readonly inclusive: number;
  readonly total: number;
} {
  const subtotal = sumOf(lines.map((line) => Number(line['amount'])));
  const discounts = lines.flatMap((line) => hashes(line['discount_amounts']));
  const taxes = lines.flatMap((line) => hashes(line['taxes']));
  const amounts = (list: readonly Record<string, unknown>[]): number => sumOf(list.map(({ amount }) => Number(amount)));
  const inclusive = amounts(taxes.filter((tax) => tax['tax_behavior'] === 'inclusive'));
  const tax = amounts(taxes);
  const discount = amounts(discounts);
  return { subtotal, discount, discounts, taxes, tax, inclusive, total: subtotal - discount + tax - inclusive };
}
