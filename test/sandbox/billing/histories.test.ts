/** Random billing histories on a test clock: each invoice's total is that of a small model of its own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownSandbox } from '../documented.ts';

const double = ownSandbox({ now: () => 1_795_000_000 });
const START = Date.UTC(2026, 0, 15) / 1000;
const HISTORIES = 12;
const STEPS = 12;

/** Numbers of a seed, the same in every run: a linear congruence of Numerical Recipes. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Item {
  unit: number;
  quantity: number;
}

/** https://docs.stripe.com/billing/subscriptions/coupons: a percentage, then an amount; https://docs.stripe.com/billing/taxes/tax-rates */
interface Terms {
  readonly percent: number;
  /** Renewals that the coupon counts for, with the first period; Infinity for ever. */
  readonly periods: number;
  readonly tax: number;
}

const half = (amount: number): number => Math.sign(amount) * Math.floor(Math.abs(amount) + 0.5);
const monthStart = (months: number): number => Date.UTC(2026, months, 15) / 1000;

/** The total of one invoice: what is discounted per item, prorations as they are, tax per line on what is left. */
function expected(
  items: readonly Item[],
  prorations: readonly number[],
  { percent, tax }: Terms,
  isOff: boolean,
): number {
  const gross = items.map(({ unit, quantity }) => unit * quantity);
  const off = isOff ? half((gross.reduce((sum, one) => sum + one, 0) * percent) / 100) : 0;
  let [seen, given] = [0, 0];
  const all = gross.reduce((sum, one) => sum + one, 0);
  const net = gross.map((amount) => {
    seen += amount;
    const until = all === 0 ? 0 : half((off * seen) / all);
    const part = amount - (until - given);
    given = until;
    return part;
  });
  return [...net, ...prorations].reduce((sum, amount) => sum + amount + half((amount * tax) / 100), 0);
}

for (let seed = 1; seed <= HISTORIES; seed += 1)
  void test(`the invoices of history ${seed} add up as the model does`, async () => {
    const { stripe } = double();
    const next = random(seed);
    const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START });
    const { id: customer } = await stripe.customers.create({ test_clock: clock.id });
    const method = await stripe.paymentMethods.attach('pm_card_visa', { customer });
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    const price = async (unit: number): Promise<string> =>
      (
        await stripe.prices.create({
          currency: 'usd',
          unit_amount: unit,
          recurring: { interval: 'month' },
          product_data: { name: 'Plan' },
        })
      ).id;
    const duration = (['once', 'repeating', 'forever'] as const)[next(3)] ?? 'once';
    const terms: Terms = {
      percent: 1 + next(60),
      periods: duration === 'once' ? 1 : duration === 'forever' ? Infinity : 2,
      tax: next(2) * 19,
    };
    const coupon = await stripe.coupons.create({
      percent_off: terms.percent,
      duration,
      ...(duration === 'repeating' ? { duration_in_months: 2 } : {}),
    });
    const rate = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: terms.tax });
    const items: Item[] = [{ unit: 1000 + next(9000), quantity: 1 + next(4) }];
    const subscription = await stripe.subscriptions.create({
      customer,
      items: [{ price: await price(items[0]?.unit ?? 0), quantity: items[0]?.quantity ?? 1 }],
      discounts: [{ coupon: coupon.id }],
      default_tax_rates: [rate.id],
    });
    const ids = [String(subscription.items.data[0]?.id)];
    const totals = [expected(items, [], terms, true)];
    let [month, now] = [0, START];
    let waiting: number[] = [];
    for (let step = 0; step < STEPS; step += 1) {
      const end = monthStart(month + 1);
      const share = (end - now) / (end - monthStart(month));
      const prorated = ({ unit, quantity }: Item, sign: number): number => sign * half(unit * quantity * share);
      const index = next(items.length);
      const item = items[index];
      assert.ok(item);
      switch (next(4)) {
        case 0: {
          const before = { ...item };
          item.quantity = 1 + next(5);
          if (before.quantity === item.quantity) break;
          waiting.push(prorated(before, -1), prorated(item, 1));
          await stripe.subscriptionItems.update(ids[index] ?? '', { quantity: item.quantity });
          break;
        }
        case 1: {
          if (items.length > 3) break;
          const added = { unit: 500 + next(500), quantity: 1 + next(3) };
          items.push(added);
          waiting.push(prorated(added, 1));
          const made = await stripe.subscriptionItems.create({
            subscription: subscription.id,
            price: await price(added.unit),
            quantity: added.quantity,
          });
          ids.push(made.id);
          break;
        }
        case 2:
          now = Math.min(end - 7200, now + 86_400 * (1 + next(9)));
          if (now > START)
            await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: now }).catch(() => undefined);
          break;
        default:
          month += 1;
          totals.push(expected(items, waiting, terms, month < terms.periods));
          waiting = [];
          now = end + 7200;
          await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: now });
      }
    }
    const { data } = await stripe.invoices.list({ subscription: subscription.id, limit: 100 });
    const oldestFirst = [...data].reverse();
    assert.deepEqual(
      oldestFirst.map(({ total }) => total),
      totals,
    );
    for (const invoice of oldestFirst) {
      const lines = invoice.lines.data;
      if (invoice.lines.has_more) continue;
      const sum = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0);
      const off = sum(invoice.total_discount_amounts?.map(({ amount }) => amount) ?? []);
      const tax = sum(invoice.total_taxes?.map(({ amount }) => amount) ?? []);
      assert.equal(invoice.total, sum(lines.map(({ amount }) => amount)) - off + tax);
    }
  });
