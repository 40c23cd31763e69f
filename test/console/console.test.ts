/** The explorer's page in a real browser, against the built local server. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { after, before, test } from 'node:test';
import { freePort } from '../emulator/ports.ts';
import { running, type Running } from '../functions/framework.ts';
import { chromiumProgram } from '../outside-tools.mjs';
import { openBrowser, type Browser } from './browser.ts';

const here = chromiumProgram() === undefined ? test.todo : test;

let server: Running;
let browser: Browser;

/** A call waits half a second for its turn: with forty at once some are rejected. */
const SETTINGS = { max_wait_ms: 100, min_nodes: 2 };

before(async () => {
  if (chromiumProgram() === undefined) return;
  const port = await freePort();
  const env = { PATH: process.env['PATH'], PORT: String(port), CONNECTION_SETTINGS: JSON.stringify(SETTINGS) };
  server = await running(spawn(process.execPath, ['build/local/start.cjs'], { env }), port, 'try it:');
  browser = await openBrowser();
  await browser.page.goto(`http://localhost:${port}/`);
});
after(async () => {
  if (chromiumProgram() === undefined) return;
  await browser.close();
  await server.stop();
});

/** Fills the field of a form by its name. */
async function fill(fields: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(fields)) {
    const named = `[data-field="${name}"]`;
    await browser.page.locator(named).waitFor();
    const choice = browser.page.locator(`select${named}`);
    if ((await choice.count()) > 0) await choice.selectOption(value);
    else await browser.page.locator(named).fill(value);
  }
}

async function go(place: string): Promise<void> {
  await browser.page.evaluate(`location.hash = ${JSON.stringify(place)}`);
}

/** Shows the fields of a form that meet a search. */
async function find(wanted: string): Promise<void> {
  await browser.page.getByPlaceholder('find a field').first().fill(wanted);
}

/** The form of a payment intent. */
async function fillPayment(method: string): Promise<void> {
  await go('#/entity/PaymentIntent/Create');
  await fill({ 'payload.Amount': '1500', 'payload.Currency': 'usd' });
  await find('paymentmethod');
  await fill({ 'payload.PaymentMethod': method });
}

/** Presses a button of the form and reads the answer. */
async function press(button: 'Run' | 'Plan' | 'Explain'): Promise<Record<string, unknown>> {
  const { page } = browser;
  const answered = page.waitForResponse((response) => response.url().includes('/run/'));
  await page.getByRole('button', { name: button, exact: true }).click();
  const status = (await answered).status();
  await page.locator(`.answer [data-status="${status}"]`).waitFor();
  await page.locator('.answer nav').getByText('connector').click();
  return JSON.parse((await page.locator('.answer pre').textContent()) ?? '') as Record<string, unknown>;
}

