/** Every example of every page is run, in its page's order, against the built local server. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assertCommandsKnown } from './known-commands.ts';
import { examplesOf, GUIDES, linksOf, pages, type Example } from './pages.ts';
import { runPage } from './run-page.ts';
import { noServer, ownServer } from './stage.ts';

const START = path.join(GUIDES, 'index.md');

/** Examples that are parsed or compared, and call nothing. */
const callsNothing = ({ language, about }: Example): boolean =>
  ['console', 'hcl', 'mermaid', 'sql'].includes(language) ||
  (language === 'json' && (about === 'settings' || about === 'function'));

for (const page of pages()) {
  const examples = examplesOf(page);
  if (examples.length === 0 || page.startsWith(GUIDES)) continue;
  test(`${page}: ${examples.length} examples`, async () => {
    const stage = examples.every(callsNothing) ? await noServer(false) : await ownServer();
    try {
      await runPage(page, stage);
    } finally {
      await stage.end();
    }
  });
}

for (const page of pages(GUIDES)) {
  const commands = examplesOf(page).filter(({ language }) => language === 'console');
  if (commands.length === 0) continue;
  test(`${page}: the commands that need an account or a project exist`, () => {
    for (const { text } of commands) assertCommandsKnown(text);
  });
}

// Found by a newcomer who followed the pages in order against one server: an id that two pages use is rejected on the second.
test('each operationId of the examples is used on one page only', () => {
  const found = new Map<string, string>();
  for (const page of pages())
    for (const { language, text } of examplesOf(page).filter(({ language: one }) => one !== 'json'))
      for (const [, id = ''] of text.matchAll(/"?operationId\\?"?: ?\\?["'`]([\w-]+)["'`\\]/g)) {
        assert.equal(found.get(id) ?? page, page, `${id} in ${language}`);
        found.set(id, page);
      }
  assert.ok(found.size > 5, [...found.keys()].join(' '));
});

test('every link of a page has a target', () => {
  const lost = pages().flatMap((page) =>
    linksOf(page)
      .filter((link) => !existsSync(path.join(path.dirname(page), link)))
      .map((link) => `${page} -> ${link}`),
  );
  assert.deepEqual(lost, []);
});

test('the README links every page, infra its modules, and the first page of the guides each guide', () => {
  const linked = new Set(
    ['README.md', 'infra/README.md', START].flatMap((page) =>
      linksOf(page)
        .map((link) => path.join(path.dirname(page), link))
        .filter((link) => page !== 'infra/README.md' || /^infra\/.*\/README\.md$/.test(link)),
    ),
  );
  assert.deepEqual(
    pages().filter((page) => page !== 'README.md' && !linked.has(page)),
    [],
  );
});

test('the pages that count entities and actions have the counts of the catalog', () => {
  const generated = readFileSync('shared/catalog/README.md', 'utf8').replace(/\s+/g, ' ');
  const [, entities = '', operations = '', actions = ''] =
    /(\d+) entities with (\d+) operations, and (\d+) actions/.exec(generated) ?? [];
  for (const page of ['README.md', path.join(GUIDES, 'explanation/how-it-compares.md')]) {
    const text = readFileSync(page, 'utf8').replace(/\s+/g, ' ');
    assert.ok(text.includes(`${entities} entities, ${actions} actions`), `${page}: ${entities}, ${actions}`);
  }
  assert.ok(readFileSync('README.md', 'utf8').includes(`${entities} entities with ${operations} operations`));
});

test('a guide begins with its title', () => {
  for (const page of pages(GUIDES)) assert.match(readFileSync(page, 'utf8'), /^# \S.*\n\n\S/, page);
});
