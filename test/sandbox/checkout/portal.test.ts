/** The billing portal of the sandbox: sessions, configurations, what a customer does on its page. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from '../documented.ts';
import { onClock, stripe, subscribe, openSandbox } from '../billing/setup.ts';
import { visit } from './visit.ts';

openSandbox();

const create = (
  customer: string,
  more: Partial<Stripe.BillingPortal.SessionCreateParams> = {},
): Promise<Stripe.BillingPortal.Session> =>
  stripe().billingPortal.sessions.create({ customer, return_url: 'https://example.com/account', ...more });

documented('/customer-management/integrate-customer-portal', 'a session shows what its customer has', async () => {
  const { customer } = await onClock();
  const { latest_invoice: invoice } = await subscribe({ customer });
  const { url, return_url, configuration, object } = await create(customer);
  assert.deepEqual([object, return_url], ['billing_portal.session', 'https://example.com/account']);
  assert.equal((await stripe().billingPortal.configurations.retrieve(String(configuration))).is_default, true);
  const { status, text } = await visit(url);
  assert.equal(status, 200);
  for (const part of [
    'Plan',
    'visa 4242',
    String(invoice.number),
    `href="${String(invoice.hosted_invoice_url)}"`,
    'https://example.com/account',
  ])
    assert.ok(text.includes(part), part);
});

documented(
  '/customer-management/cancellation-page',
  'a customer cancels at the end of the period, and renews',
  async () => {
    const { customer } = await onClock();
    const { id } = await subscribe({ customer });
    const { url } = await create(customer);
    assert.equal((await visit(url, { action: 'cancel', subscription: id })).status, 303);
    const canceled = await stripe().subscriptions.retrieve(id);
    assert.deepEqual([canceled.status, canceled.cancel_at_period_end], ['active', true]);
    await visit(url, { action: 'renew', subscription: id });
    assert.equal((await stripe().subscriptions.retrieve(id)).cancel_at_period_end, false);
  },
);

documented(
  '/api/customer_portal/configurations/create',
  'a configuration decides what a customer may do, and how',
  async () => {
    const { customer } = await onClock();
    const { id } = await subscribe({ customer });
    const configuration = await stripe().billingPortal.configurations.create({
      features: { subscription_cancel: { enabled: true, mode: 'immediately' }, invoice_history: { enabled: true } },
    });
    assert.deepEqual([configuration.is_default, configuration.features.payment_method_update.enabled], [false, false]);
    const { url } = await create(customer, { configuration: configuration.id });
    assert.equal((await visit(url, { action: 'add_card', payment_method: 'pm_card_visa' })).status, 400);
    await visit(url, { action: 'cancel', subscription: id });
    assert.equal((await stripe().subscriptions.retrieve(id)).status, 'canceled');
    await stripe().billingPortal.configurations.update(configuration.id, { active: false });
    await rejected(create(customer, { configuration: configuration.id }), { param: 'configuration' });
  },
);

documented('/customer-management/configure-portal', 'a card that is added pays from then on', async () => {
  const { customer } = await onClock();
  const { url } = await create(customer);
  await visit(url, { action: 'add_card', payment_method: 'pm_card_mastercard' });
  const { invoice_settings: settings } = (await stripe().customers.retrieve(customer)) as Stripe.Customer;
  const method = await stripe().paymentMethods.retrieve(String(settings.default_payment_method));
  assert.deepEqual([method.card?.brand, method.customer], ['mastercard', customer]);
  assert.equal((await visit(url, { action: 'add_card', payment_method: 'pm_card_visa_chargeDeclined' })).status, 402);
});

documented('/customer-management/configure-portal', 'a customer changes the details that may be changed', async () => {
  const { customer } = await onClock();
  const { url } = await create(customer);
  await visit(url, { action: 'update_customer', email: 'new@example.com', name: 'Jane', phone: '' });
  const { email, name } = (await stripe().customers.retrieve(customer)) as Stripe.Customer;
  assert.deepEqual([email, name], ['new@example.com', 'Jane']);
});

documented('/customer-management/portal-deep-links', 'a flow leads to one thing, and away after it', async () => {
  const { customer } = await onClock();
  const { id } = await subscribe({ customer });
  const { url, flow } = await create(customer, {
    flow_data: {
      type: 'subscription_cancel',
      subscription_cancel: { subscription: id },
      after_completion: { type: 'redirect', redirect: { return_url: 'https://example.com/bye' } },
    },
  });
  assert.deepEqual([flow?.type, flow?.subscription_cancel?.subscription], ['subscription_cancel', id]);
  assert.ok(!(await visit(url)).text.includes('Payment methods'));
  assert.equal((await visit(url, { action: 'cancel', subscription: id })).location, 'https://example.com/bye');
  const other = await stripe().customers.create();
  await rejected(
    create(other.id, { flow_data: { type: 'subscription_cancel', subscription_cancel: { subscription: id } } }),
    { code: 'resource_missing' },
  );
});

documented('/api/customer_portal/sessions/create', 'a session needs a customer that is there', async () => {
  await rejected(create('cus_none'), { code: 'resource_missing', param: 'customer' });
  await rejected(stripe().billingPortal.sessions.create({}), { code: 'parameter_missing' });
  const { customer } = await onClock();
  const { url } = await create(customer);
  const { id } = await subscribe();
  assert.equal((await visit(url, { action: 'cancel', subscription: id })).status, 400);
});
