/** Meters of the sandbox: events, summaries, adjustments, metered prices. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from '../documented.ts';
import { DAY, invoicesOf, onClock, price, START, stripe, subscribe, type ClockTime, openSandbox } from './setup.ts';

openSandbox();

const FEBRUARY = Date.UTC(2026, 1, 28) / 1000;

let names = 0;

async function meter(formula: 'count' | 'last' | 'sum' = 'sum'): Promise<Stripe.Billing.Meter> {
  names += 1;
  return stripe().billing.meters.create({
    display_name: 'Calls',
    event_name: `calls_${names}`,
    default_aggregation: { formula },
  });
}

interface Metered extends ClockTime {
  readonly of: Stripe.Billing.Meter;
  /** Reports usage at so many days after the start of the clock. */
  readonly use: (value: number, days: number, more?: object) => Promise<Stripe.Billing.MeterEvent>;
}

async function metered(formula?: 'count' | 'last' | 'sum'): Promise<Metered> {
  const [of, clock] = [await meter(formula), await onClock()];
  return {
    ...clock,
    of,
    use: (value, days, more = {}) =>
      stripe().billing.meterEvents.create({
        event_name: of.event_name,
        payload: { stripe_customer_id: clock.customer, value: String(value) },
        timestamp: START + days * DAY,
        ...more,
      }),
  };
}

const perUse = (of: Stripe.Billing.Meter, more: Partial<Stripe.PriceCreateParams> = {}): Promise<string> =>
  price(7, { recurring: { interval: 'month', usage_type: 'metered', meter: of.id }, ...more });

documented(
  '/billing/subscriptions/usage-based/implementation-guide',
  'the usage that a meter adds up is billed after the period',
  async () => {
    const { of, use, customer, advance } = await metered();
    const made = await subscribe({ customer, items: [{ price: await perUse(of) }] });
    assert.deepEqual([made.status, made.items.data[0]?.quantity], ['active', undefined]);
    await advance(START + 10 * DAY);
    await use(100, 3);
    await use(25, 9);
    await advance(FEBRUARY + DAY);
    const [invoice] = await invoicesOf(made.id);
    const [line] = invoice?.lines.data ?? [];
    assert.deepEqual([invoice?.total, line?.quantity, line?.period], [875, 125, { start: START, end: FEBRUARY }]);
  },
);

documented(
  '/api/billing/meter/object#billing_meter_object-default_aggregation',
  'a meter adds up values, counts events, or uses the last value',
  async () => {
    for (const [formula, value] of [
      ['sum', 12],
      ['count', 3],
      ['last', 2],
    ] as const) {
      const { of, use, customer, advance } = await metered(formula);
      await advance(START + 5 * DAY);
      await use(7, 1);
      await use(2, 4);
      await use(3, 2);
      const { data } = await stripe().billing.meters.listEventSummaries(of.id, {
        customer,
        start_time: START,
        end_time: START + 5 * DAY,
      });
      assert.deepEqual(
        data.map(({ aggregated_value }) => aggregated_value),
        [value],
        formula,
      );
    }
  },
);

documented(
  '/api/billing/meter-event-summary/list',
  'summaries are those of one customer, optionally by day or hour',
  async () => {
    const { of, use, customer, advance } = await metered();
    await advance(START + 3 * DAY);
    await use(5, 0.25);
    await use(1, 2.5);
    const read = (more: object = {}): Promise<Stripe.ApiList<Stripe.Billing.MeterEventSummary>> =>
      stripe().billing.meters.listEventSummaries(of.id, {
        customer,
        start_time: START,
        end_time: START + 3 * DAY,
        ...more,
      });
    const { data } = await read({ value_grouping_window: 'day' });
    assert.deepEqual(
      data.map(({ start_time, end_time, aggregated_value }) => [
        (start_time - START) / DAY,
        (end_time - START) / DAY,
        aggregated_value,
      ]),
      [
        [2, 3, 1],
        [0, 1, 5],
      ],
    );
    const { id: other } = await stripe().customers.create();
    assert.deepEqual((await read({ customer: other })).data, []);
    await rejected(read({ start_time: START + 1 }), { statusCode: 400, param: 'start_time' });
  },
);

