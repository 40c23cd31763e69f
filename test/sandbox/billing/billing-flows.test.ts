/** Billing flows of Stripe's guides: first payment, dunning, resuming, credit notes, previews, quotes. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from '../documented.ts';
import { coupon, DAY, double, invoicesOf, monthly, onClock, payer, price, START, stripe, subscribe } from './setup.ts';
import { openSandbox } from './setup.ts';

openSandbox();

const FEBRUARY = Date.UTC(2026, 1, 28) / 1000;

const statusOf = async (id: string): Promise<string> => (await stripe().subscriptions.retrieve(id)).status;

async function failLater(customer: string): Promise<void> {
  const { id } = await stripe().paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
  await stripe().customers.update(customer, { invoice_settings: { default_payment_method: id } });
}

documented(
  '/billing/subscriptions/build-subscriptions?platform=web&ui=elements',
  "a shop's page confirms the first payment by its client secret, and the subscription keeps the card",
  async () => {
    const { id: customer } = await stripe().customers.create();
    const made = await stripe().subscriptions.create({
      customer,
      items: [{ price: await monthly() }],
      payment_behavior: 'default_incomplete',
      payment_settings: { save_default_payment_method: 'on_subscription' },
      expand: ['latest_invoice.confirmation_secret'],
    });
    const secret = (made.latest_invoice as Stripe.Invoice).confirmation_secret;
    assert.equal(secret?.type, 'payment_intent');
    const intent = String(secret.client_secret.split('_secret_')[0]);
    const { payment_method: method } = await stripe().paymentIntents.confirm(intent, {
      payment_method: 'pm_card_visa',
      return_url: 'https://example.com',
    });
    const active = await stripe().subscriptions.retrieve(made.id);
    assert.deepEqual([active.status, active.default_payment_method], ['active', method]);
    assert.equal((await stripe().paymentMethods.retrieve(String(method))).customer, customer);
  },
);

documented(
  '/billing/revenue-recovery/smart-retries#retry-rules',
  'after the last retry a subscription is canceled, unpaid or past due, by the settings of the account',
  async () => {
    const set = async (after_retries: string, retry_days: readonly number[] = [1, 2]): Promise<void> => {
      const body = JSON.stringify({ after_retries, retry_days });
      assert.equal((await fetch(`${double().sandbox.url}/_sandbox/billing`, { method: 'POST', body })).status, 200);
    };
    for (const [after, status] of [
      ['cancel', 'canceled'],
      ['unpaid', 'unpaid'],
      ['past_due', 'past_due'],
    ] as const) {
      await set(after);
      const { customer, advance } = await onClock();
      const { id } = await subscribe({ customer });
      await failLater(customer);
      await advance(FEBRUARY + DAY / 2);
      const [open] = await invoicesOf(id);
      assert.deepEqual([open?.attempt_count, open?.next_payment_attempt], [1, FEBRUARY + 3600 + DAY]);
      assert.equal(await statusOf(id), 'past_due');
      await advance(FEBRUARY + 4 * DAY);
      assert.equal(await statusOf(id), status);
      assert.equal((await invoicesOf(id))[0]?.attempt_count, 3);
      if (after !== 'unpaid') continue;
      // The next invoice stays a draft. Paying the open invoice makes the subscription active again.
      await advance(FEBRUARY + 33 * DAY);
      const [draft, unpaid] = await invoicesOf(id);
      assert.deepEqual([draft?.status, draft?.auto_advance], ['draft', false]);
      await stripe().invoices.pay(String(unpaid?.id), { payment_method: 'pm_card_visa' });
      await stripe().invoices.pay(String(draft?.id), { payment_method: 'pm_card_visa' });
      assert.equal(await statusOf(id), 'active');
    }
    await set('cancel', [3, 5, 7]);
  },
);

documented(
  '/api/invoices/object#invoice_object-next_payment_attempt',
  'the draft of a renewal shows when it will be charged',
  async () => {
    const { customer, advance } = await onClock();
    const { id } = await subscribe({ customer });
    await advance(FEBRUARY + 60);
    const [draft] = await invoicesOf(id);
    assert.deepEqual(
      [draft?.status, draft?.next_payment_attempt, draft?.automatically_finalizes_at],
      ['draft', FEBRUARY + 3600, FEBRUARY + 3600],
    );
  },
);

documented(
  '/billing/subscriptions/trials/free-trials#create-free-trials-without-payment',
  'a subscription without a card is paused at the end of its trial, and can be resumed with a card',
  async () => {
    const { customer, advance } = await onClock(null);
    const { id } = await subscribe({
      customer,
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method: 'pause' } },
    });
    await advance(START + 8 * DAY);
    assert.equal(await statusOf(id), 'paused');
    const method = await stripe().paymentMethods.attach('pm_card_visa', { customer });
    await stripe().customers.update(customer, { invoice_settings: { default_payment_method: method.id } });
    const resumed = await stripe().subscriptions.resume(id);
    assert.equal(resumed.status, 'active');
    assert.deepEqual((await invoicesOf(id)).map(({ total, status }) => [total, status])[0], [1000, 'paid']);
  },
);

documented(
  '/billing/subscriptions/pause-payment#resume',
  'collection resumes at `resumes_at`, or when `pause_collection` is unset',
  async () => {
    const { customer, advance } = await onClock();
    const { id } = await subscribe({ customer });
    const resumes_at = FEBRUARY + 5 * DAY;
    await stripe().subscriptions.update(id, { pause_collection: { behavior: 'void', resumes_at } });
    await advance(FEBRUARY + DAY);
    await advance(FEBRUARY + 6 * DAY);
    assert.equal((await stripe().subscriptions.retrieve(id)).pause_collection, null);
    await advance(FEBRUARY + 33 * DAY);
    assert.deepEqual(
      (await invoicesOf(id)).map(({ status }) => status),
      ['paid', 'void', 'paid'],
    );
    await stripe().subscriptions.update(id, { pause_collection: { behavior: 'keep_as_draft' } });
    assert.equal((await stripe().subscriptions.update(id, { pause_collection: '' })).pause_collection, null);
  },
);

documented(
  '/billing/subscriptions/billing-cycle#new-subscriptions',
  'the time until a later billing cycle anchor is billed in part, or not at all',
  async () => {
    const { customer, advance } = await onClock();
    const items = [{ price: await monthly(2800) }];
    const anchor = { customer, items, billing_cycle_anchor: START + 10 * DAY };
    const part = await subscribe(anchor);
    assert.equal(part.items.data[0]?.current_period_end, START + 10 * DAY);
    assert.ok(part.latest_invoice.total > 0 && part.latest_invoice.total < 2800);
    const free = await subscribe({ ...anchor, proration_behavior: 'none' });
    assert.deepEqual([free.status, free.latest_invoice], ['active', null]);
    await advance(START + 11 * DAY);
    assert.deepEqual(
      (await invoicesOf(free.id)).map(({ total }) => total),
      [2800],
    );
  },
);

documented(
  '/invoicing/integration/programmatic-credit-notes',
  'the lines of a credit note have taxes and discounts',
  async () => {
    const customer = await payer();
    const rate = await stripe().taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false });
    const { id } = await stripe().invoices.create({
      customer,
      default_tax_rates: [rate.id],
      discounts: [{ coupon: await coupon({ percent_off: 10 }) }],
    });
    await stripe().invoiceItems.create({
      customer,
      invoice: id,
      pricing: { price: await price(500) },
      quantity: 4,
    });
    const invoice = await stripe().invoices.finalizeInvoice(id);
    assert.equal(invoice.total, 2160);
    const note = await stripe().creditNotes.create({
      invoice: id,
      lines: [{ type: 'invoice_line_item', invoice_line_item: String(invoice.lines.data[0]?.id), quantity: 1 }],
    });
    assert.deepEqual(
      [note.subtotal, note.discount_amount, note.total_taxes?.[0]?.amount, note.total],
      [500, 50, 90, 540],
    );
    assert.equal((await stripe().invoices.retrieve(id)).amount_remaining, 1620);
    const custom = await stripe().creditNotes.create({
      invoice: id,
      lines: [{ type: 'custom_line_item', description: 'Sorry', unit_amount: 100, quantity: 2, tax_rates: [rate.id] }],
    });
    assert.equal(custom.total, 240);
  },
);

documented(
  '/billing/subscriptions/prorations#preview-proration',
  'a preview shows the credit and the charge of a change, and the next period',
  async () => {
    const { customer, advance } = await onClock();
    const made = await subscribe({ customer });
    await advance(START + 14 * DAY);
    const preview = await stripe().invoices.createPreview({
      customer,
      subscription: made.id,
      subscription_details: {
        items: [{ id: String(made.items.data[0]?.id), quantity: 3 }],
        proration_date: START + 14 * DAY,
      },
    });
    assert.deepEqual(
      preview.lines.data.map(({ amount }) => amount).sort((a, b) => a - b),
      [-500, 1500, 3000],
    );
    assert.equal(preview.total, 4000);
  },
);

documented(
  '/billing/subscriptions/prorations#credit-prorations',
  'a proration credits the amount that was charged after the coupon',
  async () => {
    const { customer, advance } = await onClock();
    const made = await subscribe({
      customer,
      items: [{ price: await monthly(2800) }],
      discounts: [{ coupon: await coupon({ percent_off: 50, duration: 'once' }) }],
    });
    await advance(START + 14 * DAY);
    await stripe().subscriptionItems.update(String(made.items.data[0]?.id), { quantity: 2 });
    const { data } = await stripe().invoiceItems.list({ customer, pending: true });
    assert.deepEqual(
      data.map(({ amount }) => amount),
      [2800, -700],
    );
  },
);

documented(
  '/products-prices/manage-prices#lookup-keys',
  'a lookup key can be transferred to another price, and then finds that price',
  async () => {
    const lookup_key = 'standard_monthly';
    const old = await monthly(1000, { lookup_key });
    await rejected(monthly(1200, { lookup_key }), { statusCode: 400 });
    const renewed = await monthly(1200, { lookup_key, transfer_lookup_key: true });
    assert.equal((await stripe().prices.retrieve(old)).lookup_key, null);
    const { data } = await stripe().prices.list({ lookup_keys: [lookup_key] });
    assert.deepEqual(
      data.map(({ id }) => id),
      [renewed],
    );
  },
);

documented(
  '/api/expanding_objects',
  'a response has the tiers of a price and the discounts of a subscription if `expand` names them',
  async () => {
    const tiered = await stripe().prices.create({
      currency: 'usd',
      product_data: { name: 'Seats' },
      recurring: { interval: 'month' },
      billing_scheme: 'tiered',
      tiers_mode: 'volume',
      tiers: [
        { up_to: 5, unit_amount: 500 },
        { up_to: 'inf', unit_amount: 400 },
      ],
      expand: ['tiers'],
    });
    assert.equal(tiered.tiers?.length, 2);
    const id = await coupon({ percent_off: 5 });
    const made = await stripe().subscriptions.create({
      customer: await payer(),
      items: [{ price: tiered.id, quantity: 2 }],
      discounts: [{ coupon: id }],
      expand: ['latest_invoice.payments', 'items.data.price.product'],
    });
    const invoice = made.latest_invoice as Stripe.Invoice;
    assert.deepEqual([invoice.total, invoice.payments?.data[0]?.status], [950, 'paid']);
    assert.equal((made.items.data[0]?.price.product as Stripe.Product).name, 'Seats');
  },
);

documented('/quotes/accept', 'a quote with a trial creates a subscription with its items', async () => {
  const customer = await payer();
  const quote = await stripe().quotes.create({
    customer,
    line_items: [{ price: await monthly(900), quantity: 3 }],
    subscription_data: { trial_period_days: 10, description: 'Team' },
  });
  assert.equal(quote.computed.recurring?.amount_total, 2700);
  await rejected(stripe().quotes.accept(quote.id), { statusCode: 400 });
  await stripe().quotes.finalizeQuote(quote.id);
  await rejected(stripe().quotes.update(quote.id, { description: 'late' }), { statusCode: 400 });
  const { subscription, status } = await stripe().quotes.accept(quote.id);
  const made = await stripe().subscriptions.retrieve(String(subscription));
  assert.deepEqual([status, made.status, made.items.data[0]?.quantity], ['accepted', 'trialing', 3]);
});
