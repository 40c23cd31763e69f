/** Lists, the palette and widths: deliveries, messages that failed twice, tasks, a tablet: `npm run test:full`. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chromiumProgram } from '../outside-tools.mjs';
import { FULL_SIZES } from '../support/sizes.ts';
import { openSession, search, type Session } from './session.ts';

const runs = FULL_SIZES && chromiumProgram() !== undefined;
const here = runs ? test : test.skip;

let session: Session;
before(async () => {
  if (runs) session = await openSession();
});
after(async () => {
  if (runs) await session.close();
});

/** The left edges of elements. */
const edges = (selector: string): Promise<readonly number[]> =>
  session.page.evaluate<number[]>(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((one) => Math.round(one.getBoundingClientRect().left))`,
  );

here('50: deliveries are filtered by type and state, and show their body and what was answered', async () => {
  const { page, go, browser, url } = session;
  await session.create('WebhookEndpoint', { Url: `${url}stripe-events`, EnabledEvents: ['*'] });
  await session.create('WebhookEndpoint', { Url: `${url}nowhere`, EnabledEvents: ['product.created'] });
  await session.create('Product', { Name: 'Delivered mug' });
  await session.create('Customer', { Email: 'delivered@example.com' });
  await go('#/events?part=deliveries', 'Events');
  const grid = page.getByRole('grid', { name: 'Deliveries' });
  await grid.getByRole('row', { name: /customer\.created/ }).waitFor();
  await page.getByLabel('Type').fill('product');
  await grid.getByRole('row', { name: /customer\.created/ }).waitFor({ state: 'detached' });
  await page.getByLabel('State').selectOption('succeeded');
  const rows = grid.locator('tbody tr');
  assert.equal(await rows.count(), 1);
  assert.match(page.url(), /type=product&state=succeeded/);
  await rows.first().getByText('product.created').click();
  const details = page.getByRole('region', { name: 'Details of the row' });
  await details.getByRole('region', { name: 'Body of the delivery' }).getByText('Delivered mug').waitFor();
  await browser.show('delivery-body');
  assert.deepEqual(await session.findings(), []);
  await page.getByLabel('State').selectOption('pending');
  await rows.first().getByText('product.created').click();
  // The server names the paths that it has.
  await details.getByRole('region', { name: 'Answer' }).first().waitFor();
  await details.getByText('404').first().waitFor();
});

here('51: a message that failed again is one line with its tries', async () => {
  const { page, go, url, browser } = session;
  const message = { entity: 'Customer', operation: 'Create', operationId: 'twice-1', connectorInputPayload: { X: 1 } };
  const data = Buffer.from(JSON.stringify(message)).toString('base64');
  await fetch(`${url}automation`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: { data, messageId: '51', attributes: {} }, subscription: 'local' }),
  });
  await go('#/dead-letters', 'Dead letters');
  await page
    .getByRole('button', { name: /^Replay/ })
    .first()
    .click();
  await page.locator('.toast.bad.shown').getByText('Executed again and failed').waitFor();
  const grid = page.getByRole('grid', { name: 'Dead letters' });
  // Its buttons are in sight, and on a tablet the table scrolls, not the page.
  const hidden = await page.evaluate<number>(
    "(([box]) => box.scrollWidth - box.clientWidth)(document.querySelectorAll('.scroll'))",
  );
  assert.equal(hidden, 0, `${hidden} pixels of the dead letters are cut`);
  await page.setViewportSize({ width: 768, height: 1024 });
  assert.equal(await session.overflow(), 0);
  await page.setViewportSize({ width: 1440, height: 900 });
  await grid.locator('td[data-label="Tries"]', { hasText: '2' }).waitFor();
  assert.equal(await grid.locator('tbody tr').count(), 1);
  await grid.getByText('Customer.Create').click();
  assert.equal(await page.getByRole('list', { name: 'Tries' }).getByRole('listitem').count(), 2);
  await browser.show('dead-letter-tries');
  assert.deepEqual(await session.findings(), []);
});

here('52: the palette does tasks, sets the theme and opens an export', async () => {
  const { page } = session;
  await search(session, 'refund a payment');
  await page.getByRole('heading', { level: 1, name: 'Create Refund' }).waitFor();
  await search(session, 'cancel a subscription');
  await page.getByRole('heading', { level: 1, name: /(Cancel|Delete) Subscription/ }).waitFor();
  await search(session, 'dark mode');
  await page.locator('html[data-theme="dark"]').waitFor();
  await search(session, 'theme system');
  await page.locator('html[data-theme="system"]').waitFor();
  for (let round = 0; round < 2; round += 1) {
    await search(session, 'export invoice');
    await page.getByRole('menuitem', { name: /^NDJSON/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menuitem', { name: /^NDJSON/ }).waitFor({ state: 'hidden' });
  }
  await search(session, 'docs');
  await page.waitForURL(/\/docs\/$/);
  await page.goto(session.url);
  await page.getByRole('heading', { name: 'Home' }).waitFor();
});

here('53: browse is in columns, a wide window is filled, and the menu of a tablet is closed', async () => {
  const { page, go, browser } = session;
  await page.setViewportSize({ width: 1440, height: 900 });
  await go('#/browse', 'Browse');
  await page.locator('.browse-row').nth(40).waitFor();
  for (const part of ['h2', '.chips', 'details']) {
    const lefts = await edges(`.browse-row > ${part}`);
    assert.deepEqual([...new Set(lefts)].length, 1, `${part} begins at ${lefts.join()}`);
  }
  await browser.show('browse');
  await page.setViewportSize({ width: 2560, height: 1200 });
  for (const hash of ['#/', '#/entity/Customer/Create', '#/browse', '#/entity/PaymentIntent']) {
    await go(hash);
    await page.waitForLoadState('networkidle');
    const right = await page.evaluate<number>(
      "Math.max(...[...document.querySelectorAll('main *')].map((one) => one.getBoundingClientRect().right))",
    );
    assert.ok(right > 2560 * 0.9, `${hash} ends at ${right}`);
    await browser.show(`w2560-${hash.replace(/\W+/g, '-')}`);
  }
  await page.setViewportSize({ width: 768, height: 1024 });
  await go('#/', 'Home');
  await page.getByRole('navigation', { name: 'Main' }).waitFor({ state: 'hidden' });
  const left = await page.evaluate<number>("document.querySelector('h1').getBoundingClientRect().left");
  assert.ok(left < 60, `the page begins at ${left}`);
  await browser.show('w768');
  await page.getByRole('button', { name: 'Navigation' }).click();
  await page.getByRole('navigation', { name: 'Main' }).waitFor();
  assert.deepEqual(await session.findings(), []);
  await page.setViewportSize({ width: 1440, height: 900 });
});

here('54: what is loading has the shape of a table', async () => {
  const { page, go, browser } = session;
  let answer = (): void => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  await page.route('**/run/list-entities', async (route) => {
    await held;
    await route.continue();
  });
  await go('#/entity/Product', 'Product');
  const skeleton = page.getByRole('status', { name: 'Loading rows of Product' });
  await skeleton.waitFor();
  const columns = await page.evaluate<string>(
    "getComputedStyle(document.querySelector('.skeleton')).gridTemplateColumns",
  );
  assert.equal(columns.split(' ').length, 5);
  await browser.show('skeleton');
  answer();
  await page.locator('table.rows tbody tr').first().waitFor();
  await page.unroute('**/run/list-entities');
});

here('55: a decimal amount of a clause is corrected with one button', async () => {
  const { page, go, button } = session;
  await go('#/entity/PaymentIntent', 'PaymentIntent');
  const clause = page.getByRole('combobox', { name: 'Filter clause' });
  await clause.fill('Amount > 50.00');
  await page.keyboard.press('Escape');
  await button('Use Amount > 5000').click();
  assert.equal(await clause.inputValue(), 'Amount > 5000');
  await button('Explain').click();
  await page.getByRole('region', { name: 'Explanation' }).getByText('Amount > 5000', { exact: true }).waitFor();
});

here('56: where writes are not permitted every button of a write is disabled and says why', async () => {
  const { page, go } = session;
  await page.route('**/about', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...((await response.json()) as object), readOnly: true } });
  });
  await page.reload();
  const why = 'The connection is read-only (read_only).';
  for (const [hash, heading, name] of [
    ['#/limiter', 'Rate limit', 'Suspend'],
    ['#/events', 'Events', 'Pause publishing'],
    ['#/dead-letters', 'Dead letters', /^Replay/],
    ['#/entity/Customer/Create', 'Create Customer', 'Create'],
  ] as const) {
    await go(hash, heading);
    const write = page
      .locator('main')
      .getByRole('button', { name, exact: typeof name === 'string' })
      .first();
    assert.equal(await write.isDisabled(), true, hash);
    assert.equal(await write.getAttribute('title'), why, hash);
  }
  await page.unroute('**/about');
});
