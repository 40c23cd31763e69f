/** What people look at twice: numbers, messages, present values, what a failure leaves: `npm run test:full`. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromiumProgram } from '../outside-tools.mjs';
import { FULL_SIZES } from '../support/sizes.ts';
import { openSession, runForm, type Session } from './session.ts';

const runs = FULL_SIZES && chromiumProgram() !== undefined;
const here = runs ? test : test.skip;

let session: Session;
before(async () => {
  if (runs) session = await openSession();
});
after(async () => {
  if (runs) await session.close();
});

const figure = async (name: string): Promise<number> =>
  Number(((await session.page.locator(`[data-figure="${name}"]`).textContent()) ?? '').replaceAll(',', ''));

here('44: the home page counts calls by outcome, apart from the requests to Stripe', async () => {
  const { page, go, call, browser } = session;
  await go('#/', 'Home');
  await page.locator('[data-figure="sent"]').waitFor();
  await go('#/settings', 'Settings');
  const { callsToday: before, today } = (await (await page.request.get(`${session.url}console/limiter`)).json()) as {
    callsToday: Record<string, number>;
    today: { sent: number };
  };
  // A call with an unknown column fails before a request is sent.
  await call('list-entities', { entity: 'Customer', filterClause: "Emial = 'x'" });
  await call('get-entity', { entity: 'Balance' });
  await go('#/', 'Home');
  await page.getByRole('list', { name: 'Calls of the connector' }).waitFor();
  assert.equal(await figure('failed'), Number(before['failed']) + 1);
  assert.ok((await figure('succeeded')) > Number(before['succeeded']));
  assert.ok((await figure('sent')) > today.sent);
  await browser.show('home-calls');
  assert.deepEqual(await session.findings(), []);
});

here('45: a red message goes away with the page, and a good one is no inverted box', async () => {
  const { page, go, button, browser } = session;
  await go("#/entity/Customer?filter=Email = 'none@example.com'", 'Customer');
  await page.getByText('No row matches the filter').waitFor();
  await button('Export').click();
  await page.getByRole('menuitem', { name: /^JSON/ }).click();
  const toast = page.locator('.toast.bad.shown');
  await toast.getByText('there is nothing to export').waitFor();
  await browser.show('toast-bad');
  await go('#/browse', 'Browse');
  await toast.waitFor({ state: 'detached' });
  await go('#/entity/Customer', 'Customer');
  await page.locator('table.rows tbody tr').first().waitFor();
  await button('Export').click();
  const saved = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: /^JSON/ }).click();
  await saved;
  await page.locator('.toast.good.shown').waitFor();
  await browser.show('toast-good');
  const colors = await page.evaluate<string[]>(
    "['.toast', 'main'].map((name) => getComputedStyle(document.querySelector(name)).color)",
  );
  assert.equal(colors[0], colors[1]);
});

here('46: at 1440 pixels the columns of common entities fit, with the time as the last', async () => {
  const { page, go } = session;
  await page.setViewportSize({ width: 1440, height: 900 });
  for (const entity of ['PaymentIntent', 'Charge', 'Customer', 'Invoice', 'Refund', 'Subscription']) {
    await go(`#/entity/${entity}`, entity);
    await page.locator(`table[aria-label="Rows of ${entity}"] tbody tr`).first().waitFor();
    const hidden = await page.evaluate<number>(
      "(([box]) => box.scrollWidth - box.clientWidth)(document.querySelectorAll('.table-scroll'))",
    );
    assert.equal(hidden, 0, `${hidden} pixels of ${entity} are cut`);
    assert.equal(await page.getByRole('columnheader', { name: 'Created' }).count(), 1, entity);
  }
});

here('47: an update begins with the present values and sends what was changed', async () => {
  const { page, go, field, button, browser, call } = session;
  const id = await session.create('Customer', {
    Email: 'present@example.com',
    Name: 'Jane',
    Phone: '1',
    Description: 'two\nlines',
    Address: { city: 'Dublin', country: 'IE' },
    Metadata: { tier: 'gold', shop: '7' },
  });
  await go(`#/entity/Customer/Update?id=${id}`, 'Update Customer');
  await page.locator('[data-field="Email"][value="present@example.com"]').waitFor();
  assert.equal(await field('Name').inputValue(), 'Jane');
  await page.locator('summary', { hasText: /^Address/ }).click();
  assert.equal(await field('Address.city').inputValue(), 'Dublin');
  assert.equal(await field('Metadata').inputValue(), 'tier');
  const json = page.getByLabel('connectorInputPayload as JSON');
  assert.equal(await json.inputValue(), '{}');
  await field('Email').fill('changed@example.com');
  await page.getByText('Was: present@example.com').waitFor();
  await field('Name').fill('Joe');
  await field('Name').fill('Jane');
  await field('Phone').fill('');
  await field('Description').press('Control+End');
  await page.keyboard.type('!');
  // A pair keeps its value while its key is typed again.
  await page.getByLabel('Metadata key 3').fill('kye');
  await page.getByLabel('Metadata value 3').fill('kept');
  await page.getByLabel('Metadata key 3').fill('');
  assert.equal(await page.getByLabel('Metadata value 3').inputValue(), 'kept');
  await page.getByLabel('Metadata value 3').fill('');
  await page.getByLabel('Metadata value 1').fill('silver');
  await browser.show('update-present');
  assert.deepEqual(await session.findings(), []);
  const changes = {
    Email: 'changed@example.com',
    Description: 'two\nlines!',
    Phone: null,
    Metadata: { tier: 'silver' },
  };
  assert.deepEqual(JSON.parse(await json.inputValue()), changes);
  assert.equal(await runForm(session, 'Plan'), 200);
  await page.locator('.plan').getByText('empty', { exact: true }).waitFor();
  const sent = page.waitForRequest((request) => request.url().endsWith('/run/update-entity'));
  assert.equal(await runForm(session), 200);
  const { connectorInputPayload } = (await sent).postDataJSON() as { connectorInputPayload: object };
  assert.deepEqual(connectorInputPayload, changes);
  // The form begins again with what the object has now.
  await page.locator('[data-field="Email"][value="changed@example.com"]').waitFor();
  assert.equal(await json.inputValue(), '{}');
  await session.runButton().click();
  await page.locator('.toast.bad.shown').getByText('Not sent: no field is changed').waitFor();
  await field('Email').fill('other@example.com');
  await button('Undo Email').click();
  assert.equal(await field('Email').inputValue(), 'changed@example.com');
  const { connectorOutputPayload: row } = await call('get-entity', { entity: 'Customer', entityId: id });
  const { Metadata: metadata, Phone: phone } = row as Record<string, unknown>;
  assert.deepEqual([metadata, phone], [{ tier: 'silver', shop: '7' }, null]);
});

here('48: related objects are tables with amounts, statuses and times', async () => {
  const { page, go, browser } = session;
  const customer = await session.create('Customer', { Email: 'tables@example.com' });
  const payment = await session.create('PaymentIntent', {
    Amount: 4200,
    Currency: 'usd',
    Customer: customer,
    PaymentMethod: 'pm_card_visa',
    Confirm: true,
    ReturnUrl: 'https://example.com/',
  });
  await go(`#/object/Customer/${customer}?tab=related`, 'tables@example.com');
  const row = page.getByRole('grid', { name: 'PaymentIntent rows that name it' }).getByRole('row').nth(1);
  await row.getByText('$42.00').waitFor();
  await row.getByText('Succeeded').waitFor();
  await row.locator('time').waitFor();
  await browser.show('related-customer');
  assert.deepEqual(await session.findings(), []);
  await row.getByRole('link', { name: payment }).click();
  await page.getByRole('heading', { level: 1, name: '$42.00' }).waitFor();
  await page.getByRole('tab', { name: 'Related' }).click();
  const named = page.getByRole('grid', { name: 'Refers to' });
  await named.getByRole('row', { name: /Customer.*tables@example\.com/ }).waitFor();
  await browser.show('related-payment');
});

here('49: a declined payment leads to what it left, and to its operation with the object', async () => {
  const { page, go, browser } = session;
  await go(
    '#/entity/PaymentIntent/Create?Amount=2000&Currency=usd&PaymentMethod=pm_card_visa_chargeDeclined&Confirm=true&ReturnUrl=https://example.com/',
    'Create PaymentIntent',
  );
  assert.equal(await runForm(session), 400);
  const left = page.locator('.failure').getByRole('link', { name: /^pi_/ });
  const id = (await left.textContent()) ?? '';
  await page.locator('.next').getByText('Requires payment method').waitFor();
  await page.locator('.next').getByRole('link', { name: 'Confirm' }).waitFor();
  await browser.show('declined-left');
  assert.deepEqual(await session.findings(), []);
  await go('#/operations?state=failed', 'Operations');
  await page.getByRole('gridcell', { name: id }).first().waitFor();
  await go('#/operations?state=succeeded', 'Operations');
  await page
    .getByRole('row', { name: /PaymentIntent\.Create.*\$42\.00/ })
    .first()
    .waitFor();
  await browser.show('operations-objects');
  assert.deepEqual(await session.findings(), []);
});
