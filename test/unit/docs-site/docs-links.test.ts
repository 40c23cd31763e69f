/** Links of the pages: they work in the repository, on the site and in the Markdown of the site. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LinkRewriter } from '../../../shared/docs/site/content/links.ts';
import { docsPage } from './sample-pages.ts';

const front = docsPage('', '# Front\n\n## Quick start\n', { source: 'README.md' });
const settings = docsPage('reference/settings', '# Settings\n\n## Open and closed\n', {
  source: 'shared/config/README.md',
});
const entity = docsPage('reference/entities/Customer', '# Customer\n');
const FILES = ['infra/ci/deploy.yml', 'shared/event-inbox/schema.json'];

function rewritten(markdown: string, ending: '' | '.md' = '', source = 'infra/README.md'): string {
  const page = docsPage('how-to/deploy', `# Deploy\n\n${markdown}`, { source });
  const links = new LinkRewriter({ pages: [front, settings, entity, page], hasFile: (file) => FILES.includes(file) });
  return links.rewrite(page, ending).markdown.replace('# Deploy\n\n', '');
}

const TARGETS: readonly (readonly [sentence: string, written: string, html: string, markdown: string])[] = [
  ['a page by its file', '../shared/config/README.md', '/docs/reference/settings', '/docs/reference/settings.md'],
  [
    'a heading of a page',
    '../shared/config/README.md#open-and-closed',
    '/docs/reference/settings#open-and-closed',
    '/docs/reference/settings.md#open-and-closed',
  ],
  ['a folder with a README', '../shared/config/', '/docs/reference/settings', '/docs/reference/settings.md'],
  ['the front page', '../README.md#quick-start', '/docs/#quick-start', '/docs/index.md#quick-start'],
  ['a heading of the same page', '#deploy', '#deploy', '#deploy'],
  [
    'a generated page',
    '/docs/reference/entities/Customer',
    '/docs/reference/entities/Customer',
    '/docs/reference/entities/Customer.md',
  ],
  ['a path of the server', '/openapi.json', '/openapi.json', '/openapi.json'],
  ['another site', 'https://stripe.com/#x', 'https://stripe.com/#x', 'https://stripe.com/#x'],
  [
    'source code, as text',
    'ci/deploy.yml',
    '/docs/files/infra/ci/deploy.yml.txt',
    '/docs/files/infra/ci/deploy.yml.txt',
  ],
  [
    'JSON',
    '../shared/event-inbox/schema.json',
    '/docs/files/shared/event-inbox/schema.json',
    '/docs/files/shared/event-inbox/schema.json',
  ],
];

for (const [sentence, written, html, markdown] of TARGETS)
  test(`a link leads to ${sentence}`, () => {
    assert.equal(rewritten(`see [it](${written}).`), `see [it](${html}).`);
    assert.equal(rewritten(`see [it](${written}).`, '.md'), `see [it](${markdown}).`);
  });

test('a link in an example stays as it is', () => {
  const example = '```md\n[it](nowhere.md)\n```';
  assert.equal(rewritten(`${example}\n\n[it](../README.md)`), `${example}\n\n[it](/docs/)`);
});

test('the linked files of a page are known', () => {
  const page = docsPage('how-to/deploy', '# D\n\n[a](ci/deploy.yml) [b](ci/deploy.yml)', { source: 'infra/README.md' });
  const links = new LinkRewriter({ pages: [page], hasFile: () => true });
  assert.deepEqual(links.rewrite(page).files, ['infra/ci/deploy.yml']);
});

for (const [sentence, written, message] of [
  ['a file that is not there', 'ci/gone.yml', /infra\/README\.md links ci\/gone\.yml, which is no file/],
  ['a file outside of the repository', '../../etc/passwd', /is no file/],
  ['a heading that is not there', '../README.md#slow-start', /has no such heading/],
  ['a heading of the same page that is not there', '#slow-start', /has no such heading/],
  ['a generated page that is not there', '/docs/reference/entities/Costumer', /is no page/],
] as const)
  test(`the build fails at a link to ${sentence}`, () => {
    assert.throws(() => rewritten(`[it](${written})`), message);
  });

test('two pages cannot have one path', () => {
  const twice = [docsPage('faq', '# A'), docsPage('faq', '# B')];
  assert.throws(() => new LinkRewriter({ pages: twice, hasFile: () => false }), /two pages have the path \/docs\/faq/);
});
