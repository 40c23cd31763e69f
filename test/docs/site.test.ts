/** The whole documentation site: every link of it, and the local server that serves it at /docs. */
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { freePort } from '../emulator/ports.ts';
import { running, type Running } from '../functions/framework.ts';
import { recordFinder } from '../../shared/docs/site/browser/record-finder.ts';
import type { SearchRecord } from '../../shared/docs/site/content/search-records.ts';
import { pages } from './pages.ts';

const SITE = 'build/docs/site';

let server: Running;
let port: number;

before(async () => {
  execFileSync(process.execPath, ['infra/docs.mjs'], { stdio: 'pipe' });
  port = await freePort();
  const env = { PATH: process.env['PATH'], PORT: String(port) };
  server = await running(spawn(process.execPath, ['build/local/start.cjs'], { env }), port, 'try it:');
});
after(() => server.stop());

/** Files of the site, with `/` in their paths. */
function siteFiles(): string[] {
  return readdirSync(SITE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => path.relative(SITE, path.join(parentPath, name)).split(path.sep).join('/'));
}

const read = (file: string): string => readFileSync(path.join(SITE, file), 'utf8');

/** The file that the server has at a path of the site. */
function fileAt(url: string, files: ReadonlySet<string>): string | undefined {
  const file = url === '/docs/' ? 'index' : decodeURI(url.slice('/docs/'.length));
  return [`${file}.html`, file].find((name) => files.has(name));
}

test('no link of the built site is dead: pages, anchors, files, assets', () => {
  const files = new Set(siteFiles());
  const ids = new Map<string, ReadonlySet<string>>();
  const idsOf = (file: string): ReadonlySet<string> => {
    const known = ids.get(file) ?? new Set([...read(file).matchAll(/ id="([^"]*)"/g)].map(([, id = '']) => id));
    ids.set(file, known);
    return known;
  };
  let walked = 0;
  const dead: string[] = [];
  for (const page of [...files].filter((file) => file.endsWith('.html')))
    for (const [, href = ''] of read(page).matchAll(/ (?:href|src)="([^"]*)"/g)) {
      walked += 1;
      const [url = '', anchor] = href.replaceAll('&amp;', '&').split('#');
      if (/^(https?:\/\/|data:)/.test(url) || ['/', '/openapi.json'].includes(url)) continue;
      const target = url === '' ? page : url.startsWith('/docs/') ? fileAt(url, files) : undefined;
      if (target === undefined || (anchor !== undefined && !idsOf(target).has(decodeURIComponent(anchor))))
        dead.push(`${page} -> ${href}`);
    }
  assert.deepEqual(dead, []);
  assert.ok(walked > 10_000, String(walked));
});

