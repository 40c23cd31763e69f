/** The server of the documentation: clean URLs, caching, no way out of its folder. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { Request, Response } from '@google-cloud/functions-framework';
import { DocsRoute } from '../../../shared/dev-server/docs/docs-route.ts';
import { docsSource } from '../../../shared/dev-server/docs/docs-source.ts';
import { StaticSite, type SiteResponse } from '../../../shared/dev-server/docs/static-site.ts';

let folder: string;
let site: StaticSite;

function write(into: string, files: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(into, file)), { recursive: true });
    writeFileSync(path.join(into, file), text);
  }
}

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'static-site-'));
  write(folder, { 'secret.txt': 'secret' });
  write(path.join(folder, 'site'), {
    'index.html': 'front',
    'index.md': '# front',
    '404.html': 'not found',
    'a.html': 'a',
    'a/b.html': 'b',
    'a/ü c.html': 'c',
    'llms.txt': 'llms',
    'search.json': '[]',
    'assets/main-0123.js': 'js',
    'files/x.tf.txt': 'tf',
  });
  site = new StaticSite(path.join(folder, 'site'), '/docs');
});
after(() => rmSync(folder, { recursive: true, force: true }));

const get = (url: string, ifNoneMatch?: string): Promise<SiteResponse> => responseOf(site, url, ifNoneMatch);

async function responseOf(from: StaticSite, url: string, ifNoneMatch?: string, method = 'GET'): Promise<SiteResponse> {
  return (await from.respond({ method, path: url, ifNoneMatch })) ?? assert.fail('there is no site');
}

for (const [url, body, type] of [
  ['/docs/', 'front', 'text/html'],
  ['/docs/a', 'a', 'text/html'],
  ['/docs/a/b', 'b', 'text/html'],
  ['/docs/a/%C3%BC%20c', 'c', 'text/html'],
  ['/docs/index.md', '# front', 'text/markdown'],
  ['/docs/llms.txt', 'llms', 'text/plain'],
  ['/docs/search.json', '[]', 'application/json'],
  ['/docs/assets/main-0123.js', 'js', 'text/javascript'],
  ['/docs/files/x.tf.txt', 'tf', 'text/plain'],
] as const)
  test(`${url} is ${type}`, async () => {
    const response = await get(url);
    assert.equal(response.status, 200);
    assert.equal(String(response.body), body);
    assert.equal(response.headers['Content-Type'], `${type}; charset=utf-8`);
  });

for (const [url, location] of [
  ['/docs', '/docs/'],
  // https://llmstxt.org/#format
  ['/llms.txt', '/docs/llms.txt'],
  ['/docs/index', '/docs/'],
  ['/docs/index.html', '/docs/'],
  ['/docs/a.html', '/docs/a'],
  ['/docs/a/', '/docs/a'],
  ['/docs/a/b/', '/docs/a/b'],
] as const)
  test(`${url} redirects to ${location}`, async () => {
    const { status, headers } = await get(url);
    assert.deepEqual([status, headers['Location']], [308, location]);
  });

for (const url of [
  '/docs/nope',
  '/docs/../secret.txt',
  '/docs/%2e%2e/secret.txt',
  '/docs/..%2fsecret.txt',
  '/docs/..%5csecret.txt',
  '/docs/a/../../../secret.txt',
  '/docs//secret.txt',
  '/docs/a%00',
  '/docs/%zz',
  '/docs/%ff',
  '/docs/constructor',
  '/docs/__proto__',
  '/docs//evil.example/',
  '/docs/a.md',
])
  test(`${url} is not found, with the page that says so`, async () => {
    const { status, body, headers } = await get(url);
    assert.deepEqual([status, String(body)], [404, 'not found']);
    assert.match(headers['Content-Security-Policy'] ?? '', /^default-src 'none'; script-src 'self'; style-src 'self';/);
  });

for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
  test(`${method} is rejected, with the methods that are supported`, async () => {
    const { status, headers } = await responseOf(site, '/docs/', undefined, method);
    assert.deepEqual([status, headers['Allow']], [405, 'GET, HEAD']);
  });

// https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match
test('a page that did not change is 304, by its tag, a weak tag, a list or a star', async () => {
  const { headers } = await get('/docs/a');
  const tag = headers['ETag'] ?? assert.fail('no tag');
  assert.match(tag, /^"[\w-]{22}"$/);
  for (const known of [tag, `W/${tag}`, `"x", ${tag}`, '*']) {
    const { status, body, headers: again } = await get('/docs/a', known);
    assert.deepEqual([status, body, again['ETag']], [304, '', tag]);
  }
  assert.equal((await get('/docs/a', '"x"')).status, 200);
  assert.equal((await get('/docs/nope', '*')).status, 404);
});

test('pages are asked for again, assets with a hash in their name are kept', async () => {
  assert.equal((await get('/docs/a')).headers['Cache-Control'], 'no-cache');
  assert.equal(
    (await get('/docs/assets/main-0123.js')).headers['Cache-Control'],
    'public, max-age=31536000, immutable',
  );
});

test('a site that a build replaced is served at once', async () => {
  const other = path.join(folder, 'replaced');
  write(other, { 'index.html': 'old', '404.html': '' });
  const replaced = new StaticSite(other, '/docs');
  assert.equal(String((await responseOf(replaced, '/docs/')).body), 'old');
  const next = path.join(folder, 'next');
  write(next, { 'index.html': 'new', 'more.html': 'more', '404.html': '' });
  rmSync(other, { recursive: true });
  renameSync(next, other);
  assert.equal(String((await responseOf(replaced, '/docs/')).body), 'new');
  assert.equal((await responseOf(replaced, '/docs/more')).status, 200);
});

const ADDRESS = 'curl http://localhost:8080/x; cat 8080.token; port 18080, sandbox 127.0.0.1:12111';
const REPLACED = 'curl http://localhost:8099/x; cat 8099.token; port 18080, sandbox 127.0.0.1:12111';

test('the examples of the pages name the port of the server; assets, whose names have their hashes, do not', async () => {
  const own = path.join(folder, 'own-port');
  const names = ['index.html', 'index.md', 'llms.txt', 'sitemap.xml', 'search.json', '404.html', 'assets/main-0123.js'];
  write(own, Object.fromEntries(names.map((name) => [name, ADDRESS])));
  const served = new StaticSite(own, '/docs', 8099);
  const bodyOf = async (url: string, from = served): Promise<string> => String((await responseOf(from, url)).body);
  for (const url of [
    '/docs/',
    '/docs/index.md',
    '/docs/llms.txt',
    '/docs/sitemap.xml',
    '/docs/search.json',
    '/docs/missing',
  ])
    assert.equal(await bodyOf(url), REPLACED, url);
  assert.equal(await bodyOf('/docs/assets/main-0123.js'), ADDRESS);
  assert.equal(await bodyOf('/docs/', new StaticSite(own, '/docs')), ADDRESS);
  assert.equal((await answerOf(new DocsRoute({ folder: own }))).body, REPLACED);
});

interface SentPage {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** What a route answers to GET /docs/. It must call `writeHead`: the preload replaces other pages of errors by JSON. */
async function answerOf(route: DocsRoute): Promise<SentPage> {
  const sent: SentPage = { status: 0, headers: {}, body: '' };
  const response = {
    writeHead(code: number, headers: Record<string, string>) {
      sent.status = code;
      sent.headers = headers;
    },
    end(body: Buffer | string) {
      sent.body = String(body);
    },
  };
  const request = { method: 'GET', path: '/docs/', get: () => undefined, socket: { localPort: 8099 } };
  await route.respond(request as unknown as Request, response as unknown as Response);
  return sent;
}

