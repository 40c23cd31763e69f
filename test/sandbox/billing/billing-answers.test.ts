/** Billing in Stripe's API reference: tiers, previews, delayed payments, tax rates, cycles. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from '../documented.ts';
import {
  coupon,
  invoicesOf,
  monthly,
  onClock,
  payer,
  price,
  START,
  stripe,
  subscribe,
  DAY,
  openSandbox,
} from './setup.ts';

openSandbox();

const tiered = (more: object = {}): Promise<Stripe.Price> =>
  stripe().prices.create({
    currency: 'usd',
    product_data: { name: 'Seats' },
    recurring: { interval: 'month' },
    billing_scheme: 'tiered',
    tiers_mode: 'graduated',
    tiers: [
      { up_to: 5, unit_amount: 500 },
      { up_to: 'inf', unit_amount: 3, flat_amount: 100 },
    ],
    ...more,
  });

async function openInvoice(amount: number, customer?: string): Promise<Stripe.Invoice> {
  const owner = customer ?? (await payer());
  const { id } = await stripe().invoices.create({ customer: owner, auto_advance: false });
  await stripe().invoiceItems.create({ customer: owner, invoice: id, amount, currency: 'usd' });
  return stripe().invoices.finalizeInvoice(id);
}

documented('/api/prices/object#price_object-tiers', 'a price shows its tiers only if `expand` names them', async () => {
  const { id, product } = await tiered();
  const plain = [
    await stripe().prices.retrieve(id),
    (await stripe().prices.list({ product: String(product) })).data[0],
    (await subscribe({ items: [{ price: id }] })).items.data[0]?.price,
  ];
  for (const shown of plain) assert.equal(shown?.tiers, undefined);
  const { tiers } = await stripe().prices.retrieve(id, { expand: ['tiers'] });
  assert.deepEqual(
    tiers?.map((tier) => [tier.up_to, tier.unit_amount, String(tier.unit_amount_decimal), tier.flat_amount]),
    [
      [5, 500, '500', null],
      [null, 3, '3', 100],
    ],
  );
  const listed = await stripe().prices.list({ product: String(product), expand: ['data.tiers'] });
  assert.equal(listed.data[0]?.tiers?.length, 2);
});

documented(
  '/api/prices/create#create_price-tiers',
  'a tiered price needs `tiers_mode`, and its last tier has no end',
  async () => {
    await rejected(tiered({ tiers_mode: undefined }), { statusCode: 400, param: 'tiers_mode' });
    await rejected(tiered({ tiers: undefined }), { statusCode: 400, param: 'tiers' });
    await rejected(tiered({ tiers: [{ up_to: 5, unit_amount: 1 }] }), { statusCode: 400 });
    await rejected(tiered({ billing_scheme: 'per_unit', unit_amount: 5 }), { statusCode: 400 });
  },
);

documented(
  '/api/credit_notes/preview_lines',
  'a preview lists the lines of a credit note before its creation',
  async () => {
    const invoice = await openInvoice(1000);
    const line = String(invoice.lines.data[0]?.id);
    const lines = [
      { type: 'invoice_line_item' as const, invoice_line_item: line, amount: 300 },
      { type: 'custom_line_item' as const, description: 'Goodwill', quantity: 2, unit_amount: 50 },
    ];
    const { data, has_more } = await stripe().creditNotes.listPreviewLineItems({
      invoice: invoice.id,
      lines,
      limit: 1,
    });
    assert.deepEqual([data.map((one) => [one.amount, one.invoice_line_item]), has_more], [[[300, line]], true]);
    const second = await stripe().creditNotes.listPreviewLineItems({ invoice: invoice.id, lines });
    assert.deepEqual(
      second.data.map((one) => [one.type, one.amount]),
      [
        ['invoice_line_item', 300],
        ['custom_line_item', 100],
      ],
    );
    assert.equal((await stripe().creditNotes.list({ invoice: invoice.id })).data.length, 0);
  },
);

documented('/invoicing/ach-direct-debit', 'an invoice stays open while the bank processes its payment', async () => {
  const { id: customer } = await stripe().customers.create({ email: 'jane@example.com' });
  const { id: method } = await stripe().paymentMethods.create({
    type: 'sepa_debit',
    sepa_debit: { iban: 'AT611904300234573201' },
    billing_details: { name: 'Jane', email: 'jane@example.com' },
  });
  await stripe().paymentMethods.attach(method, { customer });
  const { id } = await stripe().invoices.create({ customer, currency: 'eur', auto_advance: false });
  await stripe().invoiceItems.create({ customer, invoice: id, amount: 1000, currency: 'eur' });
  await stripe().invoices.finalizeInvoice(id);
  const paid = await stripe().invoices.pay(id, {
    payment_method: method,
    expand: ['payments.data.payment.payment_intent'],
  });
  const intent = paid.payments?.data[0]?.payment.payment_intent as Stripe.PaymentIntent;
  assert.deepEqual([paid.status, paid.attempted, intent.status], ['open', true, 'processing']);
});

documented(
  '/api/tax_rates/object#tax_rate_object-active',
  'an inactive tax rate stays on the objects that have it',
  async () => {
    const { id } = await stripe().taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false });
    const subscription = await subscribe({ default_tax_rates: [id] });
    await stripe().taxRates.update(id, { active: false });
    await rejected(subscribe({ default_tax_rates: [id] }), { statusCode: 400, param: 'default_tax_rates[0]' });
    const { default_tax_rates: kept } = await stripe().subscriptions.update(subscription.id, {
      default_tax_rates: [id],
    });
    assert.equal(kept?.[0]?.id, id);
  },
);

documented(
  '/api/customers/object#customer_object-delinquent',
  'a failed renewal makes a customer delinquent until the invoice is paid',
  async () => {
    const { customer, advance } = await onClock();
    const isDelinquent = async (): Promise<unknown> =>
      ((await stripe().customers.retrieve(customer)) as Stripe.Customer).delinquent;
    const { id } = await subscribe({ customer });
    const failing = await stripe().paymentMethods.attach('pm_card_chargeCustomerFail', { customer });
    await stripe().customers.update(customer, { invoice_settings: { default_payment_method: failing.id } });
    await advance(START + 29 * DAY);
    assert.equal(await isDelinquent(), true);
    const [latest] = await invoicesOf(id);
    const { id: card } = await stripe().paymentMethods.attach('pm_card_mastercard', { customer });
    await stripe().invoices.pay(String(latest?.id), { payment_method: card });
    assert.equal(await isDelinquent(), false);
    const { id: sent } = await stripe().invoices.create({
      customer,
      collection_method: 'send_invoice',
      days_until_due: 1,
    });
    await stripe().invoiceItems.create({ customer, invoice: sent, amount: 100, currency: 'usd' });
    await stripe().invoices.sendInvoice(sent);
    await advance(START + 31 * DAY);
    assert.equal(await isDelinquent(), true);
    await stripe().invoices.markUncollectible(sent);
    assert.equal(await isDelinquent(), false);
  },
);

documented(
  '/billing/subscriptions/change-price',
  'a change to a longer interval bills all pending prorations, also those of the same time',
  async () => {
    const { customer, advance } = await onClock();
    const small = await monthly(1000);
    const made = await subscribe({ customer, items: [{ price: small }] });
    const [item] = made.items.data;
    assert.ok(item);
    await advance((item.current_period_start + item.current_period_end) / 2);
    const change = (to: string, proration_behavior: 'always_invoice' | 'create_prorations'): Promise<unknown> =>
      stripe().subscriptions.update(made.id, { items: [{ id: item.id, price: to }], proration_behavior });
    await change(await monthly(3000), 'always_invoice');
    await change(small, 'create_prorations');
    await change(await price(20_000, { recurring: { interval: 'year' } }), 'create_prorations');
    // 20000 - 500 of the unused month, and the change before: 500 - 1500.
    assert.equal((await invoicesOf(made.id))[0]?.total, 18_500);
  },
);

documented('/api/subscription_items/create', 'a rejected item does not change the subscription', async () => {
  const subscription = await subscribe({ discounts: [{ coupon: await coupon({ percent_off: 5 }) }] });
  const [item] = subscription.items.data;
  await rejected(stripe().subscriptionItems.create({ subscription: subscription.id, price: String(item?.price.id) }), {
    statusCode: 400,
  });
  const { data } = await stripe().subscriptionItems.list({ subscription: subscription.id });
  assert.deepEqual(
    data.map(({ id }) => id),
    [item?.id],
  );
});
