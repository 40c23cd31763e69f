/** Payment Links of the sandbox: their page, sessions, completion, limits. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { documented, rejected } from '../documented.ts';
import { coupon, monthly, price, stripe, openSandbox } from '../billing/setup.ts';
import { visit } from './visit.ts';

openSandbox();

type Params = Partial<Stripe.PaymentLinkCreateParams>;

async function link(more: Params = {}): Promise<Stripe.PaymentLink> {
  const line_items = more.line_items ?? [{ price: await price(1500), quantity: 2 }];
  return stripe().paymentLinks.create({ ...more, line_items });
}

/** Opens a link as a customer, and pays on the page of its session. */
async function follow(url: string): Promise<{ session: Stripe.Checkout.Session; location: string | null }> {
  const { location: page } = await visit(url);
  const { location } = await visit(page, { payment_method: 'pm_card_visa', email: 'jane@example.com' });
  const [session] = (await stripe().checkout.sessions.list({ limit: 1 })).data;
  assert.ok(session);
  return { session, location };
}

documented(
  '/payment-links/create',
  'each visit of a link creates a session, which the customer pays on its page',
  async () => {
    const { id, url, active, after_completion: after, currency } = await link({ metadata: { campaign: 'spring' } });
    assert.deepEqual([active, after.type, currency], [true, 'hosted_confirmation', 'usd']);
    const { session, location } = await follow(url);
    assert.deepEqual(
      [session.payment_link, session.status, session.amount_total, session.metadata],
      [id, 'complete', 3000, { campaign: 'spring' }],
    );
    assert.match((await visit(location)).text, /Thanks for your payment/);
    assert.notEqual((await visit(url)).location, session.url);
  },
);

documented('/api/payment-link/retrieve-line-items', 'a link lists its line items', async () => {
  const { id } = await link();
  const { data } = await stripe().paymentLinks.listLineItems(id);
  assert.deepEqual(
    data.map(({ quantity, amount_total }) => [quantity, amount_total]),
    [[2, 3000]],
  );
});

documented(
  '/payment-links/post-payment',
  'after the payment a link redirects to a page of the shop, or shows its message',
  async () => {
    const redirect = { url: 'https://example.com/done/{CHECKOUT_SESSION_ID}' };
    const away = await follow((await link({ after_completion: { type: 'redirect', redirect } })).url);
    assert.equal(away.location, `https://example.com/done/${away.session.id}`);
    const hosted_confirmation = { custom_message: 'See you soon' };
    const here = await follow(
      (await link({ after_completion: { type: 'hosted_confirmation', hosted_confirmation } })).url,
    );
    assert.match((await visit(here.location)).text, /See you soon/);
  },
);

documented(
  '/payment-links/create#deactivate-link',
  'an inactive link shows its message, and can be activated again',
  async () => {
    const { id, url } = await link({ inactive_message: 'Sold out' });
    assert.equal((await stripe().paymentLinks.update(id, { active: false })).active, false);
    const closed = await visit(url);
    assert.deepEqual([closed.status, /Sold out/.test(closed.text)], [410, true]);
    await stripe().paymentLinks.update(id, { active: true });
    assert.equal((await visit(url)).status, 303);
  },
);

documented(
  '/payment-links/customize#limit-the-number-of-payments',
  'a link becomes inactive when it reaches its limit of payments',
  async () => {
    const { id, url } = await link({ restrictions: { completed_sessions: { limit: 1 } } });
    await follow(url);
    const closed = await stripe().paymentLinks.retrieve(id);
    assert.deepEqual([closed.active, closed.restrictions?.completed_sessions.count], [false, 1]);
    assert.equal((await visit(url)).status, 410);
  },
);

documented('/payment-links/url-parameters', 'the URL can set the email, a reference and a promotion code', async () => {
  await stripe().promotionCodes.create({
    promotion: { type: 'coupon', coupon: await coupon({ percent_off: 50 }) },
    code: 'LINK50',
  });
  const { url } = await link({ allow_promotion_codes: true });
  const query = 'prefilled_email=ann%40example.com&client_reference_id=ref-1&prefilled_promo_code=LINK50';
  await visit(`${url}?${query}`);
  const [session] = (await stripe().checkout.sessions.list({ limit: 1 })).data;
  assert.deepEqual(
    [session?.customer_email, session?.client_reference_id, session?.amount_total],
    ['ann@example.com', 'ref-1', 1500],
  );
});

documented(
  '/payment-links/subscriptions',
  'a link with a recurring price creates a subscription with its trial',
  async () => {
    const { url } = await link({
      line_items: [{ price: await monthly(900), quantity: 1 }],
      subscription_data: { trial_period_days: 5 },
    });
    const { session } = await follow(url);
    assert.equal(session.mode, 'subscription');
    assert.equal((await stripe().subscriptions.retrieve(String(session.subscription))).status, 'trialing');
  },
);

documented('/api/payment-link/create', 'a link needs line items with existing prices in one currency', async () => {
  await rejected(stripe().paymentLinks.create({ line_items: [] }), { statusCode: 400 });
  await rejected(stripe().paymentLinks.create({ line_items: [{ price: 'price_none', quantity: 1 }] }), {
    code: 'resource_missing',
  });
  const euros = await stripe().prices.create({ currency: 'eur', unit_amount: 500, product_data: { name: 'Tea' } });
  const mixed = [
    { price: euros.id, quantity: 1 },
    { price: await price(500), quantity: 1 },
  ];
  await rejected(stripe().paymentLinks.create({ line_items: mixed }), { statusCode: 400 });
  const after_completion = { type: 'redirect' as const };
  await rejected(link({ after_completion }), { statusCode: 400 });
});

documented(
  '/api/events/types#event_types-payment_link.created',
  'the creation and the update of a link have events',
  async () => {
    const { id } = await link();
    await stripe().paymentLinks.update(id, { metadata: { a: '1' } });
    const { data } = await stripe().events.list({ limit: 5 });
    for (const type of ['payment_link.created', 'payment_link.updated'])
      assert.ok(
        data.some((event) => event.type === type),
        type,
      );
  },
);
