/** The documentation site in Chromium: axe, three widths, both themes, the search, the keyboard. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { after, before, test } from 'node:test';
import { openSession, type Session } from '../console/session.ts';
import { chromiumProgram } from '../outside-tools.mjs';
import { sized } from '../support/sizes.ts';

const here = chromiumProgram() === undefined ? test.skip : test;

const PAGES = [
  '',
  'reference/entities/Coupon',
  'overview',
  'tutorials/take-a-payment',
  'reference/command-line',
  'reference/settings',
  'reference',
  'how-to/deploy',
  'reference/errors',
  'reference/entities/Customer',
  'nope',
];

const VIEWS: readonly (readonly [name: string, width: number, dark: boolean])[] = [
  ['wide, light', 1440, false],
  ['phone, dark', 390, true],
  ['tablet, light', 820, false],
  ['wide, dark', 1440, true],
  ['phone, light', 390, false],
  ['tablet, dark', 820, true],
];

let session: Session;
let docs: string;
before(async () => {
  if (chromiumProgram() === undefined) return;
  execFileSync(process.execPath, ['infra/docs.mjs'], { stdio: 'pipe' });
  session = await openSession();
  docs = `${session.url}docs/`;
});
after(async () => {
  if (chromiumProgram() !== undefined) await session.close();
});

here('the console leads to the documentation', async () => {
  const { page } = session;
  await page.getByRole('link', { name: 'Documentation' }).click();
  await page.getByRole('heading', { level: 1, name: 'Stripe connector documentation' }).waitFor();
  assert.equal(page.url(), docs);
});

for (const [index, [view, width, dark]] of VIEWS.slice(0, sized(3, VIEWS.length)).entries())
  here(`no page has a finding of axe or is wider than its window: ${view}`, async () => {
    const { page, browser } = session;
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    for (const path of sized([PAGES[index % 2] ?? ''], PAGES)) {
      await page.goto(docs + path);
      await browser.show(`docs-${view.replace(/\W+/g, '-')}-${path.replace(/\W+/g, '-')}`);
      assert.deepEqual(await session.findings(), [], `${path} ${view}`);
      assert.equal(await session.overflow(), 0, `${path} is too wide, ${view}`);
    }
  });

here('the search finds pages and sections by a word, and the keyboard opens one', async () => {
  const { page } = session;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(docs);
  await page.keyboard.press('Control+k');
  const input = page.getByRole('searchbox', { name: 'Search' });
  await input.fill('confirm');
  const results = page.locator('#search-results a');
  await results.first().waitFor();
  assert.match((await results.allTextContents()).join('\n'), /ConfirmPaymentIntent/);
  assert.deepEqual(await session.findings(), []);
  await input.fill('max_nodes');
  await page.locator('#search-results a[href^="/docs/reference/settings"]').first().waitFor();
  await input.fill('zzzz');
  await page.getByText('No results').waitFor();
  await input.fill('ConfirmPaymentIntent');
  await page.locator('#search-results li:first-child a[href="/docs/reference/actions/ConfirmPaymentIntent"]').waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'ConfirmPaymentIntent' }).waitFor();
});

here('the first Tab leads to the content, and Escape closes the search', async () => {
  const { page } = session;
  await page.goto(`${docs}reference/errors`);
  await page.keyboard.press('Tab');
  assert.equal(await session.focused('textContent'), 'Skip to content');
  await page.keyboard.press('Enter');
  assert.equal(await session.focused('id'), 'content');
  await page.keyboard.press('/');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
});

here('on a phone the navigation opens, leads to a page and closes', async () => {
  const { page } = session;
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(docs);
  const navigation = page.getByRole('navigation', { name: 'Documentation' });
  await navigation.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Navigation' }).click();
  await navigation.waitFor();
  assert.deepEqual(await session.findings(), []);
  await page.keyboard.press('Escape');
  await navigation.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Navigation' }).click();
  await navigation.getByRole('link', { name: 'Upgrade and roll back' }).click();
  await page.getByRole('heading', { level: 1, name: 'Upgrade, canary, rollback' }).waitFor();
});

here('the theme is chosen once for the console and the documentation', async () => {
  const { page } = session;
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.goto(docs);
  await page.getByRole('button', { name: 'Theme: system' }).click();
  await page.getByRole('button', { name: 'Theme: light' }).click();
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
  await page.goto(`${docs}reference/errors`);
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
  await page.goto(session.url);
  await page.getByRole('button', { name: 'Theme: dark' }).waitFor();
});

here('no page asked another server, and the browser reported no error', () => {
  const { browser } = session;
  assert.deepEqual(
    browser.asked.filter((url) => !url.startsWith(session.url) && !url.startsWith('data:')),
    [],
  );
  // The page that is not found is 404 itself.
  assert.deepEqual(
    browser.complaints.filter((line) => !/status of 404/.test(line)),
    [],
  );
});
