/** A model of the amounts that Stripe documents for a monthly subscription. It shares no code with the sandbox. */

/** The coupon and the tax of a subscription. */
export interface Terms {
  readonly coupon: { readonly percent: number } | { readonly amount: number };
  /** How many months the coupon applies, including the first. Infinity for a coupon without an end. */
  readonly months: number;
  /** Tax rate in percent. */
  readonly tax: number;
  readonly isTaxInclusive: boolean;
}

interface ModelItem {
  unit: number;
  quantity: number;
  /** The last charge for the item: the amount minus discounts, and the start of the time that it covers. */
  lastCharge: { net: number; start: number };
}

export interface ModelInvoice {
  readonly total: number;
  readonly due: number;
}

/** Rounds to whole minor units, and halves away from zero. */
const roundHalfAway = (amount: number): number => Math.sign(amount) * Math.floor(Math.abs(amount) + 0.5 + 1e-9);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Returns the start of a month. Month 0 begins on 15 January 2026. */
export const monthStart = (months: number): number => Date.UTC(2026, months, 15) / 1000;

/**
 * A discount is split over the items in proportion to their amounts: https://docs.stripe.com/billing/subscriptions/coupons.
 * A proration credits the unused share of the last charge, and charges the remaining share of the period:
 * https://docs.stripe.com/billing/subscriptions/prorations
 */
export class BillingModel {
  readonly invoices: ModelInvoice[] = [];
  now = monthStart(0);
  private month = 0;
  private balance = 0;
  /** Amounts of prorations that are on no invoice yet. */
  private pending: number[] = [];
  readonly items: ModelItem[] = [];

  constructor(
    private readonly terms: Terms,
    first: { unit: number; quantity: number },
  ) {
    this.items.push({ ...first, lastCharge: { net: 0, start: this.now } });
    this.bill(true);
  }

  get periodEnd(): number {
    return monthStart(this.month + 1);
  }

  /** Changes the price and the quantity of one item. Without proration the last charge stays. */
  change(index: number, changes: { unit: number; quantity: number }, prorates: boolean): void {
    const item = this.items[index];
    if (item === undefined) return;
    if (prorates) this.credit(item);
    Object.assign(item, changes);
    if (prorates) this.charge(index);
  }

  add(item: { unit: number; quantity: number }): void {
    this.items.push({ ...item, lastCharge: { net: 0, start: this.now } });
    this.charge(this.items.length - 1);
  }

  remove(index: number): void {
    const [item] = this.items.splice(index, 1);
    if (item !== undefined) this.credit(item);
  }

  /** Bills the pending prorations at once. */
  invoiceNow(): void {
    this.addInvoice(this.pending);
    this.pending = [];
  }

  renew(): void {
    this.month += 1;
    this.now = monthStart(this.month);
    this.bill(this.month < this.terms.months);
  }

  private bill(isDiscounted: boolean): void {
    const nets = this.nets(isDiscounted);
    for (const [index, item] of this.items.entries()) item.lastCharge = { net: nets[index] ?? 0, start: this.now };
    this.addInvoice([...nets, ...this.pending]);
    this.pending = [];
  }

  /** Tax is calculated for each line. The customer's balance changes the amount due. */
  private addInvoice(lines: readonly number[]): void {
    const { tax, isTaxInclusive } = this.terms;
    const total = sum(lines) + (isTaxInclusive ? 0 : sum(lines.map((line) => roundHalfAway((line * tax) / 100))));
    const totalWithBalance = total + this.balance;
    this.invoices.push({ total, due: Math.max(0, totalWithBalance) });
    this.balance = Math.min(0, totalWithBalance);
  }

  /** Returns the amount of each item for a whole period, minus its share of the discount. */
  private nets(isDiscounted: boolean): number[] {
    const amounts = this.items.map(({ unit, quantity }) => unit * quantity);
    const subtotal = sum(amounts);
    const discount = isDiscounted ? this.discountOf(subtotal) : 0;
    let amountSoFar = 0;
    let discountSoFar = 0;
    return amounts.map((amount) => {
      amountSoFar += amount;
      const discountAfter = subtotal === 0 ? 0 : roundHalfAway((discount * amountSoFar) / subtotal);
      const net = amount - (discountAfter - discountSoFar);
      discountSoFar = discountAfter;
      return net;
    });
  }

  private discountOf(subtotal: number): number {
    const { coupon } = this.terms;
    return 'percent' in coupon ? roundHalfAway((subtotal * coupon.percent) / 100) : Math.min(coupon.amount, subtotal);
  }

  /** Credits the unused share of the last charge. */
  private credit({ lastCharge }: ModelItem): void {
    const unusedShare = (this.periodEnd - this.now) / (this.periodEnd - lastCharge.start);
    this.pending.push(-roundHalfAway(lastCharge.net * unusedShare));
  }

  /** Charges the remaining share of the period. A coupon that applies once applied to the first invoice only. */
  private charge(index: number): void {
    const { months } = this.terms;
    const net = this.nets(months > 1 && this.month < months)[index] ?? 0;
    const remainingShare = (this.periodEnd - this.now) / (this.periodEnd - monthStart(this.month));
    const amount = roundHalfAway(net * remainingShare);
    this.pending.push(amount);
    const item = this.items[index];
    if (item !== undefined) item.lastCharge = { net: amount, start: this.now };
  }
}
