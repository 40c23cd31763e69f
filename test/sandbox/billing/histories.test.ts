/** Compares the invoices of random billing histories on a test clock with those of a small model. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type Stripe from 'stripe';
import { sized } from '../../support/sizes.ts';
import { BillingModel, monthStart, type Terms } from './billing-model.ts';
import { monthly, stripe, openSandbox } from './setup.ts';

openSandbox();

const HISTORIES = sized(8, 40);
const STEPS = 14;
const DAY = 86_400;

/**
 * Returns a function that returns pseudorandom integers from 0 to `below` - 1. The same seed gives the same integers. It is
 * the linear congruential generator of Numerical Recipes.
 */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A subscription of the sandbox and its model. Each step changes both in the same way. */
class History {
  private constructor(
    private readonly next: (below: number) => number,
    readonly model: BillingModel,
    private readonly clock: string,
    private readonly customer: string,
    readonly subscription: Stripe.Subscription,
    private readonly ids: string[],
  ) {}

  static async begin(seed: number): Promise<History> {
    const next = random(seed);
    const { id: clock } = await stripe().testHelpers.testClocks.create({ frozen_time: monthStart(0) });
    const { id: customer } = await stripe().customers.create({ test_clock: clock });
    await useCard(customer, 'pm_card_visa');
    const { terms, coupon, rate } = await termsOf(next);
    const first = { unit: 1000 + next(9000), quantity: 1 + next(4) };
    const subscription = await stripe().subscriptions.create({
      customer,
      items: [{ price: await monthly(first.unit), quantity: first.quantity }],
      discounts: [{ coupon }],
      default_tax_rates: [rate],
    });
    const ids = subscription.items.data.map(({ id }) => id);
    return new History(next, new BillingModel(terms, first), clock, customer, subscription, ids);
  }

  /** Makes a random step. */
  async step(): Promise<void> {
    const { next, model, ids } = this;
    const index = next(model.items.length);
    const changes = { unit: 500 + next(9000), quantity: 1 + next(5) };
    switch (next(8)) {
      case 0:
        return this.change(index, changes, 'create_prorations');
      case 1:
        return this.change(index, changes, 'none');
      case 2:
        return this.change(index, changes, 'always_invoice');
      case 3: {
        if (model.items.length > 3) return undefined;
        model.add(changes);
        const { id } = await stripe().subscriptionItems.create({
          subscription: this.subscription.id,
          price: await monthly(changes.unit),
          quantity: changes.quantity,
        });
        return void ids.push(id);
      }
      case 4:
        if (model.items.length < 2) return undefined;
        model.remove(index);
        return void (await stripe().subscriptionItems.del(ids.splice(index, 1)[0] ?? ''));
      case 5:
        return this.pass(DAY * (1 + next(9)) + next(3600));
      case 6:
        return this.renew();
      default:
        return this.failAndPay();
    }
  }

  private async change(
    index: number,
    changes: { unit: number; quantity: number },
    proration_behavior: Stripe.SubscriptionItemUpdateParams.ProrationBehavior,
  ): Promise<void> {
    this.model.change(index, changes, proration_behavior !== 'none');
    if (proration_behavior === 'always_invoice') this.model.invoiceNow();
    await stripe().subscriptionItems.update(this.ids[index] ?? '', {
      price: await monthly(changes.unit),
      quantity: changes.quantity,
      proration_behavior,
    });
  }

  private async advance(to: number): Promise<void> {
    await stripe().testHelpers.testClocks.advance(this.clock, { frozen_time: to });
  }

  /** Moves the time within the current period. */
  private async pass(seconds: number): Promise<void> {
    const to = Math.min(this.model.periodEnd - 2 * 3600, this.model.now + seconds);
    if (to <= this.model.now) return;
    await this.advance(to);
    this.model.now = to;
  }

  /** Moves the time to two hours after the renewal. Its invoice is finalized by then. */
  private async renew(): Promise<void> {
    const to = this.model.periodEnd + 2 * 3600;
    await this.advance(to);
    this.model.renew();
    this.model.now = to;
  }

  /** Renews with a card that is declined, then pays the invoice with a valid card. */
  private async failAndPay(): Promise<void> {
    await useCard(this.customer, 'pm_card_chargeCustomerFail');
    await this.renew();
    const [invoice] = (await stripe().invoices.list({ subscription: this.subscription.id, limit: 1 })).data;
    assert.ok(invoice);
    const { status } = await stripe().subscriptions.retrieve(this.subscription.id);
    const hasAmountDue = (this.model.invoices.at(-1)?.due ?? 0) > 0;
    assert.deepEqual([invoice.status, status], hasAmountDue ? ['open', 'past_due'] : ['paid', 'active']);
    await useCard(this.customer, 'pm_card_visa');
    if (hasAmountDue) await stripe().invoices.pay(invoice.id);
    assert.equal((await stripe().subscriptions.retrieve(this.subscription.id)).status, 'active');
  }
}

async function useCard(customer: string, card: string): Promise<void> {
  const { id } = await stripe().paymentMethods.attach(card, { customer });
  await stripe().customers.update(customer, { invoice_settings: { default_payment_method: id } });
}

async function termsOf(next: (below: number) => number): Promise<{ terms: Terms; coupon: string; rate: string }> {
  const duration = (['once', 'repeating', 'forever'] as const)[next(3)] ?? 'once';
  const reduction = next(2) === 0 ? { percent: 1 + next(60) } : { amount: 100 + next(5000) };
  const terms: Terms = {
    coupon: reduction,
    months: duration === 'once' ? 1 : duration === 'forever' ? Infinity : 2,
    tax: next(3) * 9.5,
    isTaxInclusive: next(2) === 0,
  };
  const { id: coupon } = await stripe().coupons.create({
    ...('percent' in reduction
      ? { percent_off: reduction.percent }
      : { amount_off: reduction.amount, currency: 'usd' }),
    duration,
    ...(duration === 'repeating' ? { duration_in_months: 2 } : {}),
  });
  const { id: rate } = await stripe().taxRates.create({
    display_name: 'VAT',
    inclusive: terms.isTaxInclusive,
    percentage: terms.tax,
  });
  return { terms, coupon, rate };
}

const sumOfAmounts = (amounts: readonly { readonly amount: number }[] | null): number =>
  (amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);

for (let seed = 1; seed <= HISTORIES; seed += 1)
  void test(`the invoices of history ${seed} have the amounts of the model`, async () => {
    const history = await History.begin(seed);
    for (let step = 0; step < STEPS; step += 1) await history.step();
    const { data } = await stripe().invoices.list({ subscription: history.subscription.id, limit: 100 });
    const oldestFirst = [...data].reverse();
    assert.deepEqual(
      oldestFirst.map(({ total, amount_due: due }) => ({ total, due })),
      history.model.invoices,
    );
    for (const { lines, total, total_discount_amounts: discounts, total_taxes: taxes } of oldestFirst) {
      if (lines.has_more) continue;
      const exclusive = (taxes ?? []).filter(({ tax_behavior: behavior }) => behavior === 'exclusive');
      assert.equal(total, sumOfAmounts(lines.data) - sumOfAmounts(discounts) + sumOfAmounts(exclusive));
    }
  });
