/** The console in Chromium against the built local server with a demo shop. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { freePort } from '../emulator/ports.ts';
import { running, type Running } from '../functions/framework.ts';
import { openBrowser, type Browser } from './browser.ts';

/** A call waits half a second for a permit: in a burst some are rejected. */
const SETTINGS = { max_wait_ms: 500, min_nodes: 2 };

/** WCAG 2.0 to 2.2 at level AA. https://www.w3.org/TR/WCAG22/ */
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

export interface Session {
  readonly page: Page;
  readonly browser: Browser;
  readonly url: string;
  readonly server: Running;
  /** Opens an address of the console and waits for its heading. */
  readonly go: (hash: string, heading?: string | RegExp) => Promise<void>;
  /** The input of a field by its path: `Amount`, `Address.city`. */
  readonly field: (name: string) => Locator;
  readonly button: (name: string | RegExp) => Locator;
  /** The button that runs a form: its text is the operation or the title of the action. */
  readonly runButton: () => Locator;
  /** Calls a function of the server without the console. */
  readonly call: (name: string, body: object) => Promise<Record<string, unknown>>;
  /** Creates an object without the console and returns its id. */
  readonly create: (entity: string, payload: object) => Promise<string>;
  /** Findings of axe at level AA. */
  readonly findings: () => Promise<readonly string[]>;
  /** Pixels by which the page is wider than its window. */
  readonly overflow: () => Promise<number>;
  /** A property of the element that has the focus: `id`, `getAttribute('role')`. */
  readonly focused: (part: string) => Promise<string | null>;
  readonly close: () => Promise<void>;
}

export async function startServer(port: number): Promise<Running> {
  const env = { PATH: process.env['PATH'], PORT: String(port), CONNECTION_SETTINGS: JSON.stringify(SETTINGS) };
  return running(spawn(process.execPath, ['build/local/start.cjs', '--seed', 'demo'], { env }), port, 'try it:');
}

export async function openSession(
  options: { readonly dark?: boolean; readonly width?: number } = {},
): Promise<Session> {
  const port = await freePort();
  const server = await startServer(port);
  const browser = await openBrowser(options.dark === true ? 'dark' : 'light');
  const { page } = browser;
  page.setDefaultTimeout(60_000);
  await page.setViewportSize({ width: options.width ?? 1440, height: 900 });
  const url = `http://localhost:${port}/`;
  await page.goto(url);
  await page.getByRole('heading', { name: 'Home' }).waitFor();
  const axe = readFileSync(createRequire(path.resolve('test/package.json')).resolve('axe-core/axe.min.js'), 'utf8');
  const call = async (name: string, body: object): Promise<Record<string, unknown>> => {
    const response = await fetch(`${url}run/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  };
  return {
    page,
    browser,
    url,
    server,
    async go(hash, heading) {
      await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
      if (heading !== undefined) await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    },
    field: (name) => page.locator(`[data-field="${name}"]`),
    button: (name) => page.getByRole('button', { name, exact: typeof name === 'string' }),
    runButton: () => page.locator('[data-run]'),
    call,
    async create(entity, payload) {
      const body = await call('create-entity', { entity, connectorInputPayload: payload });
      return (body['connectorOutputPayload'] as { Id: string }).Id;
    },
    async findings() {
      await page.evaluate(axe);
      return page.evaluate<string[]>(
        `axe.run(document, { runOnly: ${JSON.stringify(AXE_TAGS)} }).then(({ violations }) =>
          violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ target }) => target).join(' | ')))`,
      );
    },
    overflow: () =>
      page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
    focused: (part) => page.evaluate<string | null>(`document.activeElement.${part}`),
    async close() {
      await browser.close();
      await server.stop();
    },
  };
}

/** Chooses a line of the palette. */
export async function search({ page }: Session, text: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Task, entity, action, page, id or email' }).fill(text);
  await page.locator('.palette-item[data-active-item]').waitFor();
  await page.keyboard.press('Enter');
}

/** Presses the button that runs the form, or that of a plan, and returns the status of the response. */
export async function runForm(
  { page, button, runButton }: Session,
  name: 'Run' | 'Plan' | 'Explain' = 'Run',
): Promise<number> {
  const answered = page.waitForResponse(
    (response) => response.url().includes('/run/') && response.request().method() === 'POST',
  );
  await (name === 'Run' ? runButton() : button(name)).click();
  const { status } = { status: (await answered).status() };
  await page.locator(`.result[data-status="${status}"]`).waitFor();
  return status;
}

/** Answers both questions before a destructive call. */
export async function confirmTwice({ page }: Session, name: string, action: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  const sure = dialog.getByRole('button', { name: action, exact: true });
  assert.equal(await sure.isDisabled(), true);
  await dialog.getByRole('textbox').fill(name);
  await sure.click();
}
