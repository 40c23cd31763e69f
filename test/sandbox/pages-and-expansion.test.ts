/** The sandbox's lists and expansion. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from './documented.ts';
import { double, intent, openSandbox } from './protocol-setup.ts';

openSandbox();

const customer = (params: Stripe.CustomerCreateParams = {}, options = {}): Promise<Stripe.Response<Stripe.Customer>> =>
  double().stripe.customers.create({ email: 'jane@example.com', ...params }, options);

// Pages
documented('/api/pagination', 'a page has 1 to 100 objects, 10 if nothing is said', async () => {
  const { stripe } = double();
  for (let count = 0; count < 11; count += 1) await stripe.coupons.create({ percent_off: 5, duration: 'once' });
  const page = await stripe.coupons.list();
  assert.deepEqual([page.data.length, page.has_more, page.url], [10, true, '/v1/coupons']);
  for (const limit of [0, -1, 101])
    await rejected(stripe.coupons.list({ limit }), {
      statusCode: 400,
      code: 'parameter_invalid_integer',
      param: 'limit',
    });
});

documented(
  '/api/pagination',
  'starting_after goes on, ending_before goes back, an unknown cursor is rejected',
  async () => {
    const { stripe } = double();
    const { id } = await customer();
    for (let count = 0; count < 5; count += 1) await intent({ customer: id });
    const ids = async (more: object): Promise<string[]> =>
      (await stripe.paymentIntents.list({ customer: id, limit: 2, ...more })).data.map((one) => one.id);
    const first = await ids({});
    const second = await ids({ starting_after: first[1] });
    assert.equal(new Set([...first, ...second]).size, 4);
    assert.deepEqual(await ids({ ending_before: second[0] }), first);
    await rejected(stripe.paymentIntents.list({ starting_after: 'pi_nope' }), {
      code: 'resource_missing',
      param: 'starting_after',
    });
    await rejected(stripe.paymentIntents.list({ starting_after: String(first[0]), ending_before: String(first[1]) }), {
      statusCode: 400,
    });
  },
);

// Expansion
documented('/expand', 'an id is expanded into its object, through four levels', async () => {
  const { stripe } = double();
  const { id } = await customer({ payment_method: 'pm_card_visa' });
  const [method] = (await stripe.paymentMethods.list({ customer: id })).data;
  assert.ok(method);
  const paid = await intent({ customer: id, payment_method: method.id, confirm: true });
  const { data } = await stripe.charges.list({
    payment_intent: paid.id,
    expand: ['data.payment_intent.payment_method.customer'],
  });
  const expanded = data[0]?.payment_intent as Stripe.PaymentIntent;
  assert.equal(((expanded.payment_method as Stripe.PaymentMethod).customer as Stripe.Customer).id, id);
});

for (const path of ['a.b.c.d.e', 'nope', 'amount', 'metadata', 'customer.email', 'automatic_payment_methods'])
  documented('/expand', `${path} of a payment intent cannot be expanded`, async () => {
    const { stripe } = double();
    await rejected(stripe.paymentIntents.retrieve((await intent()).id, { expand: [path] }), {
      statusCode: 400,
      param: 'expand',
    });
  });

documented('/expand', 'a write whose expansion is rejected has no effect', async () => {
  const { stripe } = double();
  await rejected(stripe.products.create({ id: 'unexpanded', name: 'x', expand: ['nope'] }));
  await rejected(stripe.products.retrieve('unexpanded'), { statusCode: 404 });
});

documented('/expand', 'a field of a list is expanded below data', async () => {
  const { stripe } = double();
  await customer();
  await rejected(stripe.paymentIntents.list({ expand: ['customer'] }), { message: /data\.customer/ });
  assert.ok((await stripe.paymentIntents.list({ expand: ['data.customer'] })).data);
});

documented('/expand#include-fields', 'lists that are left out are included where they are named', async () => {
  const { stripe } = double();
  const { id } = await customer({ tax_id_data: [{ type: 'gb_vat', value: 'GB123456789' }] });
  const without = await stripe.customers.retrieve(id);
  assert.ok(without.deleted !== true && without.tax_ids === undefined && without.sources === undefined);
  const included = await stripe.customers.retrieve(id, { expand: ['tax_ids', 'subscriptions'] });
  assert.ok(included.deleted !== true);
  assert.deepEqual([included.tax_ids?.data.length, included.subscriptions?.data.length], [1, 0]);
  const paid = await intent({ confirm: true, payment_method: 'pm_card_visa' });
  await stripe.refunds.create({ payment_intent: paid.id, amount: 100 });
  const charge = await stripe.charges.retrieve(String(paid.latest_charge), { expand: ['refunds'] });
  assert.deepEqual(
    charge.refunds?.data.map((one) => one.amount),
    [100],
  );
});

documented(
  '/api/invoices/object#invoice_object-lines',
  'an invoice embeds its first ten lines, the list has them all',
  async () => {
    const { stripe } = double();
    const { id } = await customer();
    const invoice = await stripe.invoices.create({ customer: id, auto_advance: false });
    for (let count = 0; count < 12; count += 1)
      await stripe.invoiceItems.create({ customer: id, invoice: invoice.id, amount: 100, currency: 'usd' });
    const { lines } = await stripe.invoices.retrieve(invoice.id);
    assert.deepEqual([lines.data.length, lines.has_more], [10, true]);
    assert.equal((await stripe.invoices.listLineItems(invoice.id, { limit: 100 })).data.length, 12);
  },
);
