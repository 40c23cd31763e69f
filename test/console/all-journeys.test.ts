/** The other journeys through the console: `npm run test:full`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { chromiumProgram } from '../outside-tools.mjs';
import { FULL_SIZES } from '../support/sizes.ts';
import { openSession, runForm, search, startServer, type Session } from './session.ts';

const runs = FULL_SIZES && chromiumProgram() !== undefined;
const here = runs ? test : test.skip;

let session: Session;
before(async () => {
  if (runs) session = await openSession();
});
after(async () => {
  if (runs) await session.close();
});

const customer = async (email: string): Promise<string> => {
  const made = await session.call('create-entity', { entity: 'Customer', connectorInputPayload: { Email: email } });
  return (made['connectorOutputPayload'] as { Id: string }).Id;
};

here('9: a customer with an address and metadata is made from the form', async () => {
  const { page, go, field, browser, focused } = session;
  await go('#/entity/Customer/Create', 'Create Customer');
  await field('Email').fill('new@example.com');
  await field('Name').fill('Jane');
  // By keyboard: the search finds a member of a closed group, and a pair needs no button.
  await page.getByRole('combobox', { name: /^Find one of/ }).fill('city');
  await page.getByRole('option', { name: /^Address\.city/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('[data-field="Address.city"]:focus').waitFor();
  await page.keyboard.type('Paris');
  await field('Address.country').fill('Fran');
  await page.getByRole('option', { name: 'FR France' }).click();
  assert.equal(await field('Address.country').inputValue(), 'FR');
  await field('Metadata').focus();
  await page.keyboard.type('tier');
  await page.keyboard.press('Enter');
  await page.keyboard.type('gold');
  await page.keyboard.press('Enter');
  assert.equal(await focused("getAttribute('aria-label')"), 'Metadata key 2');
  await browser.show('create');
  assert.equal(await runForm(session), 200);
  await page.locator('.next').getByRole('link').first().click();
  await page.getByRole('heading', { level: 1, name: 'Jane' }).waitFor();
  await page.getByText('Paris').waitFor();
  await page.locator('.pairs-plain', { hasText: 'tier gold' }).waitFor();
});

here('10: JSON and form change each other', async () => {
  const { page, go, field } = session;
  await go('#/entity/Customer/Create?Name=Ann', 'Create Customer');
  assert.equal(await field('Name').inputValue(), 'Ann');
  await page.getByLabel('connectorInputPayload as JSON').fill('{"Name":"Bea","Phone":"1"}');
  assert.equal(await field('Name').inputValue(), 'Bea');
  assert.equal(await field('Phone').inputValue(), '1');
  await page.getByLabel('connectorInputPayload as JSON').fill('{"Name":');
  assert.match((await page.locator('#json-problem').textContent()) ?? '', /JSON/);
});

here('11: a subscription has its items as inputs, with ids to choose from', async () => {
  const { page, go, field, browser } = session;
  await go('#/entity/Subscription/Create', 'Create Subscription');
  await field('Customer').click();
  await page.getByRole('option', { name: /^cus_/ }).first().click();
  assert.match(await field('Customer').inputValue(), /^cus_/);
  await session.button('Add to Items').click();
  await page.locator('[data-field="Items[0].price"]').click();
  await page
    .getByRole('option', { name: /^price_/ })
    .first()
    .click();
  await browser.show('subscription');
  assert.match(await page.getByLabel('connectorInputPayload as JSON').inputValue(), /"price": "price_/);
});

here('12: an update shows the object as it is', async () => {
  const { page, go, field } = session;
  const id = await customer('before@example.com');
  await go(`#/entity/Customer/Update?id=${id}`, 'Update Customer');
  await page.locator('[data-field="Email"][value="before@example.com"]').waitFor();
  await field('Email').fill('after@example.com');
  assert.equal(await runForm(session), 200);
  await go(`#/object/Customer/${id}`, 'after@example.com');
});

here('13: Enter in an input runs nothing, Ctrl+Enter does', async () => {
  const { page, go, field } = session;
  await go('#/entity/Customer/Create?Name=Enter', 'Create Customer');
  const sent: string[] = [];
  page.on('request', (request) => request.url().includes('/run/create') && sent.push(request.url()));
  await field('Name').press('Enter');
  assert.deepEqual(sent, []);
  await field('Name').press('Control+Enter');
  await page.locator('.result[data-status="200"]').waitFor();
  assert.equal(sent.length, 1);
});

here('14: a draft is kept while the page is open', async () => {
  const { go, field } = session;
  await go('#/entity/Product/Create', 'Create Product');
  await field('Name').fill('Draft');
  await go('#/', 'Home');
  await go('#/entity/Product/Create', 'Create Product');
  assert.equal(await field('Name').inputValue(), 'Draft');
});

here('15: columns are chosen and kept', async () => {
  const { page, go, button } = session;
  await go('#/entity/Customer', 'Customer');
  await button('Columns').click();
  await page.getByRole('searchbox').fill('InvoicePrefix');
  await page.getByRole('checkbox', { name: /InvoicePrefix/ }).check();
  await button('Done').click();
  await page.getByRole('columnheader', { name: 'InvoicePrefix' }).waitFor();
  await page.reload();
  await page.getByRole('columnheader', { name: 'InvoicePrefix' }).waitFor();
});

for (const [format, first] of [
  ['CSV', /^Id,Name,Email/],
  ['JSON', /^\[\n/],
  ['NDJSON', /^\{"Id":"cus_/],
] as const)
  here(`16: all rows are exported as ${format}`, async () => {
    const { page, go, button } = session;
    await go('#/entity/Customer', 'Customer');
    await page.locator('table.rows tbody tr').first().waitFor();
    await button('Export').click();
    const saved = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: new RegExp(`^${format},.*(raw values|all columns)$`) }).click();
    const text = readFileSync(await (await saved).path(), 'utf8');
    assert.match(text, first);
    assert.ok(text.split('cus_').length > 50, 'more than one page');
  });

here('17: a cell has details, and filters by its value', async () => {
  const { page, go, button, browser } = session;
  await go('#/entity/PaymentIntent?sort=Amount+DESC', 'PaymentIntent');
  await page.locator('table.rows tbody td').nth(1).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: 'Amount' }).waitFor();
  await browser.show('cell');
  await dialog.getByRole('button', { name: 'Filter by this value' }).click();
  await page.waitForURL(/filter=Amount/);
  await button('Clear').click();
});

here('18: a condition is built from a column, an operator and a value', async () => {
  const { page, go, button } = session;
  await go('#/entity/Charge', 'Charge');
  await button('Add condition').click();
  const form = page.getByRole('form', { name: 'New condition' });
  await form.getByLabel('Column').fill('Status');
  await form.getByLabel('Value').selectOption('succeeded');
  await form.getByRole('button', { name: 'Add' }).click();
  await page.waitForURL(/Status/);
  assert.equal(await page.getByRole('combobox', { name: 'Filter clause' }).inputValue(), "Status = 'succeeded'");
});

here('19: a clause that cannot be parsed says where', async () => {
  const { page, go, browser } = session;
  await go('#/entity/Customer?filter=Email+%3D+"x"', 'Customer');
  await page.locator('.failure').getByText('single quotes').first().waitFor();
  await browser.show('clause-error');
});

here('20: an object shows what names it, its events and its operations', async () => {
  const { page, go, call } = session;
  const id = await customer('related@example.com');
  await call('create-entity', {
    entity: 'PaymentIntent',
    connectorInputPayload: { Amount: 500, Currency: 'usd', Customer: id },
  });
  await go(`#/object/Customer/${id}`, 'related@example.com');
  await page.getByRole('tab', { name: 'Related' }).click();
  await page.locator('summary', { hasText: /^PaymentIntent by Customer$/ }).waitFor();
  await page
    .getByRole('grid', { name: 'PaymentIntent rows that name it' })
    .getByRole('link', { name: /^pi_/ })
    .waitFor();
  await page.getByRole('tab', { name: 'Events' }).click();
  await page.getByText('customer.created').waitFor();
  await page.getByRole('tab', { name: 'Operations' }).click();
  await page.getByText('Requests to Stripe').waitFor();
});

here('21: an operation is listed, opened and repeated without a second effect', async () => {
  const { page, go, browser } = session;
  await go('#/entity/Customer/Create?Email=once@example.com', 'Create Customer');
  assert.equal(await runForm(session), 200);
  await page.locator('.facts a').click();
  await page.getByRole('heading', { level: 1, name: 'Customer.Create' }).waitFor();
  await page.getByRole('button', { name: /^Repeat Customer.Create/ }).click();
  await page.getByText('from the record, no second effect').waitFor();
  await go('#/operations?state=succeeded', 'Operations');
  await page.getByRole('gridcell', { name: 'Customer.Create' }).first().waitFor();
  await browser.show('operations');
});

here('22: a call of the history runs again, and is shown as code', async () => {
  const { page, go, button } = session;
  await go('#/entity/Customer/Get', 'Get Customer');
  await session.field('entityId').fill(await customer('history@example.com'));
  assert.equal(await runForm(session), 200);
  await go('#/history', 'History');
  await page.getByRole('link', { name: 'Customer.Get' }).first().click();
  await button('Run again').click();
  await page.getByText('The call succeeded').waitFor();
  await button('Copy as').click();
  for (const [tab, text] of [
    ['curl, deployed', /gcloud auth print-identity-token/],
    ['Typed client', /stripe\.entity\("Customer"\)\.get\(/],
    ['Command', /stripe-connector call Customer\.Get/],
    ['Workflows', /call: http\.post/],
    ['Application Integration', /GenericRestV2Task/],
  ] as const) {
    await page.getByRole('tab', { name: tab, exact: true }).click();
    await page.getByRole('region', { name: tab }).getByText(text).waitFor();
  }
  await page.keyboard.press('Escape');
});

here("23: the sandbox's clock moves, and a fault fails one call", async () => {
  const { page, go, button, browser } = session;
  await go('#/sandbox', 'Sandbox');
  await button('Freeze').click();
  const stopped = page.locator('[data-clock="stopped"]');
  await stopped.waitFor();
  const before = await stopped.textContent();
  await button('+ 1 day').click();
  await page.getByText('The clock moved by 1 day').waitFor();
  await page
    .locator('[data-clock]')
    .filter({ hasNotText: before ?? '' })
    .waitFor();
  await button('Let it run').click();
  await page.locator('[data-clock="running"]').waitFor();
  await page.getByLabel('What goes wrong').selectOption('forbidden');
  await button('Set the fault').click();
  await page.locator('.links', { hasText: 'the key has no permission' }).waitFor();
  await browser.show('sandbox');
  await go('#/entity/Customer/Create?Email=fault@example.com', 'Create Customer');
  assert.equal(await runForm(session), 403);
});

here('24: a dead letter is replayed', async () => {
  const { page, go, url, browser } = session;
  const message = { entity: 'Customer', operation: 'Create', connectorInputPayload: { Emial: 'x' } };
  const data = Buffer.from(JSON.stringify(message)).toString('base64');
  await fetch(`${url}automation`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: { data, messageId: '1', attributes: {} }, subscription: 'local' }),
  });
  await go('#/dead-letters', 'Dead letters');
  await page
    .getByRole('button', { name: /^Replay/ })
    .first()
    .click();
  await page.getByText('Executed again and failed: ').waitFor();
  // It failed for the same reason: the message was read.
  await page.locator('td[data-label="Reason"]', { hasText: 'INVALID_INPUT' }).first().waitFor();
  await browser.show('dead-letters');
});

here('25: a server that is away is reported, and the page recovers', async () => {
  const { page, go, url, server, browser } = session;
  await go('#/settings', 'Settings');
  await page.locator('[data-setting="scan_limit"]').waitFor();
  await server.stop();
  await page.locator('[data-banner="offline"]').waitFor();
  await browser.show('offline');
  await search(session, 'Invoice');
  await page.getByRole('heading', { level: 1, name: 'Invoice', exact: true }).waitFor();
  const again = await startServer(Number(new URL(url).port));
  try {
    await page.locator('[data-banner="offline"]').waitFor({ state: 'detached' });
    await page.locator('table.rows tbody tr').first().waitFor();
  } finally {
    await again.stop();
  }
});
