/**
 * Calculates the totals of invoices, previews, credit notes, quotes and subscriptions in minor units: lines minus
 * discounts plus tax. https://docs.stripe.com/billing/subscriptions/coupons, https://docs.stripe.com/billing/taxes/tax-rates
 */

export interface DiscountRule {
  /** Id of the discount. */
  readonly id: string;
  readonly percentOff?: number;
  readonly amountOff?: number;
  /** The products that the coupon is limited to. */
  readonly products?: readonly string[];
}

export interface TaxRule {
  /** Id of the tax rate. */
  readonly id: string;
  /** 0 to 100. */
  readonly percentage: number;
  readonly inclusive: boolean;
}

export interface PricedLine {
  readonly amount: number;
  readonly discountable: boolean;
  readonly product?: string;
  /** Discounts of this line; without any, those of the invoice apply. */
  readonly discounts: readonly DiscountRule[];
  readonly taxes: readonly TaxRule[];
}

export interface DiscountAmount {
  readonly amount: number;
  readonly discount: string;
}

export interface TaxAmount {
  readonly amount: number;
  readonly rate: string;
  readonly inclusive: boolean;
  readonly taxable: number;
}

export interface LineTotals {
  readonly discounts: readonly DiscountAmount[];
  readonly taxes: readonly TaxAmount[];
}

export interface InvoiceTotals {
  readonly subtotal: number;
  readonly total: number;
  readonly totalExcludingTax: number;
  readonly subtotalExcludingTax: number;
  readonly discounts: readonly DiscountAmount[];
  readonly taxes: readonly TaxAmount[];
  /** In the order of the lines. */
  readonly lines: readonly LineTotals[];
}

/** Rounds to minor units, and a half away from zero. Eight decimals are kept first, to drop errors of binary fractions. */
export function roundAmount(amount: number): number {
  return Math.sign(amount) * Math.round(Number(Math.abs(amount).toFixed(8)));
}

/** Calculates the totals of lines: minus their own discounts, minus the invoice's discounts in order, plus tax. */
export function invoiceTotals(lines: readonly PricedLine[], invoiceDiscounts: readonly DiscountRule[]): InvoiceTotals {
  const remaining = lines.map(({ amount }) => amount);
  const discountAmounts: DiscountAmount[][] = lines.map(() => []);
  lines.forEach((line, index) => {
    for (const rule of line.discounts) applyDiscount(rule, [index], lines, remaining, discountAmounts);
  });
  const discountedLines = lines.flatMap((line, index) =>
    line.discountable && line.discounts.length === 0 ? [index] : [],
  );
  for (const rule of invoiceDiscounts) applyDiscount(rule, discountedLines, lines, remaining, discountAmounts);
  const taxes = lines.map((line, index) => taxesOf(remaining[index] ?? 0, line.taxes));
  const subtotal = sumOf(lines.map(({ amount }) => amount));
  const discounted = sumOf(remaining);
  const [exclusive, inclusive] = [false, true].map((kind) =>
    sumOf(taxes.flat().flatMap((tax) => (tax.inclusive === kind ? [tax.amount] : []))),
  ) as [number, number];
  return {
    subtotal,
    total: discounted + exclusive,
    totalExcludingTax: discounted - inclusive,
    subtotalExcludingTax: subtotal - sumOf(lines.map((line) => inclusiveTax(line.amount, line.taxes))),
    discounts: sumByDiscount(discountAmounts.flat()),
    taxes: sumByRate(taxes.flat()),
    lines: lines.map((_line, index) => ({ discounts: discountAmounts[index] ?? [], taxes: taxes[index] ?? [] })),
  };
}

/** Subtracts a discount from the candidate lines, in proportion to their amounts. Changes `remaining`. */
function applyDiscount(
  rule: DiscountRule,
  candidates: readonly number[],
  lines: readonly PricedLine[],
  remaining: number[],
  discountAmounts: DiscountAmount[][],
): void {
  const indices = candidates.filter(
    (index) => rule.products === undefined || rule.products.includes(lines[index]?.product ?? ''),
  );
  const base = sumOf(indices.map((index) => remaining[index] ?? 0));
  if (base <= 0) return;
  const discountTotal =
    rule.percentOff === undefined ? Math.min(rule.amountOff ?? 0, base) : roundAmount((base * rule.percentOff) / 100);
  const parts = splitInProportion(
    discountTotal,
    indices.map((index) => remaining[index] ?? 0),
  );
  indices.forEach((index, position) => {
    const amount = parts[position] ?? 0;
    remaining[index] = (remaining[index] ?? 0) - amount;
    discountAmounts[index]?.push({ amount, discount: rule.id });
  });
}

/** Splits an amount into whole units in proportion to the weights. The parts add up to the amount. */
export function splitInProportion(amount: number, weights: readonly number[]): number[] {
  const totalWeight = sumOf(weights);
  let weight = 0;
  let allotted = 0;
  return weights.map((one) => {
    weight += one;
    const allottedAfter = totalWeight === 0 ? 0 : roundAmount((amount * weight) / totalWeight);
    const part = allottedAfter - allotted;
    allotted = allottedAfter;
    return part;
  });
}

function taxesOf(amount: number, rules: readonly TaxRule[]): TaxAmount[] {
  const included = sumOf(rules.map(({ inclusive, percentage }) => (inclusive ? percentage : 0)));
  const net = amount / (1 + included / 100);
  return rules.map(({ id, percentage, inclusive }) => ({
    amount: roundAmount((net * percentage) / 100),
    rate: id,
    inclusive,
    taxable: roundAmount(net),
  }));
}

function inclusiveTax(amount: number, rules: readonly TaxRule[]): number {
  return sumOf(taxesOf(amount, rules).flatMap((tax) => (tax.inclusive ? [tax.amount] : [])));
}

function sumByDiscount(amounts: readonly DiscountAmount[]): DiscountAmount[] {
  const ids = [...new Set(amounts.map(({ discount }) => discount))];
  return ids.map((discount) => ({
    amount: sumOf(amounts.flatMap((one) => (one.discount === discount ? [one.amount] : []))),
    discount,
  }));
}

function sumByRate(amounts: readonly TaxAmount[]): TaxAmount[] {
  const rates = [...new Set(amounts.map(({ rate }) => rate))];
  return rates.map((rate) => {
    const ofRate = amounts.filter((one) => one.rate === rate);
    return {
      amount: sumOf(ofRate.map(({ amount }) => amount)),
      rate,
      inclusive: ofRate[0]?.inclusive === true,
      taxable: sumOf(ofRate.map(({ taxable }) => taxable)),
    };
  });
}

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
