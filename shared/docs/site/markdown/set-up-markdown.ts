import hljs from 'highlight.js/lib/common';
import { flowSteps } from './flow-chart.ts';
import { Anchors } from './markdown-text.ts';
import type { MarkdownIt, MarkdownToken } from './markdown-it.ts';

/** Languages of fenced blocks, with their names in highlight.js. Other languages are shown without colors. */
const LANGUAGES: Readonly<Record<string, string>> = {
  sh: 'bash',
  console: 'bash',
  ts: 'typescript',
  js: 'javascript',
  json: 'json',
  yaml: 'yaml',
  sql: 'sql',
  python: 'python',
  py: 'python',
};

/**
 * Captions of examples by the first word after the language. A word with an empty caption is for the tests only. If a
 * word is not in this table, the words after the language are the caption.
 */
const CAPTIONS: Readonly<Record<string, string>> = {
  answer: 'Response',
  refused: 'Rejected',
  fails: 'Fails',
  error: 'Error',
  quoted: 'Output',
  background: 'In a terminal of its own',
  start: 'Output',
  function: 'functions/manifest.json',
  client: '',
  workflow: '',
  n8n: '',
};

/**
 * Sets up markdown-it for the site: anchors as on GitHub with links to them, examples with captions and colors, flow
 * charts as lists, and tables that scroll.
 */
export function setUpMarkdown(md: MarkdownIt): void {
  // A `<name>` in the text of a page is not HTML.
  md.set({ html: false });
  const { escapeHtml } = md.utils;
  const { rules } = md.renderer;

  md.core.ruler.push('anchors', ({ tokens }) => {
    const anchors = new Anchors();
    tokens.forEach((token, index) => {
      if (token.type === 'heading_open') token.attrSet('id', anchors.next(headingText(tokens[index + 1])));
    });
  });
  rules['heading_close'] = (tokens, index) => {
    const { tag } = tokens[index] ?? { tag: 'h2' };
    const id = tokens[index - 2]?.attrGet('id') ?? '';
    const text = escapeHtml(headingText(tokens[index - 1]));
    const link = tag === 'h1' ? '' : ` <a class="anchor" href="#${escapeHtml(id)}" aria-label="Link to ${text}">#</a>`;
    return `${link}</${tag}>\n`;
  };
  rules['table_open'] = () => '<div class="table"><table>\n';
  rules['table_close'] = () => '</table></div>\n';
  rules['fence'] = (tokens, index) => {
    const { info = '', content = '' } = tokens[index] ?? {};
    return fence(info.trim(), content, escapeHtml);
  };
}

function headingText(inline: MarkdownToken | undefined): string {
  return (inline?.children ?? [])
    .filter(({ type }) => type === 'text' || type === 'code_inline' || type === 'text_special')
    .map(({ content }) => content)
    .join('');
}

function fence(info: string, content: string, escapeHtml: (text: string) => string): string {
  const [language = '', ...about] = info.split(/\s+/);
  const steps = language === 'mermaid' ? flowSteps(content) : undefined;
  if (steps !== undefined) {
    const items = steps.map(({ title, detail, uses }) => {
      const store = uses.map(
        (used) => `<span class="store">${escapeHtml(used.title)}: ${escapeHtml(used.detail)}</span>`,
      );
      return `<li><strong>${escapeHtml(title)}</strong><span>${escapeHtml(detail)}</span>${store.join('')}</li>`;
    });
    return `<ol class="flow">${items.join('')}</ol>\n`;
  }
  const { [language]: name } = LANGUAGES;
  const code = name === undefined ? escapeHtml(content) : hljs.highlight(content, { language: name }).value;
  const caption = captionOf(language, about);
  const head = caption === '' ? '' : `<figcaption>${escapeHtml(caption)}</figcaption>`;
  return `<figure class="code">${head}<pre><code data-language="${escapeHtml(language)}">${code}</code></pre></figure>\n`;
}

function captionOf(language: string, [first = '', ...more]: readonly string[]): string {
  if (language === 'text' && first !== '') return 'Output';
  return CAPTIONS[first] ?? [first.replace(/^file=/, ''), ...more].join(' ').trim();
}