test('every link of llms.txt and of the Markdown leads to a file, and every page has its Markdown', () => {
  const files = siteFiles();
  const known = new Set(files);
  const dead: string[] = [];
  for (const page of files.filter((file) => /^(?!files\/).*\.(md|txt)$/.test(file)))
    for (const [, url = ''] of read(page)
      .replace(/```[^]*?```/g, '')
      .matchAll(/\]\((\/docs\/[^)#]*)/g))
      if (fileAt(url, known) === undefined) dead.push(`${page} -> ${url}`);
  assert.deepEqual(dead, []);
  for (const file of files.filter((name) => name.endsWith('.html') && name !== '404.html'))
    assert.ok(known.has(file.replace(/html$/, 'md')), file);
});

test('the sitemap has the address of every page at this server, and no other', async () => {
  const { text } = await send('/docs/sitemap.xml');
  const listed = [...text.matchAll(/<loc>([^<]*)<\/loc>/g)].map(([, url = '']) => url.replaceAll('&apos;', "'"));
  const html = siteFiles().filter((file) => file.endsWith('.html') && file !== '404.html');
  const expected = html.map((file) => `http://localhost:${port}/docs/${file.replace(/(^index)?\.html$/, '')}`);
  assert.deepEqual(listed.map(decodeURI).sort(), expected.sort());
});

test('every page of the repository is on the site', () => {
  const sources = siteFiles()
    .filter((file) => file.endsWith('.html'))
    .flatMap((file) => /made from <code>([^<]+)</.exec(read(file))?.[1] ?? []);
  assert.deepEqual(sources.sort(), pages().sort());
});

test('no page has a script, a style or a handler of its own, or asks another server', () => {
  for (const file of siteFiles().filter((name) => name.endsWith('.html'))) {
    const html = read(file);
    assert.doesNotMatch(html, /<script(?! src="\/docs\/assets\/)|<style| style="| on[a-z]+="/, file);
    assert.doesNotMatch(html, /<(?:link|img|script|iframe)[^>]*(?:href|src)="(?:https?:)?\/\//, file);
  }
});

interface RawResponse {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

/** Sends a path as it is: `fetch` would resolve `..`. */
function send(url: string, method = 'GET', headers: Record<string, string> = {}): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path: url, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on('error', reject);
    request.end();
  });
}

for (const [url, type, part] of [
  ['/docs/', 'text/html', /<h1 id="stripe-connector-documentation">/],
  ['/docs/overview', 'text/html', /<ol class="flow">/],
  ['/docs/reference/settings?x=1', 'text/html', /<code>max_nodes<\/code>/],
  ['/docs/reference/entities/PaymentIntent', 'text/html', /<h1 id="paymentintent">/],
  ['/docs/reference/errors.md', 'text/markdown', /^# Errors\n/],
  ['/docs/llms.txt', 'text/plain', /^# Stripe connector documentation\n\n> /],
  ['/docs/llms-full.txt', 'text/plain', /\n# Errors\n/],
  ['/docs/search.json', 'application/json', /ConfirmPaymentIntent/],
  ['/docs/sitemap.xml', 'application/xml', /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<urlset /],
] as const)
  test(`the server has ${url}, with a strict policy`, async () => {
    const { status, headers, text } = await send(url);
    assert.equal(status, 200);
    assert.equal(headers['content-type'], `${type}; charset=utf-8`);
    assert.match(text, part);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /^default-src 'none';/);
    assert.doesNotMatch(policy, /unsafe|https?:|\*/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal((await send(url, 'GET', { 'If-None-Match': headers.etag ?? '' })).status, 304);
    const head = await send(url, 'HEAD');
    assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', headers['content-length']]);
  });

test('the assets of a page may be kept', async () => {
  const assets = [...(await send('/docs/')).text.matchAll(/"(\/docs\/assets\/[^"]+)"/g)].map(([, url = '']) => url);
  assert.equal(assets.length, 3);
  for (const url of assets) {
    const { status, headers } = await send(url);
    assert.deepEqual([status, headers['cache-control']], [200, 'public, max-age=31536000, immutable'], url);
  }
});

test('other spellings of a page redirect, and no request leaves the folder', async () => {
  for (const [url, location] of [
    ['/docs', '/docs/'],
    ['/llms.txt', '/docs/llms.txt'],
    ['/docs/reference/errors/', '/docs/reference/errors'],
    ['/docs/reference/errors.html', '/docs/reference/errors'],
  ] as const) {
    const { status, headers } = await send(url);
    assert.deepEqual([status, headers.location], [308, location]);
  }
  for (const url of [
    '/docs/nope',
    '/docs/../stamp.json',
    '/docs/%2e%2e/stamp.json',
    '/docs/..%2f..%2f..%2fpackage.json',
  ]) {
    const { status, text } = await send(url);
    assert.equal(status, 404, url);
    assert.match(text, /Page not found/, url);
  }
  const posted = await send('/docs/', 'POST');
  assert.deepEqual([posted.status, posted.headers.allow], [405, 'GET, HEAD']);
  assert.equal((await send('/docs/', 'GET', { host: 'evil.example' })).status, 403);
});

test('the search has every reason of an error and every setting', async () => {
  const records = (await send('/docs/search.json')).text;
  for (const page of ['shared/errors.md', 'shared/config/README.md']) {
    const rows = readFileSync(page, 'utf8').match(/^\| `[^|]+/gm) ?? [];
    const names = rows.flatMap((row) => row.match(/(?<=`)\w+(?=`)/g) ?? []);
    assert.ok(names.length > 60, `${page}: ${names.length}`);
    assert.deepEqual(
      names.filter((name) => !records.includes(name)),
      [],
    );
  }
});

/** What a reader types, and a page that is among the first five results. */
const SEARCHES = [
  ['SIGNATURE_IN_FUTURE', /\/reference\/errors/],
  ['RATE_LIMITED', /\/reference\/errors/],
  ['STRIPE_WEBHOOK_SECRET', /\/reference\/settings|local-webhooks/],
  ['how to refund', /make-a-refund/],
  ['where is the log', /settings#log/],
  ['rate limit 429', /\/reference\/errors|rate-limit|the-limit/],
  ['export csv', /export/],
  ['npm package', /\/reference\/command/],
  ['declined card', /handle-a-declined-card/],
  ['exit codes', /\/reference\/command/],
  ['Customer', /\/reference\/entities\/Customer$/],
] as const;
/** What a reader wants to do, and the page that is the first result. */
const FIRST_RESULTS = [
  ['refund payment', /\/how-to\/make-a-refund/],
  ['refund a payment', /\/how-to\/make-a-refund/],
  ['cancel subscription', /\/actions\/CancelSubscription$/],
  ['create customer', /\/entities\/Customer$/],
  ['list invoices unpaid', /\/entities\/Invoice$/],
  ['list customers', /\/entities\/Customer$/],
  ['create payment link', /\/entities\/PaymentLink$/],
  ['void an invoice', /\/actions\/VoidInvoice$/],
  ['confirm payment intent', /\/actions\/ConfirmPaymentIntent$/],
  ['list disputes', /\/entities\/Dispute$/],
  ['create checkout session', /\/entities\/Checkout\.Session$/],
  ['take a payment', /\/tutorials\/take-a-payment$/],
  ['make a refund', /\/how-to\/make-a-refund$/],
  ['rotate the key', /\/how-to\/rotate-the-key$/],
  ['retry safely', /\/how-to\/retry-safely$/],
  ['export all rows', /\/how-to\/export-all-rows$/],
  ['declined card', /handle-a-declined-card/],
  ['PaymentIntent', /\/entities\/PaymentIntent$/],
] as const;
test('a search has the page that the words name as its first result', async () => {
  const find = recordFinder(JSON.parse((await send('/docs/search.json')).text) as SearchRecord[]);
  const wrong = FIRST_RESULTS.flatMap(([words, url]) => {
    const urls = find(words).map((record) => record.url);
    return url.test(urls[0] ?? '') ? [] : [`${words}: ${urls.slice(0, 3).join(' ')}`];
  });
  assert.deepEqual(wrong, []);
});

test('a search finds the page', async () => {
  const find = recordFinder(JSON.parse((await send('/docs/search.json')).text) as SearchRecord[]);
  for (const [words, url] of SEARCHES) {
    const urls = find(words).map((record) => record.url);
    assert.ok(
      urls.slice(0, 5).some((each) => url.test(each)),
      `${words}: ${urls.slice(0, 5).join(' ')}`,
    );
  }
});

test('the server says where the documentation is', () => {
  assert.match(server.output(), new RegExp(`^docs: http://localhost:${port}/docs/$`, 'm'));
});
