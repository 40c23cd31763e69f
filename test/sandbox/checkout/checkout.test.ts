/** Checkout sessions: totals, modes, payment, expiry. */
import assert from 'node:assert/strict';
import type Stripe from 'stripe';
import { rejected } from '../documented.ts';
import { inShop, type Shop } from '../money/shop.ts';

const documented = inShop();
const DAY = 86_400;

async function session({ stripe }: Shop, more: object = {}): Promise<Stripe.Checkout.Session> {
  const price = { currency: 'usd', unit_amount: 1500, product_data: { name: 'Thing' } };
  return stripe.checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://example.com/{CHECKOUT_SESSION_ID}',
    line_items: [{ price_data: price, quantity: 2 }],
    ...more,
  });
}

documented(
  '/api/checkout/sessions/object',
  'a new session is open and unpaid, and has a page for a day',
  async (shop) => {
    const made = await session(shop);
    assert.deepEqual([made.status, made.payment_status, made.amount_total], ['open', 'unpaid', 3000]);
    assert.equal(made.expires_at - made.created, DAY);
    const lines = await shop.stripe.checkout.sessions.listLineItems(made.id);
    assert.deepEqual(
      lines.data.map(({ quantity, amount_total: total, description }) => [quantity, total, description]),
      [[2, 3000, 'Thing']],
    );
  },
);

documented(
  '/payments/checkout/how-checkout-works',
  'a customer pays on the page, and is sent to the success_url',
  async (shop) => {
    const made = await session(shop);
    const enter = (card: string): Promise<Response> =>
      fetch(String(made.url), {
        method: 'POST',
        body: new URLSearchParams({ payment_method: card }),
        redirect: 'manual',
      });
    assert.equal((await enter('pm_card_visa_chargeDeclined')).status, 402);
    assert.equal((await enter('pm_card_visa')).headers.get('location'), `https://example.com/${made.id}`);
    const paid = await shop.stripe.checkout.sessions.retrieve(made.id, { expand: ['payment_intent'] });
    assert.deepEqual([paid.status, paid.payment_status, paid.url], ['complete', 'paid', null]);
    assert.equal((paid.payment_intent as Stripe.PaymentIntent).amount_received, 3000);
  },
);

documented(
  '/api/checkout/sessions/expire',
  'an open session expires once, by a request or at its time',
  async (shop) => {
    const [first, second] = [await session(shop), await session(shop)];
    assert.equal((await shop.stripe.checkout.sessions.expire(first.id)).status, 'expired');
    await rejected(shop.stripe.checkout.sessions.expire(first.id), { statusCode: 400 });
    shop.pass(DAY);
    assert.equal((await shop.stripe.checkout.sessions.retrieve(second.id)).status, 'expired');
  },
);

const REFUSED: readonly (readonly [string, object])[] = [
  ['no line items', { line_items: undefined }],
  ['no success_url', { success_url: undefined }],
  ['an invalid success_url', { success_url: 'example' }],
  ['a subscription without a recurring price', { mode: 'subscription' }],
  ['line items in setup mode', { mode: 'setup' }],
];

for (const [what, more] of REFUSED)
  documented('/api/checkout/sessions/create', `${what} is rejected`, async (shop) =>
    rejected(session(shop, more), { statusCode: 400 }),
  );
