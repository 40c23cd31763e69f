/** Jobs of people who operate payments, from the question to its answer: `npm run test:full`. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Request } from 'playwright-core';
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

/** The first row of a clause. */
const firstRow = async (entity: string, filterClause: string): Promise<Record<string, unknown>> => {
  const body = await session.call('list-entities', { entity, filterClause, listEntitiesPageSize: 1 });
  const [row] = body['connectorOutputPayload'] as Record<string, unknown>[];
  assert.ok(row !== undefined, `no ${entity} with ${filterClause}`);
  return row;
};

const payment = (method: string): object => ({
  Amount: 4200,
  Currency: 'usd',
  PaymentMethod: method,
  Confirm: true,
  ReturnUrl: 'https://example.com/',
});

here('26: half of a payment is refunded from its page, in the currency of the payment', async () => {
  const { page, go, field, browser } = session;
  await go(`#/object/PaymentIntent/${await session.create('PaymentIntent', payment('pm_card_visa'))}`, '$42.00');
  await page.getByRole('link', { name: 'Refund', exact: true }).last().click();
  await page.getByRole('heading', { level: 1, name: 'Create Refund' }).waitFor();
  await page.locator('.source-note').getByText('$42.00').waitFor();
  await field('Amount').fill('2100');
  assert.equal(await page.locator('.worth').first().textContent(), '$21.00');
  await browser.show('refund');
  assert.equal(await runForm(session), 200);
  await page.locator('.next').getByText('Succeeded').waitFor();
});

here('27: a declined payment says why at its top, and the home page leads to its request', async () => {
  const { page, go, browser } = session;
  await session.call('create-entity', {
    entity: 'PaymentIntent',
    connectorInputPayload: payment('pm_card_visa_chargeDeclinedInsufficientFunds'),
  });
  const { Id: id } = await firstRow('PaymentIntent', "Status = 'requires_payment_method' AND Amount = 4200");
  await go(`#/object/PaymentIntent/${String(id)}`, '$42.00');
  const why = page.getByRole('region', { name: 'Why it failed' });
  await why.getByText('Your card has insufficient funds.').waitFor();
  await why.getByText('Card declined: Insufficient funds').waitFor();
  await browser.show('why-failed');
  await go('#/', 'Home');
  await page.getByRole('link', { name: 'card_declined PaymentIntent.Create' }).click();
  await page.getByRole('heading', { level: 1, name: 'Requests' }).waitFor();
  assert.match(page.url(), /outcome=card_declined/);
  const rows = page.getByRole('grid', { name: 'Requests to Stripe' }).locator('tbody tr');
  for (const row of await rows.all()) assert.match((await row.textContent()) ?? '', /Card declined/);
  await page.getByLabel('Outcome').selectOption('ok');
  await page.getByText('No request matches').or(rows.first()).first().waitFor();
  for (const row of await rows.all()) assert.doesNotMatch((await row.textContent()) ?? '', /Card declined/);
  await browser.show('requests');
});

here('28: a subscription is canceled at the end of its period from its page', async () => {
  const { page, go, field } = session;
  const { Id: id } = await firstRow('Subscription', "Status = 'active'");
  await go(`#/object/Subscription/${String(id)}`);
  await page.getByRole('link', { name: 'Cancel at period end' }).click();
  await page.getByRole('heading', { level: 1, name: 'Update Subscription' }).waitFor();
  assert.equal(await field('CancelAtPeriodEnd').inputValue(), 'true');
  assert.equal(await runForm(session), 200);
  const after = await firstRow('Subscription', `Id = '${String(id)}'`);
  assert.equal(after['CancelAtPeriodEnd'], true);
  assert.equal(after['Status'], 'active');
});

here('29: the palette finds a customer by the email, whose invoices are one of the lists that name it', async () => {
  const { page, browser } = session;
  const { Customer: id } = await firstRow('Invoice', "Status = 'paid'");
  const { Email: email } = await firstRow('Customer', `Id = '${String(id)}'`);
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: /^Task, entity, action/ }).fill(String(email));
  await page.getByRole('option', { name: new RegExp(`Customers with the email ${String(email)}`) }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Customer', exact: true }).waitFor();
  await page.getByRole('link', { name: String(id) }).click();
  await page.getByRole('tab', { name: 'Related' }).click();
  const lists = page.locator('details.group summary');
  await lists.first().waitFor();
  assert.match((await lists.first().textContent()) ?? '', /^Invoice by Customer/);
  await page
    .getByRole('grid', { name: 'Invoice rows that name it' })
    .getByRole('row', { name: /in_\w+.*\$[\d.]+\s*Paid/ })
    .first()
    .waitFor();
  await browser.show('invoices-of-customer');
  await page.getByRole('link', { name: 'All rows of Invoice that name it' }).click();
  await page.getByRole('heading', { level: 1, name: 'Invoice', exact: true }).waitFor();
  await page.locator('table.rows tbody tr').first().waitFor();
});

