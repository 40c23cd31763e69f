/** Every page by axe, by its width, by keyboard alone and without a pointer. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromiumProgram } from '../outside-tools.mjs';
import { sized } from '../support/sizes.ts';
import { openSession, runForm, type Session } from './session.ts';

const here = chromiumProgram() === undefined ? test.skip : test;

/** Pages with the text that is there once they are loaded. */
const PAGES: readonly (readonly [hash: string, loaded: string])[] = [
  ['#/entity/PaymentIntent', 'Page 1'],
  ['#/entity/PaymentIntent/Create', 'Find one of'],
  ['#/limiter', 'Latest requests'],
  ['#/object', 'Fields'],
  ['#/', 'Recent errors'],
  ['#/browse', 'Find an entity'],
  ['#/entity/Customer?filter=Emial+%3D+3', 'is not a column'],
  ['#/entity/Customer/Delete', 'filter clause'],
  ['#/entity/Subscription/Create', 'Items'],
  ['#/action/PayInvoice', 'InvoiceId'],
  ['#/operations', 'operationId'],
  ['#/events', 'No event arrived'],
  ['#/events?part=deliveries', 'sent no webhook'],
  ['#/dead-letters', 'No message failed'],
  ['#/requests?call=Customer.Create', 'Customer.Create'],
  ['#/settings', 'scan_limit'],
  ['#/sandbox', 'Faults'],
  ['#/history', 'Customer.Create'],
  ['#/shortcuts', 'Keyboard shortcuts'],
  ['#/nowhere', 'No such page'],
  ['#/entity/Nope', 'No such entity'],
  ['#/object/Customer/cus_none1', 'No such customer'],
];

const VIEWS: readonly (readonly [name: string, width: number, dark: boolean])[] = [
  ['wide, light', 1440, false],
  ['phone, dark', 390, true],
  ['tablet, light', 820, false],
  ['wide, dark', 1440, true],
  ['phone, light', 390, false],
];

let session: Session;
before(async () => {
  if (chromiumProgram() === undefined) return;
  session = await openSession();
  await session.go('#/entity/Customer/Create?Email=axe@example.com', 'Create Customer');
  await runForm(session);
});
after(async () => {
  if (chromiumProgram() !== undefined) await session.close();
});

for (const [index, [view, width, dark]] of VIEWS.slice(0, sized(2, VIEWS.length)).entries())
  here(`no page has a finding of axe or is wider than its window: ${view}`, async () => {
    const { page, call, browser, url } = session;
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    const { connectorOutputPayload: rows } = await call('list-entities', {
      entity: 'PaymentIntent',
      listEntitiesPageSize: 1,
    });
    const [{ Id: id }] = rows as [{ Id: string }];
    // Small sizes: two pages in each view.
    for (const [hash, loaded] of sized(PAGES.slice(2 * index, 2 * index + 2), PAGES)) {
      const address = hash === '#/object' ? `#/object/PaymentIntent/${id}` : hash;
      await session.go(address);
      await page.locator('main').getByText(loaded).first().waitFor();
      await browser.show(`${view.replace(/\W+/g, '-')}-${hash.replace(/\W+/g, '-')}`);
      assert.deepEqual(await session.findings(), [], `${address} ${view}`);
      assert.equal(await session.overflow(), 0, `${address} is too wide, ${view}`);
    }
    assert.ok(page.url().startsWith(url));
  });

here('the keyboard alone reaches the content, moves in the table and opens an object', async () => {
  const { page, go } = session;
  await page.setViewportSize({ width: 1440, height: 900 });
  await go('#/entity/PaymentIntent', 'PaymentIntent');
  await page.locator('table.rows tbody tr').first().waitFor();
  await page.reload();
  await page.locator('table.rows tbody tr').first().waitFor();
  await page.keyboard.press('Tab');
  assert.equal(await session.focused('textContent'), 'Skip to content');
  await page.keyboard.press('Enter');
  assert.equal(await session.focused('id'), 'content');
  let tabs = 0;
  while ((await session.focused("getAttribute('role')")) !== 'gridcell') {
    await page.keyboard.press('Tab');
    assert.ok((tabs += 1) < 30, 'a cell is reached');
  }
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  assert.equal(await session.focused("getAttribute('data-cell')"), '1,1');
  await page.keyboard.press(' ');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/object\/PaymentIntent\/pi_/);
});

here('keys open pages and the list of keys, and none acts while the user types', async () => {
  const { page, go } = session;
  await go('#/browse', 'Browse');
  await page.keyboard.press('g');
  await page.keyboard.press('l');
  await page.getByRole('heading', { level: 1, name: 'Rate limit' }).waitFor();
  await page.keyboard.press('?');
  await page.getByRole('heading', { level: 1, name: 'Keyboard shortcuts' }).waitFor();
  await go('#/browse', 'Browse');
  await page.keyboard.press('/');
  await page.keyboard.type('gh?');
  assert.equal(await page.getByRole('searchbox').inputValue(), 'gh?');
  assert.match(page.url(), /#\/browse$/);
});

here('on a phone the navigation opens and closes, and a form is usable', async () => {
  const { page, go, field } = session;
  await page.setViewportSize({ width: 390, height: 844 });
  await go('#/', 'Home');
  await page.getByRole('button', { name: 'Navigation' }).click();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Customer', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Customer' }).waitFor();
  await page.getByRole('navigation', { name: 'Main' }).waitFor({ state: 'hidden' });
  await page.getByRole('link', { name: 'Create' }).click();
  await field('Email').fill('phone@example.com');
  assert.equal(await runForm(session), 200);
});

here('a page in a background tab loads once, and loads again only where the user changes it', async () => {
  const { page, url } = session;
  const tab = await page.context().newPage();
  tab.setDefaultTimeout(20_000);
  await tab.addInitScript("Object.defineProperty(document, 'hidden', { get: () => true })");
  await tab.clock.install();
  const asked: string[] = [];
  tab.on('request', (request) => void asked.push(request.url()));
  await tab.goto(url);
  await tab.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  await tab.getByText('Recent errors').waitFor();
  await tab.waitForLoadState('networkidle');
  const loaded = asked.length;
  await tab.clock.runFor(120_000);
  assert.deepEqual(asked.slice(loaded), []);
  await tab.evaluate("location.hash = '#/settings'");
  await tab.getByText('scan_limit').first().waitFor();
  await tab.close();
});

here('with a live key every write is asked about twice', async () => {
  const { page, go } = session;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.route('**/about', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), stripe: 'live' } });
  });
  await page.reload();
  await page.locator('[data-stripe="live"]').waitFor();
  await go('#/entity/Customer/Create?Email=live@example.com', 'Create Customer');
  const sent: string[] = [];
  page.on('request', (request) => request.url().includes('/run/create') && sent.push(request.url()));
  await session.runButton().click();
  await page.getByRole('dialog').getByText('real money and real customers').waitFor();
  await page.keyboard.press('Escape');
  assert.deepEqual(sent, []);
  await page.unroute('**/about');
});
