/** The table of the console, comparing two calls, latencies, and what happened to an object: `npm run test:full`. */
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

/** Requests of one kind, more than one page of the table. */
const MANY = 30;

here('37: a table is sorted, paged, copied and opened by keyboard, with one tab stop', async () => {
  const { page, go, call, focused } = session;
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  for (let index = 0; index < MANY; index += 1) await call('get-entity', { entity: 'Balance' });
  await go('#/requests?call=Balance.Get', 'Requests');
  const grid = page.getByRole('grid', { name: 'Requests to Stripe' });
  await page.getByText(`Page 1, 25 of ${MANY} rows`).waitFor();
  await grid.getByRole('button', { name: 'Took' }).focus();
  await page.keyboard.press('Enter');
  await grid.locator('th[aria-sort="descending"]', { hasText: 'Took' }).waitFor();
  const times: number[] = [];
  for (const cell of await grid.locator('td[data-label="Took"]').all())
    times.push(Number(await cell.getAttribute('data-value')));
  assert.deepEqual(
    times,
    [...times].sort((a, b) => b - a),
  );
  assert.equal(await grid.locator('tbody [tabindex="0"]').count(), 1);
  await grid.locator('tbody [tabindex="0"]').focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  assert.equal(await focused("getAttribute('data-cell')"), '0,0');
  await page.keyboard.press('Control+c');
  await page.getByText('Copied the cell').waitFor();
  assert.equal(await page.evaluate('navigator.clipboard.readText()'), 'Balance.Get');
  await page.keyboard.press(' ');
  const details = page.getByRole('region', { name: 'Details of the row' });
  await details.getByText('/v1/balance').first().waitFor();
  await page.keyboard.press('Escape');
  await details.waitFor({ state: 'detached' });
  await page.keyboard.press('PageDown');
  await page.getByText(`Page 2, ${MANY - 25} of ${MANY} rows`).waitFor();
});

here('38: two calls are compared side by side', async () => {
  const { page, go, browser } = session;
  for (const amount of ['1500', '2500']) {
    await go(`#/entity/PaymentIntent/Create?Amount=${amount}&Currency=usd`, 'Create PaymentIntent');
    assert.equal(await runForm(session), 200);
  }
  await go('#/history', 'History');
  await page.getByText('0 of 2 chosen').waitFor();
  for (const number of [1, 2]) await page.getByRole('checkbox', { name: `Compare call ${number}` }).check();
  await page.getByRole('link', { name: 'Compare 1 with 2' }).click();
  await page.getByRole('heading', { level: 1, name: 'Calls 1 and 2' }).waitFor();
  const request = page.getByRole('region', { name: 'Request', exact: true });
  await request.getByText('1 of 4 fields differ').waitFor();
  const row = request.getByRole('row', { name: /connectorInputPayload\.Amount/ });
  assert.equal(await row.getByRole('gridcell').nth(2).textContent(), '1500');
  assert.equal(await row.getByRole('gridcell').nth(3).textContent(), '2500');
  await page.getByLabel('Show equal fields too').check();
  await request
    .getByRole('row', { name: /Currency/ })
    .getByText('equal')
    .waitFor();
  await browser.show('compare');
  assert.deepEqual(await session.findings(), []);
  await page.getByRole('link', { name: 'PaymentIntent.Create' }).first().click();
  await session.button('Compare with').click();
  await page.getByRole('menuitem', { name: /^2\. PaymentIntent\.Create/ }).click();
  await page.getByRole('heading', { level: 1, name: 'Calls 1 and 2' }).waitFor();
});

