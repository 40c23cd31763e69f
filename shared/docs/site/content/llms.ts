import { SECTIONS, pageUrl, type DocsPage } from '../page.ts';

/**
 * Returns llms.txt: a heading, a summary, and links to the Markdown of the pages with their descriptions. The pages of
 * single entities and actions are in the section `Optional`, which a reader with a short context skips. Generated index
 * pages are omitted. https://llmstxt.org/#format
 */
export function llmsText(pages: readonly DocsPage[]): string {
  const frontPage = pages.find(({ path }) => path === '');
  const groups = SECTIONS.map(({ id, title }) => ({
    title,
    pages: pages.filter((page) => page.section === id && page.isListed),
  }));
  const optional = {
    title: 'Optional',
    pages: pages.filter((page) => !page.isListed && page.path.split('/').length > 2),
  };
  const parts = [...groups, optional].filter((group) => group.pages.length > 0);
  return `# ${frontPage?.title ?? 'Documentation'}

> ${frontPage?.description ?? ''}

Every page is Markdown at its address with \`.md\`. All pages in one file, without one page per entity and action:
[llms-full.txt](/docs/llms-full.txt). The OpenAPI document of a running connector is at /openapi.json.

${parts.map((group) => `## ${group.title}\n\n${group.pages.map(llmsLine).join('\n')}\n`).join('\n')}`;
}

function llmsLine({ title, path, description }: DocsPage): string {
  return `- [${title}](${pageUrl(path, '.md')})${description === '' ? '' : `: ${description}`}`;
}

/**
 * Returns llms-full.txt: the text of all listed pages. `markdownOf` returns the Markdown of a page with links to the
 * Markdown of other pages.
 */
export function llmsFullText(pages: readonly DocsPage[], markdownOf: (page: DocsPage) => string): string {
  const order = SECTIONS.flatMap(({ id }) => pages.filter((page) => page.section === id && page.isListed));
  return order.map((page) => `<!-- ${pageUrl(page.path)} -->\n\n${markdownOf(page).trim()}\n`).join('\n---\n\n');
}
