/** Places of pages, navigation, index pages, llms.txt, the records of the search. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { excerptOf } from '../../../shared/docs/site/browser/excerpt.ts';
import { indexPages } from '../../../shared/docs/site/content/index-pages.ts';
import { llmsFullText, llmsText } from '../../../shared/docs/site/content/llms.ts';
import { neighborsOf, siteNavigation } from '../../../shared/docs/site/content/navigation.ts';
import { inOrder, linkedBy, repositoryPage } from '../../../shared/docs/site/content/repository-pages.ts';
import { searchRecords } from '../../../shared/docs/site/content/search-records.ts';
import { docsPage } from './sample-pages.ts';

for (const [source, path] of [
  ['shared/docs/index.md', ''],
  ['README.md', 'overview'],
  ['shared/config/README.md', 'reference/settings'],
  ['shared/docs/tutorials/take-a-payment.md', 'tutorials/take-a-payment'],
  ['shared/docs/how-to/use-a-proxy.md', 'how-to/use-a-proxy'],
  ['shared/docs/explanation/exactly-once.md', 'explanation/exactly-once'],
  ['shared/docs/explanation/index.md', 'explanation'],
  ['shared/docs/faq.md', 'faq'],
  ['infra/recipes/bigquery/README.md', 'reference/terraform/recipes/bigquery'],
] as const)
  test(`${source} is the page /docs/${path}`, () => assert.equal(repositoryPage(source, '# Title\n').path, path));

test('a file without a place, or without an H1, fails the build', () => {
  assert.throws(() => repositoryPage('shared/new-folder/README.md', '# New\n'), /has no place/);
  assert.throws(() => repositoryPage('README.md', 'Text\n\n# Title\n'), /does not begin with an H1/);
});

test('the pages of a folder are in the order of the front page, before those of the table', () => {
  const linked = linkedBy(
    'shared/docs/index.md',
    '[b](faq.md#x) [z](how-to/z.md) [a](how-to/a.md) [c](https://x.example)',
  );
  assert.deepEqual(linked, ['shared/docs/faq.md', 'shared/docs/how-to/z.md', 'shared/docs/how-to/a.md']);
  const files = ['infra/upgrade.md', 'infra/README.md', 'shared/docs/how-to/new.md', ...linked.slice(1).sort()];
  assert.deepEqual(inOrder(files, linked), [
    'shared/docs/how-to/z.md',
    'shared/docs/how-to/a.md',
    'shared/docs/how-to/new.md',
    'infra/README.md',
    'infra/upgrade.md',
  ]);
});

const front = docsPage('', '# Front\n\nText.\n', { section: 'start', description: 'What it is.' });
const errors = docsPage(
  'reference/errors',
  '# Errors\n\nA format.\n\n## Reasons\n\n`CARD_DECLINED` | x\n\n```sh\n## no\n```\n',
);
const entities = docsPage('reference/entities', '# Entities\n', { searchWords: [] });
const customer = docsPage('reference/entities/Customer', '# Customer\n', {
  isListed: false,
  description: 'A person who `pays`.',
  searchWords: ['Email', 'InvoiceSettings'],
});
const PAGES = [front, errors, entities, customer];

test('a section without an index page gets one, with a line for each page', () => {
  const [index, ...others] = indexPages(PAGES);
  assert.deepEqual([index?.path, others], ['reference', []]);
  assert.match(index?.markdown ?? '', /- \[Errors\]\(\/docs\/reference\/errors\)\n- \[Entities\]/);
  assert.deepEqual(indexPages([...PAGES, docsPage('reference', '# Reference\n')]), []);
});

test('the navigation shows the section of a page open, and marks the index of a page that is one of many', () => {
  const groups = siteNavigation(PAGES, customer);
  assert.deepEqual(
    groups.map(({ title, isOpen }) => [title, isOpen]),
    [
      ['Start', false],
      ['Reference', true],
    ],
  );
  const marked = groups.flatMap(({ entries }) => entries.filter(({ isCurrent }) => isCurrent));
  assert.deepEqual(
    marked.map(({ url }) => url),
    ['/docs/reference/entities'],
  );
});

test('pages lead to those before and after them', () => {
  assert.deepEqual(neighborsOf(PAGES, errors), { previous: front, next: entities });
  assert.deepEqual(neighborsOf(PAGES, customer), { previous: undefined, next: undefined });
});

// https://llmstxt.org/#format
test('llms.txt has a heading, a summary, and sections of links to Markdown with one line each', () => {
  const text = llmsText(PAGES);
  assert.match(text, /^# Front\n\n> What it is\.\n\n/);
  const sections = [...text.matchAll(/^## (.*)\n\n((?:- .*\n)+)/gm)].map(([, title, links = '']) => [
    title,
    links.trim().split('\n'),
  ]);
  assert.deepEqual(sections, [
    ['Start', ['- [Front](/docs/index.md): What it is.']],
    ['Reference', ['- [Errors](/docs/reference/errors.md)', '- [Entities](/docs/reference/entities.md)']],
    ['Optional', ['- [Customer](/docs/reference/entities/Customer.md): A person who `pays`.']],
  ]);
});

test('llms-full.txt has the text of every listed page in order', () => {
  const text = llmsFullText(PAGES, ({ markdown }) => markdown);
  assert.deepEqual(text.match(/^# .*$/gm), ['# Front', '# Errors', '# Entities']);
});

test('the search has a record for each section, and one for a page that is one of many', () => {
  assert.deepEqual(searchRecords(PAGES), [
    { id: 0, url: '/docs/', page: 'Front', heading: '', text: 'Text.' },
    { id: 1, url: '/docs/reference/errors', page: 'Errors', heading: '', text: 'A format.' },
    { id: 2, url: '/docs/reference/errors#reasons', page: 'Errors', heading: 'Reasons', text: 'CARD_DECLINED x ## no' },
    { id: 3, url: '/docs/reference/entities', page: 'Entities', heading: '', text: '', words: '' },
    {
      id: 4,
      url: '/docs/reference/entities/Customer',
      page: 'Customer',
      heading: '',
      text: 'A person who pays.',
      words: 'Email InvoiceSettings',
    },
  ]);
});

for (const [sentence, text, query, shown] of [
  [
    'marks each word',
    'Confirm a payment, then capture it.',
    'confirm capture',
    '[Confirm] a payment, then [capture] it.',
  ],
  [
    'is around the first match',
    `${'before '.repeat(40)}confirm after`,
    'confirm',
    `... ${'before '.repeat(8)}[confirm] after`,
  ],
  [
    'ends with a whole word',
    `confirm ${'payment '.repeat(40)}`,
    'confirm',
    `[confirm] ${'payment '.repeat(20).trim()} payment ...`,
  ],
  ['has no mark without a match', 'Text', 'x.*', 'Text'],
] as const)
  test(`an excerpt ${sentence}`, () => {
    const parts = excerptOf(text, query).map((part) => (part.isMatch ? `[${part.text}]` : part.text));
    assert.equal(parts.join(''), shown);
  });