here('30: a webhook endpoint of the sandbox delivers to this server, and one event is replayed', async () => {
  const { page, go, browser } = session;
  await go('#/events', 'Events');
  await page.getByRole('link', { name: 'Create a webhook endpoint' }).click();
  await page.getByRole('heading', { level: 1, name: 'Create WebhookEndpoint' }).waitFor();
  assert.equal(await runForm(session), 200);
  const id = await session.create('Product', { Name: 'Mug' });
  await go(`#/events?object=${id}`, 'Events');
  const row = page.getByRole('row', { name: new RegExp(`product.created.*${id}`) });
  await row.getByText('Published').waitFor();
  await row.getByRole('button', { name: /^Replay/ }).click();
  await page.getByText(/^evt_\w+: not published: the server has no Pub\/Sub/).waitFor();
  await browser.show('events');
  await session.button('Pause publishing').click();
  await page.getByText('Paused: paused in the console').waitFor();
  await row.getByRole('button', { name: /^Replay/ }).click();
  await page.locator('.toast.bad', { hasText: 'publishing is paused' }).waitFor();
  await session.create('Product', { Name: 'Held mug' });
  await go('#/events', 'Events');
  await page
    .getByRole('row', { name: /product.created/ })
    .getByText('Held')
    .waitFor();
  await session.button('Resume publishing').click();
  await session.button('Pause publishing').waitFor();
  await session.button('Publish them now').click();
  await page.getByText(/^\d+ held events? replayed$/).waitFor();
  await go('#/events?part=deliveries', 'Events');
  await page
    .getByRole('row', { name: /product.created/ })
    .getByText('Succeeded')
    .first()
    .waitFor();
});

here('31: a month later a subscription has a new invoice, paid', async () => {
  const { page, go, button } = session;
  const active = await firstRow('Subscription', "Status = 'active' AND CancelAtPeriodEnd = false");
  const { Customer: customer } = active;
  const invoices = async (): Promise<number> => {
    const filterClause = `Customer = '${String(customer)}' AND Status = 'paid'`;
    const body = await session.call('list-entities', { entity: 'Invoice', filterClause, listEntitiesPageSize: 100 });
    return (body['connectorOutputPayload'] as unknown[]).length;
  };
  const before = await invoices();
  await go('#/sandbox', 'Sandbox');
  await button('+ 1 month').click();
  await page.getByText('The clock moved by 1 month').waitFor();
  assert.ok((await invoices()) > before);
});

here('32: an operation whose outcome is unknown is resolved by its operator', async () => {
  const { page, go, field, button, browser } = session;
  await go('#/sandbox', 'Sandbox');
  await page.getByLabel('What goes wrong').selectOption('reset_after');
  await page.getByLabel('Times').fill('20');
  await button('Set the fault').click();
  await page.locator('.links', { hasText: 'breaks after the effect' }).waitFor();
  await go('#/entity/Customer/Create?Email=unknown@example.com', 'Create Customer');
  assert.equal(await field('Email').inputValue(), 'unknown@example.com');
  assert.notEqual(await runForm(session), 200);
  await page.getByRole('heading', { name: 'Outcome unknown' }).waitFor();
  // The same button repeats the same operation: a new one could take effect twice.
  const operation = await page.locator('.facts a').textContent();
  await session.runButton().getByText('Repeat with the same operationId').waitFor();
  const repeated = page.waitForResponse((response) => response.url().includes('/run/create-entity'));
  await session.runButton().click();
  const response = await repeated;
  const body = response.request().postDataJSON() as { readonly operationId?: string };
  assert.equal(body.operationId, operation);
  assert.equal(response.status(), 503);
  await session.runButton().getByText('Repeat with the same operationId').waitFor();
  await page.getByRole('link', { name: 'The record of this operation' }).click();
  await page.getByText('Indeterminate').waitFor();
  const resolve = page.getByRole('region', { name: 'Resolve' });
  await resolve.getByLabel('Reason').fill('found in the Dashboard');
  await resolve.getByLabel('Your name').fill('jane');
  await browser.show('resolve');
  await resolve.getByRole('button', { name: 'Record' }).click();
  await page.getByText(/Resolved as done by jane/).waitFor();
  await go('#/sandbox', 'Sandbox');
  await button('Remove all').click();
  await page.getByText('No fault is set').waitFor();
});