here(
  '39: an object shows what happened to it: its events with changes, and the operations that caused them',
  async () => {
    const { page, go, browser, url } = session;
    await session.create('WebhookEndpoint', { Url: `${url}stripe-events`, EnabledEvents: ['*'] });
    const id = await session.create('Customer', { Email: 'before@example.com' });
    await session.call('update-entity', {
      entity: 'Customer',
      entityId: id,
      connectorInputPayload: { Email: 'after@example.com' },
    });
    await go(`#/object/Customer/${id}?tab=events`, 'after@example.com');
    const events = page.getByRole('grid', { name: 'Events of the object' });
    const updated = events.getByRole('row', { name: /customer\.updated/ });
    await updated.getByText('email: before@example.com → after@example.com').waitFor();
    await updated.getByText('Published').waitFor();
    await page.getByRole('list', { name: 'Course of the object' }).getByText('Updated').waitFor();
    await updated.getByText('customer.updated', { exact: true }).click();
    const details = page.getByRole('region', { name: 'Details of the row' });
    await details.getByRole('row', { name: /email/ }).getByText('before@example.com').waitFor();
    await details.getByRole('button', { name: /^Replay/ }).click();
    await page.getByText(/not published: the server has no Pub\/Sub/).waitFor();
    await browser.show('object-events');
    assert.deepEqual(await session.findings(), []);
    await page.getByRole('tab', { name: 'Operations' }).click();
    const operations = page.getByRole('grid', { name: 'Operations of the object' });
    const made = operations.getByRole('row', { name: /Customer\.Create/ });
    await made.getByText('customer.created').waitFor();
    await made.getByText('Customer.Create', { exact: true }).click();
    await details.getByText('Effect at Stripe:').waitFor();
    await browser.show('object-operations');
    assert.deepEqual(await session.findings(), []);
    await page.getByLabel('Show reads too').check();
    await operations
      .getByRole('row', { name: /Customer\.Get/ })
      .first()
      .waitFor();
    await details.getByRole('link', { name: 'Open the record' }).click();
    await page.getByRole('heading', { level: 1, name: 'Operation' }).waitFor();
  },
);

here('40: on a phone a row is a card, and its details are a sheet that closes', async () => {
  const { page, go, browser } = session;
  await page.setViewportSize({ width: 390, height: 844 });
  await go('#/requests', 'Requests');
  const grid = page.getByRole('grid', { name: 'Requests to Stripe' });
  await page.getByLabel('Sort by').selectOption('Took DESC');
  await grid.getByRole('gridcell').first().click();
  await page.getByRole('region', { name: 'Details of the row' }).getByText('Waited for').waitFor();
  await browser.show('phone-details');
  assert.deepEqual(await session.findings(), []);
  assert.equal(await session.overflow(), 0);
  await page.getByRole('button', { name: 'Close the details' }).click();
  await page.getByRole('region', { name: 'Details of the row' }).waitFor({ state: 'detached' });
  await page.setViewportSize({ width: 1440, height: 900 });
});

here('41: a page key moves the focus to the new rows, and Ctrl+Enter runs a form from its heading', async () => {
  const { page, go, focused } = session;
  await go('#/entity/Customer', 'Customer');
  await page.locator('table.rows tbody [tabindex="0"]').focus();
  await page.keyboard.press('PageDown');
  await page.getByText('Page 2, 25 rows').waitFor();
  await page.locator('table.rows tbody td:focus').waitFor();
  assert.equal(await focused("getAttribute('data-cell')"), '0,0');
  await go('#/entity/Customer/Create?Email=heading@example.com', 'Create Customer');
  await page.locator('h1:focus').waitFor();
  await page.keyboard.press('Control+Enter');
  await page.locator('.result[data-status="200"]').waitFor();
});

here('42: an error of a page is shown in its place, and the navigation stays', async () => {
  const { page, go } = session;
  await page.route('**/console/dead-letters', (route) => route.fulfill({ json: { topic: null, deadLetters: [null] } }));
  await go('#/dead-letters');
  await page.getByRole('alert').getByRole('button', { name: 'Try again' }).waitFor();
  await page.unroute('**/console/dead-letters');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Settings' }).click();
  await page.getByRole('heading', { level: 1, name: 'Settings' }).waitFor();
});

here('43: a chart shows what Stripe took and what the limiter added', async () => {
  const { page, go, button, browser } = session;
  await go('#/limiter', 'Rate limit');
  await button('30 calls').click();
  await page.locator('[data-burst]').waitFor();
  const chart = page.getByRole('img', { name: /requests: Stripe, median .*limiter added, 95th percentile/ });
  await chart.waitFor();
  await chart.locator('rect.bar-waited').first().waitFor({ state: 'attached' });
  await page.locator('[data-latency] .figures').getByText('limiter added, median').waitFor();
  await browser.show('latency');
  await go('#/requests?call=PaymentIntent.Create', 'Requests');
  await page.locator('[data-latency="2"]').waitFor();
});
