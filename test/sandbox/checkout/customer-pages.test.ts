/** The pages for a shop's customers in a real browser, on a wide screen and on a phone. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, type Browser } from '../../console/browser.ts';
import { chromiumProgram } from '../../outside-tools.mjs';
import { monthly, payer, price, stripe, subscribe, openSandbox } from '../billing/setup.ts';

openSandbox();

const here = chromiumProgram() === undefined ? test.todo : test;

const WIDTHS = { wide: { width: 1400, height: 900 }, phone: { width: 390, height: 844 } } as const;

let opened: Browser | undefined;

function theBrowser(): Browser {
  assert.ok(opened);
  return opened;
}

/** Number of messages in the browser's console that the tests have expected so far. */
let expectedComplaints = 0;

before(async () => {
  if (chromiumProgram() !== undefined) opened = await openBrowser();
});
after(() => opened?.close());

/** Asserts that no content is wider than the page, and that every field has a label. */
async function looksRight(name: string): Promise<void> {
  const { page, show } = theBrowser();
  for (const [width, size] of Object.entries(WIDTHS)) {
    await page.setViewportSize(size);
    const tooWide = await page.evaluate('document.documentElement.scrollWidth > document.documentElement.clientWidth');
    assert.equal(tooWide, false, `${name} is cut off on a ${width} screen`);
    await show(`${name}-${width}`);
  }
  const unlabeled = await page.evaluate(
    "[...document.querySelectorAll('input:not([type=hidden]),select')].filter((field) => field.labels.length === 0 && !field.ariaLabel).length",
  );
  assert.equal(unlabeled, 0, `${name} has fields without a label`);
  assert.deepEqual(theBrowser().complaints.slice(expectedComplaints), []);
}

/** Asserts the address of the page to which the customer is redirected. That page is not on this machine. */
async function leadsTo(click: () => Promise<void>, url: string): Promise<void> {
  const { page } = theBrowser();
  await page.route(`${new URL(url).origin}/**`, (route) => route.fulfill({ body: 'the shop' }));
  await click();
  await page.waitForURL(url);
}

here('a customer is declined on the page of a session, and pays with another card', async () => {
  const { page } = theBrowser();
  const session = await stripe().checkout.sessions.create({
    mode: 'payment',
    success_url: 'https://shop.example/thanks?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'https://shop.example/cart',
    allow_promotion_codes: true,
    line_items: [
      { price: await price(1500), quantity: 2, adjustable_quantity: { enabled: true } },
      { price: await price(900), quantity: 1 },
    ],
  });
  await page.goto(String(session.url));
  await looksRight('checkout');
  await page.getByLabel('Email').fill('jane@example.com');
  await page.getByLabel('Test card').fill('pm_card_visa_chargeDeclined');
  await page.getByRole('button', { name: 'Pay $39.00' }).click();
  assert.match((await page.getByRole('alert').textContent()) ?? '', /declined/);
  // The response to a decline is 402, which the console of the browser reports.
  expectedComplaints = theBrowser().complaints.length;
  await looksRight('checkout-declined');
  await page.getByLabel('Test card').fill('pm_card_visa');
  await leadsTo(
    () => page.getByRole('button', { name: /^Pay/ }).click(),
    `https://shop.example/thanks?session=${session.id}`,
  );
  assert.equal((await stripe().checkout.sessions.retrieve(session.id)).payment_status, 'paid');
});

here('a customer leaves a session for the shop, and it stays open', async () => {
  const { page } = theBrowser();
  const session = await stripe().checkout.sessions.create({
    mode: 'subscription',
    success_url: 'https://shop.example/thanks',
    cancel_url: 'https://shop.example/cart',
    line_items: [{ price: await monthly(2500), quantity: 1 }],
    subscription_data: { trial_period_days: 14 },
  });
  await page.goto(String(session.url));
  await page.getByText('14 days free, then $25.00.').waitFor();
  await looksRight('checkout-trial');
  await leadsTo(() => page.getByRole('link', { name: 'Back to the shop' }).click(), 'https://shop.example/cart');
  assert.equal((await stripe().checkout.sessions.retrieve(session.id)).status, 'open');
});

here('a payment link leads to its session, and thanks for the payment', async () => {
  const { page } = theBrowser();
  const { url } = await stripe().paymentLinks.create({ line_items: [{ price: await price(700), quantity: 1 }] });
  await page.goto(url);
  await page.getByRole('button', { name: 'Pay $7.00' }).click();
  await page.getByRole('heading', { name: 'Thanks for your payment' }).waitFor();
  await looksRight('paid');
});

here('a customer cancels, adds a card and goes back from the portal', async () => {
  const { page } = theBrowser();
  const customer = await payer('pm_card_visa', { email: 'jane@example.com', name: 'Jane' });
  const { id } = await subscribe({ customer });
  const { url } = await stripe().billingPortal.sessions.create({
    customer,
    return_url: 'https://shop.example/account',
  });
  await page.goto(url);
  await looksRight('portal');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Renew' }).waitFor();
  assert.equal((await stripe().subscriptions.retrieve(id)).cancel_at_period_end, true);
  await page.getByLabel('Test card').fill('pm_card_mastercard');
  await page.getByRole('button', { name: 'Add payment method' }).click();
  await page.getByText('mastercard 4444').waitFor();
  await looksRight('portal-changed');
  await leadsTo(() => page.getByRole('link', { name: 'Return to the shop' }).click(), 'https://shop.example/account');
});
