import { make, type Context } from '../../context.ts';
import { later } from '../../ledger/due.ts';
import type { Stored } from '../../store.ts';
import { checkCurrencyOf, makeDiscounts, rulesOf } from '../discounts.ts';
import { taxRates, taxRule } from '../tax-rates.ts';
import { invoiceTotals, type PricedLine, type InvoiceTotals } from '../totals.ts';
import { hash, listOf, storedList, strings } from '../values.ts';
import { dueDateOf } from './due-dates.ts';
import { HOUR } from '../../seconds.ts';

/** A draft without lines. https://docs.stripe.com/api/invoices/create */
export function makeInvoice(context: Context, customer: Stored | undefined, params: Context['params']): Stored {
  const { discounts, default_tax_rates: rates, days_until_due: _days, due_date: _due, ...rest } = params;
  const invoice = make(context, 'Invoice', rest);
  const currency = String(params['currency'] ?? customer?.['currency'] ?? 'usd').toLowerCase();
  const autoAdvance = params['auto_advance'] === true;
  Object.assign(invoice, {
    account_country: 'US',
    account_name: 'Sandbox',
    attempt_count: 0,
    attempted: false,
    auto_advance: autoAdvance,
    automatically_finalizes_at: autoAdvance ? context.now + HOUR : null,
    billing_reason: 'manual',
    collection_method: params['collection_method'] ?? 'charge_automatically',
    created: context.now,
    currency,
    customer: customer?.id ?? null,
    customer_address: customer?.['address'] ?? null,
    customer_email: customer?.['email'] ?? null,
    customer_name: customer?.['name'] ?? null,
    customer_phone: customer?.['phone'] ?? null,
    customer_tax_exempt: customer?.['tax_exempt'] ?? 'none',
    default_tax_rates: taxRates(context, rates, 'default_tax_rates'),
    due_date: dueDateOf(context, params),
    lines: listOf([], `/v1/invoices/${invoice.id}/lines`),
    period_end: context.now,
    period_start: context.now,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    test_clock: customer?.['test_clock'] ?? null,
  });
  const owner = { customer: customer?.id ?? null, invoice: invoice.id };
  invoice['discounts'] = makeDiscounts(context, discounts, owner);
  checkCurrencyOf(context, strings(invoice['discounts']), currency);
  if (autoAdvance) later(context, context.now + HOUR, 'invoice.finalize', invoice);
  recompute(context, invoice);
  return invoice;
}

export function linesOf(invoice: Stored): Stored[] {
  return storedList(invoice['lines']);
}

/** Newer lines stand first. */
export function setLines(context: Context, invoice: Stored, lines: readonly Stored[]): void {
  invoice['lines'] = listOf(lines, `/v1/invoices/${invoice.id}/lines`);
  recompute(context, invoice);
}

const LINE_RATES = 'tax rates of line ';

/** Stripe shows the taxes of a line, not its rates: they are kept apart. */
export function keepRates({ account }: Context, line: Stored, rates: readonly Stored[]): void {
  if (rates.length > 0) account.hidden.set(LINE_RATES + line.id, structuredClone(rates));
  else account.hidden.delete(LINE_RATES + line.id);
}

function lineTaxRates({ account }: Context, invoice: Stored, line: Stored): Stored[] {
  return (account.hidden.get(LINE_RATES + line.id) as Stored[] | undefined) ?? storedList(invoice['default_tax_rates']);
}

function lineInput(context: Context, invoice: Stored, line: Stored): PricedLine {
  const isExempt = invoice['customer_tax_exempt'] === 'exempt' || invoice['customer_tax_exempt'] === 'reverse';
  const product = hash(hash(line['pricing'])['price_details'])['product'];
  return {
    amount: Number(line['amount']),
    discountable: line['discountable'] !== false,
    discounts: line['discountable'] === false ? [] : rulesOf(context, line['discounts']),
    taxes: isExempt ? [] : lineTaxRates(context, invoice, line).map(taxRule),
    ...(typeof product === 'string' ? { product } : {}),
  };
}

/** Adds a draft up again after each of its changes. */
export function recompute(context: Context, invoice: Stored): void {
  const lines = linesOf(invoice);
  const totals = invoiceTotals(
    lines.map((line) => lineInput(context, invoice, line)),
    rulesOf(context, invoice['discounts']),
  );
  lines.forEach((line, index) => {
    const own = totals.lines[index];
    Object.assign(line, { discount_amounts: own?.discounts ?? [], taxes: (own?.taxes ?? []).map(taxHash) });
  });
  Object.assign(invoice, {
    subtotal: totals.subtotal,
    subtotal_excluding_tax: totals.subtotalExcludingTax,
    total: totals.total,
    total_discount_amounts: totals.discounts,
    total_excluding_tax: totals.totalExcludingTax,
    total_pretax_credit_amounts: totals.discounts.map((one) => ({ ...one, type: 'discount' })),
    total_taxes: totals.taxes.map(taxHash),
  });
  applyBalance(context, invoice);
}

export function taxHash({ amount, rate, inclusive, taxable }: InvoiceTotals['taxes'][number]): object {
  return {
    amount,
    tax_behavior: inclusive ? 'inclusive' : 'exclusive',
    tax_rate_details: { tax_rate: rate },
    taxability_reason: 'not_available',
    taxable_amount: taxable,
    type: 'tax_rate_details',
  };
}

/**
 * The customer's balance counts towards the amount due: credit makes it less, a debt makes it more, and what a negative
 * total leaves over becomes credit. https://docs.stripe.com/billing/customer/balance
 */
function applyBalance({ account }: Context, invoice: Stored): void {
  const customer = account.get('customer', String(invoice['customer']));
  const counts = customer?.['currency'] === invoice['currency'];
  const starting = counts ? Number(customer?.['balance'] ?? 0) : 0;
  const left = Number(invoice['total']) + starting;
  Object.assign(invoice, {
    amount_due: Math.max(0, left),
    amount_paid: 0,
    amount_remaining: Math.max(0, left),
    ending_balance: null,
    starting_balance: starting,
  });
}
