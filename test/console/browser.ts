/** Debian's Chromium, headless, without a word to anybody but the page's own server. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { chromiumProgram } from '../outside-tools.mjs';

export interface Browser {
  readonly page: Page;
  /** Every address that the page asked for. */
  readonly asked: readonly string[];
  /** What the page's console said that is wrong. */
  readonly complaints: readonly string[];
  /** Saves what is seen, where the environment names a folder for it. */
  readonly show: (name: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openBrowser(scheme: 'light' | 'dark' = 'light'): Promise<Browser> {
  const folder = mkdtempSync(path.join(tmpdir(), 'explorer-'));
  const context: BrowserContext = await chromium.launchPersistentContext(folder, {
    executablePath: chromiumProgram() ?? '',
    headless: true,
    viewport: { width: 1400, height: 900 },
    colorScheme: scheme,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => void asked.push(request.url()));
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text());
  });
  page.on('pageerror', (error) => void complaints.push(error.message));
  return {
    page,
    asked,
    complaints,
    async show(name) {
      const into = process.env['SCREENSHOTS'];
      if (into !== undefined) await page.screenshot({ path: path.join(into, `${name}.png`) });
    },
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