test('the first request starts one build, and pages wait for it', async () => {
  const built = path.join(folder, 'built-later');
  let builds = 0;
  let finish = (): void => undefined;
  const build = (): Promise<void> => {
    builds += 1;
    return new Promise((resolve) => (finish = resolve));
  };
  const route = new DocsRoute({ folder: built, build });
  assert.equal(builds, 0);
  for (let requests = 0; requests < 2; requests += 1) {
    const waiting = await answerOf(route);
    assert.deepEqual([waiting.status, waiting.headers['Retry-After'], waiting.headers['Refresh']], [503, '2', '2']);
    assert.match(waiting.body, /is being built/);
  }
  write(built, { 'index.html': 'front', '404.html': '' });
  finish();
  assert.deepEqual([(await answerOf(route)).body, builds], ['front', 1]);
});

test('a build that failed is shown, and does not refresh the page', async (context) => {
  const logged = context.mock.method(console, 'error', () => undefined);
  const route = new DocsRoute({
    folder: path.join(folder, 'never'),
    build: () => Promise.reject(new Error('README.md links gone.md')),
  });
  await answerOf(route);
  const failed = await answerOf(route);
  assert.deepEqual([failed.status, failed.headers['Refresh']], [503, undefined]);
  assert.match(failed.body, /npm run docs/);
  assert.match(String(logged.mock.calls[0]?.arguments[0]), /README\.md links gone\.md/);
});

test('the npm package has the built site as one file, and a checkout builds it', async () => {
  const texts = { 'index.html': 'front', 'a/ü.html': 'ü', '404.html': 'not found', 'assets/x-0.js': '8080' };
  write(path.join(folder, 'dist'), { 'docs.json': JSON.stringify(texts) });
  const source = docsSource(path.join(folder, 'dist'));
  assert.deepEqual(source, { folder: path.join(folder, 'dist/docs') });
  const packed = new StaticSite(source.folder, '/docs', 8099);
  const bodies = ['/docs/', '/docs/a/%C3%BC', '/docs/nope', '/docs/assets/x-0.js', '/docs/../docs.json'].map((url) =>
    responseOf(packed, url),
  );
  assert.deepEqual(
    (await Promise.all(bodies)).map(({ status, body }) => [status, String(body)]),
    [
      [200, 'front'],
      [200, 'ü'],
      [404, 'not found'],
      [200, '8080'],
      [404, 'not found'],
    ],
  );
  const checkout = docsSource(path.join(folder, 'checkout/build/local'));
  assert.equal(checkout.folder, path.join(folder, 'checkout/build/docs/site'));
  assert.equal(typeof checkout.build, 'function');
});
