/** How the site reads and renders Markdown. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { flowSteps } from '../../../shared/docs/site/markdown/flow-chart.ts';
import {
  headingAnchor,
  firstParagraph,
  headingsOf,
  markdownAsText,
} from '../../../shared/docs/site/markdown/markdown-text.ts';
import { renderPages } from '../../../shared/docs/site/render.ts';
import { NOT_FOUND_PAGE } from '../../../shared/docs/site/content/not-found-page.ts';

// The rules of GitHub: https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links
for (const [heading, anchor] of [
  ['Quick start', 'quick-start'],
  ["Stripe's events", 'stripes-events'],
  ['A. Limit, once', 'a-limit-once'],
  ['`waitFor` of a write', 'waitfor-of-a-write'],
  ['snake_case & more', 'snake_case--more'],
  ['Über', 'über'],
] as const)
  test(`the anchor of "${heading}" is that of GitHub`, () =>
    assert.equal(headingAnchor(markdownAsText(heading)), anchor));

test('repeated headings have numbered anchors, and a comment in an example is no heading', () => {
  const anchors = headingsOf('# A\n\n## Use\n\n```sh\n# not this\n```\n\n## Use\n\n### `x` [y](z.md)\n');
  assert.deepEqual(
    anchors.map(({ level, text, anchor }) => [level, text, anchor]),
    [
      [1, 'A', 'a'],
      [2, 'Use', 'use'],
      [2, 'Use', 'use-1'],
      [3, 'x y', 'x-y'],
    ],
  );
});

for (const [sentence, markdown, description] of [
  [
    'the first paragraph in plain text',
    '# A\n\nOne **bold**\n[link](x.md) and `code`.\n\nTwo.',
    'One bold link and code.',
  ],
  ['no table, list or example', '# A\n\n```sh\nx\n```\n\n| a |\n| - |\n\n- b\n\nText.', 'Text.'],
  ['whole sentences', `# A\n\nShort. ${'long '.repeat(60)}end.`, 'Short.'],
  ['nothing if there is none', '# A\n\n| a |\n| - |\n', ''],
] as const)
  test(`the description of a page is ${sentence}`, () => assert.equal(firstParagraph(markdown), description));

test('the flow chart of the front page is a list of steps with their stores', () => {
  const [, chart = ''] = /```mermaid\n([^]*?)```/.exec(readFileSync('README.md', 'utf8')) ?? [];
  const steps = flowSteps(chart) ?? assert.fail('it is one chain');
  assert.equal(steps[0]?.title, 'trigger');
  assert.equal(steps.at(-1)?.title, 'answer');
  assert.deepEqual(
    steps.flatMap(({ title, uses }) => uses.map((used) => [title, used.title])),
    [
      ['connection', 'Secret Manager'],
      ['token', 'Firestore'],
    ],
  );
});

test('a diagram that is not one chain is no list', () => {
  assert.equal(flowSteps('flowchart LR\n  a["A"] --> b["B"]\n  c["C"] --> a\n'), undefined);
  assert.equal(flowSteps('flowchart LR\n  a["A"] --> b\n'), undefined);
  assert.equal(flowSteps('sequenceDiagram\n  A->>B: x\n'), undefined);
});

const TEXT = `# Title

A <name> with {{ braces }} and {% tags %}.

## Use \`it\`

| a | b |
| - | - |
| 1 | 2 |

\`\`\`json POST /create-entity
{ "a": "</script>" }
\`\`\`

\`\`\`hcl
x = 1 # <b>
\`\`\`
`;

test('renders headings with anchors, tables that scroll, examples with captions, and no HTML of a page', async () => {
  const page = { ...NOT_FOUND_PAGE, path: 'sample' };
  const data = { page, version: '0', assets: {}, navigation: [], outline: [] };
  const html = (await renderPages('.', [{ path: 'sample', markdown: TEXT, data }])).get('sample.html') ?? '';
  for (const part of [
    '<h1 id="title">Title</h1>',
    'A &lt;name&gt; with {{ braces }} and {% tags %}.',
    '<h2 id="use-it">Use <code>it</code> <a class="anchor" href="#use-it" aria-label="Link to Use it">#</a></h2>',
    '<div class="table"><table>',
    '<figcaption>POST /create-entity</figcaption>',
    '<span class="hljs-string">&quot;&lt;/script&gt;&quot;</span>',
    '<code data-language="hcl">x = 1 # &lt;b&gt;\n</code>',
  ])
    assert.ok(html.includes(part), `${part}\n${html}`);
  assert.doesNotMatch(html, / style=|<style|<script>| on\w+=/, 'the policy permits nothing inline');
});
