/**
 * Calculates the totals of invoices, credit notes, quotes, subscriptions and Checkout Sessions in minor units: lines
 * minus discounts plus tax. https://docs.stripe.com/billing/subscriptions/coupons,
 * https://docs.stripe.com/billing/taxes/tax-rates
 */

export interface DiscountRule {
  /** Id of the discount. */
  readonly id: string;
  readonly percentOff?: number | undefined;
  readonly amountOff?: number | undefined;
  /** The products that the coupon is limited to. */
  readonly products?: readonly string[] | undefined;
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
  readonly product?: string | undefined;
  /** Discounts of this line. If empty, and if the line is discountable, the discounts of the invoice apply. */
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

/**
 * Rounds an amount to whole minor units. Half a unit is rounded away from zero. The amount is first rounded to eight
 * decimals, because a calculation with doubles can give slightly less than an exact half.
 */
export function roundAmount(amount: number): number {
  return Math.sign(amount) * Math.round(Number(Math.abs(amount).toFixed(8)));
}

/**
 * Calculates the totals of the lines of an invoice. First subtracts the discounts of each line, then the discounts of
 * the invoice in their order from the discountable lines without discounts of their own, and then adds tax.
 */
export function invoiceTotals(lines: readonly PricedLine[], invoiceDiscounts: readonly DiscountRule[]): InvoiceTotals {
  const remaining = lines.map(({ amount }) => amount);
  const discountAmounts: DiscountAmount[][] = lines.map(() => []);
  lines.forEach((line, index) => {
    for (const rule of line.discounts) applyDiscount(rule, [index], lines, remaining, discountAmounts);
  });
  const lineIndicesOfInvoiceDiscounts = lines.flatMap((line, index) =>
    line.discountable && line.discounts.length === 0 ? [index] : [],
  );
  for (const rule of invoiceDiscounts)
    applyDiscount(rule, lineIndicesOfInvoiceDiscounts, lines, remaining, discountAmounts);
  const taxes = lines.map((line, index) => taxesOf(remaining[index] ?? 0, line.taxes));
  const subtotal = sumOf(lines.map(({ amount }) => amount));
  const discountedSubtotal = sumOf(remaining);
  const allTaxes = taxes.flat();
  return {
    subtotal,
    total: discountedSubtotal + taxTotal(allTaxes.filter((tax) => !tax.inclusive)),
    totalExcludingTax: discountedSubtotal - taxTotal(allTaxes.filter((tax) => tax.inclusive)),
    subtotalExcludingTax: subtotal - sumOf(lines.map((line) => inclusiveTax(line.amount, line.taxes))),
    discounts: sumByDiscount(discountAmounts.flat()),
    taxes: sumByRate(allTaxes),
    lines: lines.map((_line, index) => ({ discounts: discountAmounts[index] ?? [], taxes: taxes[index] ?? [] })),
  };
}

/**
 * Subtracts a discount from those candidate lines to whose product it applies, in proportion to their remaining
 * amounts. The results are in `remaining`, the amount of each line after discounts, and in `discountAmounts`, the
 * discounts of each line.
 */
function applyDiscount(
  rule: DiscountRule,
  candidateIndices: readonly number[],
  lines: readonly PricedLine[],
  remaining: number[],
  discountAmounts: DiscountAmount[][],
): void {
  const indices = candidateIndices.filter(
    (index) => rule.products === undefined || rule.products.includes(lines[index]?.product ?? ''),
  );
  const amounts = indices.map((index) => remaining[index] ?? 0);
  const amountToDiscount = sumOf(amounts);
  if (amountToDiscount <= 0) return;
  const discountTotal =
    rule.percentOff === undefined
      ? Math.min(rule.amountOff ?? 0, amountToDiscount)
      : roundAmount((amountToDiscount * rule.percentOff) / 100);
  const parts = splitInProportion(discountTotal, amounts);
  indices.forEach((index, position) => {
    const amount = parts[position] ?? 0;
    remaining[index] = (remaining[index] ?? 0) - amount;
    discountAmounts[index]?.push({ amount, discount: rule.id });
  });
}

/**
 * Splits an amount into whole units, one part for each weight and in proportion to it. The parts add up to the amount.
 * If the weights add up to 0, all parts are 0.
 */
export function splitInProportion(amount: number, weights: readonly number[]): number[] {
  const totalWeight = sumOf(weights);
  let weightSoFar = 0;
  let amountSoFar = 0;
  return weights.map((weight) => {
    weightSoFar += weight;
    const amountAfter = totalWeight === 0 ? 0 : roundAmount((amount * weightSoFar) / totalWeight);
    const part = amountAfter - amountSoFar;
    amountSoFar = amountAfter;
    return part;
  });
}

/**
 * Returns the taxes of a line. `amount` contains the inclusive taxes. They are subtracted before the taxes are
 * calculated.
 */
function taxesOf(amount: number, rules: readonly TaxRule[]): TaxAmount[] {
  const inclusivePercentage = sumOf(rules.map(({ inclusive, percentage }) => (inclusive ? percentage : 0)));
  const net = amount / (1 + inclusivePercentage / 100);
  return rules.map(({ id, percentage, inclusive }) => ({
    amount: roundAmount((net * percentage) / 100),
    rate: id,
    inclusive,
    taxable: roundAmount(net),
  }));
}

function inclusiveTax(amount: number, rules: readonly TaxRule[]): number {
  return taxTotal(taxesOf(amount, rules).filter((tax) => tax.inclusive));
}

function taxTotal(taxes: readonly TaxAmount[]): number {
  return sumOf(taxes.map(({ amount }) => amount));
}

/** Adds up the amounts of each discount. */
function sumByDiscount(amounts: readonly DiscountAmount[]): DiscountAmount[] {
  const ids = [...new Set(amounts.map(({ discount }) => discount))];
  return ids.map((discount) => ({
    amount: sumOf(amounts.flatMap((entry) => (entry.discount === discount ? [entry.amount] : []))),
    discount,
  }));
}

/** Adds up the amounts of each tax rate. */
function sumByRate(amounts: readonly TaxAmount[]): TaxAmount[] {
  const rates = [...new Set(amounts.map(({ rate }) => rate))];
  return rates.map((rate) => {
    const ofRate = amounts.filter((entry) => entry.rate === rate);
    return {
      amount: sumOf(ofRate.map(({ amount }) => amount)),
      rate,
      inclusive: ofRate[0]?.inclusive === true,
      taxable: sumOf(ofRate.map(({ taxable }) => taxable)),
    };
  });
}

export function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
