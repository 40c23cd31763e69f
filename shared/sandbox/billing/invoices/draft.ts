import { makeObject, type Context } from '../../context.ts';
import { scheduleTask } from '../../ledger/due.ts';
import type { StoredObject } from '../../store.ts';
import { checkDiscountCurrency, makeDiscounts, discountRulesOf } from '../discounts.ts';
import { taxRates, taxRule } from '../tax-rates.ts';
import { invoiceTotals, type PricedLine, type InvoiceTotals } from '../totals.ts';
import { hashOrEmpty, embeddedListOf, storedObjectsOf, stringsOf } from '../values.ts';
import { dueDateOf } from './due-dates.ts';
import { HOUR } from '../../seconds.ts';

/** Creates a draft without lines. https://docs.stripe.com/api/invoices/create */
export function makeInvoice(
  context: Context,
  customer: StoredObject | undefined,
  params: Context['params'],
): StoredObject {
  const { discounts, default_tax_rates: rates, days_until_due: _days, due_date: _due, ...rest } = params;
  const invoice = makeObject(context, 'Invoice', rest);
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
    ...customerFields(customer),
    default_tax_rates: taxRates(context, rates, 'default_tax_rates'),
    due_date: dueDateOf(context, params),
    lines: embeddedListOf([], `/v1/invoices/${invoice.id}/lines`),
    period_end: context.now,
    period_start: context.now,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
  });
  const owner = { customer: customer?.id ?? null, invoice: invoice.id };
  invoice['discounts'] = makeDiscounts(context, discounts, owner);
  checkDiscountCurrency(context, stringsOf(invoice['discounts']), currency);
  // https://docs.stripe.com/invoicing/integration/automatic-advancement-collection
  if (autoAdvance) scheduleTask(context, context.now + HOUR, 'invoice.finalize', invoice);
  recomputeTotals(context, invoice);
  return invoice;
}

/** Returns the fields of an invoice that come from its customer. */
function customerFields(customer: StoredObject | undefined): object {
  return {
    customer: customer?.id ?? null,
    customer_address: customer?.['address'] ?? null,
    customer_email: customer?.['email'] ?? null,
    customer_name: customer?.['name'] ?? null,
    customer_phone: customer?.['phone'] ?? null,
    customer_tax_exempt: customer?.['tax_exempt'] ?? 'none',
    test_clock: customer?.['test_clock'] ?? null,
  };
}

export function linesOf(invoice: StoredObject): StoredObject[] {
  return storedObjectsOf(invoice['lines']);
}

/** Sets the lines of a draft, newest first, and calculates its totals. */
export function setLines(context: Context, invoice: StoredObject, lines: readonly StoredObject[]): void {
  invoice['lines'] = embeddedListOf(lines, `/v1/invoices/${invoice.id}/lines`);
  recomputeTotals(context, invoice);
}

/** Prefix of the keys in `privateData` under which the tax rates of lines are stored. */
const LINE_RATES = 'tax rates of line ';

/** Stores the tax rates of a line in the private data, because the line object has only the amounts of the taxes. */
export function storeLineRates({ account }: Context, line: StoredObject, rates: readonly StoredObject[]): void {
  if (rates.length > 0) account.privateData.set(LINE_RATES + line.id, structuredClone(rates));
  else account.privateData.delete(LINE_RATES + line.id);
}

/** Returns the tax rates of a line. A line without rates has the default rates of the invoice. */
function lineTaxRates({ account }: Context, invoice: StoredObject, line: StoredObject): StoredObject[] {
  return (
    (account.privateData.get(LINE_RATES + line.id) as StoredObject[] | undefined) ??
    storedObjectsOf(invoice['default_tax_rates'])
  );
}

/** Returns a line as input of `invoiceTotals`, with the rules of its discounts and taxes. */
function pricedLineOf(context: Context, invoice: StoredObject, line: StoredObject): PricedLine {
  const isExempt = invoice['customer_tax_exempt'] === 'exempt' || invoice['customer_tax_exempt'] === 'reverse';
  const product = hashOrEmpty(hashOrEmpty(line['pricing'])['price_details'])['product'];
  return {
    amount: Number(line['amount']),
    discountable: line['discountable'] !== false,
    discounts: line['discountable'] === false ? [] : discountRulesOf(context, line['discounts']),
    taxes: isExempt ? [] : lineTaxRates(context, invoice, line).map(taxRule),
    product: typeof product === 'string' ? product : undefined,
  };
}

/**
 * Calculates the totals of a draft. A function that changes the lines, discounts or tax rates of a draft must call this
 * function afterwards.
 */
export function recomputeTotals(context: Context, invoice: StoredObject): void {
  const lines = linesOf(invoice);
  const totals = invoiceTotals(
    lines.map((line) => pricedLineOf(context, invoice, line)),
    discountRulesOf(context, invoice['discounts']),
  );
  lines.forEach((line, index) => {
    const lineTotals = totals.lines[index];
    Object.assign(line, {
      discount_amounts: lineTotals?.discounts ?? [],
      taxes: (lineTotals?.taxes ?? []).map(taxHash),
    });
  });
  Object.assign(invoice, {
    subtotal: totals.subtotal,
    subtotal_excluding_tax: totals.subtotalExcludingTax,
    total: totals.total,
    total_discount_amounts: totals.discounts,
    total_excluding_tax: totals.totalExcludingTax,
    total_pretax_credit_amounts: totals.discounts.map((discount) => ({ ...discount, type: 'discount' })),
    total_taxes: totals.taxes.map(taxHash),
  });
  setAmountDue(context, invoice);
}

/** Returns an entry of the field `taxes` of a line or `total_taxes` of an invoice. */
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
 * Sets the amount due: the total plus the customer's balance in the currency of the invoice. A credit (negative
 * balance) reduces the amount due, and a debt increases it. If the sum is negative, nothing is due, and the
 * finalization makes the rest a credit. https://docs.stripe.com/billing/customer/balance
 */
function setAmountDue({ account }: Context, invoice: StoredObject): void {
  const customer = account.get('customer', String(invoice['customer']));
  const hasSameCurrency = customer?.['currency'] === invoice['currency'];
  const startingBalance = hasSameCurrency ? Number(customer?.['balance'] ?? 0) : 0;
  const amountDue = Math.max(0, Number(invoice['total']) + startingBalance);
  Object.assign(invoice, {
    amount_due: amountDue,
    amount_paid: 0,
    amount_remaining: amountDue,
    ending_balance: null,
    starting_balance: startingBalance,
  });
}
