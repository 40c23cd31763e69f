/** What Stripe documents of a monthly subscription's money, in a model of its own: it shares no code with the sandbox. */

export interface Terms {
  readonly coupon: { readonly percent: number } | { readonly amount: number };
  /** Months that the coupon counts for, with the first; Infinity for ever. */
  readonly months: number;
  /** In percent. */
  readonly tax: number;
  readonly isTaxInclusive: boolean;
}

interface ModelItem {
  unit: number;
  quantity: number;
  /** What was charged for it last, less discounts, and since when. */
  debit: { net: number; start: number };
}

export interface ModelInvoice {
  readonly total: number;
  readonly due: number;
}

const half = (amount: number): number => Math.sign(amount) * Math.floor(Math.abs(amount) + 0.5 + 1e-9);

const sum = (numbers: readonly number[]): number => numbers.reduce((all, number) => all + number, 0);

/** Months are counted from the 15th of January 2026. */
export const monthStart = (months: number): number => Date.UTC(2026, months, 15) / 1000;

/**
 * Amounts with a discount taken off, each its share: https://docs.stripe.com/billing/subscriptions/coupons. Prorations
 * credit what was charged, and charge what is left of the period: https://docs.stripe.com/billing/subscriptions/prorations
 */
export class BillingModel {
  readonly invoices: ModelInvoice[] = [];
  now = monthStart(0);
  private month = 0;
  private balance = 0;
  private waiting: number[] = [];
  readonly items: ModelItem[] = [];

  constructor(
    private readonly terms: Terms,
    first: { unit: number; quantity: number },
  ) {
    this.items.push({ ...first, debit: { net: 0, start: this.now } });
    this.bill(true);
  }

  get periodEnd(): number {
    return monthStart(this.month + 1);
  }

  /** A change of one item; `prorates` false leaves what was charged as it is. */
  change(index: number, to: { unit: number; quantity: number }, prorates: boolean): void {
    const item = this.items[index];
    if (item === undefined) return;
    if (prorates) this.credit(item);
    Object.assign(item, to);
    if (prorates) this.charge(index);
  }

  add(item: { unit: number; quantity: number }): void {
    this.items.push({ ...item, debit: { net: 0, start: this.now } });
    this.charge(this.items.length - 1);
  }

  remove(index: number): void {
    const [item] = this.items.splice(index, 1);
    if (item !== undefined) this.credit(item);
  }

  /** What waits is billed at once. */
  invoiceNow(): void {
    this.close(this.waiting);
    this.waiting = [];
  }

  renew(): void {
    this.month += 1;
    this.now = monthStart(this.month);
    this.bill(this.month < this.terms.months);
  }

  private bill(isDiscounted: boolean): void {
    const nets = this.nets(isDiscounted);
    this.items.forEach((item, index) => (item.debit = { net: nets[index] ?? 0, start: this.now }));
    this.close([...nets, ...this.waiting]);
    this.waiting = [];
  }

  /** Tax is worked out for each line; the balance of the customer counts towards what is due. */
  private close(lines: readonly number[]): void {
    const { tax, isTaxInclusive } = this.terms;
    const total = sum(lines) + (isTaxInclusive ? 0 : sum(lines.map((line) => half((line * tax) / 100))));
    const left = total + this.balance;
    this.invoices.push({ total, due: Math.max(0, left) });
    this.balance = Math.min(0, left);
  }

  private nets(isDiscounted: boolean): number[] {
    const gross = this.items.map(({ unit, quantity }) => unit * quantity);
    const all = sum(gross);
    const { coupon } = this.terms;
    const off = !isDiscounted
      ? 0
      : 'percent' in coupon
        ? half((all * coupon.percent) / 100)
        : Math.min(coupon.amount, all);
    let [seen, given] = [0, 0];
    return gross.map((amount) => {
      seen += amount;
      const until = all === 0 ? 0 : half((off * seen) / all);
      const net = amount - (until - given);
      given = until;
      return net;
    });
  }

  private credit({ debit }: ModelItem): void {
    this.waiting.push(-half((debit.net * (this.periodEnd - this.now)) / (this.periodEnd - debit.start)));
  }

  /** A coupon for once was used up by the first invoice. */
  private charge(index: number): void {
    const { months } = this.terms;
    const net = this.nets(months > 1 && this.month < months)[index] ?? 0;
    const share = (this.periodEnd - this.now) / (this.periodEnd - monthStart(this.month));
    const amount = half(net * share);
    this.waiting.push(amount);
    const item = this.items[index];
    if (item !== undefined) item.debit = { net: amount, start: this.now };
  }
}