documented(
  '/api/billing/meter-event/create',
  'an identifier can be used once, and a timestamp must be within the past 35 days',
  async () => {
    const { use, advance } = await metered();
    const event = await use(1, 0, { identifier: 'once' });
    assert.deepEqual([event.identifier, event.object], ['once', 'billing.meter_event']);
    await rejected(use(1, 0, { identifier: 'once' }), { statusCode: 400, param: 'identifier' });
    await rejected(use(1, 1), { statusCode: 400, param: 'timestamp' });
    await advance(START + 40 * DAY);
    await rejected(use(1, 1), { statusCode: 400, param: 'timestamp' });
  },
);

documented('/api/billing/meter-event-adjustment/create', 'a canceled event is not billed', async () => {
  const { of, use, customer, advance } = await metered();
  const { id } = await subscribe({ customer, items: [{ price: await perUse(of) }] });
  await use(100, 0, { identifier: 'wrong' });
  await use(3, 0);
  const adjust = (identifier: string): Promise<Stripe.Billing.MeterEventAdjustment> =>
    stripe().billing.meterEventAdjustments.create({
      event_name: of.event_name,
      type: 'cancel',
      cancel: { identifier },
    });
  const { status, cancel } = await adjust('wrong');
  assert.deepEqual([status, cancel?.identifier], ['pending', 'wrong']);
  await rejected(adjust('unknown'), { statusCode: 400 });
  await advance(FEBRUARY + DAY);
  assert.equal((await invoicesOf(id))[0]?.total, 21);
});

documented(
  '/billing/subscriptions/usage-based/recording-usage-api#usage-values',
  'negative usage is billed as zero',
  async () => {
    const { of, use, customer, advance } = await metered();
    const { id } = await subscribe({ customer, items: [{ price: await perUse(of) }] });
    await use(-5, 0);
    await advance(FEBRUARY + DAY);
    const [invoice] = await invoicesOf(id);
    assert.deepEqual([invoice?.total, invoice?.lines.data[0]?.quantity], [0, 0]);
  },
);

documented(
  '/billing/subscriptions/usage-based/pricing-models',
  'metered prices can have tiers and packages, and can be combined with licensed prices',
  async () => {
    const { of, use, customer, advance } = await metered();
    const tiered = await stripe().prices.create({
      currency: 'usd',
      product_data: { name: 'Calls' },
      recurring: { interval: 'month', usage_type: 'metered', meter: of.id },
      billing_scheme: 'tiered',
      tiers_mode: 'graduated',
      tiers: [
        { up_to: 100, unit_amount: 0 },
        { up_to: 'inf', unit_amount_decimal: '0.5' as unknown as Stripe.Decimal },
      ],
    });
    const packaged = await perUse(of, { transform_quantity: { divide_by: 100, round: 'up' } });
    const { id } = await subscribe({
      customer,
      items: [
        { price: tiered.id },
        { price: packaged },
        { price: await price(500, { recurring: { interval: 'month' } }) },
      ],
    });
    await use(301, 0);
    await advance(FEBRUARY + DAY);
    const [invoice] = await invoicesOf(id);
    // 201 x 0.5 rounded up, four packages of 100, and the licensed price of the month that begins.
    assert.equal(invoice?.total, 101 + 4 * 7 + 500);
  },
);

documented(
  '/billing/subscriptions/billing-mode/compare',
  'a subscription with only metered prices has its first invoice after a period, or in classic billing mode an invoice of zero at once',
  async () => {
    const { of, customer } = await metered();
    const items = [{ price: await perUse(of) }];
    const flexible = await subscribe({ customer, items });
    assert.deepEqual([flexible.billing_mode.type, flexible.latest_invoice], ['flexible', null]);
    const classic = await subscribe({ customer, items, billing_mode: { type: 'classic' } });
    assert.deepEqual([classic.latest_invoice.total, classic.latest_invoice.lines.data[0]?.quantity], [0, 0]);
  },
);

