/** Subscription schedules of the sandbox: phases and transitions. */
import assert from 'node:assert/strict';
import { documented, rejected } from '../documented.ts';
import { coupon, DAY, invoicesOf, monthly, onClock, price, START, stripe, subscribe, openSandbox } from './setup.ts';
import { FEBRUARY, MARCH, month, read, subscription } from './schedule-setup.ts';

openSandbox();

documented(
  '/billing/subscriptions/subscription-schedules#phases',
  'phases follow one another, each for its duration or until its end date',
  async () => {
    const { customer } = await onClock();
    const [first, second] = [await monthly(1000), await monthly(2000)];
    const made = await stripe().subscriptionSchedules.create({
      customer,
      start_date: 'now',
      phases: [
        { items: [{ price: first, quantity: 2 }], duration: month(2) },
        { items: [{ price: second }], end_date: START + 90 * DAY },
      ],
    });
    assert.deepEqual(
      made.phases.map((phase) => [phase.start_date, phase.end_date, phase.items[0]?.price, phase.items[0]?.quantity]),
      [
        [START, MARCH, first, 2],
        [MARCH, START + 90 * DAY, second, 1],
      ],
    );
    assert.deepEqual([made.status, made.current_phase], ['active', { start_date: START, end_date: MARCH }]);
    const { status, schedule, items } = await subscription(made);
    assert.deepEqual([status, schedule, items.data[0]?.quantity], ['active', made.id, 2]);
  },
);

documented(
  '/api/subscription_schedules/create#create_subscription_schedule-start_date',
  'a schedule with a later start date creates its subscription on that date',
  async () => {
    const { customer, advance } = await onClock();
    const {
      id,
      status,
      subscription: none,
    } = await stripe().subscriptionSchedules.create({
      customer,
      start_date: START + 10 * DAY,
      phases: [
        {
          items: [{ price: await monthly() }],
          duration: month(1),
          discounts: [{ coupon: await coupon({ percent_off: 10 }) }],
        },
      ],
    });
    assert.deepEqual([status, none], ['not_started', null]);
    await advance(START + 11 * DAY);
    const started = await read(id);
    assert.equal(started.status, 'active');
    const [invoice] = await invoicesOf(String(started.subscription));
    assert.deepEqual([invoice?.total, invoice?.status], [900, 'paid']);
  },
);

documented(
  '/billing/subscriptions/subscription-schedules/use-cases#upgrading-subscriptions',
  'a phase that begins with a billing period changes the price without a proration',
  async () => {
    const { customer, advance } = await onClock();
    const made = await stripe().subscriptionSchedules.create({
      customer,
      start_date: 'now',
      phases: [
        { items: [{ price: await monthly(1000) }], duration: month(1) },
        { items: [{ price: await monthly(3000), quantity: 2 }], duration: month(1) },
      ],
    });
    await advance(FEBRUARY + DAY);
    assert.deepEqual(
      (await invoicesOf(String(made.subscription))).map(({ total, lines }) => [total, lines.data.length]),
      [
        [6000, 1],
        [1000, 1],
      ],
    );
    assert.equal((await read(made.id)).current_phase?.start_date, FEBRUARY);
  },
);

documented(
  '/billing/subscriptions/subscription-schedules/use-cases#changing-billing-intervals',
  'a phase with another interval begins a new billing cycle',
  async () => {
    const { customer, advance } = await onClock();
    const yearly = await price(9000, { recurring: { interval: 'year' } });
    const made = await stripe().subscriptionSchedules.create({
      customer,
      start_date: 'now',
      phases: [
        { items: [{ price: await monthly(1000) }], duration: month(1) },
        { items: [{ price: yearly }], duration: { interval: 'year' } },
      ],
    });
    await advance(FEBRUARY + DAY);
    const [invoice] = await invoicesOf(String(made.subscription));
    assert.deepEqual([invoice?.total, invoice?.billing_reason], [9000, 'subscription_cycle']);
    const { items } = await subscription(made);
    assert.equal(items.data[0]?.current_period_end, Date.UTC(2027, 1, 28) / 1000);
  },
);

documented(
  '/api/subscription_schedules/create#create_subscription_schedule-phases-proration_behavior',
  'a phase that begins within a billing period is prorated, unless its `proration_behavior` is `none`',
  async () => {
    for (const [proration_behavior, amounts] of [
      ['create_prorations', [2800, -1400]],
      ['none', []],
    ] as const) {
      const { customer, advance } = await onClock();
      await stripe().subscriptionSchedules.create({
        customer,
        start_date: 'now',
        phases: [
          { items: [{ price: await monthly(2800) }], end_date: START + 14 * DAY },
          { items: [{ price: await monthly(5600) }], duration: month(2), proration_behavior },
        ],
      });
      await advance(START + 15 * DAY);
      const { data } = await stripe().invoiceItems.list({ customer, pending: true });
      assert.deepEqual(
        data.map(({ amount }) => amount),
        amounts,
      );
    }
  },
);

documented(
  '/api/subscription_schedules/create#create_subscription_schedule-end_behavior',
  'after the last phase the subscription is released, or canceled',
  async () => {
    for (const [end_behavior, status, after] of [
      ['release', 'released', 'active'],
      ['cancel', 'completed', 'canceled'],
    ] as const) {
      const { customer, advance } = await onClock();
      const made = await stripe().subscriptionSchedules.create({
        customer,
        start_date: 'now',
        end_behavior,
        phases: [{ items: [{ price: await monthly() }], duration: month(1) }],
      });
      await advance(FEBRUARY + DAY);
      const ended = await read(made.id);
      const { status: left, schedule } = await subscription(made);
      assert.deepEqual([ended.status, left], [status, after]);
      assert.equal(ended.released_subscription, end_behavior === 'release' ? made.subscription : null);
      if (end_behavior === 'release') assert.equal(schedule, null);
    }
  },
);

documented(
  '/api/subscription_schedules/create#create_subscription_schedule-from_subscription',
  'a schedule that is created from a subscription begins with its current items and period',
  async () => {
    const { customer, advance } = await onClock();
    const { id, items } = await subscribe({ customer });
    const made = await stripe().subscriptionSchedules.create({ from_subscription: id });
    const [phase] = made.phases;
    assert.deepEqual([phase?.start_date, phase?.end_date], [START, FEBRUARY]);
    assert.equal(phase?.items[0]?.price, items.data[0]?.price.id);
    assert.equal((await stripe().subscriptions.retrieve(id)).schedule, made.id);
    const current = [{ price: String(phase?.items[0]?.price), quantity: 1 }];
    await stripe().subscriptionSchedules.update(made.id, {
      phases: [
        { items: current, start_date: START, end_date: FEBRUARY },
        { items: [{ price: await monthly(7000) }], duration: month(1) },
      ],
    });
    await advance(FEBRUARY + DAY);
    assert.equal((await invoicesOf(id))[0]?.total, 7000);
    await rejected(stripe().subscriptionSchedules.create({ from_subscription: id }), { param: 'from_subscription' });
    await rejected(stripe().subscriptionSchedules.create({ from_subscription: id, end_behavior: 'cancel' }), {
      param: 'end_behavior',
    });
  },
);
