/**
 * The one arithmetic of invoices, previews, credit notes, quotes and subscriptions: lines less discounts plus tax, in
 * minor units. https://docs.stripe.com/billing/subscriptions/coupons, https://docs.stripe.com/billing/taxes/tax-rates
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

/** Half a minor unit is rounded away from zero; the tenth decimal hides what binary fractions add. */
export function rounded(amount: number): number {
  return Math.sign(amount) * Math.round(Number(Math.abs(amount).toFixed(8)));
}

/** Lines less their own discounts, less those of the invoice one after the other, plus tax on what is left. */
export function invoiceTotals(lines: readonly PricedLine[], invoiceDiscounts: readonly DiscountRule[]): InvoiceTotals {
  const left = lines.map(({ amount }) => amount);
  const off: DiscountAmount[][] = lines.map(() => []);
  lines.forEach((line, index) => {
    for (const rule of line.discounts) apply(rule, [index], lines, left, off);
  });
  const shared = lines.flatMap((line, index) => (line.discountable && line.discounts.length === 0 ? [index] : []));
  for (const rule of invoiceDiscounts) apply(rule, shared, lines, left, off);
  const taxes = lines.map((line, index) => taxesOf(left[index] ?? 0, line.taxes));
  const subtotal = sumOf(lines.map(({ amount }) => amount));
  const discounted = sumOf(left);
  const [exclusive, inclusive] = [false, true].map((kind) =>
    sumOf(taxes.flat().flatMap((tax) => (tax.inclusive === kind ? [tax.amount] : []))),
  ) as [number, number];
  return {
    subtotal,
    total: discounted + exclusive,
    totalExcludingTax: discounted - inclusive,
    subtotalExcludingTax: subtotal - sumOf(lines.map((line) => inclusiveTax(line.amount, line.taxes))),
    discounts: sumByDiscount(off.flat()),
    taxes: taxesTogether(taxes.flat()),
    lines: lines.map((_line, index) => ({ discounts: off[index] ?? [], taxes: taxes[index] ?? [] })),
  };
}

/** Takes a discount off some lines, each its share of it. */
function apply(
  rule: DiscountRule,
  among: readonly number[],
  lines: readonly PricedLine[],
  left: number[],
  off: DiscountAmount[][],
): void {
  const indices = among.filter(
    (index) => rule.products === undefined || rule.products.includes(lines[index]?.product ?? ''),
  );
  const base = sumOf(indices.map((index) => left[index] ?? 0));
  if (base <= 0) return;
  const whole =
    rule.percentOff === undefined ? Math.min(rule.amountOff ?? 0, base) : rounded((base * rule.percentOff) / 100);
  const parts = shares(
    whole,
    indices.map((index) => left[index] ?? 0),
  );
  indices.forEach((index, position) => {
    const amount = parts[position] ?? 0;
    left[index] = (left[index] ?? 0) - amount;
    off[index]?.push({ amount, discount: rule.id });
  });
}

/** Parts of an amount in proportion to the weights, in whole units, which add up to it. */
export function shares(amount: number, weights: readonly number[]): number[] {
  const all = sumOf(weights);
  let weight = 0;
  let given = 0;
  return weights.map((one) => {
    weight += one;
    const until = all === 0 ? 0 : rounded((amount * weight) / all);
    const part = until - given;
    given = until;
    return part;
  });
}

function taxesOf(amount: number, rules: readonly TaxRule[]): TaxAmount[] {
  const included = sumOf(rules.map(({ inclusive, percentage }) => (inclusive ? percentage : 0)));
  const net = amount / (1 + included / 100);
  return rules.map(({ id, percentage, inclusive }) => ({
    amount: rounded((net * percentage) / 100),
    rate: id,
    inclusive,
    taxable: rounded(net),
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

function taxesTogether(amounts: readonly TaxAmount[]): TaxAmount[] {
  const rates = [...new Set(amounts.map(({ rate }) => rate))];
  return rates.map((rate) => {
    const own = amounts.filter((one) => one.rate === rate);
    return {
      amount: sumOf(own.map(({ amount }) => amount)),
      rate,
      inclusive: own[0]?.inclusive === true,
      taxable: sumOf(own.map(({ taxable }) => taxable)),
    };
  });
}

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