documented('/api/invoices/create_preview', 'a preview shows the usage until now', async () => {
  const { of, use, customer, advance } = await metered();
  const { id } = await subscribe({ customer, items: [{ price: await perUse(of) }] });
  await advance(START + 2 * DAY);
  await use(10, 1);
  assert.equal((await stripe().invoices.createPreview({ subscription: id })).total, 70);
});

documented(
  '/api/subscriptions/cancel#cancel_subscription-invoice_now',
  'a cancellation bills the usage if `invoice_now` is true',
  async () => {
    for (const [invoice_now, totals] of [
      [true, [70]],
      [false, []],
    ] as const) {
      const { of, use, customer, advance } = await metered();
      const { id } = await subscribe({ customer, items: [{ price: await perUse(of) }] });
      await advance(START + 2 * DAY);
      await use(10, 1);
      await stripe().subscriptions.cancel(id, { invoice_now });
      await advance(START + 3 * DAY);
      assert.deepEqual(
        (await invoicesOf(id)).map(({ total }) => total),
        totals,
      );
    }
  },
);

documented(
  '/billing/subscriptions/usage-based/recording-usage-api#handle-meter-event-errors',
  'an event without a meter or customer is accepted, and an event reports the error',
  async () => {
    const { of, customer } = await metered();
    const events = async (type: string): Promise<number> =>
      (await stripe().v2.core.events.list({ types: [type], limit: 50 })).data.length;
    const report = (event_name: string, payload: Record<string, string>): Promise<Stripe.Billing.MeterEvent> =>
      stripe().billing.meterEvents.create({ event_name, payload });
    const payload = { stripe_customer_id: customer, value: '1' };
    assert.equal((await report('no_such_meter', payload)).event_name, 'no_such_meter');
    assert.equal(await events('v1.billing.meter.no_meter_found'), 1);
    await report(of.event_name, { ...payload, stripe_customer_id: 'cus_none' });
    await report(of.event_name, { ...payload, value: 'many' });
    await stripe().billing.meters.deactivate(of.id);
    await report(of.event_name, payload);
    assert.equal(await events('v1.billing.meter.error_report_triggered'), 3);
  },
);

documented('/api/v2/billing-meter/create', 'API v2 accepts events for the same meters', async () => {
  const { of, customer } = await metered();
  const event = await stripe().v2.billing.meterEvents.create({
    event_name: of.event_name,
    payload: { stripe_customer_id: customer, value: '4' },
  });
  assert.equal(event.object, 'v2.billing.meter_event');
  const { data } = await stripe().billing.meters.listEventSummaries(of.id, {
    customer,
    start_time: START,
    end_time: START + DAY,
  });
  assert.equal(data[0]?.aggregated_value, 4);
});

documented('/api/billing/meter/create', 'only one active meter can have an event name', async () => {
  const of = await meter();
  const again = { display_name: 'x', event_name: of.event_name, default_aggregation: { formula: 'sum' as const } };
  await rejected(stripe().billing.meters.create(again), { statusCode: 400, param: 'event_name' });
  await stripe().billing.meters.deactivate(of.id);
  assert.equal((await stripe().billing.meters.create(again)).status, 'active');
});

documented(
  '/api/prices/create#create_price-recurring-meter',
  'a metered price needs a meter, and other prices cannot have one',
  async () => {
    const recurring = { interval: 'month' as const };
    await rejected(price(1, { recurring: { ...recurring, usage_type: 'metered' } }), { statusCode: 400 });
    await rejected(price(1, { recurring: { ...recurring, usage_type: 'metered', meter: 'mtr_none' } }), {
      statusCode: 400,
      code: 'resource_missing',
    });
    await rejected(price(1, { recurring: { ...recurring, meter: (await meter()).id } }), { statusCode: 400 });
  },
);
