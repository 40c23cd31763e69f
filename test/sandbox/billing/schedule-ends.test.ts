/** Schedules of the sandbox: release, cancellation, errors and the end. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from '../documented.ts';
import { coupon, DAY, invoicesOf, monthly, onClock, price, START, stripe, openSandbox } from './setup.ts';
import { FEBRUARY, MARCH, month, read, subscription } from './schedule-setup.ts';

openSandbox();

documented('/api/subscription_schedules/release', 'releasing a schedule does not change its subscription', async () => {
  const { customer, advance } = await onClock();
  const { id, subscription: of } = await stripe().subscriptionSchedules.create({
    customer,
    start_date: 'now',
    phases: [
      { items: [{ price: await monthly(1000) }], duration: month(1) },
      { items: [{ price: await monthly(2000) }], duration: month(1) },
    ],
  });
  const released = await stripe().subscriptionSchedules.release(id);
  assert.deepEqual([released.status, released.subscription, released.released_subscription], ['released', null, of]);
  await advance(FEBRUARY + DAY);
  assert.equal((await invoicesOf(String(of)))[0]?.total, 1000);
  await rejected(stripe().subscriptionSchedules.release(id), { statusCode: 400 });
  await rejected(stripe().subscriptionSchedules.cancel(id), { statusCode: 400 });
});

documented('/api/subscription_schedules/cancel', 'canceling a schedule cancels its subscription', async () => {
  const { customer } = await onClock();
  const made = await stripe().subscriptionSchedules.create({
    customer,
    start_date: 'now',
    phases: [{ items: [{ price: await monthly() }], duration: month(1) }],
  });
  const canceled = await stripe().subscriptionSchedules.cancel(made.id, { invoice_now: false, prorate: false });
  assert.deepEqual([canceled.status, canceled.canceled_at], ['canceled', START]);
  assert.equal((await subscription(made)).status, 'canceled');
});

documented(
  '/api/subscription_schedules/update',
  'a change of the current phase changes the subscription at once',
  async () => {
    const { customer } = await onClock();
    const made = await stripe().subscriptionSchedules.create({
      customer,
      start_date: 'now',
      phases: [{ items: [{ price: await monthly(1000) }], duration: month(1) }],
    });
    const items = [{ price: await monthly(4000) }];
    await rejected(
      stripe().subscriptionSchedules.update(made.id, {
        phases: [{ items, start_date: START + DAY, end_date: MARCH }],
      }),
      { statusCode: 400 },
    );
    const updated = await stripe().subscriptionSchedules.update(made.id, {
      phases: [{ items, start_date: START, end_date: MARCH }],
      proration_behavior: 'none',
    });
    assert.equal(updated.current_phase?.end_date, MARCH);
    assert.equal((await subscription(made)).items.data[0]?.price.unit_amount, 4000);
    await rejected(stripe().subscriptions.update(String(made.subscription), { cancel_at_period_end: true }), {
      statusCode: 400,
      message: /managed by the subscription schedule/,
    });
  },
);

documented(
  '/billing/subscriptions/subscription-schedules/use-cases#using-trials',
  'phases can have trials, coupons and one-time items',
  async () => {
    const { customer, advance } = await onClock();
    const plan = await monthly(1000);
    const made = await stripe().subscriptionSchedules.create({
      customer,
      start_date: 'now',
      phases: [
        { items: [{ price: plan }], end_date: START + 7 * DAY, trial: true },
        {
          items: [{ price: plan }],
          duration: month(1),
          discounts: [{ coupon: await coupon({ percent_off: 50, duration: 'forever' }) }],
          add_invoice_items: [{ price: await price(300) }],
        },
      ],
    });
    assert.equal((await subscription(made)).status, 'trialing');
    await advance(START + 8 * DAY);
    assert.equal((await subscription(made)).status, 'active');
    const [invoice] = await invoicesOf(String(made.subscription));
    assert.deepEqual([invoice?.subtotal, invoice?.total], [1300, 650]);
  },
);

documented(
  '/api/events/types#event_types-subscription_schedule.created',
  'the creation, the coming end and the completion of a schedule have events',
  async () => {
    const { customer, advance } = await onClock();
    await stripe().subscriptionSchedules.create({
      customer,
      start_date: 'now',
      end_behavior: 'cancel',
      phases: [{ items: [{ price: await monthly() }], duration: month(1) }],
    });
    await advance(FEBRUARY + DAY);
    const { data } = await stripe().events.list({ limit: 60 });
    const types = data.map(({ type }) => type);
    for (const type of ['created', 'expiring', 'completed'])
      assert.ok(
        types.some((name) => name === `subscription_schedule.${type}`),
        type,
      );
  },
);

documented('/api/quotes/accept', 'a quote with a later effective date creates a schedule with its items', async () => {
  const { customer, advance } = await onClock();
  const quote = await stripe().quotes.create({
    customer,
    line_items: [{ price: await monthly(1200), quantity: 2 }],
    subscription_data: { effective_date: START + 5 * DAY },
  });
  await stripe().quotes.finalizeQuote(quote.id);
  const { subscription_schedule: id } = await stripe().quotes.accept(quote.id);
  const schedule = await read(String(id));
  assert.deepEqual([schedule.status, schedule.phases[0]?.items[0]?.quantity], ['not_started', 2]);
  await advance(START + 6 * DAY);
  assert.equal((await invoicesOf(String((await read(String(id))).subscription)))[0]?.total, 2400);
});

documented(
  '/api/subscription_schedules/create#create_subscription_schedule-phases-items-price_data',
  'a phase can define a price, and a subscription item can change to a price that the request defines',
  async () => {
    const { customer, advance } = await onClock();
    const product = (await stripe().products.create({ name: 'Inline' })).id;
    const inline = (unit_amount: number): Stripe.SubscriptionScheduleCreateParams.Phase.Item.PriceData => ({
      currency: 'usd',
      product,
      recurring: { interval: 'month' },
      unit_amount,
    });
    const made = await stripe().subscriptionSchedules.create({
      customer,
      start_date: 'now',
      phases: [
        { items: [{ price_data: inline(700) }], duration: month(1) },
        { items: [{ price_data: inline(900) }], duration: month(1) },
      ],
    });
    await advance(FEBRUARY + DAY);
    const { id, items } = await subscription(made);
    assert.equal(items.data[0]?.price.unit_amount, 900);
    await stripe().subscriptionSchedules.release(made.id);
    const changed = await stripe().subscriptions.update(id, {
      items: [{ id: items.data[0].id, price_data: inline(1100) }],
    });
    assert.equal(changed.items.data[0]?.price.unit_amount, 1100);
  },
);
