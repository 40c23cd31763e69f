/** Checkout Sessions by mode: totals, payments, subscriptions, setup, events. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from '../documented.ts';
import { coupon, DAY, monthly, onClock, payer, price, START, stripe, openSandbox } from '../billing/setup.ts';
import { visit } from './visit.ts';

openSandbox();

type Params = Partial<Stripe.Checkout.SessionCreateParams>;
const CARD = { payment_method: 'pm_card_visa', email: 'jane@example.com', name: 'Jane' };

async function session(more: Params = {}): Promise<Stripe.Checkout.Session> {
  return stripe().checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://example.com/thanks?id={CHECKOUT_SESSION_ID}',
    ...more,
    ...(more.mode === 'setup' ? {} : { line_items: more.line_items ?? [{ price: await price(1000), quantity: 2 }] }),
  });
}

const subscriptionSession = async (more: Params = {}): Promise<Stripe.Checkout.Session> =>
  session({ mode: 'subscription', line_items: [{ price: await monthly(), quantity: 1 }], ...more });

async function paid(
  made: Stripe.Checkout.Session,
  form: Record<string, string> = CARD,
): Promise<Stripe.Checkout.Session> {
  const { status, text } = await visit(made.url, form);
  assert.equal(status, 303, text);
  return stripe().checkout.sessions.retrieve(made.id);
}

const amounts = ({ amount_subtotal, amount_total, total_details }: Stripe.Checkout.Session): unknown[] => [
  amount_subtotal,
  amount_total,
  total_details?.amount_discount,
  total_details?.amount_tax,
];

documented('/payments/checkout/taxes', 'the tax of a line item is added to its amount, or is part of it', async () => {
  const rate = async (inclusive: boolean): Promise<string> =>
    (await stripe().taxRates.create({ display_name: 'VAT', percentage: 20, inclusive })).id;
  const of = await price(1200);
  const onTop = await session({ line_items: [{ price: of, quantity: 1, tax_rates: [await rate(false)] }] });
  assert.deepEqual(amounts(onTop), [1200, 1440, 0, 240]);
  const inside = await session({ line_items: [{ price: of, quantity: 1, tax_rates: [await rate(true)] }] });
  assert.deepEqual(amounts(inside), [1200, 1200, 0, 200]);
});

documented(
  '/payments/checkout/discounts',
  'a coupon is applied before tax, and redeemed when the session is paid',
  async () => {
    const id = await coupon({ percent_off: 25 });
    const rate = await stripe().taxRates.create({ display_name: 'VAT', percentage: 10, inclusive: false });
    const made = await session({
      line_items: [{ price: await price(1000), quantity: 2, tax_rates: [rate.id] }],
      discounts: [{ coupon: id }],
    });
    assert.deepEqual(amounts(made), [2000, 1650, 500, 150]);
    assert.deepEqual(made.discounts, [{ coupon: id, promotion_code: null }]);
    assert.equal((await stripe().coupons.retrieve(id)).times_redeemed, 0);
    const { payment_status, payment_intent } = await paid(made);
    assert.equal(payment_status, 'paid');
    assert.equal((await stripe().paymentIntents.retrieve(String(payment_intent))).amount_received, 1650);
  },
);

documented(
  '/payments/checkout/discounts',
  'a coupon in another currency, an expired coupon and two coupons are rejected',
  async () => {
    const euros = await coupon({ amount_off: 100, currency: 'eur' });
    await rejected(session({ discounts: [{ coupon: euros }] }), { statusCode: 400 });
    await rejected(session({ discounts: [{ coupon: 'none' }] }), { code: 'resource_missing' });
    const one = { coupon: await coupon({ percent_off: 10 }) };
    await rejected(session({ discounts: [one, one] }), { param: 'discounts' });
    await rejected(session({ discounts: [one], allow_promotion_codes: true }), { statusCode: 400 });
  },
);

documented(
  '/payments/checkout/discounts#let-customers-apply-promotion-codes',
  'a customer can enter a promotion code',
  async () => {
    const promotion = await stripe().promotionCodes.create({
      promotion: { type: 'coupon', coupon: await coupon({ percent_off: 50 }) },
      code: 'HALF',
    });
    const made = await session({ allow_promotion_codes: true });
    assert.equal((await visit(made.url, { promotion_code: 'NOPE', action: 'update' })).status, 400);
    assert.match((await visit(made.url, { promotion_code: 'half', action: 'update' })).text, /\$10\.00/);
    const done = await paid(made);
    assert.deepEqual([done.amount_total, done.discounts?.[0]?.promotion_code], [1000, promotion.id]);
  },
);

documented('/payments/checkout/pricing-models', 'a line item can have a price with tiers or packages', async () => {
  const packaged = await price(500, { transform_quantity: { divide_by: 10, round: 'up' } });
  assert.equal((await session({ line_items: [{ price: packaged, quantity: 21 }] })).amount_total, 1500);
});

documented(
  '/currencies#minimum-and-maximum-charge-amounts',
  'a session below the minimum charge amount is rejected',
  async () => {
    await rejected(session({ line_items: [{ price: await price(20), quantity: 1 }] }), { code: 'amount_too_small' });
  },
);

documented('/payments/checkout/adjustable-quantity', 'a customer can change an adjustable quantity', async () => {
  const adjustable_quantity = { enabled: true, maximum: 5 };
  const made = await session({ line_items: [{ price: await price(1000), quantity: 1, adjustable_quantity }] });
  const [line] = (await stripe().checkout.sessions.listLineItems(made.id)).data;
  const done = await paid(made, { ...CARD, [`quantity[${String(line?.id)}]`]: '3' });
  assert.equal(done.amount_total, 3000);
});

documented('/payments/during-payment/charge-shipping', 'the first shipping option is charged', async () => {
  const fixed_amount = { amount: 700, currency: 'usd' };
  const made = await session({
    shipping_options: [{ shipping_rate_data: { display_name: 'Post', type: 'fixed_amount', fixed_amount } }],
  });
  assert.deepEqual(
    [made.amount_total, made.total_details?.amount_shipping, made.shipping_cost?.amount_total],
    [2700, 700, 700],
  );
});

documented(
  '/api/checkout/sessions/create#create_checkout_session-payment_intent_data',
  'the payment intent has the fields of `payment_intent_data`',
  async () => {
    const made = await session({
      payment_intent_data: { capture_method: 'manual', description: 'Shoes', metadata: { order: '7' } },
    });
    const done = await paid(made);
    const intent = await stripe().paymentIntents.retrieve(String(done.payment_intent));
    assert.deepEqual(
      [intent.status, intent.description, intent.metadata, done.payment_status, done.status],
      ['requires_capture', 'Shoes', { order: '7' }, 'unpaid', 'complete'],
    );
    await rejected(session({ subscription_data: { description: 'x' } }), { param: 'subscription_data' });
  },
);

documented(
  '/api/checkout/sessions/create#create_checkout_session-customer_creation',
  'a paid session has the details that were entered, and a customer if it requires one',
  async () => {
    const guest = await paid(await session());
    assert.deepEqual(
      [guest.customer, guest.customer_details?.email, guest.customer_details?.name],
      [null, 'jane@example.com', 'Jane'],
    );
    const { customer } = await paid(await session({ customer_creation: 'always' }));
    assert.equal(((await stripe().customers.retrieve(String(customer))) as Stripe.Customer).email, 'jane@example.com');
    await rejected(session({ customer: await payer(), customer_email: 'a@example.com' }), { statusCode: 400 });
  },
);

documented('/payments/checkout/receipts#paid-invoices', 'a payment creates an invoice if enabled', async () => {
  const done = await paid(await session({ invoice_creation: { enabled: true } }));
  const invoice = await stripe().invoices.retrieve(String(done.invoice));
  assert.deepEqual([invoice.status, invoice.total, invoice.customer], ['paid', 2000, done.customer]);
});

documented('/payments/checkout/custom-fields', 'a session has the values of its custom fields', async () => {
  const made = await session({
    custom_fields: [{ key: 'engraving', label: { type: 'custom', custom: 'Engraving' }, type: 'text' }],
  });
  assert.equal((await visit(made.url, { ...CARD, 'custom_fields[engraving]': '' })).status, 400);
  const done = await paid(made, { ...CARD, 'custom_fields[engraving]': 'For Jane' });
  assert.equal(done.custom_fields[0]?.text?.value, 'For Jane');
});

documented(
  '/payments/subscriptions?platform=web&ui=stripe-hosted',
  'a subscription begins with its first payment',
  async () => {
    const made = await subscriptionSession({ subscription_data: { metadata: { plan: 'pro' }, description: 'Pro' } });
    assert.equal((await visit(made.url, { ...CARD, payment_method: 'pm_card_visa_chargeDeclined' })).status, 402);
    assert.equal((await stripe().checkout.sessions.retrieve(made.id)).status, 'open');
    const done = await paid(made);
    const subscription = await stripe().subscriptions.retrieve(String(done.subscription), {
      expand: ['latest_invoice'],
    });
    const invoice = subscription.latest_invoice as Stripe.Invoice;
    assert.deepEqual(
      [subscription.status, subscription.metadata, subscription.customer, invoice.id, invoice.status],
      ['active', { plan: 'pro' }, done.customer, done.invoice, 'paid'],
    );
    assert.deepEqual([done.payment_status, done.payment_intent, done.mode], ['paid', null, 'subscription']);
    const method = await stripe().paymentMethods.retrieve(String(subscription.default_payment_method));
    assert.equal(method.customer, done.customer);
  },
);

documented(
  '/payments/subscriptions?platform=web&ui=stripe-hosted',
  'a card that requires authentication is authenticated on the page',
  async () => {
    const done = await paid(await subscriptionSession(), { ...CARD, payment_method: 'pm_card_threeDSecure2Required' });
    assert.equal((await stripe().subscriptions.retrieve(String(done.subscription))).status, 'active');
  },
);

documented('/payments/checkout/free-trials', 'a session with a trial costs nothing today', async () => {
  const { customer, advance } = await onClock(null);
  const made = await subscriptionSession({ customer, subscription_data: { trial_period_days: 7 } });
  assert.deepEqual([made.amount_total, made.payment_status], [0, 'no_payment_required']);
  const { subscription: id, payment_status } = await paid(made);
  assert.equal(payment_status, 'no_payment_required');
  assert.equal((await stripe().subscriptions.retrieve(String(id))).status, 'trialing');
  await advance(START + 8 * DAY);
  assert.equal((await stripe().subscriptions.retrieve(String(id))).status, 'active');
});

documented(
  '/payments/checkout/free-trials#without-payment-method',
  'a trial needs no card if `payment_method_collection` is `if_required`',
  async () => {
    const made = await subscriptionSession({
      payment_method_collection: 'if_required',
      subscription_data: {
        trial_period_days: 7,
        trial_settings: { end_behavior: { missing_payment_method: 'cancel' } },
      },
    });
    const { subscription } = await paid(made, { email: 'jane@example.com' });
    assert.equal((await stripe().subscriptions.retrieve(String(subscription))).default_payment_method, null);
  },
);

documented(
  '/payments/checkout/build-subscriptions',
  'a subscription keeps the coupon of its session, and its first invoice bills the one-time items',
  async () => {
    const id = await coupon({ percent_off: 50, duration: 'repeating', duration_in_months: 2 });
    const made = await subscriptionSession({
      line_items: [
        { price: await monthly(1000), quantity: 1 },
        { price: await price(400), quantity: 1 },
      ],
      discounts: [{ coupon: id }],
    });
    assert.deepEqual(amounts(made), [1400, 700, 700, 0]);
    const done = await paid(made);
    assert.equal((await stripe().invoices.retrieve(String(done.invoice))).total, 700);
    const { items, discounts } = await stripe().subscriptions.retrieve(String(done.subscription));
    assert.deepEqual([items.data.length, discounts.length], [1, 1]);
    assert.equal((await stripe().coupons.retrieve(id)).times_redeemed, 1);
  },
);

documented(
  '/payments/save-and-reuse?platform=web&ui=stripe-hosted',
  'a session in setup mode saves a card',
  async () => {
    const { id: customer } = await stripe().customers.create();
    const made = await session({ mode: 'setup', customer, currency: 'usd' });
    assert.deepEqual([made.amount_total, made.payment_status], [null, 'no_payment_required']);
    assert.ok(made.setup_intent);
    const done = await paid(made);
    const intent = await stripe().setupIntents.retrieve(String(done.setup_intent));
    assert.deepEqual([intent.status, intent.customer, done.status], ['succeeded', customer, 'complete']);
    assert.equal((await stripe().customers.listPaymentMethods(customer)).data[0]?.id, intent.payment_method);
  },
);

documented(
  '/payments/checkout/abandoned-carts',
  'an expired session can be continued with its recovery URL',
  async () => {
    const made = await session({ after_expiration: { recovery: { enabled: true } } });
    const expired = await stripe().checkout.sessions.expire(made.id);
    assert.deepEqual([expired.status, expired.url], ['expired', null]);
    assert.equal((await visit(made.url)).status, 410);
    const { location } = await visit(expired.after_expiration?.recovery?.url ?? null);
    const { status } = await visit(location, CARD);
    assert.equal(status, 303);
    const [latest] = (await stripe().checkout.sessions.list({ limit: 1 })).data;
    assert.deepEqual([latest?.recovered_from, latest?.payment_status], [made.id, 'paid']);
  },
);

documented(
  '/api/events/types#event_types-checkout.session.completed',
  'the completion and the expiry of a session have events',
  async () => {
    const made = await session({ client_reference_id: 'cart-9' });
    await paid(made);
    await stripe().checkout.sessions.expire((await session()).id);
    const { data } = await stripe().events.list({ limit: 20 });
    const completed = data.find(({ type }) => type === 'checkout.session.completed');
    assert.equal((completed?.data.object as Stripe.Checkout.Session).client_reference_id, 'cart-9');
    assert.ok(data.some(({ type }) => type === 'checkout.session.expired'));
  },
);
