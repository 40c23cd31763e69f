/** Invoices of the sandbox: discounts, taxes, due dates, balances, credit notes, previews, quotes. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from '../documented.ts';
import { DAY, stripe, payer, price, monthly, coupon, subscribe, openSandbox } from './setup.ts';

openSandbox();

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

documented('/billing/subscriptions/coupons', 'a percentage off and an amount off are subtracted in order', async () => {
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
});

documented(
  '/billing/taxes/tax-rates',
  'exclusive tax is added to the amount, inclusive tax is part of it',
  async () => {
    const rate = async (inclusive: boolean): Promise<string> =>
      (await stripe().taxRates.create({ display_name: 'VAT', percentage: 20, inclusive })).id;
    const onTop = await open([1000], { default_tax_rates: [await rate(false)] });
    assert.deepEqual([onTop.subtotal, onTop.total, onTop.total_taxes?.[0]?.amount], [1000, 1200, 200]);
    const inside = await open([1200], { default_tax_rates: [await rate(true)] });
    assert.deepEqual([inside.total, inside.total_excluding_tax], [1200, 1000]);
  },
);

documented(
  '/api/coupons/create#create_coupon-max_redemptions',
  'a coupon cannot be redeemed more than `max_redemptions` times',
  async () => {
    const id = await coupon({ percent_off: 10, max_redemptions: 1 });
    await open([1000], { discounts: [{ coupon: id }] });
    await rejected(open([1000], { discounts: [{ coupon: id }] }), { code: 'coupon_expired' });
    assert.equal((await stripe().coupons.retrieve(id)).times_redeemed, 1);
  },
);

documented(
  '/api/invoices/create#create_invoice-days_until_due',
  'only invoices that are sent have a due date',
  async () => {
    const customer = await payer();
    const create = (params: object): Promise<Stripe.Invoice> => stripe().invoices.create({ customer, ...params });
    await rejected(create({ collection_method: 'send_invoice' }), { statusCode: 400, param: 'days_until_due' });
    await rejected(create({ days_until_due: 3 }), { statusCode: 400, param: 'days_until_due' });
    const { due_date } = await create({ collection_method: 'send_invoice', days_until_due: 3 });
    assert.equal(due_date, 1_795_000_000 + 3 * DAY);
  },
);

documented('/api/invoices/pay', 'after a failed payment the invoice is open and counts the attempt', async () => {
  const { id } = await open([1000], { customer: await payer('pm_card_chargeCustomerFail') });
  await rejected(stripe().invoices.pay(id), { statusCode: 402, code: 'card_declined' });
  const failed = await stripe().invoices.retrieve(id);
  assert.deepEqual([failed.status, failed.attempt_count, failed.attempted], ['open', 1, true]);
  assert.equal((await stripe().invoices.pay(id, { payment_method: 'pm_card_visa' })).status, 'paid');
});

documented('/billing/customer/balance', "the finalization of an invoice uses the customer's credit", async () => {
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
  'an invoice with a negative total is paid at once, and its total becomes credit',
  async () => {
    const customer = await payer();
    const invoice = await open([-400], { customer });
    assert.deepEqual([invoice.status, invoice.amount_due], ['paid', 0]);
    assert.equal(((await stripe().customers.retrieve(customer)) as Stripe.Customer).balance, -400);
  },
);

documented(
  '/api/invoiceitems/update',
  'a change of an invoice item changes a draft, but no finalized invoice',
  async () => {
    const id = await draft([500]);
    const [item] = (await stripe().invoiceItems.list({ invoice: id })).data;
    await stripe().invoiceItems.update(String(item?.id), { amount: 800 });
    assert.equal((await stripe().invoices.retrieve(id)).total, 800);
    await stripe().invoices.finalizeInvoice(id);
    await rejected(stripe().invoiceItems.update(String(item?.id), { amount: 1 }), { code: 'invoice_not_editable' });
  },
);

documented(
  '/api/credit_notes/create',
  'a credit note reduces the remaining amount of an open invoice, or refunds a paid invoice',
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

documented('/api/invoices/create_preview', 'a preview shows the next invoice and creates nothing', async () => {
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

documented('/api/quotes/line_items/list', 'a quote has the totals of its line items, and lists them', async () => {
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

documented('/api/credit_notes/void', 'voiding a credit note restores the remaining amount of its invoice', async () => {
  const customer = await payer();
  const { id } = await stripe().invoices.create({ customer });
  await stripe().invoiceItems.create({ customer, invoice: id, amount: 1000, currency: 'usd' });
  await stripe().invoices.finalizeInvoice(id);
  const note = await stripe().creditNotes.create({ invoice: id, amount: 400 });
  assert.equal((await stripe().creditNotes.voidCreditNote(note.id)).status, 'void');
  assert.equal((await stripe().invoices.retrieve(id)).amount_remaining, 1000);
  await rejected(stripe().creditNotes.voidCreditNote(note.id), { statusCode: 400 });
});
