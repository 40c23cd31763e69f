/** Invoices, subscriptions, previews, credit notes, quotes and test clocks. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, ownSandbox, rejected } from '../documented.ts';

const START = Date.UTC(2026, 0, 31) / 1000;
const DAY = 86_400;
const double = ownSandbox({ now: () => 1_795_000_000 });

const stripe = (): Stripe => double().stripe;

async function payer(card = 'pm_card_visa', more: Stripe.CustomerCreateParams = {}): Promise<string> {
  const { id } = await stripe().customers.create(more);
  const method = await stripe().paymentMethods.attach(card, { customer: id });
  await stripe().customers.update(id, { invoice_settings: { default_payment_method: method.id } });
  return id;
}

async function price(unit_amount: number, more: Partial<Stripe.PriceCreateParams> = {}): Promise<string> {
  const params = { currency: 'usd', unit_amount, product_data: { name: 'Plan' }, ...more };
  return (await stripe().prices.create(params)).id;
}

const monthly = (unit_amount = 1000, more: Partial<Stripe.PriceCreateParams> = {}): Promise<string> =>
  price(unit_amount, { recurring: { interval: 'month' }, ...more });

async function draft(amounts: readonly number[], more: Partial<Stripe.InvoiceCreateParams> = {}): Promise<string> {
  const customer = more.customer ?? (await payer());
  const { id } = await stripe().invoices.create({ customer, ...more });
  for (const amount of amounts) await stripe().invoiceItems.create({ customer, invoice: id, amount, currency: 'usd' });
  return id;
}

const open = async (
  amounts: readonly number[],
  more: Partial<Stripe.InvoiceCreateParams> = {},
): Promise<Stripe.Invoice> => stripe().invoices.finalizeInvoice(await draft(amounts, more));

const coupon = async (params: Stripe.CouponCreateParams): Promise<string> =>
  (await stripe().coupons.create({ duration: 'once', ...params })).id;

type Latest = Stripe.Subscription & { readonly latest_invoice: Stripe.Invoice };

async function subscribe(more: Partial<Stripe.SubscriptionCreateParams> = {}): Promise<Latest> {
  const customer = more.customer ?? (await payer());
  const items = more.items ?? [{ price: await monthly() }];
  const made = await stripe().subscriptions.create({ ...more, customer, items, expand: ['latest_invoice'] });
  return made as Latest;
}

async function clock(card?: string): Promise<{ customer: string; advance: (to: number) => Promise<void> }> {
  const { id } = await stripe().testHelpers.testClocks.create({ frozen_time: START });
  return {
    customer: await payer(card, { test_clock: id }),
    advance: async (to) => {
      const { status } = await stripe().testHelpers.testClocks.advance(id, { frozen_time: to });
      assert.equal(status, 'ready');
    },
  };
}

const invoicesOf = async (subscription: string): Promise<Stripe.Invoice[]> =>
  (await stripe().invoices.list({ subscription })).data;

documented(
  '/billing/subscriptions/coupons',
  'a percentage and an amount off are taken off one after the other',
  async () => {
    const discounts = [
      { coupon: await coupon({ percent_off: 25 }) },
      { coupon: await coupon({ amount_off: 50, currency: 'usd' }) },
    ];
    const invoice = await open([1000, 200], { discounts });
    assert.deepEqual([invoice.subtotal, invoice.total, invoice.amount_due], [1200, 850, 850]);
    assert.deepEqual(
      invoice.total_discount_amounts?.map(({ amount }) => amount),
      [300, 50],
    );
  },
);

documented('/billing/taxes/tax-rates', 'exclusive tax comes on top, inclusive tax is in the amount', async () => {
  const rate = async (inclusive: boolean): Promise<string> =>
    (await stripe().taxRates.create({ display_name: 'VAT', percentage: 20, inclusive })).id;
  const onTop = await open([1000], { default_tax_rates: [await rate(false)] });
  assert.deepEqual([onTop.subtotal, onTop.total, onTop.total_taxes?.[0]?.amount], [1000, 1200, 200]);
  const inside = await open([1200], { default_tax_rates: [await rate(true)] });
  assert.deepEqual([inside.total, inside.total_excluding_tax], [1200, 1000]);
});

documented(
  '/api/coupons/create#create_coupon-max_redemptions',
  'a coupon is redeemed as often as it may be',
  async () => {
    const id = await coupon({ percent_off: 10, max_redemptions: 1 });
    await open([1000], { discounts: [{ coupon: id }] });
    await rejected(open([1000], { discounts: [{ coupon: id }] }), { code: 'coupon_expired' });
    assert.equal((await stripe().coupons.retrieve(id)).times_redeemed, 1);
  },
);

documented(
  '/api/invoices/create#create_invoice-days_until_due',
  'due dates belong to invoices that are sent',
  async () => {
    const customer = await payer();
    const create = (params: object): Promise<Stripe.Invoice> => stripe().invoices.create({ customer, ...params });
    await rejected(create({ collection_method: 'send_invoice' }), { statusCode: 400, param: 'days_until_due' });
    await rejected(create({ days_until_due: 3 }), { statusCode: 400, param: 'days_until_due' });
    const { due_date } = await create({ collection_method: 'send_invoice', days_until_due: 3 });
    assert.equal(due_date, 1_795_000_000 + 3 * DAY);
  },
);

documented('/api/invoices/pay', 'a payment that fails leaves the invoice open with one attempt', async () => {
  const { id } = await open([1000], { customer: await payer('pm_card_chargeCustomerFail') });
  await rejected(stripe().invoices.pay(id), { statusCode: 402, code: 'card_declined' });
  const failed = await stripe().invoices.retrieve(id);
  assert.deepEqual([failed.status, failed.attempt_count, failed.attempted], ['open', 1, true]);
  assert.equal((await stripe().invoices.pay(id, { payment_method: 'pm_card_visa' })).status, 'paid');
});

documented('/billing/customer/balance', 'credit of the customer is used with the finalization', async () => {
  const customer = await payer();
  await stripe().customers.createBalanceTransaction(customer, { amount: -300, currency: 'usd' });
  const invoice = await open([1000], { customer });
  assert.deepEqual(
    [invoice.total, invoice.starting_balance, invoice.amount_due, invoice.ending_balance],
    [1000, -300, 700, 0],
  );
  assert.equal(((await stripe().customers.retrieve(customer)) as Stripe.Customer).balance, 0);
});

documented(
  '/invoicing/integration/workflow-transitions',
  'a negative total is paid at once and becomes credit',
  async () => {
    const customer = await payer();
    const invoice = await open([-400], { customer });
    assert.deepEqual([invoice.status, invoice.amount_due], ['paid', 0]);
    assert.equal(((await stripe().customers.retrieve(customer)) as Stripe.Customer).balance, -400);
  },
);

documented('/api/invoiceitems/update', 'a changed item changes its draft, and no finalized invoice', async () => {
  const id = await draft([500]);
  const [item] = (await stripe().invoiceItems.list({ invoice: id })).data;
  await stripe().invoiceItems.update(String(item?.id), { amount: 800 });
  assert.equal((await stripe().invoices.retrieve(id)).total, 800);
  await stripe().invoices.finalizeInvoice(id);
  await rejected(stripe().invoiceItems.update(String(item?.id), { amount: 1 }), { code: 'invoice_not_editable' });
});

documented(
  '/api/credit_notes/create',
  'a credit note makes less remain, or goes back from a paid invoice',
  async () => {
    const { id } = await open([1000]);
    const before = await stripe().creditNotes.create({ invoice: id, amount: 300 });
    assert.deepEqual([before.status, before.type, before.total], ['issued', 'pre_payment', 300]);
    await rejected(stripe().creditNotes.create({ invoice: id, amount: 701 }), { statusCode: 400 });
    assert.equal((await stripe().invoices.pay(id)).amount_paid, 700);
    await rejected(stripe().creditNotes.create({ invoice: id, amount: 200 }), { statusCode: 400 });
    const after = await stripe().creditNotes.create({
      invoice: id,
      amount: 200,
      refund_amount: 150,
      credit_amount: 50,
    });
    assert.deepEqual([after.type, after.refunds[0]?.amount_refunded], ['post_payment', 150]);
  },
);

documented(
  '/api/subscriptions/create#create_subscription-payment_behavior',
  'the first payment decides on the status',
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
  'confirming the payment of the first invoice makes it active',
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
  'months are counted from the anchor: the 31st becomes the last day',
  async () => {
    const { customer, advance } = await clock();
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

documented('/billing/subscriptions/trials', 'after the trial the first period is billed', async () => {
  const { customer, advance } = await clock();
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

documented('/billing/subscriptions/coupons', 'a coupon counts once, for its months, or for ever', async () => {
  const totals = async (params: Stripe.CouponCreateParams): Promise<number[]> => {
    const { customer, advance } = await clock();
    const { id } = await subscribe({ customer, discounts: [{ coupon: await coupon({ percent_off: 50, ...params }) }] });
    await advance(START + 100 * DAY);
    return (await invoicesOf(id)).map(({ total }) => total).reverse();
  };
  assert.deepEqual(await totals({ duration: 'once' }), [500, 1000, 1000, 1000]);
  assert.deepEqual(await totals({ duration: 'repeating', duration_in_months: 2 }), [500, 500, 1000, 1000]);
  assert.deepEqual(await totals({ duration: 'forever' }), [500, 500, 500, 500]);
});

documented(
  '/billing/subscriptions/prorations',
  'a change in the middle of a period is credited and charged in part',
  async () => {
    const { customer, advance } = await clock();
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

documented('/billing/subscriptions/change-price', 'a longer interval begins a new cycle, billed at once', async () => {
  const { customer, advance } = await clock();
  const { id, items } = await subscribe({ customer, items: [{ price: await monthly(2800) }] });
  await advance(START + 14 * DAY);
  const yearly = await price(20_000, { recurring: { interval: 'year' } });
  const changed = await stripe().subscriptions.update(id, {
    items: [{ id: String(items.data[0]?.id), price: yearly }],
  });
  assert.equal(changed.billing_cycle_anchor, START + 14 * DAY);
  assert.equal((await invoicesOf(id))[0]?.total, 20_000 - 1400);
});

documented(
  '/billing/revenue-recovery/smart-retries',
  'a renewal that fails is past due, retried, and ends the subscription',
  async () => {
    const { customer, advance } = await clock();
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
  'at the end of the period it is canceled, and not billed again',
  async () => {
    const { customer, advance } = await clock();
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
  'without a first payment it expires after 23 hours',
  async () => {
    const { customer, advance } = await clock();
    const { id } = await subscribe({ customer, payment_behavior: 'default_incomplete' });
    await advance(START + DAY);
    assert.equal((await stripe().subscriptions.retrieve(id)).status, 'incomplete_expired');
    assert.equal((await invoicesOf(id))[0]?.status, 'void');
  },
);

documented('/billing/collection-method', 'an invoice that is sent and not paid in time makes it past due', async () => {
  const { customer, advance } = await clock();
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
  'collection that is paused voids its invoices, or keeps them as drafts',
  async () => {
    for (const [behavior, status] of [
      ['void', 'void'],
      ['keep_as_draft', 'draft'],
      ['mark_uncollectible', 'uncollectible'],
    ] as const) {
      const { customer, advance } = await clock();
      const { id } = await subscribe({ customer });
      await stripe().subscriptions.update(id, { pause_collection: { behavior } });
      await advance(START + 30 * DAY);
      assert.equal((await invoicesOf(id))[0]?.status, status);
    }
  },
);

documented('/products-prices/pricing-models', 'tiers price by volume or by what lies in each', async () => {
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
});

documented('/api/subscription_items/create', 'items are added, changed and deleted, but for the last one', async () => {
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
});

documented('/api/invoices/create_preview', 'a preview makes nothing and shows the next invoice', async () => {
  const customer = await payer();
  const { id, items } = await subscribe({ customer });
  const count = (await stripe().invoices.list({ customer })).data.length;
  assert.equal((await stripe().invoices.createPreview({ subscription: id })).total, 1000);
  const changed = await stripe().invoices.createPreview({
    subscription: id,
    subscription_details: { items: [{ id: String(items.data[0]?.id), price: await monthly(3000) }] },
  });
  assert.equal(changed.total, 3000 + 3000 - 1000);
  assert.equal((await stripe().invoices.list({ customer })).data.length, count);
  assert.equal((await stripe().subscriptions.retrieve(id)).items.data[0]?.price.unit_amount, 1000);
  await rejected(stripe().invoices.createPreview({ customer: 'cus_none' }), { code: 'resource_missing' });
});

documented('/api/quotes/line_items/list', 'a quote adds its lines up and lists them', async () => {
  const customer = await payer();
  const lines = [{ price: await price(1500), quantity: 2 }, { price: await price(100) }];
  const discounts = [{ coupon: await coupon({ percent_off: 10 }) }];
  const quote = await stripe().quotes.create({ customer, line_items: lines, discounts });
  assert.deepEqual([quote.amount_subtotal, quote.amount_total, quote.total_details.amount_discount], [3100, 2790, 310]);
  const { data } = await stripe().quotes.listLineItems(quote.id);
  assert.deepEqual(
    data.map(({ amount_total }) => amount_total),
    [2700, 90],
  );
  await stripe().quotes.finalizeQuote(quote.id);
  const { invoice } = await stripe().quotes.accept(quote.id);
  assert.equal((await stripe().invoices.retrieve(String(invoice))).total, 2790);
});
