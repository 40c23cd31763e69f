/** Subscriptions of the sandbox: payment, cycles, trials, prorations, ends, items. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from '../documented.ts';
import {
  coupon,
  DAY,
  invoicesOf,
  monthly,
  onClock,
  payer,
  price,
  START,
  stripe,
  subscribe,
  openSandbox,
} from './setup.ts';

openSandbox();

documented(
  '/api/subscriptions/create#create_subscription-payment_behavior',
  'the result of the first payment determines the status',
  async () => {
    const failing = 'pm_card_chargeCustomerFail';
    assert.equal((await subscribe()).status, 'active');
    assert.equal((await subscribe({ customer: await payer(failing) })).status, 'incomplete');
    await rejected(subscribe({ customer: await payer(failing), payment_behavior: 'error_if_incomplete' }), {
      statusCode: 402,
    });
    const { id } = await stripe().customers.create();
    await rejected(subscribe({ customer: id }), { statusCode: 400, code: 'resource_missing' });
    assert.deepEqual((await stripe().subscriptions.list({ customer: id, status: 'all' })).data, []);
    const waiting = await subscribe({ customer: id, payment_behavior: 'default_incomplete' });
    assert.deepEqual([waiting.status, waiting.latest_invoice.status], ['incomplete', 'open']);
    await stripe().invoices.pay(waiting.latest_invoice.id, { payment_method: 'pm_card_visa' });
    assert.equal((await stripe().subscriptions.retrieve(waiting.id)).status, 'active');
  },
);

documented(
  '/billing/subscriptions/overview#subscription-statuses',
  'confirming the payment of the first invoice makes the subscription active',
  async () => {
    const { id } = await stripe().customers.create();
    const waiting = await subscribe({ customer: id, payment_behavior: 'default_incomplete' });
    const { data } = await stripe().invoicePayments.list({ invoice: waiting.latest_invoice.id });
    const intent = String(data[0]?.payment.payment_intent);
    await stripe().paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' });
    assert.equal((await stripe().subscriptions.retrieve(waiting.id)).status, 'active');
    assert.equal((await stripe().invoices.retrieve(waiting.latest_invoice.id)).status, 'paid');
  },
);

documented(
  '/billing/subscriptions/billing-cycle',
  'months are counted from the anchor: an anchor on the 31st is the last day of shorter months',
  async () => {
    const { customer, advance } = await onClock();
    const { id } = await subscribe({ customer });
    const ends = async (): Promise<number | undefined> =>
      (await stripe().subscriptions.retrieve(id)).items.data[0]?.current_period_end;
    assert.equal(await ends(), Date.UTC(2026, 1, 28) / 1000);
    await advance(Date.UTC(2026, 2, 1) / 1000);
    assert.equal(await ends(), Date.UTC(2026, 2, 31) / 1000);
    const all = await invoicesOf(id);
    assert.deepEqual(
      all.map((one) => [one.billing_reason, one.status, one.total]),
      [
        ['subscription_cycle', 'paid', 1000],
        ['subscription_create', 'paid', 1000],
      ],
    );
  },
);

documented('/billing/subscriptions/trials', 'the first period is billed after the trial', async () => {
  const { customer, advance } = await onClock();
  const trial = await subscribe({ customer, trial_period_days: 14 });
  assert.deepEqual([trial.status, trial.latest_invoice.total, trial.trial_end], ['trialing', 0, START + 14 * DAY]);
  await advance(START + 15 * DAY);
  assert.equal((await stripe().subscriptions.retrieve(trial.id)).status, 'active');
  assert.deepEqual(
    (await invoicesOf(trial.id)).map(({ total, status }) => [total, status]),
    [
      [1000, 'paid'],
      [0, 'paid'],
    ],
  );
});

documented('/billing/subscriptions/coupons', 'a coupon applies once, for its months, or forever', async () => {
  const totals = async (params: Stripe.CouponCreateParams): Promise<number[]> => {
    const { customer, advance } = await onClock();
    const { id } = await subscribe({ customer, discounts: [{ coupon: await coupon({ percent_off: 50, ...params }) }] });
    await advance(START + 50 * DAY);
    await advance(START + 100 * DAY);
    return (await invoicesOf(id)).map(({ total }) => total).reverse();
  };
  assert.deepEqual(await totals({ duration: 'once' }), [500, 1000, 1000, 1000]);
  assert.deepEqual(await totals({ duration: 'repeating', duration_in_months: 2 }), [500, 500, 1000, 1000]);
  assert.deepEqual(await totals({ duration: 'forever' }), [500, 500, 500, 500]);
});

documented(
  '/billing/subscriptions/prorations',
  'a change within a billing period credits the unused time and charges the remaining time',
  async () => {
    const { customer, advance } = await onClock();
    const { id, items } = await subscribe({ customer, items: [{ price: await monthly(2800) }] });
    await advance(START + 14 * DAY);
    const item = String(items.data[0]?.id);
    await stripe().subscriptions.update(id, { items: [{ id: item, price: await monthly(5600) }] });
    const pending = (await stripe().invoiceItems.list({ customer, pending: true })).data;
    assert.deepEqual(
      pending.map(({ amount, proration }) => [amount, proration]),
      [
        [2800, true],
        [-1400, true],
      ],
    );
    await advance(START + 29 * DAY);
    assert.equal((await invoicesOf(id))[0]?.total, 5600 + 1400);
  },
);

documented(
  '/billing/subscriptions/change-price',
  'a longer interval begins a new billing cycle, which is billed at once',
  async () => {
    const { customer, advance } = await onClock();
    const { id, items } = await subscribe({ customer, items: [{ price: await monthly(2800) }] });
    await advance(START + 14 * DAY);
    const yearly = await price(20_000, { recurring: { interval: 'year' } });
    const changed = await stripe().subscriptions.update(id, {
      items: [{ id: String(items.data[0]?.id), price: yearly }],
    });
    assert.equal(changed.billing_cycle_anchor, START + 14 * DAY);
    assert.equal((await invoicesOf(id))[0]?.total, 20_000 - 1400);
  },
);

documented(
  '/billing/revenue-recovery/smart-retries',
  'a failed renewal makes the subscription past due, is retried, and finally ends the subscription',
  async () => {
    const { customer, advance } = await onClock();
    const { id } = await subscribe({ customer });
    const method = await stripe().paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    await stripe().customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    await advance(START + 29 * DAY);
    assert.equal((await stripe().subscriptions.retrieve(id)).status, 'past_due');
    await advance(START + 60 * DAY);
    const ended = await stripe().subscriptions.retrieve(id);
    assert.deepEqual([ended.status, ended.cancellation_details?.reason], ['canceled', 'payment_failed']);
  },
);

documented(
  '/billing/subscriptions/cancel',
  'with `cancel_at_period_end` a subscription ends with the period and is not billed again',
  async () => {
    const { customer, advance } = await onClock();
    const { id } = await subscribe({ customer });
    await stripe().subscriptions.update(id, { cancel_at_period_end: true });
    await advance(START + 40 * DAY);
    assert.equal((await stripe().subscriptions.retrieve(id)).status, 'canceled');
    assert.equal((await invoicesOf(id)).length, 1);
    await rejected(stripe().subscriptions.cancel(id), { statusCode: 404, code: 'resource_missing' });
    await rejected(stripe().subscriptions.update(id, { description: 'x' }), { statusCode: 400 });
  },
);

documented(
  '/billing/subscriptions/overview#subscription-statuses',
  'a subscription whose first invoice is not paid expires after 23 hours',
  async () => {
    const { customer, advance } = await onClock();
    const { id } = await subscribe({ customer, payment_behavior: 'default_incomplete' });
    await advance(START + DAY);
    assert.equal((await stripe().subscriptions.retrieve(id)).status, 'incomplete_expired');
    assert.equal((await invoicesOf(id))[0]?.status, 'void');
  },
);

documented('/billing/collection-method', 'a sent invoice that is overdue makes the subscription past due', async () => {
  const { customer, advance } = await onClock();
  const { id, status } = await subscribe({ customer, collection_method: 'send_invoice', days_until_due: 5 });
  assert.equal(status, 'active');
  await advance(START + 7 * DAY);
  assert.equal((await stripe().subscriptions.retrieve(id)).status, 'past_due');
  await stripe().invoices.pay(String((await invoicesOf(id))[0]?.id));
  assert.equal((await stripe().subscriptions.retrieve(id)).status, 'active');
  await rejected(subscribe({ collection_method: 'send_invoice' }), { param: 'days_until_due' });
});

documented(
  '/billing/subscriptions/pause-payment',
  'while collection is paused, invoices are voided or stay drafts',
  async () => {
    for (const [behavior, status] of [
      ['void', 'void'],
      ['keep_as_draft', 'draft'],
      ['mark_uncollectible', 'uncollectible'],
    ] as const) {
      const { customer, advance } = await onClock();
      const { id } = await subscribe({ customer });
      await stripe().subscriptions.update(id, { pause_collection: { behavior } });
      await advance(START + 30 * DAY);
      assert.equal((await invoicesOf(id))[0]?.status, status);
    }
  },
);

documented(
  '/products-prices/pricing-models',
  'tiers price the whole quantity (volume) or the units in each tier (graduated)',
  async () => {
    const tiers = [
      { up_to: 5, unit_amount: 500 },
      { up_to: 'inf' as const, unit_amount: 400, flat_amount: 100 },
    ];
    const total = async (tiers_mode: 'graduated' | 'volume'): Promise<number> => {
      const of = await stripe().prices.create({
        currency: 'usd',
        product_data: { name: 'Seats' },
        recurring: { interval: 'month' },
        billing_scheme: 'tiered',
        tiers_mode,
        tiers,
      });
      return (await subscribe({ items: [{ price: of.id, quantity: 6 }] })).latest_invoice.total;
    };
    assert.deepEqual([await total('graduated'), await total('volume')], [5 * 500 + 400 + 100, 6 * 400 + 100]);
  },
);

documented(
  '/api/subscription_items/create',
  'items can be added, changed and deleted, except the last one',
  async () => {
    const { id } = await subscribe();
    const added = await stripe().subscriptionItems.create({ subscription: id, price: await monthly(300), quantity: 2 });
    assert.equal((await stripe().subscriptionItems.update(added.id, { quantity: 5 })).quantity, 5);
    const { items } = await stripe().subscriptions.retrieve(id);
    assert.deepEqual(
      items.data.map(({ quantity }) => quantity),
      [1, 5],
    );
    await stripe().subscriptionItems.del(added.id);
    await rejected(stripe().subscriptionItems.del(String(items.data[0]?.id)), { statusCode: 400 });
    await rejected(stripe().subscriptionItems.create({ subscription: id, price: await price(5) }), { statusCode: 400 });
  },
);