here('a newcomer sees which Stripe it is, and finds entities and actions', async () => {
  const { page, show } = browser;
  assert.match((await page.locator('[data-stripe]').textContent()) ?? '', /local sandbox: no real money/);
  await page.getByText('175 entities', { exact: true }).waitFor();
  await page.getByText('148 actions', { exact: true }).waitFor();
  await show('welcome');
  await page.getByPlaceholder('find an entity or an action').fill('payment intent');
  await page.getByRole('link', { name: 'Confirm Payment Intent' }).waitFor();
  await page.getByText('0 entities', { exact: true }).waitFor();
  await page.getByPlaceholder('find an entity or an action').fill('paymentint');
  await page.getByRole('link', { name: 'PaymentIntent', exact: true }).click();
  await page.getByRole('heading', { name: 'PaymentIntent' }).waitFor();
  await page.getByPlaceholder('find a column').fill('customer');
  const row = page.locator('.columns tr', { has: page.locator('code', { hasText: /^Customer$/ }) });
  assert.match((await row.textContent()) ?? '', /Customer.*of Customer.*by Stripe's list/);
  await show('columns');
});

let intent = '';

here('a payment intent is made from its form, planned before, and told as code', async () => {
  const { page, show } = browser;
  await fillPayment('pm_card_visa');
  const plan = await press('Plan');
  assert.equal(plan['dryRun'], true);
  assert.match(JSON.stringify(plan), /\/v1\/payment_intents/);
  const made = await press('Run');
  intent = (made['connectorOutputPayload'] as { Id: string }).Id;
  assert.match(intent, /^pi_/);
  await page.locator('.answer nav').getByText('curl').click();
  assert.match(
    (await page.locator('.answer pre').textContent()) ?? '',
    /curl -s http:\/\/localhost:\d+\/create-entity/,
  );
  await page.locator('.answer nav').getByText('client').click();
  assert.match(
    (await page.locator('.answer pre').textContent()) ?? '',
    /stripe\.entity\("PaymentIntent"\)\.create\(\{/,
  );
  await page.locator('.answer nav').getByText('native').click();
  await page.locator('.answer pre', { hasText: '"object": "payment_intent"' }).waitFor();
  await show('made');
});

here('it is confirmed, and found by a clause that is explained', async () => {
  const { page, show } = browser;
  await go('#/action/ConfirmPaymentIntent');
  await page.getByRole('heading', { name: 'Confirm Payment Intent' }).waitFor();
  await fill({ 'payload.PaymentIntentId': intent });
  await find('returnurl');
  await fill({ 'payload.ReturnUrl': 'https://example.com/' });
  const confirmed = await press('Run');
  assert.equal((confirmed['connectorOutputPayload'] as { status: string }[])[0]?.status, 'succeeded');
  await go('#/entity/PaymentIntent/List');
  await fill({ filterClause: "Status = 'succeeded' AND Amount > 1000" });
  const explained = await press('Explain');
  assert.match(JSON.stringify(explained), /clientFilters/);
  await press('Run');
  await page.locator('.answer nav').getByText('rows').click();
  assert.match((await page.locator('.answer table').textContent()) ?? '', new RegExp(intent));
  await show('list');
  await page.locator('.transactions').getByText('ConfirmPaymentIntent').first().waitFor();
  assert.match((await page.locator('.transactions').textContent()) ?? '', /req_/);
});

here("a declined card's error says what happened", async () => {
  const { page, show } = browser;
  await fillPayment('pm_card_visa_chargeDeclined');
  await find('confirm');
  await fill({ 'payload.Confirm': 'true' });
  await press('Run');
  const said = (await page.locator('.failure').textContent()) ?? '';
  assert.match(said, /FAILED_PRECONDITION/);
  assert.match(said, /declined/);
  assert.match(said, /effect at Stripe: none/);
  await show('declined');
  await go('#/entity/Customer/List');
  await fill({ filterClause: 'Emial = 3' });
  await press('Run');
  assert.match((await page.locator('.failure').textContent()) ?? '', /filterClause.*Emial is not a column/);
});

here('throttling is seen as it happens', async () => {
  const { page, show } = browser;
  assert.equal(await page.locator('[data-limit="per-second"]').textContent(), '12');
  await page.getByRole('button', { name: '40 calls at once' }).click();
  await page.locator('[data-burst]', { hasText: 'were refused (429)' }).waitFor();
  const said = (await page.locator('[data-burst]').textContent()) ?? '';
  const [, through = '0', refused = '0'] = /(\d+) went through, (\d+) were refused/.exec(said) ?? [];
  assert.equal(Number(through) + Number(refused), 40);
  assert.ok(Number(refused) > 0, said);
  await page.locator('.transactions').getByText('RATE_LIMITED').first().waitFor();
  await show('throttled');
});

here('on a live key a write is asked about twice', async () => {
  const { page, show } = browser;
  await page.route('**/about', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...((await answer.json()) as object), stripe: 'live' } });
  });
  await go('#/entity/Customer/Delete');
  await page.reload();
  assert.match((await page.locator('[data-stripe]').textContent()) ?? '', /LIVE Stripe: real money/);
  await page.locator('form.call').waitFor();
  await fill({ entityId: 'cus_none' });
  const sent: string[] = [];
  page.on('request', (request) => request.url().includes('/run/') && sent.push(request.url()));
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('real money and real customers').waitFor();
  await show('asked');
  await dialog.getByRole('button', { name: 'Go on' }).click();
  const sure = dialog.getByRole('button', { name: 'Delete Customer' });
  assert.equal(await sure.isDisabled(), true);
  assert.deepEqual(sent, []);
  await dialog.getByRole('textbox').fill('Delete Customer');
  await sure.click();
  await page.locator('.failure', { hasText: 'No such customer' }).waitFor();
  assert.equal(sent.length, 1);
  await page.getByRole('button', { name: 'Plan', exact: true }).click();
  await page.locator('.answer pre', { hasText: 'dryRun' }).waitFor();
});

here('the page asks its own server alone, and no request of it is blocked', async () => {
  const { page, asked, complaints } = browser;
  const origin = new URL(page.url()).origin;
  assert.deepEqual(
    asked.filter((url) => !url.startsWith(`${origin}/`) && !url.startsWith('data:')),
    [],
  );
  // Answers that are no success are the connector's own, shown on the page.
  assert.deepEqual(
    complaints.filter((text) => !/status of (400|404|429)/.test(text)),
    [],
  );
  const policy = (await page.request.get(`${origin}/`)).headers()['content-security-policy'] ?? '';
  assert.match(policy, /^default-src 'none'; script-src 'sha256-/);
});
