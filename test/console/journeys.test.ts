/** Eight journeys through the console, as a newcomer would take them. The others run in `npm run test:full`. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromiumProgram } from '../outside-tools.mjs';
import { confirmTwice, openSession, runForm, search, type Session } from './session.ts';

const here = chromiumProgram() === undefined ? test.skip : test;

let session: Session;
before(async () => {
  if (chromiumProgram() !== undefined) session = await openSession();
});
after(async () => {
  if (chromiumProgram() !== undefined) await session.close();
});

here('1: the home page says what it is connected to, and a prefilled payment succeeds', async () => {
  const { page, go, browser } = session;
  assert.equal(await page.locator('[data-stripe]').textContent(), 'Sandbox');
  await page.getByText('a local sandbox, no real money').waitFor();
  await browser.show('home');
  await page.getByRole('link', { name: 'Take a payment of $15.00' }).click();
  await page.getByRole('heading', { name: 'Create PaymentIntent' }).waitFor();
  assert.equal(await page.locator('.worth').first().textContent(), '$15.00');
  assert.equal(await runForm(session, 'Plan'), 200);
  await page.getByText('/v1/payment_intents', { exact: true }).waitFor();
  await browser.show('plan');
  assert.equal(await runForm(session), 200);
  const next = page.locator('.next');
  await next.getByText('Succeeded').waitFor();
  await browser.show('result');
  await next.getByRole('link', { name: /^pi_/ }).click();
  await page.getByRole('heading', { level: 1, name: '$15.00' }).waitFor();
  await browser.show('object');
  assert.match(await page.title(), /^PaymentIntent pi_\w+ · Stripe connector$/);
  await page.locator('.more-actions > summary', { hasText: 'More actions' }).waitFor();
  await go('#/', 'Home');
});

here('2: the palette understands names, paths and ids', async () => {
  const { page, call } = session;
  for (const [text, title] of [
    ['payment intent', 'PaymentIntent'],
    ['payment_intent', 'PaymentIntent'],
    ['/v1/payment_intents', 'PaymentIntent'],
    ['pay an invoice', 'Pay Invoice'],
    ['dead letters', 'Dead letters'],
  ] as const) {
    await search(session, text);
    await page.getByRole('heading', { level: 1, name: title, exact: true }).waitFor();
  }
  const { connectorOutputPayload } = await call('create-entity', {
    entity: 'Customer',
    connectorInputPayload: { Email: 'palette@example.com' },
  });
  const { Id: id } = connectorOutputPayload as { Id: string };
  await search(session, id);
  await page.getByRole('heading', { level: 1, name: 'palette@example.com' }).waitFor();
});

here('3: an entity opens on its rows, which are filtered with completion, sorted and paged both ways', async () => {
  const { page, go, browser, button } = session;
  await go('#/entity/PaymentIntent', 'PaymentIntent');
  const cells = page.locator('table.rows tbody tr');
  await cells.first().waitFor();
  await page.getByRole('button', { name: 'Created' }).click();
  await page
    .getByRole('columnheader', { name: /Created/ })
    .and(page.locator('[aria-sort="descending"]'))
    .waitFor();
  await page.getByRole('combobox', { name: 'Filter clause' }).fill("Status = 'succeeded' AND Amo");
  await page.getByRole('option', { name: /^Amount integer/ }).click();
  await browser.show('completion');
  await page.getByRole('combobox', { name: 'Filter clause' }).pressSequentially('> 1000');
  await page.keyboard.press('Escape');
  const listed = page.waitForResponse((response) => response.url().endsWith('/run/list-entities'));
  await button('Apply').click();
  await listed;
  await page.waitForURL(/Amount/);
  await page.locator('.table-scroll[aria-busy="false"]').waitFor();
  const first = await cells.first().locator('a').first().textContent();
  await button('Next').click();
  await page.getByText('Page 2, 25 rows').waitFor();
  await button('Previous').click();
  await page.getByText('Page 1, 25 rows').waitFor();
  assert.equal(await cells.first().locator('a').first().textContent(), first);
  await button('Explain').click();
  await page
    .getByRole('region', { name: 'Explanation' })
    .getByText(/Amount > '?1000/)
    .waitFor();
  await browser.show('explanation');
});

here('4: an amount with decimals is not sent before the user chose', async () => {
  const { page, go, field, button } = session;
  await go('#/entity/PaymentIntent/Create', 'Create PaymentIntent');
  await field('Amount').fill('15.00');
  await field('Currency').fill('usd');
  await page.getByText('Which amount do you mean?').waitFor();
  const sent: string[] = [];
  page.on('request', (request) => request.url().includes('/run/create') && sent.push(request.url()));
  for (const press of [() => session.runButton().click(), () => button('Plan').click()]) {
    await press();
    await page.locator('.field.invalid', { hasText: 'Choose which amount you mean first.' }).waitFor();
    assert.equal(await session.focused('dataset.field'), 'Amount');
  }
  assert.deepEqual(sent, []);
  await button('1500 = $15.00').click();
  assert.equal(await field('Amount').inputValue(), '1500');
  assert.match(await page.getByLabel('connectorInputPayload as JSON').inputValue(), /"Amount": 1500/);
});

here('5: a declined card is explained, with the record of the operation', async () => {
  const { page, go, field, browser } = session;
  await go(
    '#/entity/PaymentIntent/Create?Amount=2000&Currency=usd&Confirm=true&ReturnUrl=https://example.com/',
    'Create PaymentIntent',
  );
  await field('PaymentMethod').click();
  await page.getByRole('option', { name: /pm_card_visa_chargeDeclinedInsufficientFunds/ }).click();
  assert.equal(await runForm(session), 400);
  const failure = page.locator('.failure').first();
  await failure.getByText('Insufficient funds', { exact: true }).waitFor();
  await failure.getByText('Nothing was charged.').waitFor();
  await browser.show('declined');
  await failure.getByRole('link', { name: 'The record of this operation' }).click();
  await page.getByRole('heading', { level: 1, name: 'PaymentIntent.Create' }).waitFor();
  await page.locator('[data-effect="none"]').waitFor();
  await browser.show('record');
});

here('6: an error is at its field, and a delete is asked about twice', async () => {
  const { page, go, field, browser, button, call } = session;
  await go('#/entity/Customer/Create?Email=twice@example.com', 'Create Customer');
  await page.getByLabel('connectorInputPayload as JSON').fill('{"Email":"twice@example.com","Metadata":"tier=gold"}');
  assert.equal(await runForm(session), 400);
  assert.equal(await page.locator('.field.invalid [data-field="Metadata"]').count(), 1);
  await page.locator('.field.invalid .field-error', { hasText: 'must be an object' }).waitFor();
  await browser.show('field-error');
  // An error of Stripe is at the input of the parameter that it names, also in a closed group.
  await page.getByLabel('connectorInputPayload as JSON').fill('{"Address":{"country":"Atlantis"}}');
  assert.equal(await runForm(session), 400);
  await button('Go to Address.country').click();
  assert.equal(await session.focused('dataset.field'), 'Address.country');
  assert.equal(await session.focused("getAttribute('aria-invalid')"), 'true');
  const made = (
    await call('create-entity', { entity: 'Customer', connectorInputPayload: { Email: 'gone@example.com' } })
  )['connectorOutputPayload'] as { Id: string };
  await go(`#/object/Customer/${made.Id}`, 'gone@example.com');
  await page.locator('.more-actions > summary').click();
  await page.getByRole('link', { name: 'Delete', exact: true }).click();
  await page.getByRole('heading', { name: 'Delete Customer' }).waitFor();
  assert.equal(await field('entityId').inputValue(), made.Id);
  await session.runButton().click();
  await confirmTwice(session, 'Customer.Delete', 'Delete Customer');
  await page.getByText('It was deleted.').waitFor();
});

here('7: a burst is rejected in part, and the connection is suspended and resumed', async () => {
  const { page, go, button, browser, call } = session;
  await go('#/limiter', 'Rate limit');
  await button('120 calls').click();
  const burst = page.locator('[data-burst]');
  await burst.waitFor();
  assert.ok(Number(await burst.getAttribute('data-burst')) > 0);
  await browser.show('limiter');
  await button('Suspend').click();
  await confirmTwice(session, 'stripe-local', 'Suspend');
  const banner = page.locator('[data-banner="suspended"]');
  await banner.getByText('by an operator').waitFor();
  await button('Resume').waitFor();
  await go('#/', 'Home');
  await page.getByText('nothing while it is suspended').waitFor();
  await button('Resume the connection').click();
  await banner.waitFor({ state: 'detached' });
  await page.getByText('reads and writes').waitFor();
  assert.ok((await call('get-entity', { entity: 'Balance' }))['connectorOutputPayload'] !== undefined);
});

here('8: the page asks its own server alone, under a strict content policy, and weighs at most 200 KB', async () => {
  const { page, browser, url } = session;
  const { gzipSync } = await import('node:zlib');
  const foreign = browser.asked.filter((address) => !address.startsWith(url) && !/^(data|blob):/.test(address));
  assert.deepEqual(foreign, []);
  // Responses that are errors are the connector's own, shown on the page.
  assert.deepEqual(
    browser.complaints.filter((text) => !/status of (400|404|429|503)/.test(text)),
    [],
  );
  const response = await page.request.get(url);
  const policy = response.headers()['content-security-policy'] ?? '';
  assert.match(policy, /^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+'; connect-src 'self';/);
  const html = await response.text();
  assert.doesNotMatch(html, / style="| on[a-z]+="/);
  const bytes = gzipSync(html).length;
  assert.ok(bytes <= 200 * 1024, `${bytes} bytes`);
});