for (const delay of [0, 150])
  here(`33: two conditions are written by keyboard alone, with completion, ${delay} ms a key`, async () => {
    const { page, go } = session;
    await go('#/', 'Home');
    await go('#/entity/PaymentIntent', 'PaymentIntent');
    await page.locator('table.rows tbody tr').first().waitFor();
    const clauses: unknown[] = [];
    const record = (request: Request): void => {
      if (request.url().endsWith('/run/list-entities'))
        clauses.push((request.postDataJSON() as { filterClause?: string }).filterClause);
    };
    page.on('request', record);
    await page.keyboard.press('/');
    const type = async (text: string, option: RegExp): Promise<void> => {
      await page.keyboard.type(text, { delay });
      await page.getByRole('option', { name: option }).first().waitFor();
      await page.keyboard.press('ArrowDown');
      await page.locator('.completions [data-active-item]').waitFor();
      await page.keyboard.press('Enter');
    };
    await type('Stat', /^Status /);
    await type("= 'succ", /^'succeeded'/);
    await type('AN', /^AND/);
    await type('Amou', /^Amount /);
    await page.keyboard.type('> 2000', { delay });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Enter');
    await page.waitForURL(/Status.*Amount/);
    await page.locator('.table-scroll[aria-busy="false"]').waitFor();
    const clause = "Status = 'succeeded' AND Amount > 2000";
    assert.equal(await page.getByRole('combobox', { name: 'Filter clause' }).inputValue(), clause);
    assert.ok((await page.locator('table.rows tbody tr').count()) > 0);
    page.off('request', record);
    assert.deepEqual([...new Set(clauses)], [clause], 'an Enter that chooses a completion does not run the clause');
  });

here('34: a misspelled column is corrected with one button', async () => {
  const { page, go, button } = session;
  await go("#/entity/Customer?filter=Emial = 'ada@example.com'", 'Customer');
  await button('Use Email').click();
  await page
    .getByText(/No row matches|Page 1/)
    .first()
    .waitFor();
  assert.equal(await page.getByRole('combobox', { name: 'Filter clause' }).inputValue(), "Email = 'ada@example.com'");
});

here('35: a dead letter with a wrong input is corrected in a form', async () => {
  const { page, go, url, field, browser } = session;
  const message = {
    entity: 'Customer',
    operation: 'Create',
    connectorInputPayload: { Nmae: 'Ada', Name: 'Ada Byron' },
  };
  const data = Buffer.from(JSON.stringify(message)).toString('base64');
  await fetch(`${url}automation`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: { data, messageId: '35', attributes: {} }, subscription: 'local' }),
  });
  await go('#/dead-letters', 'Dead letters');
  await page.getByText('is not an input of Customer', { exact: false }).first().click();
  await page
    .getByRole('region', { name: /^Message of/ })
    .getByText('"Nmae"')
    .waitFor();
  await browser.show('dead-letter');
  await page
    .getByRole('link', { name: /^Correct in a form/ })
    .first()
    .click();
  await page.getByRole('heading', { level: 1, name: 'Create Customer' }).waitFor();
  assert.equal(await field('Name').inputValue(), 'Ada Byron');
  assert.equal(await runForm(session), 200);
});

here('36: a setting says what it means, and whether it is the default', async () => {
  const { page, go } = session;
  await go('#/settings', 'Settings');
  await page.getByLabel('Find a setting').fill('wait');
  const row = page.locator('[data-setting="max_wait_ms"]');
  await row.getByText('milliseconds that a call may wait').waitFor();
  await row.getByText('not the default').waitFor();
  await page.getByLabel('Find a setting').fill('scan_limit');
  assert.equal(await page.locator('[data-setting="scan_limit"]').getByText('not the default').count(), 0);
});
